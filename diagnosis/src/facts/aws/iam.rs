//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html>
//!
//! Roles are what all chains know of them: [`Role`](crate::facts::Role).

use serde::{Deserialize, Serialize};

/// `iam:GetInstanceProfile`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct InstanceProfile {
    pub instance_profile_name: String,
    pub instance_profile_id: String,
    pub arn: String,
    #[serde(deserialize_with = "super::at")]
    pub create_date: Option<String>,
    pub roles: Vec<ProfileRole>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ProfileRole {
    pub role_name: String,
    pub arn: String,
}
