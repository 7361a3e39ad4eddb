//! The network under the nodes.

use serde::{Deserialize, Serialize};

use crate::facts::aws::Tag;
use crate::path::{Family, Run};

/// `ec2:DescribeVpcs`, and its two attributes by `ec2:DescribeVpcAttribute`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Vpc {
    pub vpc_id: String,
    /// The account whose it is; others may share its subnets.
    pub owner_id: String,
    pub cidr_block: String,
    pub cidr_block_association_set: Vec<CidrBlock>,
    pub dhcp_options_id: String,
    /// `enableDnsSupport`, where it was asked for.
    pub enable_dns_support: Option<bool>,
    /// `enableDnsHostnames`, where it was asked for.
    pub enable_dns_hostnames: Option<bool>,
    pub tags: Vec<Tag>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct CidrBlock {
    pub cidr_block: String,
}

/// `ec2:DescribeDhcpOptions`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct DhcpOptions {
    pub dhcp_options_id: String,
    pub dhcp_configurations: Vec<DhcpConfiguration>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct DhcpConfiguration {
    /// `domain-name`, `domain-name-servers`, …
    pub key: String,
    pub values: Vec<DhcpValue>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct DhcpValue {
    pub value: String,
}

/// `ec2:DescribeSubnets`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Subnet {
    pub subnet_id: String,
    pub vpc_id: String,
    pub cidr_block: String,
    pub availability_zone: String,
    /// Addresses, not blocks.
    pub available_ip_address_count: Option<u32>,
    pub map_public_ip_on_launch: Option<bool>,
    pub ipv6_cidr_block_association_set: Vec<Ipv6Block>,
    pub assign_ipv6_address_on_creation: Option<bool>,
    /// Whether it has no IPv4 block at all.
    pub ipv6_native: Option<bool>,
    /// Whether names that have IPv4 addresses alone get an IPv6 one there.
    pub enable_dns64: Option<bool>,
    pub state: String,
    pub tags: Vec<Tag>,
}

/// Below this part of a subnet few addresses are free.
const FEW: u128 = 4;

impl Subnet {
    /// Fewer addresses are taken than there are /28 blocks: nobody can have a part of each.
    pub(crate) fn is_surely_whole(&self) -> bool {
        let sizes = self.size().zip(self.available_ip_address_count);
        sizes.is_some_and(|(size, free)| size.saturating_sub(u128::from(free)) < size / 16)
    }

    /// Whether only the interfaces in it tell of its free /28 blocks, and these may matter: `prefixes`
    /// is what is known of prefix delegation.
    pub fn needs_interfaces(&self, prefixes: Option<bool>) -> bool {
        let Some((size, free)) = self.size().zip(self.available_ip_address_count) else {
            return false;
        };
        let few = u128::from(free) < size / FEW;
        free > 0 && !self.is_surely_whole() && prefixes.unwrap_or(few)
    }

    fn size(&self) -> Option<u128> {
        let run = Run::parse(&self.cidr_block).filter(|it| it.family == Family::V4)?;
        Some(run.last - run.first + 1)
    }

    /// Those that it has, and not those that it had.
    pub(crate) fn ipv6_blocks(&self) -> impl Iterator<Item = &str> {
        let has = |it: &&Ipv6Block| matches!(&*it.ipv6_cidr_block_state.state, "associated" | "");
        self.ipv6_cidr_block_association_set.iter().filter(has).map(|it| &*it.ipv6_cidr_block)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Ipv6Block {
    pub ipv6_cidr_block: String,
    pub ipv6_cidr_block_state: BlockState,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct BlockState {
    /// `associated`, `disassociated`, …
    pub state: String,
}

/// `ec2:DescribeRouteTables`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct RouteTable {
    pub route_table_id: String,
    pub vpc_id: String,
    pub associations: Vec<Association>,
    pub routes: Vec<Route>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Association {
    /// For each subnet that names no other table.
    pub main: Option<bool>,
    pub subnet_id: String,
    pub gateway_id: String,
}

/// Exactly one target is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Route {
    pub destination_cidr_block: String,
    pub destination_ipv6_cidr_block: String,
    pub destination_prefix_list_id: String,
    /// `local`, `igw-…`, `vgw-…`, or `vpce-…` of a gateway endpoint.
    pub gateway_id: String,
    pub nat_gateway_id: String,
    pub transit_gateway_id: String,
    pub vpc_peering_connection_id: String,
    pub network_interface_id: String,
    pub instance_id: String,
    pub egress_only_internet_gateway_id: String,
    pub core_network_arn: String,
    pub local_gateway_id: String,
    pub carrier_gateway_id: String,
    /// `active` or `blackhole`
    pub state: String,
}

/// `ec2:DescribeNatGateways`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NatGateway {
    pub nat_gateway_id: String,
    pub subnet_id: String,
    pub vpc_id: String,
    /// `pending`, `failed`, `available`, `deleting` or `deleted`.
    pub state: String,
    pub failure_code: String,
    pub failure_message: String,
    /// `public` or `private`
    pub connectivity_type: String,
    #[serde(deserialize_with = "crate::facts::aws::at")]
    pub create_time: Option<String>,
    pub nat_gateway_addresses: Vec<NatAddress>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NatAddress {
    pub public_ip: String,
    pub private_ip: String,
}

/// `ec2:DescribeInternetGateways`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct InternetGateway {
    pub internet_gateway_id: String,
    pub attachments: Vec<Attachment>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Attachment {
    pub vpc_id: String,
    /// `available` while it is attached.
    pub state: String,
}

/// `ec2:DescribeNetworkAcls`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NetworkAcl {
    pub network_acl_id: String,
    pub vpc_id: String,
    pub is_default: Option<bool>,
    pub associations: Vec<AclAssociation>,
    pub entries: Vec<AclEntry>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct AclAssociation {
    pub subnet_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct AclEntry {
    pub rule_number: i32,
    /// `-1` for all, `6` TCP, `17` UDP.
    pub protocol: String,
    /// `allow` or `deny`
    pub rule_action: String,
    pub egress: bool,
    pub cidr_block: String,
    pub ipv6_cidr_block: String,
    pub port_range: Option<PortRange>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct PortRange {
    pub from: i32,
    pub to: i32,
}

/// `ec2:DescribeSecurityGroups`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct SecurityGroup {
    pub group_id: String,
    pub group_name: String,
    pub vpc_id: String,
    /// Who may come in.
    pub ip_permissions: Vec<Rule>,
    /// Where to go out.
    pub ip_permissions_egress: Vec<Rule>,
    pub tags: Vec<Tag>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Rule {
    /// `-1` for all, `tcp`, `udp`, `icmp`, or a number.
    pub ip_protocol: String,
    pub from_port: Option<i32>,
    pub to_port: Option<i32>,
    pub ip_ranges: Vec<Range>,
    pub ipv6_ranges: Vec<RangeV6>,
    pub prefix_list_ids: Vec<PrefixListId>,
    pub user_id_group_pairs: Vec<UserGroup>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Range {
    pub cidr_ip: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct RangeV6 {
    pub cidr_ipv6: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct PrefixListId {
    pub prefix_list_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct UserGroup {
    pub group_id: String,
    pub user_id: String,
}

/// `ec2:DescribeVpcEndpoints`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct VpcEndpoint {
    pub vpc_endpoint_id: String,
    /// `Interface`, `Gateway`, …
    pub vpc_endpoint_type: String,
    pub vpc_id: String,
    /// Such as `com.amazonaws.us-west-2.sts`.
    pub service_name: String,
    /// `available`, `pending`, …; the API's case varies.
    pub state: String,
    /// JSON.
    pub policy_document: String,
    pub route_table_ids: Vec<String>,
    pub subnet_ids: Vec<String>,
    pub groups: Vec<super::GroupIdentifier>,
    pub private_dns_enabled: Option<bool>,
    #[serde(deserialize_with = "crate::facts::aws::at")]
    pub creation_timestamp: Option<String>,
}

/// `ec2:DescribeNetworkInterfaces`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NetworkInterface {
    pub network_interface_id: String,
    pub subnet_id: String,
    pub vpc_id: String,
    /// Such as `Amazon EKS prod`, of the control plane.
    pub description: String,
    pub interface_type: String,
    pub status: String,
    pub private_ip_address: String,
    /// With the one above.
    pub private_ip_addresses: Vec<PrivateAddress>,
    pub ipv4_prefixes: Vec<Ipv4Prefix>,
    pub ipv6_addresses: Vec<Ipv6Address>,
    pub groups: Vec<super::GroupIdentifier>,
    pub association: Option<InterfaceAddress>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct PrivateAddress {
    pub private_ip_address: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Ipv4Prefix {
    pub ipv4_prefix: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Ipv6Address {
    pub ipv6_address: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct InterfaceAddress {
    pub public_ip: String,
}
