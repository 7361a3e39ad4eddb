//! What only the node itself shows: its files, its units, its clock, its kernel.
//!
//! Most of it takes root on the host. Who may not look leaves it unobserved, which is never a fault.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Observed, Reach};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Host {
    /// `/etc/os-release`
    pub os: Observed<Os>,
    /// Proxies that the units of kubelet, containerd and nodeadm are given.
    pub proxy: Observed<NodeProxy>,
    /// The kubelet's kubeconfig.
    pub kubeconfig: Observed<Kubeconfig>,
    /// The kubelet's configuration with its drop-ins, and what its flags override.
    pub kubelet_config: Observed<KubeletConfig>,
    /// Variables of a workload's identity that the kubelet's unit is given, by name.
    pub web_identity: Observed<Vec<String>>,
    /// What configures and starts the kubelet, in the order of the boot.
    pub bootstrap_units: Observed<Vec<Unit>>,
    pub kubelet_unit: Observed<Unit>,
    pub runtime_unit: Observed<Unit>,
    /// containerd's socket: whether it takes a connection. Nothing is asked.
    pub runtime: Observed<Reach>,
    /// `/proc/swaps`: whether any swap is in use.
    pub swap: Observed<bool>,
    /// The file systems of the root, the kubelet and containerd.
    pub disks: Observed<Vec<Disk>>,
    /// The certificate that the kubelet serves with.
    pub serving_certificate: Observed<ServingCertificate>,
    /// What the kernel and chrony say of the clock.
    pub time_source: Observed<TimeSource>,
    /// The kernel's interfaces and addresses, of the network namespace that is looked from.
    pub network: Observed<KernelNetwork>,
    /// What else may configure interfaces, by the files that say so.
    pub managers: Observed<NetworkManagers>,
    pub counters: Observed<Counters>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Os {
    /// `ID`, such as `amzn`, `bottlerocket`, `ubuntu`.
    pub id: String,
    /// `VERSION_ID`
    pub version: String,
    /// `PRETTY_NAME`
    pub name: String,
}

/// Hosts and ports only: a proxy's URL can carry a password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeProxy {
    pub http: Option<String>,
    pub https: Option<String>,
    /// `NO_PROXY`, entry for entry.
    pub exempt: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Kubeconfig {
    pub server: String,
    /// SHA-256 of the CA's certificate (DER), in hex.
    pub ca_sha256: Option<String>,
    /// What the exec plugin is given as the cluster's name and region.
    pub cluster: Option<String>,
    pub region: Option<String>,
    /// The program that gives tokens, and whether it was found.
    pub command: Option<String>,
    pub command_found: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct KubeletConfig {
    pub max_pods: Option<u32>,
    pub cluster_dns: Vec<String>,
    pub provider_id: Option<String>,
    pub hostname_override: Option<String>,
    /// `key=value:effect`
    pub register_with_taints: Vec<String>,
    pub fail_swap_on: Option<bool>,
    /// Of the binary, such as `v1.34.1`.
    pub version: Option<String>,
}

/// A unit as `systemctl show` tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Unit {
    pub name: String,
    /// Such as `loaded`, `not-found`, `masked`.
    pub load: String,
    /// Such as `active`, `failed`, `activating`.
    pub active: String,
    pub sub: String,
    /// Such as `success`, `exit-code`, `start-limit-hit`.
    pub result: String,
    /// Of the main process.
    pub exit_status: Option<i32>,
    pub restarts: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Disk {
    pub path: String,
    /// Of the bytes and the inodes, in percent; no inodes on a file system without a fixed number.
    pub free: u8,
    pub free_inodes: Option<u8>,
}

/// `kubelet-server-current.pem`, which the cluster issues, or that there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServingCertificate {
    Missing,
    /// The kubelet made one for itself, as without `serverTLSBootstrap`.
    SelfSigned,
    Issued(Certificate),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Certificate {
    pub subject: String,
    pub issuer: String,
    /// RFC 3339
    pub not_before: String,
    pub not_after: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TimeSource {
    /// The kernel's own word: `adjtimex`.
    pub synchronized: Option<bool>,
    /// What chrony follows, such as `169.254.169.123`.
    pub reference: Option<String>,
    /// Of the system's time against it, in milliseconds; positive where this clock is ahead.
    pub offset_millis: Option<i64>,
}

/// This node's clock beside a server's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Clock {
    /// Whole seconds; positive where this clock is ahead.
    pub offset_seconds: i64,
    /// Whose `Date` it was.
    pub against: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct KernelNetwork {
    pub interfaces: Vec<KernelInterface>,
    /// IPv4 addresses that the kernel calls its own, on whichever interface.
    pub addresses: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct KernelInterface {
    pub name: String,
    pub mac: String,
    pub up: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NetworkManagers {
    /// `MACAddressPolicy` of systemd's default link, where a file sets it.
    pub mac_address_policy: Option<String>,
    /// The package that gives every address of an interface to the host.
    pub ec2_net_utils: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Counters {
    /// Tracked connections and their limit.
    pub conntrack: Option<u64>,
    pub conntrack_max: Option<u64>,
    /// ENA's `…_allowance_exceeded`, by counter, summed over interfaces, since boot.
    pub exceeded: BTreeMap<String, u64>,
    /// How much each grew while this look lasted.
    pub growing: BTreeMap<String, u64>,
    /// Why there are no such counters here, where there are none.
    pub unseen: Option<String>,
}

/// What the instance was launched with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserData {
    /// 404
    None,
    /// A NodeConfig for nodeadm.
    NodeConfig(NodeConfig),
    /// A call of `/etc/eks/bootstrap.sh`, with the cluster's name where one is given.
    Bootstrap {
        cluster: Option<String>,
        /// Whether it is given the cluster's endpoint and CA, too: then it asks nobody for them.
        #[serde(default, rename = "withEndpoint", skip_serializing_if = "std::ops::Not::not")]
        with_endpoint: bool,
    },
    /// Settings of Bottlerocket, as TOML.
    Settings { cluster: Option<String> },
    /// Something else, such as a plain script.
    Other,
    /// It cannot be decoded.
    Broken { why: String },
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeConfig {
    pub name: Option<String>,
    pub endpoint: Option<String>,
    pub ca_sha256: Option<String>,
    pub cidr: Option<String>,
    pub api_version: String,
    /// Feature gates that are on.
    pub gates: Vec<String>,
}

/// What `ec2:DescribeInstances` says of this instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DescribedInstance {
    pub vpc_id: String,
    pub private_dns_name: String,
    pub profile_arn: Option<String>,
    pub profile_id: Option<String>,
    pub interfaces: Vec<DescribedInterface>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DescribedInterface {
    pub id: String,
    pub description: String,
    /// Such as `interface`, `efa`, `trunk`.
    pub kind: String,
    /// When it was attached.
    pub attached: Option<String>,
    /// Whether another service of AWS made it; `None` where only `DescribeInstances` was answered.
    pub requester_managed: Option<bool>,
    pub device_number: u32,
    pub network_card: u32,
    pub subnet_id: String,
    pub security_groups: Vec<String>,
    /// The primary one first.
    pub addresses: Vec<String>,
    pub prefixes: Vec<String>,
    /// Those that the VPC CNI reads, below `node.k8s.amazonaws.com/`; `None` as above.
    pub tags: Option<BTreeMap<String, String>>,
}

/// As whom the API server knows this node, when it is asked with the node's own token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeUser {
    /// 401
    Refused,
    /// 403, so that it was authenticated.
    Forbidden,
    #[serde(rename_all = "camelCase")]
    Known {
        username: String,
        groups: Vec<String>,
        /// `extra.arn`, which the authenticator of EKS sets.
        #[serde(default)]
        arn: Option<String>,
    },
}
