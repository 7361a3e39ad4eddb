//! <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Types.html>

use serde::{Deserialize, Serialize};

use super::Tag;

/// `autoscaling:DescribeAutoScalingGroups`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct AutoScalingGroup {
    pub auto_scaling_group_name: String,
    pub min_size: Option<i32>,
    pub max_size: Option<i32>,
    pub desired_capacity: Option<i32>,
    pub instances: Vec<ScalingInstance>,
    #[serde(deserialize_with = "super::at")]
    pub created_time: Option<String>,
    pub suspended_processes: Vec<SuspendedProcess>,
    /// Subnet ids with commas between them.
    #[serde(rename = "VPCZoneIdentifier")]
    pub vpc_zone_identifier: String,
    /// `Delete in progress`, or empty.
    pub status: String,
    pub launch_template: Option<TemplateSpecification>,
    pub mixed_instances_policy: Option<MixedInstancesPolicy>,
    pub launch_configuration_name: String,
    pub tags: Vec<Tag>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ScalingInstance {
    pub instance_id: String,
    /// `Pending`, `InService`, `Terminating`, …
    pub lifecycle_state: String,
    pub health_status: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct SuspendedProcess {
    /// Such as `Launch`.
    pub process_name: String,
    pub suspension_reason: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct TemplateSpecification {
    pub launch_template_id: String,
    pub launch_template_name: String,
    /// A number, `$Default`, `$Latest`, or empty for the default.
    pub version: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct MixedInstancesPolicy {
    pub launch_template: MixedTemplate,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct MixedTemplate {
    pub launch_template_specification: TemplateSpecification,
}

/// `autoscaling:DescribeScalingActivities`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Activity {
    pub activity_id: String,
    pub auto_scaling_group_name: String,
    pub description: String,
    pub cause: String,
    #[serde(deserialize_with = "super::at")]
    pub start_time: Option<String>,
    #[serde(deserialize_with = "super::at")]
    pub end_time: Option<String>,
    /// `Successful`, `Failed`, `Cancelled`, `InProgress`, …
    pub status_code: String,
    pub status_message: String,
}
