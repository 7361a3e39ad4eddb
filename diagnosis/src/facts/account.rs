//! What AWS APIs say about the account.

use serde::{Deserialize, Serialize};

use super::Observed;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Account {
    /// The trust policy of the workload's role.
    pub trust: Observed<TrustPolicy>,
}

/// The conditions of the one statement that allows `sts:AssumeRoleWithWebIdentity`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TrustPolicy {
    pub role_arn: String,
    pub conditions: Vec<Condition>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Condition {
    /// Such as `StringEquals`.
    pub operator: String,
    pub key: String,
    pub values: Vec<String>,
}
