//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Types.html>

use serde::{Deserialize, Serialize};

use super::Tag;

/// `cloudformation:DescribeStacks`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Stack {
    pub stack_id: String,
    pub stack_name: String,
    #[serde(deserialize_with = "super::at")]
    pub creation_time: Option<String>,
    #[serde(deserialize_with = "super::at")]
    pub last_updated_time: Option<String>,
    /// Such as `CREATE_FAILED` or `ROLLBACK_COMPLETE`.
    pub stack_status: String,
    pub stack_status_reason: String,
    pub tags: Vec<Tag>,
}

/// `cloudformation:DescribeStackEvents`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct StackEvent {
    pub event_id: String,
    pub stack_name: String,
    pub logical_resource_id: String,
    pub physical_resource_id: String,
    /// Such as `AWS::EKS::Nodegroup`.
    pub resource_type: String,
    #[serde(deserialize_with = "super::at")]
    pub timestamp: Option<String>,
    /// Such as `CREATE_FAILED`.
    pub resource_status: String,
    pub resource_status_reason: String,
}
