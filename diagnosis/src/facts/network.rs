//! The addresses under the pods: subnets, who has what of them, and how the VPC CNI is set.

use serde::{Deserialize, Serialize};

/// A subnet as `ec2:DescribeSubnets` tells it, or a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Subnet {
    pub id: String,
    pub cidr: String,
    pub zone: String,
    /// `AvailableIpAddressCount`: addresses, not blocks.
    pub free: Option<u32>,
    /// Whole /28 blocks that are free, where somebody counted them.
    pub free_blocks: Option<u32>,
}

/// What interfaces have of one subnet. Others may have more of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SubnetUse {
    pub subnet: String,
    /// Addresses and prefixes.
    pub taken: Vec<String>,
}

/// A CIDR reservation of a subnet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Reservation {
    pub subnet: String,
    pub cidr: String,
    /// `prefix` keeps it for prefixes, `explicit` for what names its address.
    pub kind: String,
}

/// What a type of instance carries, as `ec2:DescribeInstanceTypes` tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct InstanceLimits {
    pub instance_type: String,
    /// Interfaces on the default network card, for the VPC CNI counts no other card's.
    pub interfaces: u32,
    /// IPv4 addresses of each interface, its primary one included.
    pub addresses: u32,
    /// Whether its hypervisor is Nitro; only then an interface takes prefixes.
    pub nitro: Option<bool>,
}

/// What aws-node was told; `None` where nobody said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CniSettings {
    /// Such as `v1.19.0`.
    pub version: Option<String>,
    /// `ENABLE_PREFIX_DELEGATION`
    pub prefix_delegation: Option<bool>,
    /// `ENABLE_POD_ENI`: security groups for pods.
    pub pod_eni: Option<bool>,
    /// `AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG`
    pub custom_networking: Option<bool>,
}

impl CniSettings {
    /// Of a release that is older than a feature, nobody has to say that it is off.
    pub fn prefixes(&self) -> Option<bool> {
        self.prefix_delegation.or_else(|| self.before(9).then_some(false))
    }

    pub fn branches(&self) -> Option<bool> {
        self.pod_eni.or_else(|| self.before(7).then_some(false))
    }

    fn before(&self, minor: u32) -> bool {
        let version = self.version.as_deref().unwrap_or_default().trim_start_matches('v');
        let mut parts = version.split(['.', '-']).map(|it| it.parse::<u32>().ok());
        matches!((parts.next().flatten(), parts.next().flatten()), (Some(1), Some(it)) if it < minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_before_a_feature_has_it_off() {
        let of = |version: &str| CniSettings {
            version: Some(version.to_owned()),
            ..CniSettings::default()
        };
        assert_eq!(of("v1.7.5-eksbuild.1").prefixes(), Some(false));
        assert_eq!(of("1.6.3").branches(), Some(false));
        assert_eq!((of("v1.19.0").prefixes(), of("latest").prefixes()), (None, None));
        let set = CniSettings { prefix_delegation: Some(true), ..of("v1.7.5") };
        assert_eq!(set.prefixes(), Some(true));
    }
}
