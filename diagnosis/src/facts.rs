//! What was observed, from where and when. Plain values: no opinion, no secret, no I/O.
//!
//! The rooms are vantage points: STS seen from the pod and STS seen from the node are two facts.
//! A reader in the field skips keys that it does not know, so that a newer agent can talk to an
//! older one; the tests refuse them, so that a misspelt key in a recording cannot prove nothing.

use serde::{Deserialize, Serialize};

mod account;
pub mod aws;
mod cluster;
mod demand;
mod group;
mod host;
mod input;
mod merge;
mod network;
mod node;
mod observed;
mod pod;
mod reach;
mod time;

pub use account::{
    Account, Association, AssociationObject, ClusterIdentity, DecodedDenial, OidcProvider,
    OidcProviders, PolicyDocument, Role, RoleObject, Simulation,
};
pub use cluster::{
    AccessReview, ApiUser, Cluster, Condition, Container, EgressPolicy, EgressRule, MappedRole,
    NodeClaim, NodeCondition, NodeObject, NodePool, PodObject, PodTemplate, ProjectedToken,
    RegisteredNode, ServiceAccount, ServiceAccountObject, Taint, WorkloadPod,
};
pub use demand::{NodeClass, NotScaled, WaitingPod};
pub use group::{Compute, Group, OtherGroup, Refused, Size};
pub use host::{
    Certificate, Clock, Counters, DescribedInstance, DescribedInterface, Disk, Host,
    KernelInterface, KernelNetwork, Kubeconfig, KubeletConfig, NetworkManagers, NodeConfig,
    NodeProxy, NodeUser, Os, ServingCertificate, TimeSource, Unit, UserData,
};
pub use input::{Input, inputs};
pub use network::{CniSettings, InstanceLimits, Reservation, Subnet, SubnetUse};
pub use node::{
    ImageManifest, Instance, Interface, Ipamd, IpamdInterface, LayerAnswer, ManifestAnswer, Node,
    Profile, Refusal, RoleDocument,
};
pub(crate) use observed::NOT_SEEN;
pub use observed::{Missing, Observed, Presence, Source};
pub use pod::{Claims, FROM_ELSEWHERE, IdentityEnv, ImdsFromPod, Pod, TokenFile};
pub use reach::{Answer, Ended, Phase, Reach, Timing};
pub use time::seconds;

/// Everything that one look, or several merged ones, found out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Facts {
    pub subject: Subject,
    /// RFC 3339 in UTC with whole seconds, like every time in Facts, so that times compare as text.
    pub taken_at: String,
    pub collector: Collector,
    /// The largest by far, and moved often.
    pub node: Box<Node>,
    pub pod: Pod,
    pub cluster: Cluster,
    pub account: Account,
    pub lines: Vec<Line>,
    /// Of a group of nodes: the id of the instance whose own view `node` has.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub seen_on: String,
    /// What was given and could not be read, each with why: nobody knows what it says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
}

/// Whom the report is about. The collector chooses it; `judge` does not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Subject {
    /// `node`, `pod`, `serviceaccount`, or of a cluster's groups `nodegroup`, `autoscaling-group`,
    /// `nodepool` or `cluster`; empty when nobody said.
    pub kind: String,
    /// Empty for what has no namespace.
    pub namespace: String,
    pub name: String,
}

impl Subject {
    /// Whether it is a group of a cluster's nodes, or the cluster where it has none.
    pub fn is_group(&self) -> bool {
        matches!(&*self.kind, "nodegroup" | "autoscaling-group" | "nodepool" | "cluster")
    }
}

/// Which program looked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Collector {
    pub command: String,
    pub version: String,
}

/// One record of a log: a line and the lines that continue it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Line {
    /// The file, stream or API call it was read from.
    pub place: String,
    /// The number of its first line, from 1; 0 where lines are not counted.
    pub line: u32,
    /// When it was written, where it says so.
    pub at: Option<String>,
    /// As it was meant.
    pub text: String,
    /// As it was written, line for line, where that is not the same: a logger escapes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub verbatim: String,
    /// The id of the instance on whose console it stood.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub instance: String,
}
