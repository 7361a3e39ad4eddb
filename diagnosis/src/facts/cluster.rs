//! Kubernetes objects, as the API server has them.

use serde::{Deserialize, Serialize};

use super::aws::Resource;
use super::{CniSettings, IdentityEnv, NodeClass, NotScaled, Observed, Presence, WaitingPod};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Cluster {
    /// The ServiceAccount of the subject.
    pub service_account: Observed<ServiceAccountObject>,
    /// Every ServiceAccount with a role annotation, as far as the asker may list them.
    pub annotated: Observed<Vec<ServiceAccount>>,
    /// The workload's pod; never the probe's.
    pub pod: Observed<PodObject>,
    /// Names of the pods in the same namespace that use the subject's ServiceAccount, the subject included.
    pub sharing_pods: Observed<Vec<String>>,
    /// The NetworkPolicies that select the subject and restrict its egress. Empty: none does.
    pub egress_policies: Observed<Vec<EgressPolicy>>,
    pub node: Observed<NodeObject>,
    /// As whom the API server knows the subject: what `kubectl auth whoami` prints.
    pub user: Observed<ApiUser>,
    /// What the API server answered when it was asked whether that user may do something.
    pub reviews: Observed<Vec<AccessReview>>,
    /// What makes the subject's pods, where no pod of it was seen.
    pub template: Observed<PodTemplate>,
    /// How aws-node is set.
    pub cni: Observed<CniSettings>,
    /// `/version` of the API server, such as `v1.34.1`.
    pub server_version: Observed<String>,
    /// The ARNs that the ConfigMap aws-auth maps.
    pub aws_auth: Observed<Vec<String>>,
    /// The roles that the ConfigMap aws-auth maps, with what it gives them.
    pub mapped_roles: Observed<Vec<MappedRole>>,
    /// Of Karpenter or Auto Mode.
    pub node_pools: Observed<Vec<NodePool>>,
    /// Of Karpenter or Auto Mode.
    pub node_claims: Observed<Vec<NodeClaim>>,
    /// What NodePools refer to.
    pub node_classes: Observed<Vec<Resource<NodeClass>>>,
    /// Pods that no node has room for.
    pub waiting_pods: Observed<Vec<Resource<WaitingPod>>>,
    /// What autoscalers say that made no node for a pod.
    pub not_scaled: Observed<Vec<Resource<NotScaled>>>,
    /// All Node objects.
    pub nodes: Observed<Vec<RegisteredNode>>,
}

/// An entry of `mapRoles`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MappedRole {
    pub role_arn: String,
    /// May be a pattern such as `system:node:{{EC2PrivateDNSName}}`.
    pub username: String,
    pub groups: Vec<String>,
}

/// `karpenter.sh/v1` NodePool
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodePool {
    pub name: String,
    /// Kind and name, such as `EC2NodeClass/default`.
    pub node_class: String,
    pub conditions: Vec<Condition>,
}

/// `karpenter.sh/v1` NodeClaim
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeClaim {
    pub name: String,
    pub node_pool: String,
    pub created: Option<String>,
    /// Such as `aws:///us-west-2a/i-0abc`; empty before there is an instance.
    pub provider_id: String,
    pub node_name: String,
    pub conditions: Vec<Condition>,
}

/// Of any object of Kubernetes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Condition {
    /// Such as `Launched`, `Registered`, `Initialized` or `Ready`.
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    pub reason: String,
    pub message: String,
    pub since: Option<String>,
}

/// The ServiceAccount under the subject's name, or that there is none.
/// Absent: 404.
pub type ServiceAccountObject = Presence<ServiceAccount>;

/// The annotations below `eks.amazonaws.com/` are those that the EKS webhook reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ServiceAccount {
    pub namespace: String,
    pub name: String,
    /// RFC 3339, like every time here.
    pub created: Option<String>,
    /// `…/role-arn`
    pub role_arn: Option<String>,
    /// When the role annotation was last written, from `managedFields`: a manager's later write of
    /// another field moves it too, so that it is the latest possible time.
    pub annotated: Option<String>,
    /// `…/audience`
    pub audience: Option<String>,
    /// `…/sts-regional-endpoints`
    pub sts_regional_endpoints: Option<String>,
    /// `…/token-expiration`
    pub token_expiration: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PodObject {
    /// 404
    Absent,
    Present(Box<WorkloadPod>),
}

/// What of a pod's spec decides its identity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct WorkloadPod {
    pub namespace: String,
    pub name: String,
    pub service_account: String,
    pub created: Option<String>,
    /// `spec.nodeName`
    pub node: Option<String>,
    /// What a rollout restarts, as kubectl names it: `deployment/api`.
    pub controller: Option<String>,
    /// Such as `Running`.
    pub phase: String,
    pub host_network: bool,
    /// The pod runs on Windows, by `spec.os` or its node selector.
    pub windows: bool,
    /// The label `eks.amazonaws.com/skip-pod-identity-webhook` is there.
    pub skips_webhook: bool,
    /// The annotation `eks.amazonaws.com/skip-containers`, verbatim.
    pub skip_containers: Option<String>,
    /// The container that the question is about: the one asked for, else the first.
    pub container: String,
    /// Init containers too.
    pub containers: Vec<Container>,
    /// Token projections of all volumes.
    pub tokens: Vec<ProjectedToken>,
    /// `spec.securityContext.fsGroup`
    pub fs_group: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Container {
    pub name: String,
    /// What its `env` sets; what `envFrom` or the image sets is not seen here.
    pub identity: IdentityEnv,
    /// Whether it takes variables from somewhere that is not seen here.
    pub env_from: bool,
    /// Names of the volumes that it mounts.
    pub mounts: Vec<String>,
    /// Its own `runAsUser`, else the pod's.
    pub run_as_user: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ProjectedToken {
    pub volume: String,
    pub audience: String,
    pub expiration_seconds: Option<i64>,
}

/// The pod template of a workload; what EKS injects is in its pods alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodTemplate {
    pub namespace: String,
    /// As kubectl names it: `deployment/api`.
    pub controller: String,
    pub service_account: String,
}

/// A NetworkPolicy of which the API server says that it restricts the subject's egress.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EgressPolicy {
    pub name: String,
    pub allows: Vec<EgressRule>,
}

/// Only what is written as addresses; a rule by pod or namespace reaches no address outside the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EgressRule {
    /// Empty: every destination.
    pub blocks: Vec<String>,
    /// Addresses taken out of the blocks.
    pub except: Vec<String>,
    /// Empty: every port.
    pub ports: Vec<u16>,
}

/// The Node object under this instance's name, or that there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeObject {
    /// 404
    Absent,
    Registered(Box<RegisteredNode>),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RegisteredNode {
    pub name: String,
    /// `aws:///<zone>/<instance-id>`
    pub provider_id: String,
    /// The condition of type Ready, when there is one.
    pub ready: Option<NodeCondition>,
    /// `status.capacity.pods`
    pub max_pods: Option<u32>,
    pub taints: Vec<Taint>,
    /// `spec.unschedulable`
    pub cordoned: bool,
    /// `status.nodeInfo.kubeletVersion`
    pub kubelet_version: String,
    /// RFC 3339
    pub created: Option<String>,
    /// When the kubelet renewed its Lease last.
    pub lease_renewed: Option<String>,
    /// The condition of type `DiskPressure`, `MemoryPressure`, `PIDPressure` or `NetworkUnavailable` that is True.
    pub pressures: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Taint {
    pub key: String,
    pub value: String,
    pub effect: String,
    /// When it was put there, where it says so.
    pub since: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeCondition {
    /// `True`, `False` or `Unknown`.
    pub status: String,
    pub reason: String,
    pub message: String,
}

/// A caller of the API server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApiUser {
    /// 401
    Refused,
    /// The username.
    Known(String),
}

/// One answer of `kubectl auth can-i`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AccessReview {
    pub verb: String,
    /// Empty: the core group.
    pub group: String,
    /// With its subresource, such as `pods/exec`.
    pub resource: String,
    /// Empty: the cluster scope.
    pub namespace: String,
    pub allowed: bool,
}

impl PodObject {
    pub fn present(&self) -> Option<&WorkloadPod> {
        match self {
            Self::Absent => None,
            Self::Present(it) => Some(it),
        }
    }
}

impl WorkloadPod {
    /// The container that the question is about.
    pub fn own(&self) -> Option<&Container> {
        self.containers.iter().find(|it| it.name == self.container)
    }
}
