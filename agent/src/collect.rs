//! Looks at this node: one file for each place that is asked, all of them at once.
//!
//! Collecting cannot fail. Each fact is set on each path, and nothing here has an opinion.

use std::fs;
use std::path::{Path, PathBuf};

use diagnosis::aws::Variant;
use diagnosis::document::certificate;
use diagnosis::facts::{
    self, Account, Collector, Facts, Host, Instance, Node, Observed, Source, Subject,
};
use reach::Net;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use self::ask::{Missed, observed};
use self::ec2::Ec2;
use self::identity::Identity;
use self::kernel::Kernel;
use crate::args;

pub(crate) mod account;
mod ask;
mod chrony;
mod clock;
mod cluster_api;
mod cni;
mod ec2;
mod endpoints;
mod host;
mod identity;
mod imds;
mod kernel;
mod kubelet;
pub(crate) mod registered;
mod registry;
mod signed;
pub(crate) mod workload;

pub(crate) use cni::Introspection;
pub(crate) use imds::appears;

/// What the caller knows before anybody is asked.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) node_name: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) kubeconfig: Option<PathBuf>,
    pub(crate) cluster: Option<Cluster>,
    pub(crate) introspection: Introspection,
    /// Which hosts of AWS's services are asked.
    pub(crate) variant: Variant,
    /// Where the host's file system is seen.
    pub(crate) host_root: PathBuf,
    /// Whether AWS and the API server may be asked what this node may do, which `serve` never does.
    pub(crate) on_demand: bool,
    /// What earlier looks learnt of this instance.
    pub(crate) memory: imds::Memory,
}

/// Where the cluster's API server is, when the command line says so.
#[derive(Clone, Debug)]
pub(crate) struct Cluster {
    pub(crate) endpoint: String,
    pub(crate) ca: PathBuf,
}

/// Never later than the deadline, by more than it takes to notice it.
#[expect(clippy::too_many_lines, reason = "each place is asked here, and each fact set, once")]
pub(crate) async fn node(net: &Net, options: &Options, deadline: Instant) -> Facts {
    let (sender, identity) = watch::channel(None);
    let (hands, handed) = watch::channel(None);
    let (tells, target) = watch::channel(None);
    let credentials = async || signed::credentials(handed.clone(), deadline).await;
    let instance = async || instance(identity.clone(), deadline).await;
    let name = async {
        match &options.node_name {
            Some(name) => Ok(name.clone()),
            None => named(instance().await),
        }
    };
    let identity = async {
        if !options.on_demand {
            return Identity::default();
        }
        let (region, credentials) = (options.region.as_deref(), credentials().await);
        identity::look(net, region, instance, credentials, target, deadline).await
    };
    let ec2 = async {
        if !options.on_demand {
            return Ec2::default();
        }
        ec2::look(net, &instance().await, credentials().await, deadline).await
    };
    let (imds, kubelet, cni, cluster, registry, endpoints, host, identity, time_source, ec2, begin) = tokio::join!(
        imds::look(net, &options.memory, sender, hands, deadline),
        kubelet::look(net, deadline),
        cni::look(net, &options.introspection, &options.host_root, deadline),
        cluster_api::look(net, options, name, tells, deadline),
        registry::look(net, options, instance, deadline),
        endpoints::look(net, options.region.as_deref(), options.variant, instance, deadline),
        host::look(net, &options.host_root, deadline),
        identity,
        chrony::look(net, deadline),
        ec2,
        kernel::begin(&options.host_root, deadline),
    );
    let kernel = kernel::end(begin, &options.host_root, deadline).await;
    let Kernel { network, managers, counters } = kernel;
    let host::Seen { host, lines } = host;
    let host = Host { network, managers, counters, ..host };
    let clock = clock::against(&[
        &endpoints.sts,
        &endpoints.ec2,
        &endpoints.eks,
        &endpoints.eks_auth,
        &registry.ecr_api,
        &registry.host,
        &registry.layer_host,
        &cluster.endpoint,
        &imds.token,
        &imds.token_ipv6,
    ]);
    let name = match &options.node_name {
        Some(name) => {
            let source = Source::new("--node-name or NODE_NAME", reach::now(), name);
            Observed::seen(name.clone(), source)
        }
        None => imds.name,
    };
    Facts {
        subject: subject(&name, &imds.instance, &options.host_root),
        taken_at: reach::now(),
        collector: Collector {
            command: "check".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        node: Box::new(Node {
            name,
            imds: imds.token,
            imds_ipv6: imds.token_ipv6,
            instance: imds.instance,
            profile: imds.profile,
            role: imds.role,
            interfaces: imds.interfaces,
            user_data: imds.user_data,
            clock,
            host: Host {
                kubeconfig: first(host.kubeconfig, cluster.kubeconfig),
                time_source,
                ..host
            },
            caller: identity.caller,
            token_judged: identity.token_judged,
            user: identity.user,
            described: ec2.described,
            cluster_named: identity.cluster_named,
            cluster_endpoint: cluster.endpoint,
            kubelet,
            vpc_cni: cni.config,
            introspection: cni.introspection,
            ipamd: cni.ipamd,
            ipamd_refusals: cni.refusals,
            ipamd_grpc: cni.grpc,
            sts: endpoints.sts,
            ec2: endpoints.ec2,
            eks: endpoints.eks,
            eks_auth: endpoints.eks_auth,
            ecr_api: registry.ecr_api,
            registry: registry.host,
            layer_host: registry.layer_host,
            ecr_token: registry.ecr_token,
            manifest: registry.manifest,
            layer: registry.layer,
        }),
        cluster: facts::Cluster {
            node: cluster.node,
            server_version: cluster.version,
            ..facts::Cluster::default()
        },
        account: Account {
            cluster: identity.cluster,
            subnets: ec2.subnets,
            instance_limits: ec2.limits,
            ..Account::default()
        },
        lines,
        ..Facts::default()
    }
}

/// What the metadata service alone says of this node.
pub(crate) async fn documents(net: &Net, deadline: Instant) -> Facts {
    let memory = imds::Memory::default();
    let (identity, hands) = (watch::Sender::new(None), watch::Sender::new(None));
    let imds = imds::look(net, &memory, identity, hands, deadline).await;
    Facts {
        node: Box::new(Node {
            imds: imds.token,
            instance: imds.instance,
            profile: imds.profile,
            role: imds.role,
            ..Node::default()
        }),
        ..Facts::default()
    }
}

/// Waits until the metadata service has said which instance this is, or that it will not.
async fn instance(
    mut identity: watch::Receiver<imds::Identity>,
    deadline: Instant,
) -> Observed<Instance> {
    match timeout_at(deadline, identity.wait_for(Option::is_some)).await {
        Ok(Ok(known)) => known.clone().unwrap_or_default(),
        _ => observed(Err(Missed::new("instance metadata service", "no answer in time"))),
    }
}

/// The one that saw, and saw more.
fn first<T>(one: Observed<T>, other: Observed<T>) -> Observed<T> {
    if one.value().is_some() { one } else { other }
}

/// SHA-256 of the first certificate's DER, in hex.
fn fingerprint(pem: &str) -> Option<String> {
    certificate::first(pem).map(|der| digest(&der))
}

/// SHA-256, in hex.
pub(crate) fn digest(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    let letter = |it: u8| char::from_digit(u32::from(it), 16).unwrap_or('0');
    digest.as_ref().iter().flat_map(|it| [letter(it >> 4), letter(it & 15)]).collect()
}

fn named(instance: Observed<Instance>) -> Result<String, String> {
    match instance {
        Observed::Seen { value, .. } if !value.local_hostname.is_empty() => {
            Ok(value.local_hostname)
        }
        Observed::Failed { why, .. } => Err(format!("the node's name is not known: {why}")),
        _ => Err("the node's name is not known; give it by --node-name".to_owned()),
    }
}

/// By the best name there is; a host name is no fact about the node, but tells reports apart.
fn subject(name: &Observed<String>, instance: &Observed<Instance>, root: &Path) -> Subject {
    let id = || instance.value().map(|it| it.instance_id.clone());
    let host = || {
        let name = fs::read_to_string(root.join("proc/sys/kernel/hostname")).ok()?;
        Some(name.trim().to_owned())
    };
    Subject {
        kind: "node".to_owned(),
        name: name.value().cloned().or_else(id).or_else(host).unwrap_or_default(),
        ..Subject::default()
    }
}

impl From<args::Look> for Options {
    fn from(args::Look { node, image }: args::Look) -> Self {
        Self { image, on_demand: true, ..Self::from(node) }
    }
}

impl From<args::Node> for Options {
    fn from(node: args::Node) -> Self {
        let variant = node.variant();
        let cluster = node.cluster_endpoint.clone().zip(node.cluster_ca.clone());
        Self {
            node_name: node.node_name().map(str::to_owned),
            region: node.region().map(str::to_owned),
            image: None,
            cluster: cluster.map(|(endpoint, ca)| Cluster { endpoint, ca }),
            kubeconfig: node.kubeconfig,
            introspection: node.introspection,
            variant,
            host_root: node.host_root,
            on_demand: false,
            memory: imds::Memory::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_told_by_its_der() {
        let pem = "x\n-----BEGIN CERTIFICATE-----\nYW\nJj\n-----END CERTIFICATE-----\n";
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(fingerprint(pem).as_deref(), Some(abc));
        assert_eq!(fingerprint("nothing"), None);
    }
}
