//! <https://docs.aws.amazon.com/eks/latest/APIReference/API_Types.html>

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::document::paste::parsed;

/// `eks:DescribeCluster`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Cluster {
    pub name: String,
    pub arn: String,
    /// `CREATING`, `ACTIVE`, `DELETING`, `FAILED`, `UPDATING` or `PENDING`.
    pub status: String,
    /// Such as `1.34`.
    pub version: String,
    #[serde(deserialize_with = "super::at")]
    pub created_at: Option<String>,
    pub role_arn: String,
    /// With `https://`.
    pub endpoint: String,
    pub resources_vpc_config: VpcConfig,
    pub kubernetes_network_config: NetworkConfig,
    pub identity: Identity,
    pub access_config: AccessConfig,
    pub health: Health,
    /// Auto Mode.
    pub compute_config: ComputeConfig,
    pub tags: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VpcConfig {
    /// Where the control plane's interfaces are.
    pub subnet_ids: Vec<String>,
    /// Those that were added to the cluster's own.
    pub security_group_ids: Vec<String>,
    /// The one that EKS made.
    pub cluster_security_group_id: String,
    pub vpc_id: String,
    pub endpoint_public_access: Option<bool>,
    pub endpoint_private_access: Option<bool>,
    /// Who may reach the public endpoint.
    pub public_access_cidrs: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NetworkConfig {
    pub service_ipv4_cidr: String,
    pub service_ipv6_cidr: String,
    /// `ipv4` or `ipv6`
    pub ip_family: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    pub oidc: Oidc,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Oidc {
    /// With `https://`.
    pub issuer: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AccessConfig {
    /// `API`, `API_AND_CONFIG_MAP` or `CONFIG_MAP`.
    pub authentication_mode: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ComputeConfig {
    pub enabled: Option<bool>,
    pub node_pools: Vec<String>,
    pub node_role_arn: String,
}

/// Of a cluster, a node group or an add-on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Health {
    pub issues: Vec<Issue>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Issue {
    pub code: String,
    pub message: String,
    pub resource_ids: Vec<String>,
}

/// `eks:DescribeNodegroup`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Nodegroup {
    pub nodegroup_name: String,
    pub nodegroup_arn: String,
    pub cluster_name: String,
    pub version: String,
    pub release_version: String,
    #[serde(deserialize_with = "super::at")]
    pub created_at: Option<String>,
    #[serde(deserialize_with = "super::at")]
    pub modified_at: Option<String>,
    /// `CREATING`, `ACTIVE`, `UPDATING`, `DELETING`, `CREATE_FAILED`, `DELETE_FAILED` or `DEGRADED`.
    pub status: String,
    /// `ON_DEMAND`, `SPOT` or `CAPACITY_BLOCK`
    pub capacity_type: String,
    pub scaling_config: ScalingConfig,
    pub instance_types: Vec<String>,
    pub subnets: Vec<String>,
    /// Such as `AL2023_x86_64_STANDARD`, or `CUSTOM`.
    pub ami_type: String,
    /// An ARN.
    pub node_role: String,
    pub resources: NodegroupResources,
    pub health: Health,
    pub launch_template: Option<LaunchTemplate>,
    pub tags: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ScalingConfig {
    pub min_size: Option<i32>,
    pub max_size: Option<i32>,
    pub desired_size: Option<i32>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodegroupResources {
    pub auto_scaling_groups: Vec<Named>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Named {
    pub name: String,
}

/// The template that a node group was given; EKS makes another one of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LaunchTemplate {
    pub id: String,
    pub name: String,
    pub version: String,
}

/// `eks:DescribeAccessEntry`; of one that was only listed all but the principal is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AccessEntry {
    pub principal_arn: String,
    /// `STANDARD`, `EC2_LINUX`, `EC2_WINDOWS`, `EC2`, `FARGATE_LINUX`, `HYBRID_LINUX` or
    /// `HYPERPOD_LINUX`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub username: Option<String>,
    pub kubernetes_groups: Vec<String>,
    #[serde(deserialize_with = "super::at")]
    pub created_at: Option<String>,
    #[serde(deserialize_with = "super::at")]
    pub modified_at: Option<String>,
}

/// `eks:DescribeAddon`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Addon {
    pub addon_name: String,
    pub addon_version: String,
    /// `ACTIVE`, `DEGRADED`, `CREATE_FAILED`, …
    pub status: String,
    pub health: Health,
    /// Of IRSA.
    pub service_account_role_arn: String,
    /// Of Pod Identity: ARNs.
    pub pod_identity_associations: Vec<String>,
    /// JSON or YAML, as somebody gave them.
    pub configuration_values: String,
}

impl Addon {
    /// Whether its configuration switches prefix delegation on or off; `None` where it says nothing,
    /// for then the DaemonSet may.
    pub fn prefix_delegation(&self) -> Option<bool> {
        let values = parsed(&self.configuration_values).into_iter();
        let mut values = values.filter_map(|(_, it)| it.ok());
        let set = values.find_map(|mut it| Some(it.get_mut("env")?.get_mut(PREFIXES)?.take()))?;
        set.as_bool().or_else(|| set.as_str()?.to_ascii_lowercase().parse().ok())
    }
}

/// The variable of the VPC CNI.
pub const PREFIXES: &str = "ENABLE_PREFIX_DELEGATION";

/// `eks:ListInsights`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Insight {
    pub id: String,
    pub name: String,
    /// `UPGRADE_READINESS` or `MISCONFIGURATION`
    pub category: String,
    pub insight_status: InsightStatus,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InsightStatus {
    /// `PASSING`, `WARNING`, `ERROR` or `UNKNOWN`
    pub status: String,
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_add_on_is_configured_in_json_or_in_yaml() {
        let of = |values: &str| {
            let configuration_values = values.to_owned();
            Addon { configuration_values, ..Addon::default() }.prefix_delegation()
        };
        assert_eq!(of(r#"{"env":{"ENABLE_PREFIX_DELEGATION":"true"}}"#), Some(true));
        assert_eq!(of("env:\n  ENABLE_PREFIX_DELEGATION: 'False'\n"), Some(false));
        assert_eq!(of("env:\n  ENABLE_PREFIX_DELEGATION: true\n"), Some(true));
        for nothing in ["", "{}", r#"{"env":{"WARM_PREFIX_TARGET":"1"}}"#, "{", "env: perhaps"] {
            assert_eq!(of(nothing), None, "{nothing}");
        }
    }
}
