//! What the addresses of a name say of the way to it.
//!
//! An interface endpoint with private DNS answers with addresses of the VPC; without one the same
//! name answers with public addresses. S3 keeps its public addresses behind a gateway endpoint, too.
//! Source: <https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html>.

use std::net::{IpAddr, Ipv4Addr};

use crate::iam::range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// All of them are of the VPC's own blocks.
    InVpc,
    /// Private, but not, or not known to be, of this VPC: a peer's, or behind a transit gateway.
    Private,
    Public,
    /// There is none.
    None,
    /// Some are private and some are public, or one is no address.
    Mixed,
}

/// `vpc`: the blocks of this VPC; empty where they are not known.
pub fn class(addresses: &[String], vpc: &[String]) -> Class {
    let one = |text: &String| {
        let Ok(address) = text.parse() else { return Class::Mixed };
        if vpc.iter().any(|block| range::contains(block, text) == Some(true)) {
            return Class::InVpc;
        }
        if is_private(address) { Class::Private } else { Class::Public }
    };
    let mut classes = addresses.iter().map(one);
    let Some(first) = classes.next() else { return Class::None };
    classes.fold(first, |all, it| match (all, it) {
        (a, b) if a == b => a,
        (Class::InVpc | Class::Private, Class::InVpc | Class::Private) => Class::Private,
        _ => Class::Mixed,
    })
}

/// RFC 1918 and RFC 6598, which VPCs are made of, and unique local IPv6 addresses.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => it.is_private() || is_shared(it),
        IpAddr::V6(it) => it.is_unique_local(),
    }
}

/// `100.64.0.0/10`
fn is_shared(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && second & 0xc0 == 64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(addresses: &[&str], vpc: &[&str]) -> Class {
        let own = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        class(&own(addresses), &own(vpc))
    }

    #[test]
    fn the_vpc_s_blocks_tell_its_own_addresses_from_other_private_ones() {
        let vpc = ["10.0.0.0/16", "100.64.0.0/16", "2600:1f14:abc::/56"];
        assert_eq!(of(&["10.0.3.11", "100.64.9.1"], &vpc), Class::InVpc);
        assert_eq!(of(&["2600:1f14:abc::7"], &vpc), Class::InVpc);
        assert_eq!(of(&["10.1.3.11"], &vpc), Class::Private);
        assert_eq!(of(&["10.0.3.11", "10.1.3.11"], &vpc), Class::Private);
        assert_eq!(of(&["10.0.3.11"], &[]), Class::Private);
    }

    #[test]
    fn without_blocks_private_ranges_are_private_and_the_rest_is_public() {
        for it in ["172.31.0.5", "192.168.1.1", "100.127.0.1", "fd00:1::1"] {
            assert_eq!(of(&[it], &[]), Class::Private, "{it}");
        }
        for it in ["52.94.133.131", "100.128.0.1", "172.32.0.1", "2600:1f14::1"] {
            assert_eq!(of(&[it], &[]), Class::Public, "{it}");
        }
    }

    #[test]
    fn no_address_and_a_mixture_are_classes_of_their_own() {
        assert_eq!(of(&[], &["10.0.0.0/16"]), Class::None);
        assert_eq!(of(&["10.0.3.11", "52.94.133.131"], &[]), Class::Mixed);
        assert_eq!(of(&["not-an-address"], &[]), Class::Mixed);
    }
}
