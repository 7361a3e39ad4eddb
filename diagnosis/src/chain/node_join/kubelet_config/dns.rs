//! The name server of pods, beside the range of the cluster's services.

use std::net::Ipv4Addr;

use crate::facts::{Facts, UserData};

/// As EKS says it, else as the node was told; IPv4 only.
pub(super) fn service_range(facts: &Facts) -> Option<&str> {
    let cluster = facts.account.cluster.value().map(|it| it.service_cidr.as_str());
    let told = match facts.node.user_data.value() {
        Some(UserData::NodeConfig(it)) => it.cidr.as_deref(),
        _ => None,
    };
    [cluster, told].into_iter().flatten().find(|it| parse(it).is_some())
}

/// In the form of a cluster's own DNS, `x.x.x.10`. Any other address was chosen by somebody: a
/// cache on the node, a server of the company.
pub(super) fn is_of_another_range(address: &str, range: &str) -> bool {
    let Ok(address) = address.parse::<Ipv4Addr>() else { return false };
    let Some((network, length)) = parse(range) else { return false };
    let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
    let inside = (address.to_bits() & mask) == (network.to_bits() & mask);
    !inside && !address.is_link_local() && address.octets()[3] == 10
}

/// The tenth address of the range.
pub(super) fn expected(range: &str) -> Option<String> {
    let (network, length) = parse(range)?;
    let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
    let address = (network.to_bits() & mask).checked_add(10)?;
    Some(Ipv4Addr::from_bits(address).to_string())
}

fn parse(range: &str) -> Option<(Ipv4Addr, u32)> {
    let (network, length) = range.split_once('/')?;
    let length = length.parse().ok().filter(|it| *it <= 32)?;
    Some((network.parse().ok()?, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_dns_of_another_cluster_is_of_another_range() {
        for (address, range, other) in [
            ("172.20.0.10", "10.100.0.0/16", true),
            ("10.100.0.10", "172.20.0.0/16", true),
            ("10.100.0.10", "10.100.0.0/16", false),
            ("10.100.7.9", "10.100.0.0/16", false),
            ("169.254.20.10", "10.100.0.0/16", false),
            ("192.168.1.53", "10.100.0.0/16", false),
            ("fd30::a", "10.100.0.0/16", false),
            ("172.20.0.10", "fd30::/108", false),
            ("172.20.0.10", "10.100.0.0/99", false),
            ("172.20.0.10", "0.0.0.0/0", false),
        ] {
            assert_eq!(is_of_another_range(address, range), other, "{address} {range}");
        }
        assert_eq!(expected("10.100.0.0/16").as_deref(), Some("10.100.0.10"));
        assert_eq!(expected("172.20.3.4/16").as_deref(), Some("172.20.0.10"));
        assert_eq!(expected("255.255.255.255/32"), None);
    }
}
