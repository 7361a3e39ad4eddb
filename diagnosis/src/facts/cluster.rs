//! Kubernetes objects, as the API server has them.

use serde::{Deserialize, Serialize};

use super::Observed;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Cluster {
    pub service_account: Observed<ServiceAccount>,
    pub pod: Observed<PodObject>,
    pub node: Observed<NodeObject>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ServiceAccount {
    pub namespace: String,
    pub name: String,
    /// The annotation `eks.amazonaws.com/role-arn`.
    pub role_arn: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodObject {
    pub service_account: String,
}

/// The Node object under this instance's name, or that there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeObject {
    /// 404
    Absent,
    Registered(RegisteredNode),
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
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeCondition {
    /// `True`, `False` or `Unknown`.
    pub status: String,
    pub reason: String,
    pub message: String,
}
