//! What a network ACL lets through: numbered rules, the lowest first; the first that matches decides.

use super::addresses::{Addresses, Run};
use crate::facts::aws::ec2::{AclEntry, NetworkAcl};

/// Of TCP, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ports {
    pub(super) first: u16,
    pub(super) last: u16,
}

impl Ports {
    pub(super) const HTTPS: Self = Self { first: 443, last: 443 };
    /// Where answers go: what a NAT gateway and clients of any system choose from.
    pub(super) const RETURN: Self = Self { first: 1024, last: 65535 };
    /// What Linux chooses from, unless it is told otherwise.
    pub(super) const LINUX: Self = Self { first: 32768, last: 60999 };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    All,
    /// With the number of a rule that denies; none where no rule speaks of it.
    Part(Option<i32>),
    Nothing(Option<i32>),
}

/// Addresses and ports that have the same fate.
#[derive(Clone, Copy)]
struct Block {
    run: Run,
    first: u16,
    last: u16,
}

pub(super) fn pass(acl: &NetworkAcl, egress: bool, peer: &Addresses, ports: Ports) -> Pass {
    let whole = |run: &Run| Block { run: *run, first: ports.first, last: ports.last };
    let mut left: Vec<Block> = peer.runs().iter().map(whole).collect();
    let (mut allowed, mut denied) = (false, None);
    let mut rules: Vec<&AclEntry> = acl.entries.iter().filter(|it| it.egress == egress).collect();
    rules.sort_by_key(|it| it.rule_number);
    for (rule, of) in rules.iter().filter_map(|it| Some((it, block(it)?))) {
        let mut rest = Vec::new();
        for it in left {
            let taken = cut(it, of, &mut rest);
            match rule.rule_action.as_str() {
                "allow" => allowed |= taken,
                _ if taken => denied = denied.or(Some(Some(rule.rule_number))),
                _ => {}
            }
        }
        left = rest;
    }
    if !left.is_empty() {
        denied = denied.or(Some(None));
    }
    match (allowed, denied) {
        (_, None) => Pass::All,
        (true, Some(rule)) => Pass::Part(rule),
        (false, Some(rule)) => Pass::Nothing(rule),
    }
}

/// What a rule speaks of, where it speaks of TCP.
fn block(rule: &AclEntry) -> Option<Block> {
    let run = Run::parse(&rule.cidr_block).or_else(|| Run::parse(&rule.ipv6_cidr_block))?;
    let port = |it: i32| u16::try_from(it).ok();
    match (rule.protocol.as_str(), rule.port_range) {
        ("6" | "tcp", Some(it)) => Some(Block { run, first: port(it.from)?, last: port(it.to)? }),
        ("-1" | "6" | "tcp", _) => Some(Block { run, first: 0, last: u16::MAX }),
        _ => None,
    }
}

/// Whether they meet; what is left of the first one goes to `rest`.
fn cut(it: Block, by: Block, rest: &mut Vec<Block>) -> bool {
    let (first, last) = (it.first.max(by.first), it.last.min(by.last));
    let Some(run) = it.run.meet(by.run).filter(|_| first <= last) else {
        rest.push(it);
        return false;
    };
    rest.extend(it.run.without(by.run).map(|run| Block { run, ..it }));
    let low = first.checked_sub(1).filter(|end| *end >= it.first);
    let high = last.checked_add(1).filter(|end| *end <= it.last);
    rest.extend(low.map(|last| Block { run, first: it.first, last }));
    rest.extend(high.map(|first| Block { run, first, last: it.last }));
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::aws::ec2::PortRange;

    fn entry(rule: i32, action: &str, cidr: &str, ports: Option<(i32, i32)>) -> AclEntry {
        AclEntry {
            rule_number: rule,
            protocol: if ports.is_some() { "6" } else { "-1" }.to_owned(),
            rule_action: action.to_owned(),
            cidr_block: cidr.to_owned(),
            port_range: ports.map(|(from, to)| PortRange { from, to }),
            ..AclEntry::default()
        }
    }

    fn asked(entries: Vec<AclEntry>, peer: &str, ports: Ports) -> Pass {
        let acl = NetworkAcl { entries, ..NetworkAcl::default() };
        pass(&acl, false, &Addresses::of([peer]), ports)
    }

    #[test]
    fn the_lowest_number_that_matches_decides_wherever_it_stands() {
        let deny = || entry(90, "deny", "10.0.0.0/8", Some((443, 443)));
        let allow = || entry(100, "allow", "0.0.0.0/0", None);
        let of = |entries| asked(entries, "10.0.1.0/24", Ports::HTTPS);
        assert_eq!(of(vec![allow(), deny()]), Pass::Nothing(Some(90)));
        assert_eq!(of(vec![AclEntry { rule_number: 110, ..deny() }, allow()]), Pass::All);
        assert_eq!(of(vec![]), Pass::Nothing(None));
        let udp = AclEntry { protocol: "17".to_owned(), ..deny() };
        assert_eq!(of(vec![udp, allow()]), Pass::All);
    }

    #[test]
    fn each_family_has_rules_of_its_own() {
        let six = |rule, action: &str, cidr: &str| AclEntry {
            cidr_block: String::new(),
            ipv6_cidr_block: cidr.to_owned(),
            ..entry(rule, action, "", None)
        };
        let all = vec![
            entry(100, "allow", "0.0.0.0/0", None),
            six(90, "deny", "2600:1f14::/32"),
            six(101, "allow", "::/0"),
        ];
        let of = |peer| asked(all.clone(), peer, Ports::HTTPS);
        assert_eq!(of("10.0.1.0/24"), Pass::All);
        assert_eq!(of("2600:1f14:a::/48"), Pass::Nothing(Some(90)));
        assert_eq!(of("2600:1f15:a::/48"), Pass::All);
        assert_eq!(asked(all[..1].to_vec(), "2600:1f15::/64", Ports::HTTPS), Pass::Nothing(None));
    }

    #[test]
    fn return_ports_are_a_range() {
        let of = |ports| {
            asked(vec![entry(100, "allow", "0.0.0.0/0", Some(ports))], "10.0.1.0/24", Ports::RETURN)
        };
        assert_eq!(of((1024, 65535)), Pass::All);
        assert_eq!(of((32768, 60999)), Pass::Part(None));
        assert_eq!(of((443, 443)), Pass::Nothing(None));
    }

    #[test]
    fn a_rule_may_have_a_part_of_the_addresses() {
        let half = vec![entry(100, "allow", "10.0.1.0/25", None)];
        assert_eq!(asked(half.clone(), "10.0.1.0/24", Ports::HTTPS), Pass::Part(None));
        assert_eq!(asked(half, "10.0.1.128/25", Ports::HTTPS), Pass::Nothing(None));
    }
}
