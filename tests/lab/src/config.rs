//! What the stand-ins say and how they misbehave, as data. The default is a healthy node.

pub mod account;
pub mod host;
pub mod identity;
pub mod network;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use self::account::Account;
use self::host::Host;
use self::identity::{PodIdentity, Sts};
use self::network::Network;
use crate::reply::Reply;
use crate::workload::Workload;
use crate::world::{self, Standin};

#[derive(Clone, Debug)]
pub struct Config {
    /// How a stand-in takes connections; open where nothing is said.
    pub doors: BTreeMap<Standin, Door>,
    /// Answers in the place of a stand-in's own; the first that fits is given.
    pub rules: Vec<Rule>,
    pub names: Names,
    pub instance_type: &'static str,
    pub profile: Profile,
    pub role: RoleAnswer,
    /// How long the node's credentials are still valid, in seconds; negative once they expired.
    pub credentials_last: i64,
    pub interfaces: Interfaces,
    pub ipamd: Ipamd,
    pub network: Network,
    pub node: NodeObject,
    /// Keys of its taints, which are of effect NoSchedule.
    pub taints: Vec<&'static str>,
    pub cordoned: bool,
    /// Conditions beside Ready that are True.
    pub pressures: Vec<&'static str>,
    /// Seconds since the kubelet renewed its Lease.
    pub lease_age: i64,
    /// The cluster's name in the kubeconfig of this node.
    pub given_cluster: &'static str,
    pub described: Described,
    pub mapping: Mapping,
    /// Pods that are gone, by uid: their tokens are no longer good.
    pub deleted_pods: Vec<String>,
    pub sts: Sts,
    pub pod_identity: PodIdentity,
    /// What IAM and EKS say of it.
    pub account: Account,
    /// By how many seconds every stand-in's clock differs from this machine's.
    pub clock_offset: i64,
    /// What chrony says on this node; nothing where there is none.
    pub chrony: Option<Chrony>,
    pub workload: Workload,
    /// The node itself.
    pub host: Host,
}

/// What chrony says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chrony {
    pub follows: Ipv4Addr,
    pub synchronised: bool,
}

/// What happens at a stand-in's socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Door {
    #[default]
    Open,
    /// Nothing listens: the connection is refused.
    Refused,
    /// No answer at all to a connection that is being opened, as behind a firewall that drops.
    BlackHole,
    /// Connected, then not a byte; with TLS that is a handshake that hangs.
    Silent,
    /// With TLS: a handshake, then silence. Without: the same as `Silent`.
    Mute,
    /// Connected and closed at once.
    Reset,
    /// Bytes of another protocol.
    Garbage,
    /// A certificate of an issuer that nobody here trusts.
    Untrusted,
    /// A good certificate for another name.
    WrongName,
    /// A certificate that was good once.
    Expired,
}

/// One scripted answer.
#[derive(Clone, Debug)]
pub struct Rule {
    pub standin: Standin,
    /// Any method where it is empty.
    pub method: &'static str,
    /// How the path begins.
    pub path: &'static str,
    pub reply: Reply,
    left: Arc<AtomicU32>,
}

impl Rule {
    pub fn new(standin: Standin, path: &'static str, reply: Reply) -> Self {
        Self { standin, method: "", path, reply, left: Arc::new(AtomicU32::new(u32::MAX)) }
    }

    pub fn method(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    /// Only so many times; then the stand-in speaks for itself.
    pub fn times(self, times: u32) -> Self {
        Self { left: Arc::new(AtomicU32::new(times)), ..self }
    }

    pub(crate) fn take(&self, standin: Standin, method: &str, path: &str) -> Option<Reply> {
        let fits = self.standin == standin
            && (self.method.is_empty() || self.method == method)
            && path.starts_with(self.path);
        let left = |left: u32| left.checked_sub(1);
        let taken =
            fits && self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).is_ok();
        taken.then(|| self.reply.clone())
    }
}

/// What the name server knows. What it does not know does not exist.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub records: BTreeMap<String, Vec<IpAddr>>,
    /// By the end of the name; the empty text is every name.
    pub faults: Vec<(String, NameFault)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameFault {
    /// NXDOMAIN
    NoSuchName,
    /// The name exists, without an address.
    NoAddress,
    ServFail,
    Refused,
    Silent,
    /// Over UDP only the bit that says: ask again over TCP.
    Truncated,
    /// The answer to another question.
    Mismatched,
}

/// `iam/info`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    Attached,
    None,
    /// Deleted, or created anew under the same name.
    NotFound,
    WithoutRole,
}

/// `iam/security-credentials/<role>`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleAnswer {
    Credentials,
    /// The role's trust policy does not name EC2.
    AssumeRoleUnauthorizedAccess,
}

/// The network interfaces of the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interfaces {
    pub count: u8,
    /// On each of them.
    pub holding: Addresses,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// Private addresses, the primary one included.
    Single(u8),
    /// Delegated /28 prefixes, beside the primary address.
    Prefixes(u8),
}

/// ipamd's books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipamd {
    pub interfaces: u8,
    pub total: u16,
    pub assigned: u16,
    pub shape: Shape,
}

/// How `/v1/enis` is written, by the release of the VPC CNI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Up to 1.6: pools.
    Pools,
    /// 1.7 to 1.19: one object.
    Flat,
    /// From 1.20: by network card.
    ByCard,
    /// From 1.23: by network card, without container ids.
    ByCardBlank,
}

/// The Node object under this node's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeObject {
    Ready,
    /// Its container network never came up.
    CniNotReady,
    /// Its kubelet says so, and no more.
    NotReady,
    RuntimeDown,
    PlegUnhealthy,
    /// Its kubelet stopped posting.
    Unknown,
    Absent,
    /// Of an instance that had the name before.
    OfAnotherInstance,
}

/// What `eks:DescribeCluster` says of the cluster under this account's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Described {
    pub name: &'static str,
    pub status: &'static str,
    pub host: &'static str,
    /// The cluster's own security group.
    pub group: &'static str,
    /// Whether its CA is the one that signed what answers at the endpoint.
    pub own_ca: bool,
    /// Whether its endpoint is private; else it is public.
    pub private: bool,
    /// The certificate of its CA, where the cluster is none of the lab's.
    pub ca: Option<&'static str>,
}

/// As whom the cluster's authenticator knows the node's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapping {
    Node,
    Unmapped,
    /// As the node, and in no group.
    WithoutGroups,
    /// As a node of another name.
    OtherNode,
    /// As an entry of type STANDARD does it: by the session's ARN.
    Standard,
    /// As somebody whom no role lets ask anything.
    Nobody,
}

impl Default for Described {
    fn default() -> Self {
        let (name, host) = (world::CLUSTER_NAME, world::CLUSTER_HOST);
        Self {
            name,
            status: "ACTIVE",
            host,
            group: "sg-0a1b2c3d4e5f60718",
            own_ca: true,
            private: true,
            ca: None,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        let off = Standin::ALL.into_iter().filter(|it| it.off_by_default());
        Self {
            doors: off.map(|it| (it, Door::Refused)).collect(),
            rules: Vec::new(),
            names: Names::of_the_vpc(),
            instance_type: world::INSTANCE_TYPE,
            profile: Profile::Attached,
            role: RoleAnswer::Credentials,
            credentials_last: 6 * 3600,
            interfaces: Interfaces { count: 2, holding: Addresses::Single(10) },
            ipamd: Ipamd { interfaces: 2, total: 18, assigned: 5, shape: Shape::ByCard },
            network: Network::default(),
            node: NodeObject::Ready,
            taints: Vec::new(),
            cordoned: false,
            pressures: Vec::new(),
            lease_age: 5,
            given_cluster: world::CLUSTER_NAME,
            described: Described::default(),
            mapping: Mapping::Node,
            deleted_pods: Vec::new(),
            sts: Sts::default(),
            pod_identity: PodIdentity::default(),
            account: Account::default(),
            clock_offset: 0,
            chrony: Some(Chrony { follows: world::TIME_SYNC, synchronised: true }),
            workload: Workload::default(),
            host: Host::default(),
        }
    }
}

impl Config {
    pub fn door(&mut self, standin: Standin, door: Door) -> &mut Self {
        self.doors.insert(standin, door);
        self
    }

    /// Every request to it, whatever its path.
    pub fn answer(&mut self, standin: Standin, reply: Reply) -> &mut Self {
        self.rule(Rule::new(standin, "", reply))
    }

    pub fn rule(&mut self, rule: Rule) -> &mut Self {
        self.rules.push(rule);
        self
    }

    /// Its name has a public address, as it has without an endpoint in the VPC.
    pub fn public(&mut self, standin: Standin) -> &mut Self {
        self.at(standin, standin.public().ip())
    }

    /// Its name has this address.
    pub fn at(&mut self, standin: Standin, address: IpAddr) -> &mut Self {
        let host = standin.host().map(|host| (host.to_lowercase(), vec![address]));
        self.names.records.extend(host);
        self
    }

    /// For the stand-in's name; without one nothing happens.
    pub fn name(&mut self, standin: Standin, fault: NameFault) -> &mut Self {
        self.names.faults.extend(standin.host().map(|host| (host, fault)));
        self
    }

    pub(crate) fn door_of(&self, standin: Standin) -> Door {
        self.doors.get(&standin).copied().unwrap_or_default()
    }
}

impl Names {
    /// Each service at the address of its endpoint in the VPC.
    pub fn of_the_vpc() -> Self {
        let with_name = Standin::ALL.into_iter().filter_map(|it| Some((it.host()?, it.address())));
        let records = with_name.map(|(host, address)| (host.to_lowercase(), vec![address.ip()]));
        Self { records: records.collect(), faults: Vec::new() }
    }

    pub(crate) fn fault(&self, name: &str) -> Option<NameFault> {
        let ends = |end: &str| {
            let rest = name.strip_suffix(&end.to_lowercase());
            rest.is_some_and(|rest| end.is_empty() || rest.is_empty() || rest.ends_with('.'))
        };
        self.faults.iter().find(|(end, _)| ends(end)).map(|(_, fault)| *fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_s_fault_is_found_by_its_end_at_a_dot() {
        let mut names = Names::default();
        names.faults.push(("Amazonaws.com".to_owned(), NameFault::Silent));
        assert_eq!(names.fault("sts.amazonaws.com"), Some(NameFault::Silent));
        assert_eq!(names.fault("amazonaws.com"), Some(NameFault::Silent));
        assert_eq!(names.fault("notamazonaws.com"), None);
        names.faults.push((String::new(), NameFault::Refused));
        assert_eq!(names.fault("notamazonaws.com"), Some(NameFault::Refused));
    }

    #[test]
    fn a_rule_is_given_as_often_as_it_says() {
        let rule = Rule::new(Standin::Imds, "/latest/api", Reply::text(404, "")).times(2);
        let take = |path| rule.take(Standin::Imds, "PUT", path).is_some();
        assert!(!take("/latest/meta-data"));
        assert!(take("/latest/api/token") && take("/latest/api/token"));
        assert!(!take("/latest/api/token"));
        assert!(rule.take(Standin::Kubelet, "PUT", "/latest/api").is_none());
    }
}
