//! Which aligned /28 blocks of a subnet nobody has anything of.

use std::net::Ipv4Addr;

use crate::{
    facts::{Facts, Subnet},
    path::{Family, Run},
};

/// Largest and smallest subnet of a VPC.
const SIZES: std::ops::RangeInclusive<u32> = 16..=28;

/// How many there are, at most: what others have of the subnet may not have been seen. `None` where
/// not even its interfaces were.
pub(super) fn at_most(facts: &Facts, subnet: &Subnet) -> Option<u32> {
    if subnet.free_blocks.is_some() {
        return subnet.free_blocks;
    }
    let uses = facts.account.subnet_use.value()?;
    let taken = uses.iter().find(|it| it.subnet == subnet.id)?.taken.iter();
    let reserved = facts.account.reservations.value().into_iter().flatten();
    // What is reserved for prefixes is free for them.
    let reserved = reserved.filter(|it| it.subnet == subnet.id && it.kind == "explicit");
    free(&subnet.cidr, taken.chain(reserved.map(|it| &it.cidr)))
}

/// How many there are, whoever has what was not seen: each address that is in use and of nobody seen
/// may be in another block. `available` is what EC2 counts as free.
pub(super) fn at_least(facts: &Facts, subnet: &Subnet, available: u32) -> Option<u32> {
    let uses = facts.account.subnet_use.value()?;
    let taken = &uses.iter().find(|it| it.subnet == subnet.id)?.taken;
    let whole = Run::parse(&subnet.cidr)?;
    let mut seen: Vec<Run> = taken.iter().filter_map(|it| Run::parse(it)?.meet(whole)).collect();
    seen.sort_unstable();
    seen.dedup();
    let seen: u128 = seen.iter().map(|it| it.last - it.first + 1).sum();
    let gone = (whole.last - whole.first + 1).saturating_sub(OWN + u128::from(available));
    let of_nobody = u32::try_from(gone.saturating_sub(seen)).unwrap_or(u32::MAX);
    Some(at_most(facts, subnet)?.saturating_sub(of_nobody))
}

/// EC2 keeps the first four addresses of each subnet, and its last.
const OWN: u128 = 5;

pub(super) fn contains(cidr: &str, address: Ipv4Addr) -> Option<bool> {
    Some(Run::parse(cidr)?.contains(address.into()))
}

fn free<'a>(cidr: &str, taken: impl Iterator<Item = &'a String>) -> Option<u32> {
    let subnet = Run::parse(cidr).filter(|it| it.family == Family::V4)?;
    let Run { first, last, .. } = subnet;
    let size = cidr.split_once('/')?.1.parse().ok()?;
    if !SIZES.contains(&size) {
        return None;
    }
    let block = |address: u128| usize::try_from((address - first) / 16).unwrap_or(usize::MAX);
    let mut whole = vec![true; block(last) + 1];
    // In the first block, and in the last one.
    let own = [first, last].map(|it| Run { first: it, last: it, ..subnet }).into_iter();
    for both in own.chain(taken.filter_map(|it| Run::parse(it))).filter_map(|it| it.meet(subnet)) {
        let (from, to) = (block(both.first), block(both.last));
        whole.iter_mut().take(to + 1).skip(from).for_each(|it| *it = false);
    }
    u32::try_from(whole.iter().filter(|it| **it).count()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Observed, Source, SubnetUse};

    fn count(cidr: &str, taken: &[&str]) -> Option<u32> {
        let taken: Vec<String> = taken.iter().map(|it| (*it).to_owned()).collect();
        free(cidr, taken.iter())
    }

    #[test]
    fn what_nobody_seen_has_may_be_anywhere() {
        let of = |taken: &[&str], available| {
            let taken = taken.iter().map(|it| (*it).to_owned()).collect();
            let uses = vec![SubnetUse { subnet: "subnet-0a".to_owned(), taken }];
            let mut facts = Facts::default();
            facts.account.subnet_use = Observed::seen(uses, Source::default());
            let cidr = "10.0.1.0/24".to_owned();
            let subnet = Subnet { id: "subnet-0a".to_owned(), cidr, ..Subnet::default() };
            (at_least(&facts, &subnet, available).unwrap(), at_most(&facts, &subnet).unwrap())
        };
        assert_eq!(of(&[], 251), (14, 14));
        assert_eq!(of(&["10.0.1.17", "10.0.1.17"], 250), (13, 13));
        assert_eq!(of(&["10.0.1.17", "10.0.1.32/28"], 234), (12, 12));
        assert_eq!(of(&["10.0.1.17"], 240), (3, 13));
        assert_eq!(of(&["10.0.1.17"], 100), (0, 13));
    }

    #[test]
    fn a_block_is_whole_when_nobody_has_any_of_it() {
        assert_eq!(count("10.0.1.0/24", &[]), Some(14));
        assert_eq!(count("10.0.1.0/26", &["10.0.1.17"]), Some(1));
        assert_eq!(count("10.0.1.0/26", &["10.0.1.17", "10.0.1.32/28"]), Some(0));
        assert_eq!(count("10.0.1.0/24", &["10.0.0.0/16"]), Some(0));
        assert_eq!(count("10.0.1.0/24", &["10.0.2.5", "fd00::1", "x"]), Some(14));
        assert_eq!(count("10.0.1.0/28", &[]), Some(0));
        for no_subnet in ["10.0.0.0/8", "10.0.1.0/29", "10.0.1.0/33", "10.0.1.0", "", "fd00::/64"] {
            assert_eq!(count(no_subnet, &[]), None, "{no_subnet}");
        }
        assert_eq!(contains("10.0.1.0/24", Ipv4Addr::new(10, 0, 1, 255)), Some(true));
    }
}
