//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Types.html>: what nodes are, and what
//! they are made of. The network under them is in `vpc`.

use serde::{Deserialize, Serialize};

use super::Tag;

mod vpc;

pub use vpc::{
    AclAssociation, AclEntry, Association, Attachment, BlockState, CidrBlock, DhcpConfiguration,
    DhcpOptions, DhcpValue, InterfaceAddress, InternetGateway, Ipv4Prefix, Ipv6Address, Ipv6Block,
    NatAddress, NatGateway, NetworkAcl, NetworkInterface, PortRange, PrefixListId, PrivateAddress,
    Range, RangeV6, Route, RouteTable, Rule, SecurityGroup, Subnet, UserGroup, Vpc, VpcEndpoint,
};

/// `ec2:DescribeInstances`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Instance {
    pub instance_id: String,
    pub image_id: String,
    pub instance_type: String,
    pub private_dns_name: String,
    pub private_ip_address: String,
    pub public_ip_address: String,
    pub ipv6_address: String,
    pub subnet_id: String,
    pub vpc_id: String,
    #[serde(deserialize_with = "super::at")]
    pub launch_time: Option<String>,
    pub state: InstanceState,
    pub state_reason: StateReason,
    /// Such as `User initiated (2026-03-01 10:00:00 GMT)`.
    pub state_transition_reason: String,
    pub iam_instance_profile: Option<ProfileSpecification>,
    pub security_groups: Vec<GroupIdentifier>,
    pub metadata_options: MetadataOptions,
    pub source_dest_check: Option<bool>,
    pub tags: Vec<Tag>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct InstanceState {
    /// `pending`, `running`, `shutting-down`, `terminated`, `stopping` or `stopped`.
    pub name: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct StateReason {
    /// Such as `Client.InstanceInitiatedShutdown`.
    pub code: String,
    pub message: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ProfileSpecification {
    pub arn: String,
    pub id: String,
    /// In a launch template.
    pub name: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct GroupIdentifier {
    pub group_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct MetadataOptions {
    /// `enabled` or `disabled`
    pub http_endpoint: String,
    /// `optional` or `required`
    pub http_tokens: String,
    pub http_put_response_hop_limit: Option<i32>,
}

/// `ec2:DescribeInstanceStatus`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct InstanceStatus {
    pub instance_id: String,
    pub instance_status: StatusSummary,
    pub system_status: StatusSummary,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct StatusSummary {
    /// `ok`, `impaired`, `initializing`, `insufficient-data` or `not-applicable`.
    pub status: String,
}

/// `ec2:DescribeLaunchTemplateVersions`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct LaunchTemplateVersion {
    pub launch_template_id: String,
    pub launch_template_name: String,
    pub version_number: i64,
    pub default_version: Option<bool>,
    #[serde(deserialize_with = "super::at")]
    pub create_time: Option<String>,
    /// The ARN of who made it.
    pub created_by: String,
    pub launch_template_data: LaunchTemplateData,
}

/// Without its user data, which may hold secrets: what is read of it is a fact of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct LaunchTemplateData {
    pub image_id: String,
    pub instance_type: String,
    pub iam_instance_profile: Option<ProfileSpecification>,
    pub security_group_ids: Vec<String>,
    pub network_interfaces: Vec<TemplateInterface>,
    pub metadata_options: MetadataOptions,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct TemplateInterface {
    pub associate_public_ip_address: Option<bool>,
    pub device_index: Option<i32>,
    pub groups: Vec<String>,
    pub subnet_id: String,
}

/// `ec2:DescribeImages`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Image {
    pub image_id: String,
    pub name: String,
    /// `x86_64` or `arm64`
    pub architecture: String,
    /// `available`, …
    pub state: String,
    #[serde(deserialize_with = "super::at")]
    pub creation_date: Option<String>,
    #[serde(deserialize_with = "super::at")]
    pub deprecation_time: Option<String>,
}
