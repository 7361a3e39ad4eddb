//! What the node sees: its metadata service, its kubelet, its CNI and the endpoints it pulls from.

use serde::{Deserialize, Serialize};

use super::{Answer, Clock, DescribedInstance, Host, NodeUser, Observed, Reach, UserData};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Node {
    /// The name under which this node should be registered.
    pub name: Observed<String>,
    /// `PUT /latest/api/token`; the token itself is dropped.
    pub imds: Observed<Reach>,
    /// The same at `fd00:ec2::254`.
    pub imds_ipv6: Observed<Reach>,
    /// The instance identity document and `services/{domain,partition}`.
    pub instance: Observed<Instance>,
    /// `iam/info`.
    pub profile: Observed<Profile>,
    /// `iam/security-credentials/<role>` without its keys.
    pub role: Observed<RoleDocument>,
    /// `network/interfaces/macs/…`
    pub interfaces: Observed<Vec<Interface>>,
    /// `user-data`, decoded; the source's text holds none of it.
    pub user_data: Observed<UserData>,
    /// This clock against the `Date` of whoever answered.
    pub clock: Observed<Clock>,
    pub host: Host,
    /// `sts:GetCallerIdentity` with the role's credentials; on demand only. The detail is the ARN.
    pub caller: Observed<Answer>,
    /// What STS says of the token that this node would show to the cluster; on demand only.
    pub token_judged: Observed<Answer>,
    /// As whom the cluster knows this node; on demand only.
    pub user: Observed<NodeUser>,
    /// What `eks:DescribeCluster` said of the cluster's name that this node was given; on demand
    /// only. The detail is that name.
    pub cluster_named: Observed<Answer>,
    /// `ec2:DescribeInstances` of this instance; on demand only.
    pub described: Observed<DescribedInstance>,
    pub cluster_endpoint: Observed<Reach>,
    /// `127.0.0.1:10248/healthz`
    pub kubelet: Observed<Reach>,
    /// Whether the VPC CNI's configuration, `/etc/cni/net.d/10-aws.conflist`, is there.
    pub vpc_cni: Observed<bool>,
    /// ipamd's introspection, `127.0.0.1:61679/v1/enis`, as a connection and as what it said.
    pub introspection: Observed<Reach>,
    pub ipamd: Observed<Ipamd>,
    /// What EC2 refused to ipamd since it started, from its metrics.
    pub ipamd_refusals: Observed<Vec<Refusal>>,
    /// ipamd's gRPC socket, which cannot be switched off: the unix socket or 127.0.0.1:50051.
    pub ipamd_grpc: Observed<Reach>,
    /// The regional STS host, which workloads on this node ask from their own network.
    pub sts: Observed<Reach>,
    pub ec2: Observed<Reach>,
    pub eks: Observed<Reach>,
    pub eks_auth: Observed<Reach>,
    pub ecr_api: Observed<Reach>,
    /// `GET /v2/` of the registry host, without credentials.
    pub registry: Observed<Reach>,
    /// The S3 host that serves layers.
    pub layer_host: Observed<Reach>,
    /// `ecr:GetAuthorizationToken`; on demand only.
    pub ecr_token: Observed<Answer>,
    /// On demand only, like what follows.
    pub manifest: Observed<ManifestAnswer>,
    /// `HEAD` of one layer.
    pub layer: Observed<LayerAnswer>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Instance {
    pub account_id: String,
    pub region: String,
    pub availability_zone: String,
    pub instance_id: String,
    pub instance_type: String,
    /// The private DNS name, `local-hostname`.
    pub local_hostname: String,
    /// `services/domain`, such as `amazonaws.com`.
    pub domain: String,
    /// `services/partition`, such as `aws`.
    pub partition: String,
    pub architecture: String,
}

/// `iam/info`, or that there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// 404: no instance profile is attached.
    None,
    #[serde(rename_all = "camelCase")]
    Document {
        code: String,
        /// Present only where something is wrong.
        #[serde(default)]
        message: String,
        #[serde(default)]
        arn: String,
        #[serde(default)]
        id: String,
    },
}

/// `iam/security-credentials/<role>` without its keys, or that no role is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoleDocument {
    /// The list of role names is empty or 404.
    None,
    #[serde(rename_all = "camelCase")]
    Document {
        /// The role's name.
        role: String,
        code: String,
        #[serde(default)]
        message: String,
        /// RFC 3339; empty when the document carries none.
        #[serde(default)]
        expiration: String,
        /// The server's `Date` when it was read, RFC 3339: the local clock may be the fault.
        #[serde(default)]
        server_date: Option<String>,
    },
}

/// One network interface as IMDS lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Interface {
    pub id: String,
    pub device_number: u32,
    pub network_card: u32,
    pub subnet_id: String,
    pub subnet_cidr: String,
    pub mac: String,
    pub vpc_cidrs: Vec<String>,
    pub security_groups: Vec<String>,
    /// The addresses themselves, the primary one first, and the prefixes.
    pub ipv4s: Vec<String>,
    pub ipv4_prefixes: Vec<String>,
    /// Number of private IPv4 addresses, the primary one included.
    pub addresses: u32,
    /// Number of delegated /28 prefixes.
    pub prefixes: u32,
}

/// ipamd's own books, summed over network cards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Ipamd {
    /// Interfaces that ipamd manages.
    pub interfaces: u32,
    /// Addresses that it can give to pods.
    pub total: u32,
    pub assigned: u32,
    /// Whether any of its blocks is a delegated prefix.
    pub prefix_delegation: bool,
    /// Whether one of its interfaces is a trunk, which gives pods nothing itself.
    pub trunk: bool,
    /// Each interface by itself.
    pub by_interface: Vec<IpamdInterface>,
}

#[expect(clippy::struct_excessive_bools, reason = "as ipamd tells it")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct IpamdInterface {
    pub id: String,
    pub device_number: u32,
    pub network_card: u32,
    pub primary: bool,
    pub trunk: bool,
    pub efa: bool,
    /// It carries no pods, as its subnet or tag says.
    pub excluded: bool,
    /// Addresses that it can give to pods, and blocks that it can cut them from.
    pub addresses: Vec<String>,
    pub prefixes: Vec<String>,
}

/// One call of the EC2 API that was refused, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Refusal {
    /// Such as `AssignPrivateIpAddresses`.
    pub call: String,
    /// Such as `InsufficientFreeAddressesInSubnet`.
    pub code: String,
}

/// The registry's answer about an image's manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ManifestAnswer {
    pub image: String,
    /// The platform of this node, such as `linux/arm64`.
    pub wanted: String,
    pub answer: Answer,
    /// With status 200.
    pub manifest: Option<ImageManifest>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ImageManifest {
    /// `os/architecture`; empty where the image names none, so that nothing can be said.
    pub platforms: Vec<String>,
}

/// `HEAD` of one layer: the registry redirects to the layer host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LayerAnswer {
    pub image: String,
    /// The last host that was asked: the registry, or where it redirected to.
    pub reach: Reach,
    /// Whether the registry redirected to a layer host.
    pub redirected: bool,
}
