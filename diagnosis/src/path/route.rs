//! Which route a packet takes: of those that have its destination, the one with the longest prefix.

use super::addresses::{Addresses, Family, Run};
use crate::facts::aws::ec2::{Route, RouteTable};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target<'a> {
    Local,
    Nat(&'a str),
    Internet(&'a str),
    /// For IPv6 alone, and outwards alone.
    Egress(&'a str),
    /// Of a gateway endpoint, or of one that a packet passes for inspection.
    Endpoint(&'a str),
    /// What lies behind is another network's, or an instance's.
    Beyond(&'a str),
}

pub(super) fn target(route: &Route) -> Target<'_> {
    let all = [
        &*route.gateway_id,
        &route.nat_gateway_id,
        &route.transit_gateway_id,
        &route.vpc_peering_connection_id,
        // EC2 names an instance's interface beside the instance.
        &route.instance_id,
        &route.network_interface_id,
        &route.core_network_arn,
        &route.local_gateway_id,
        &route.carrier_gateway_id,
        &route.egress_only_internet_gateway_id,
    ];
    match all.into_iter().find(|it| !it.is_empty()).unwrap_or("something unnamed") {
        "local" => Target::Local,
        it if it.starts_with("nat-") => Target::Nat(it),
        it if it.starts_with("igw-") => Target::Internet(it),
        it if it.starts_with("eigw-") => Target::Egress(it),
        it if it.starts_with("vpce-") => Target::Endpoint(it),
        it => Target::Beyond(it),
    }
}

impl<'a> Target<'a> {
    pub(super) fn id(self) -> &'a str {
        match self {
            Self::Local => "local",
            Self::Nat(id)
            | Self::Internet(id)
            | Self::Egress(id)
            | Self::Endpoint(id)
            | Self::Beyond(id) => id,
        }
    }
}

pub(super) fn is_blackhole(route: &Route) -> bool {
    route.state == "blackhole"
}

/// Where a packet goes whose public address is not known.
pub(super) enum Public<'a> {
    Nowhere,
    By(&'a Route),
    /// This one has some addresses, and leads elsewhere than what has the others.
    Depends(&'a Route),
}

pub(super) fn public(table: &RouteTable, family: Family) -> Public<'_> {
    let all = Addresses::public(family);
    let everywhere = |it: &&Route| match family {
        Family::V4 => it.destination_cidr_block == "0.0.0.0/0",
        Family::V6 => it.destination_ipv6_cidr_block == "::/0",
    };
    let default = table.routes.iter().find(everywhere);
    let other = |it: &&Route| match target(it) {
        // Of the addresses of one service, which is asked for by itself.
        Target::Endpoint(_) if !it.destination_prefix_list_id.is_empty() => false,
        Target::Local => false,
        at if default.is_some_and(|it| target(it) == at) => false,
        _ if !it.destination_prefix_list_id.is_empty() => true,
        _ => match run(it) {
            Some(run) => all.runs().iter().any(|it| overlap(*it, run)),
            None => false,
        },
    };
    let others = table.routes.iter().filter(|it| !everywhere(it));
    match (others.clone().find(other), default) {
        (Some(route), _) => Public::Depends(route),
        (None, Some(route)) => Public::By(route),
        (None, None) => Public::Nowhere,
    }
}

fn overlap(a: Run, b: Run) -> bool {
    a.meet(b).is_some()
}

/// What it is for, where it says so itself.
fn run(route: &Route) -> Option<Run> {
    Run::parse(&route.destination_cidr_block)
        .or_else(|| Run::parse(&route.destination_ipv6_cidr_block))
}

/// Where packets to addresses of the VPC go.
pub(super) enum Private<'a> {
    Nowhere,
    By(&'a Route),
    /// Not all of them go the same way.
    Depends(&'a Route),
}

pub(super) fn private<'a>(table: &'a RouteTable, to: &Addresses) -> Private<'a> {
    let mut found: Option<&Route> = None;
    for wanted in to.runs() {
        let mut meeting: Vec<(&Route, Run)> = table
            .routes
            .iter()
            .filter_map(|it| Some((it, run(it)?)))
            .filter(|(_, of)| overlap(*of, *wanted))
            .collect();
        meeting.sort_by_key(|(_, of)| of.last - of.first);
        let Some((best, of)) = meeting.first().copied() else { return Private::Nowhere };
        if of.first > wanted.first || of.last < wanted.last {
            return Private::Depends(best);
        }
        match found {
            Some(it) if target(it) != target(best) => return Private::Depends(best),
            _ => found = Some(best),
        }
    }
    found.map_or(Private::Nowhere, Private::By)
}

/// Where addresses lead that stand for IPv4 ones: to a NAT gateway, which translates.
pub(super) fn translating(table: &RouteTable) -> Option<&Route> {
    let of = |it: &&Route| it.destination_ipv6_cidr_block == NAT64 && !is_blackhole(it);
    table.routes.iter().find(of).filter(|it| matches!(target(it), Target::Nat(_)))
}

/// The prefix that stands for all of IPv4.
pub(super) const NAT64: &str = "64:ff9b::/96";

/// A way to networks that the account's lists do not describe.
pub(super) fn beyond(table: &RouteTable) -> Option<&Route> {
    table.routes.iter().find(|it| matches!(target(it), Target::Beyond(_)) && !is_blackhole(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(to: &str, by: &str) -> Route {
        let mut route = Route { state: "active".to_owned(), ..Route::default() };
        if to.starts_with("pl-") {
            to.clone_into(&mut route.destination_prefix_list_id);
        } else if to.contains(':') {
            to.clone_into(&mut route.destination_ipv6_cidr_block);
        } else {
            to.clone_into(&mut route.destination_cidr_block);
        }
        let place = match by.split('-').next() {
            Some("nat") => &mut route.nat_gateway_id,
            Some("tgw") => &mut route.transit_gateway_id,
            Some("pcx") => &mut route.vpc_peering_connection_id,
            Some("eni") => &mut route.network_interface_id,
            Some("eigw") => &mut route.egress_only_internet_gateway_id,
            _ => &mut route.gateway_id,
        };
        by.clone_into(place);
        route
    }

    fn table(routes: &[(&str, &str)]) -> RouteTable {
        let routes = routes.iter().map(|(to, by)| route(to, by)).collect();
        RouteTable { routes, ..RouteTable::default() }
    }

    fn outside(routes: &[(&str, &str)]) -> String {
        by(routes, Family::V4)
    }

    fn by(routes: &[(&str, &str)], family: Family) -> String {
        match public(&table(routes), family) {
            Public::Nowhere => "nowhere".to_owned(),
            Public::By(it) => target(it).id().to_owned(),
            Public::Depends(it) => format!("depends on {}", target(it).id()),
        }
    }

    #[test]
    fn the_default_route_is_for_what_no_other_has() {
        let (local, nat) = (("10.0.0.0/16", "local"), ("0.0.0.0/0", "nat-0a"));
        assert_eq!(outside(&[local, nat]), "nat-0a");
        assert_eq!(outside(&[local]), "nowhere");
        assert_eq!(outside(&[local, nat, ("pl-0s3", "vpce-0s3")]), "nat-0a");
        assert_eq!(outside(&[local, nat, ("10.0.0.0/8", "tgw-0a")]), "nat-0a");
        assert_eq!(outside(&[local, nat, ("52.94.0.0/16", "tgw-0a")]), "depends on tgw-0a");
        assert_eq!(outside(&[local, nat, ("52.94.0.0/16", "nat-0a")]), "nat-0a");
        assert_eq!(outside(&[local, nat, ("pl-0own", "tgw-0a")]), "depends on tgw-0a");
        assert_eq!(outside(&[local, ("0.0.0.0/1", "igw-0a")]), "depends on igw-0a");
    }

    #[test]
    fn ipv6_has_routes_of_its_own() {
        let six = |routes: &[(&str, &str)]| by(routes, Family::V6);
        let local = [("10.0.0.0/16", "local"), ("2600:1f14:a:b00::/56", "local")];
        let nat = ("0.0.0.0/0", "nat-0a");
        assert_eq!(six(&[local[0], local[1], nat]), "nowhere");
        assert_eq!(six(&[local[1], ("::/0", "eigw-0a"), nat]), "eigw-0a");
        assert_eq!(outside(&[local[1], ("::/0", "eigw-0a")]), "nowhere");
        assert_eq!(six(&[("::/0", "eigw-0a"), ("64:ff9b::/96", "nat-0a")]), "eigw-0a");
        let depends = six(&[("::/0", "eigw-0a"), ("2600:1f00::/24", "tgw-0a")]);
        assert_eq!(depends, "depends on tgw-0a");
        assert_eq!(inside(&local, &["2600:1f14:a:b01::10"]), "local");
        assert_eq!(inside(&local, &["2600:1f14:a:c01::10"]), "nowhere");
    }

    fn inside(routes: &[(&str, &str)], to: &[&str]) -> String {
        match private(&table(routes), &Addresses::of(to.iter().copied())) {
            Private::Nowhere => "nowhere".to_owned(),
            Private::By(it) => target(it).id().to_owned(),
            Private::Depends(it) => format!("depends on {}", target(it).id()),
        }
    }

    #[test]
    fn the_longest_prefix_wins() {
        let routes =
            [("10.0.0.0/16", "local"), ("10.0.2.0/24", "eni-0fw"), ("0.0.0.0/0", "nat-0a")];
        assert_eq!(inside(&routes, &["10.0.1.20"]), "local");
        assert_eq!(inside(&routes, &["10.0.2.20"]), "eni-0fw");
        assert_eq!(inside(&routes, &["10.0.0.0/19"]), "depends on eni-0fw");
        assert_eq!(inside(&routes, &["10.0.1.20", "10.0.2.20"]), "depends on eni-0fw");
        assert_eq!(inside(&routes, &["10.1.0.1"]), "nat-0a");
        assert_eq!(inside(&routes[..2], &["10.1.0.1"]), "nowhere");
    }
}
