//! Which aligned /28 blocks of a subnet nobody has anything of.

use std::net::Ipv4Addr;

use crate::{
    facts::{Facts, Subnet},
    path::Run,
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

pub(super) fn contains(cidr: &str, address: Ipv4Addr) -> Option<bool> {
    Some(Run::parse(cidr)?.contains(u32::from(address)))
}

fn free<'a>(cidr: &str, taken: impl Iterator<Item = &'a String>) -> Option<u32> {
    let Run { first, last } = Run::parse(cidr)?;
    let size = cidr.split_once('/')?.1.parse().ok()?;
    if !SIZES.contains(&size) {
        return None;
    }
    let block = |address: u32| usize::try_from((address - first) / 16).unwrap_or(usize::MAX);
    let mut whole = vec![true; block(last) + 1];
    // EC2 keeps the first four addresses of each subnet, and its last.
    let own = [first, last].map(|it| Run { first: it, last: it }).into_iter();
    for run in own.chain(taken.filter_map(|it| Run::parse(it))) {
        let (from, to) = (run.first.max(first), run.last.min(last));
        if from <= to {
            whole.iter_mut().take(block(to) + 1).skip(block(from)).for_each(|it| *it = false);
        }
    }
    u32::try_from(whole.iter().filter(|it| **it).count()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(cidr: &str, taken: &[&str]) -> Option<u32> {
        let taken: Vec<String> = taken.iter().map(|it| (*it).to_owned()).collect();
        free(cidr, taken.iter())
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
