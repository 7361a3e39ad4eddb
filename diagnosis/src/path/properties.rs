//! The arithmetic of sets agrees with looking at each address and each port by itself.

use std::net::Ipv4Addr;

use proptest::{prelude::*, sample::select};

use super::{
    acl::{Pass, Ports, pass},
    addresses::{Addresses, Run, Share},
    route::{Private, private, target},
    security::{Admits, Peer, admits},
};
use crate::facts::aws::ec2::{AclEntry, NetworkAcl, PortRange, Range, Route, RouteTable, Rule};

/// Blocks within and around 10.0.0.0/26, so that they meet often.
fn block() -> impl Strategy<Value = String> {
    (0u32..64, 26u32..=32).prop_map(|(at, bits)| format!("{}/{bits}", dotted(at)))
}

fn blocks() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(block(), 0..6)
}

fn dotted(at: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 0, 0, 0)) + at)
}

fn set(blocks: &[String]) -> Addresses {
    Addresses::of(blocks.iter().map(String::as_str))
}

fn members(set: &Addresses) -> Vec<u32> {
    let each = set.runs().iter().flat_map(|it| it.first..=it.last);
    each.map(|it| u32::try_from(it).unwrap()).collect()
}

fn has(block: &str, address: u32) -> bool {
    let (base, bits) = block.split_once('/').unwrap();
    let base: Ipv4Addr = base.parse().unwrap();
    let bits: u32 = bits.parse().unwrap();
    bits == 0 || (u32::from(base) ^ address) >> (32 - bits) == 0
}

fn entry() -> impl Strategy<Value = AclEntry> {
    let ports = prop::option::of((0i32..12, 0i32..12));
    let protocol = select(vec!["-1", "6", "6", "17"]);
    let cidr = prop_oneof![3 => block(), 1 => Just("0.0.0.0/0".to_owned())];
    (1i32..40, protocol, any::<bool>(), any::<bool>(), cidr, ports).prop_map(
        |(rule_number, protocol, allow, egress, cidr_block, ports)| AclEntry {
            rule_number,
            protocol: protocol.to_owned(),
            rule_action: if allow { "allow" } else { "deny" }.to_owned(),
            egress,
            cidr_block,
            port_range: ports.map(|(a, b)| PortRange { from: a.min(b), to: a.max(b) }),
            ..AclEntry::default()
        },
    )
}

/// One packet, rule by rule.
fn lets(acl: &NetworkAcl, egress: bool, address: u32, port: u16) -> bool {
    let mut rules: Vec<&AclEntry> = acl.entries.iter().filter(|it| it.egress == egress).collect();
    rules.sort_by_key(|it| it.rule_number);
    let of = |it: &&&AclEntry| {
        let ports = it.port_range.filter(|_| it.protocol == "6");
        matches!(&*it.protocol, "-1" | "6")
            && has(&it.cidr_block, address)
            && ports.is_none_or(|it| (it.from..=it.to).contains(&i32::from(port)))
    };
    rules.iter().find(of).is_some_and(|it| it.rule_action == "allow")
}

proptest! {
    #[test]
    fn an_acl_lets_through_what_each_packet_gets_through(
        entries in prop::collection::vec(entry(), 0..8), peer in blocks(), egress: bool,
        first in 0u16..8, more in 0u16..8,
    ) {
        let mut entries = entries;
        // No two rules of a direction have one number.
        entries.sort_by_key(|it| it.rule_number);
        entries.dedup_by_key(|it| it.rule_number);
        let acl = NetworkAcl { entries, ..NetworkAcl::default() };
        let peer = set(&peer);
        let ports = Ports { first, last: first + more };
        let packets = members(&peer).into_iter();
        let each: Vec<bool> = packets
            .flat_map(|it| (first..=first + more).map(move |port| (it, port)))
            .map(|(address, port)| lets(&acl, egress, address, port))
            .collect();
        let expected = (each.iter().any(|it| *it), each.iter().any(|it| !*it));
        let found = match pass(&acl, egress, &peer, ports) {
            Pass::All => (!each.is_empty(), false),
            Pass::Part(_) => (true, true),
            Pass::Nothing(_) => (false, true),
        };
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn blocks_share_what_each_address_is_in(of in blocks(), by in blocks()) {
        let of = set(&of);
        let inside = |it: &u32| by.iter().any(|block| has(block, *it));
        let all = members(&of);
        let count = all.iter().filter(|it| inside(it)).count();
        let expected = match count {
            0 => Share::Nothing,
            it if it == all.len() => Share::All,
            _ => Share::Part,
        };
        prop_assert_eq!(of.share(by.iter().filter_map(|it| Run::parse(it))), expected);
        for it in &by {
            let run = Run::parse(it).unwrap();
            let left = members(&of.without(run));
            let expected: Vec<u32> = all.iter().copied().filter(|at| !has(it, *at)).collect();
            prop_assert_eq!(left, expected);
        }
    }

    #[test]
    fn a_group_admits_whom_its_ranges_hold(from in blocks(), by in blocks()) {
        prop_assume!(!from.is_empty());
        let rule = Rule {
            ip_protocol: "tcp".to_owned(),
            from_port: Some(443),
            to_port: Some(443),
            ip_ranges: by.iter().map(|it| Range { cidr_ip: it.clone() }).collect(),
            ..Rule::default()
        };
        let addresses = set(&from);
        let peer = Peer { groups: &[], addresses: &addresses, prefix_list: "" };
        let inside = |it: &u32| by.iter().any(|block| has(block, *it));
        let all = members(&addresses);
        let expected = match all.iter().filter(|it| inside(it)).count() {
            0 => Admits::No,
            it if it == all.len() => Admits::Yes,
            _ => Admits::Perhaps,
        };
        prop_assert_eq!(admits([&rule].into_iter(), 443, peer), expected);
    }

    #[test]
    fn the_route_of_a_set_is_that_of_each_of_its_addresses(
        routes in prop::collection::vec((block(), select(vec!["local", "tgw-0a", "nat-0a"])), 0..6),
        to in block(),
    ) {
        let mut routes = routes;
        // A table has one route for each destination.
        let whole = |block: &String| Run::parse(block).unwrap();
        routes.sort_by_key(|(block, _)| whole(block));
        routes.dedup_by_key(|(block, _)| whole(block));
        let one = |(block, by): &(String, &str)| Route {
            destination_cidr_block: block.clone(),
            gateway_id: (*by).to_owned(),
            ..Route::default()
        };
        let table = RouteTable { routes: routes.iter().map(one).collect(), ..RouteTable::default() };
        let width = |block: &str| block.split_once('/').unwrap().1.parse::<u32>().unwrap();
        let best = |address: u32| {
            let meeting = routes.iter().filter(|(block, _)| has(block, address));
            meeting.max_by_key(|(block, _)| width(block)).map(|(_, by)| *by)
        };
        let to = Addresses::of([&*to]);
        let each: Vec<Option<&str>> = members(&to).into_iter().map(best).collect();
        match private(&table, &to) {
            Private::By(it) => prop_assert!(each.iter().all(|by| *by == Some(target(it).id()))),
            Private::Nowhere => prop_assert!(each.iter().all(Option::is_none)),
            // Said where a more specific route has a part, whether or not it leads elsewhere.
            Private::Depends(_) => prop_assert!(each.len() > 1),
        }
    }
}
