//! What the cluster wants of those who make its nodes, and what they say of it.

use serde::{Deserialize, Serialize};

use super::Condition;

/// `karpenter.k8s.aws/v1` EC2NodeClass, or `eks.amazonaws.com/v1` NodeClass of Auto Mode.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeClass {
    pub kind: String,
    pub name: String,
    /// The name of the role that its nodes are to have; empty where it names a profile.
    pub role: String,
    pub conditions: Vec<Condition>,
}

/// A pod that the scheduler found no node for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct WaitingPod {
    pub namespace: String,
    pub name: String,
    /// What the scheduler says of it.
    pub message: String,
    pub since: Option<String>,
}

/// Why an autoscaler made no node for a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NotScaled {
    /// Such as `NotTriggerScaleUp`.
    pub reason: String,
    pub namespace: String,
    pub pod: String,
    pub message: String,
    /// When it was said last.
    pub at: Option<String>,
}
