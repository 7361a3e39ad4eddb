//! How many interfaces and addresses an instance type carries.
//!
//! EC2 documents the figures in
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html>. They stand here as
//! of 2026-07-01, as `nodeadm/internal/kubelet/instance-info.jsonl` of awslabs/amazon-eks-ami lists
//! them at 4d63a3bc. Types that this version no longer lists keep the last figures read: `f1` and
//! `p3` as of 2026-02-12 (the same file at d641fe0a), `i3.metal`, `p2` and the `u-*tb1.112xlarge`
//! as of 2023-09-21 (`pkg/vpc/vpc_ip_resource_limit.go` of aws/amazon-vpc-cni-k8s at 6c305f30).
//! Newer types, and `g2` and `g3`, which none of these lists, are not known here.

use crate::facts::Facts;

mod table;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    /// Interfaces on the default network card, for the VPC CNI counts no other card's.
    pub(super) interfaces: u32,
    /// IPv4 addresses of each interface, its primary one included.
    pub(super) addresses: u32,
}

impl Limit {
    /// As the VPC CNI counts: the primary address of each interface is the node's, and two pods
    /// use the host's network.
    pub(super) const fn pods(self) -> u32 {
        self.interfaces.saturating_mul(self.addresses.saturating_sub(1)).saturating_add(2)
    }

    /// With custom networking the primary interface carries none.
    pub(super) fn pods_with(self, custom_networking: bool) -> u32 {
        let interfaces = self.interfaces.saturating_sub(u32::from(custom_networking));
        Self { interfaces, ..self }.pods()
    }
}

/// By the table, else as EC2 told somebody.
pub(super) fn known(facts: &Facts, instance_type: &str) -> Option<Limit> {
    let told = || {
        let all = facts.account.instance_limits.value()?;
        let it = all.iter().find(|it| it.instance_type == instance_type)?;
        let limit = Limit { interfaces: it.interfaces, addresses: it.addresses };
        (limit.interfaces > 0 && limit.addresses > 0).then_some(limit)
    };
    of(instance_type).or_else(told)
}

/// A type that the table lacks, as an image of that time does.
pub(super) fn is_new(instance_type: &str) -> bool {
    of(instance_type).is_none()
}

/// Whether its interfaces take prefixes; `None` where nobody says.
///
/// The families of Xen are closed: no new ones come. They are those that `vpc_ip_resource_limit.go`
/// of aws/amazon-vpc-cni-k8s calls `xen`, as far as nodes were made of them; metal has no hypervisor.
pub(super) fn nitro(facts: &Facts, instance_type: &str) -> Option<bool> {
    const XEN: [&str; 19] = [
        "c1", "c3", "c4", "d2", "h1", "i2", "i3", "m1", "m2", "m3", "m4", "p2", "p3", "r3", "r4",
        "t1", "t2", "x1", "x1e",
    ];
    let (family, size) = instance_type.split_once('.')?;
    let told = facts.account.instance_limits.value().into_iter().flatten();
    let mut told = told.filter(|it| it.instance_type == instance_type);
    told.find_map(|it| it.nitro)
        .or_else(|| (XEN.contains(&family) && size != "metal").then_some(false))
}

/// `None` says that the type is not known, not that it carries nothing.
fn of(instance_type: &str) -> Option<Limit> {
    let lists = |types: &str| types.split_ascii_whitespace().any(|it| it == instance_type);
    let (interfaces, addresses, _) = table::TABLE.iter().find(|(.., types)| lists(types))?;
    Some(Limit { interfaces: *interfaces, addresses: *addresses })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Interfaces, addresses and pods of a type that the table must list.
    fn figures(instance_type: &str) -> (u32, u32, u32) {
        let limit = of(instance_type).unwrap_or_else(|| panic!("{instance_type} is not listed"));
        (limit.interfaces, limit.addresses, limit.pods())
    }

    fn types() -> impl Iterator<Item = &'static str> {
        table::TABLE.iter().flat_map(|(.., types)| types.split_ascii_whitespace())
    }

    #[test]
    fn well_known_types_have_their_figures() {
        assert_eq!(figures("m5.large"), (3, 10, 29));
        assert_eq!(figures("t3.medium"), (3, 6, 17));
        assert_eq!(figures("t3.small"), (3, 4, 11));
        assert_eq!(figures("m5.4xlarge"), (8, 30, 234));
        assert_eq!(figures("c5n.18xlarge"), (15, 50, 737));
    }

    #[test]
    fn types_that_differ_from_their_neighbours_keep_their_own_figures() {
        assert_eq!(figures("t3a.small"), (2, 4, 8));
        assert_eq!(figures("m4.large"), (2, 10, 20));
        assert_eq!(figures("i4i.24xlarge"), (15, 30, 437));
        assert_eq!(figures("m8azn.medium"), (3, 4, 11));
    }

    #[test]
    fn only_the_default_network_card_counts() {
        assert_eq!(figures("p5.48xlarge"), (2, 50, 100));
        assert_eq!(figures("c6in.32xlarge"), (8, 50, 394));
        assert_eq!(figures("hpc6id.32xlarge"), (1, 50, 51));
        assert_eq!(figures("trn1.32xlarge"), (5, 50, 247));
    }

    #[test]
    fn types_of_older_lists_are_known_too() {
        assert_eq!(figures("p3.2xlarge"), (4, 15, 58));
        assert_eq!(figures("i3.metal"), (15, 50, 737));
    }

    #[test]
    fn an_unknown_type_has_no_limit() {
        for unknown in
            ["", " ", "m5", "m5.", "m5.larg", "M5.large", "m5.large m5.metal", "g3.4xlarge"]
        {
            assert_eq!(of(unknown), None, "{unknown:?}");
        }
    }

    #[test]
    fn no_type_stands_in_two_groups_and_no_group_twice() {
        let mut seen = BTreeSet::new();
        for it in types() {
            assert!(seen.insert(it), "{it} is listed twice");
        }
        let groups = table::TABLE.iter().map(|(interfaces, addresses, _)| (interfaces, addresses));
        assert!(groups.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn every_entry_looks_like_an_instance_type() {
        let word = |it: &str| {
            let plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-');
            !it.is_empty() && it.chars().all(plain)
        };
        for it in types() {
            let parts = it.split_once('.');
            assert!(parts.is_some_and(|(family, size)| word(family) && word(size)), "{it}");
        }
    }

    #[test]
    fn the_types_of_each_group_stand_in_order() {
        for (.., types) in table::TABLE {
            assert!(types.split_ascii_whitespace().is_sorted(), "{types}");
        }
    }

    #[test]
    fn every_type_carries_the_node_s_own_address() {
        for it in types() {
            let (interfaces, addresses, _) = figures(it);
            assert!(interfaces >= 1 && addresses >= 1, "{it}");
        }
    }
}
