//! What the rules of security groups let through. They remember connections: answers need no rule.

use super::addresses::{Addresses, Run, Share};
use crate::facts::aws::ec2::Rule;

/// Who is at the other end.
#[derive(Clone, Copy)]
pub(super) struct Peer<'a> {
    pub(super) groups: &'a [&'a str],
    pub(super) addresses: &'a Addresses,
    /// The list that AWS keeps of its addresses, where it is known.
    pub(super) prefix_list: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admits {
    Yes,
    No,
    /// A rule has a part of the addresses, or a list of them that was not read.
    Perhaps,
}

/// The rules of all groups together, for TCP.
pub(super) fn admits<'a>(rules: impl Iterator<Item = &'a Rule>, port: u16, peer: Peer) -> Admits {
    let rules: Vec<&Rule> = rules.filter(|it| speaks_of(it, port)).collect();
    let by_group = rules.iter().flat_map(|it| &it.user_id_group_pairs);
    let mut lists = rules.iter().flat_map(|it| &it.prefix_list_ids);
    if by_group.clone().any(|it| peer.groups.contains(&&*it.group_id)) {
        return Admits::Yes;
    }
    let ranges = rules.iter().flat_map(|it| &it.ip_ranges).map(|it| &it.cidr_ip);
    let of_six = rules.iter().flat_map(|it| &it.ipv6_ranges).map(|it| &it.cidr_ipv6);
    let share = peer.addresses.share(ranges.chain(of_six).filter_map(|it| Run::parse(it)));
    let listed = |id: &str| !peer.prefix_list.is_empty() && id == peer.prefix_list;
    match share {
        Share::All => Admits::Yes,
        _ if lists.clone().any(|it| listed(&it.prefix_list_id)) => Admits::Yes,
        // Of addresses that are not known, a range says nothing.
        Share::Nothing if peer.addresses.is_empty() && !rules.is_empty() => Admits::Perhaps,
        Share::Nothing if lists.next().is_none() => Admits::No,
        Share::Part | Share::Nothing => Admits::Perhaps,
    }
}

fn speaks_of(rule: &Rule, port: u16) -> bool {
    let within = || {
        let (from, to) = (rule.from_port.unwrap_or(0), rule.to_port.unwrap_or(65535));
        (from..=to).contains(&i32::from(port)) || from == -1
    };
    rule.ip_protocol == "-1" || (matches!(&*rule.ip_protocol, "tcp" | "6") && within())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::aws::ec2::{PrefixListId, Range, RangeV6, UserGroup};

    fn https() -> Rule {
        Rule {
            ip_protocol: "tcp".to_owned(),
            from_port: Some(443),
            to_port: Some(443),
            ..Rule::default()
        }
    }

    fn cidrs(all: &[&str]) -> Rule {
        let range = |it: &&str| Range { cidr_ip: (*it).to_owned() };
        Rule { ip_ranges: all.iter().map(range).collect(), ..https() }
    }

    fn of(rules: &[Rule], port: u16) -> Admits {
        let addresses = Addresses::of(["10.0.0.0/19"]);
        let peer = Peer { groups: &["sg-0nodes"], addresses: &addresses, prefix_list: "pl-0s3" };
        admits(rules.iter(), port, peer)
    }

    #[test]
    fn a_rule_names_groups_or_addresses() {
        let pair = UserGroup { group_id: "sg-0nodes".to_owned(), ..UserGroup::default() };
        let by_group = Rule { user_id_group_pairs: vec![pair], ..https() };
        assert_eq!(of(std::slice::from_ref(&by_group), 443), Admits::Yes);
        assert_eq!(of(std::slice::from_ref(&by_group), 10250), Admits::No);
        let all = Rule { ip_protocol: "-1".to_owned(), from_port: None, to_port: None, ..by_group };
        assert_eq!(of(&[all], 10250), Admits::Yes);
        assert_eq!(of(&[cidrs(&["10.0.0.0/16"])], 443), Admits::Yes);
        assert_eq!(of(&[cidrs(&["10.0.0.0/20", "10.0.16.0/20"])], 443), Admits::Yes);
        assert_eq!(of(&[cidrs(&["10.0.0.0/20"]), cidrs(&["10.0.16.0/20"])], 443), Admits::Yes);
        assert_eq!(of(&[cidrs(&["10.0.0.0/20"])], 443), Admits::Perhaps);
        assert_eq!(of(&[cidrs(&["10.1.0.0/16"])], 443), Admits::No);
        assert_eq!(of(&[], 443), Admits::No);
    }

    #[test]
    fn ranges_of_the_other_family_admit_nobody() {
        let six = |cidr: &str| Rule {
            ipv6_ranges: vec![RangeV6 { cidr_ipv6: cidr.to_owned() }],
            ..https()
        };
        assert_eq!(of(&[six("::/0")], 443), Admits::No);
        let addresses = Addresses::of(["2600:1f14:a:b01::/64"]);
        let peer = Peer { groups: &[], addresses: &addresses, prefix_list: "" };
        let by = |rule: &Rule| admits([rule].into_iter(), 443, peer);
        assert_eq!(by(&six("::/0")), Admits::Yes);
        assert_eq!(by(&six("2600:1f14:a:b01:8000::/65")), Admits::Perhaps);
        assert_eq!(by(&cidrs(&["0.0.0.0/0"])), Admits::No);
    }

    #[test]
    fn a_prefix_list_counts_where_it_is_known() {
        let list = |id: &str| Rule {
            prefix_list_ids: vec![PrefixListId { prefix_list_id: id.to_owned() }],
            ..https()
        };
        assert_eq!(of(&[list("pl-0s3")], 443), Admits::Yes);
        assert_eq!(of(&[list("pl-0other")], 443), Admits::Perhaps);
    }
}
