//! Whom nodes ask for names. Only the VPC's own resolver knows the private ones for certain.

use std::net::Ipv4Addr;

use super::{addresses::Run, network::Network};
use crate::facts::aws::ec2::{DhcpOptions, Vpc};

/// Under this name the VPC's own resolver stands in DHCP options.
const AMAZON: &str = "AmazonProvidedDNS";
/// It answers there in every VPC.
const LINK_LOCAL: &str = "169.254.169.253";

pub(crate) fn servers(options: &DhcpOptions) -> Vec<&str> {
    let of = options.dhcp_configurations.iter().filter(|it| it.key == "domain-name-servers");
    of.flat_map(|it| &it.values).map(|it| &*it.value).filter(|it| !it.is_empty()).collect()
}

/// By its name, or by one of its addresses: one is the second of the VPC's first block.
pub(crate) fn is_of_vpc(server: &str, vpc: &Vpc) -> bool {
    let first = Run::parse(&vpc.cidr_block).map(|it| it.first);
    let second = first.and_then(|it| it.checked_add(2)).map(|it| Ipv4Addr::from(it).to_string());
    server == AMAZON || server == LINK_LOCAL || second.is_some_and(|it| it == server)
}

/// Whether resolvers of one's own answer, which may forward to the VPC's or not.
pub(super) fn may_lead_elsewhere(network: &Network) -> bool {
    let (Some(vpc), Some(options)) =
        (network.group.vpc.value(), network.group.dhcp_options.value())
    else {
        return false;
    };
    let servers = servers(options);
    !servers.is_empty() && !servers.iter().any(|it| is_of_vpc(it, vpc))
}
