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
    let first = Run::parse(&vpc.cidr_block).and_then(|it| u32::try_from(it.first).ok());
    let second = first.and_then(|it| it.checked_add(2)).map(|it| Ipv4Addr::from(it).to_string());
    server == AMAZON || server == LINK_LOCAL || second.is_some_and(|it| it == server)
}

/// Whether resolvers of one's own answer, which may forward to the VPC's or not; `None` where nobody
/// told whom nodes ask.
pub(super) fn may_lead_elsewhere(network: &Network) -> Option<bool> {
    let servers = servers(network.group.dhcp_options.value()?);
    let vpc = network.group.vpc.value()?;
    Some(!servers.is_empty() && !servers.iter().any(|it| is_of_vpc(it, vpc)))
}
