//! Out of the VPC: over a NAT gateway, or over the internet gateway with an address of one's own.

use super::{
    acl::{Pass, Ports, pass},
    addresses::{Addresses, Family},
    inside::egress,
    network::Network,
    route::{Public, Target, is_blackhole, public, target},
    security::Peer,
    start::Start,
    walk::{Exit, Path, Stopped},
};
use crate::facts::{
    aws::{
        Resource,
        ec2::{NetworkAcl, Route, RouteTable},
    },
    inputs::{NAT_GATEWAYS, NETWORK_ACLS, NODE_CHECK},
};

/// To port 443 of an address that is not known but public.
pub(crate) fn to_internet<'a>(network: &Network<'a>, start: &Start<'a>) -> Path<'a> {
    if let Some(none) = start.lacks_family() {
        return none;
    }
    let mut path = Path::default();
    path.hop(start.hop());
    let everywhere = Addresses::public(network.family);
    let peer = Peer { groups: &[], addresses: &everywhere, prefix_list: "" };
    egress(network, start, peer, "the internet", &mut path);
    acl(network, start.subnet, Side::From(&everywhere), &mut path);
    if let Some(table) = path.known(network.table(start.subnet)) {
        by_table(network, start, table, &mut path);
    }
    path
}

/// At which end of a subnet's ACL the other party of a connection to port 443 is.
#[derive(Clone, Copy)]
pub(super) enum Side<'a> {
    /// The subnet asks these.
    From(&'a Addresses),
    /// These ask the subnet.
    To(&'a Addresses),
}

/// Both directions, for a subnet's ACL remembers no connection.
pub(super) fn acl(network: &Network, subnet: &str, side: Side, path: &mut Path) {
    let Some(acl) = path.known(network.acl(subnet)) else { return };
    let (peer, asks) = match side {
        Side::From(peer) => (peer, true),
        Side::To(peer) => (peer, false),
    };
    let first = if asks { Stopped::AclOut } else { Stopped::AclIn };
    let refused = |pass: Pass| match pass {
        Pass::All => None,
        Pass::Part(rule) | Pass::Nothing(rule) => Some((rule, matches!(pass, Pass::Nothing(_)))),
    };
    let way = if asks { "out" } else { "in" };
    if let Some((rule, whole)) = refused(pass(acl, asks, peer, Ports::HTTPS)) {
        denied(acl, subnet, first, &format!("port 443 {way}"), (rule, whole), path);
    }
    let answers = match pass(acl, !asks, peer, Ports::RETURN) {
        // A node of ours chooses from fewer ports than a NAT gateway.
        Pass::Part(_) if asks && pass(acl, !asks, peer, Ports::LINUX) == Pass::All => None,
        it => refused(it),
    };
    if let Some(answers) = answers {
        let back = if asks { "in" } else { "out" };
        let what = format!("the return ports 1024-65535 {back}");
        denied(acl, subnet, Stopped::AclReturn, &what, answers, path);
    }
}

fn denied(
    acl: &Resource<NetworkAcl>,
    subnet: &str,
    by: Stopped,
    what: &str,
    (rule, whole): (Option<i32>, bool),
    path: &mut Path,
) {
    let id = &acl.network_acl_id;
    let rule_of = rule.map_or("no rule".to_owned(), |it| format!("rule {it}"));
    let mut evidence = vec![acl.source.quote(&format!("\"NetworkAclId\": \"{id}\""))];
    if let Some(rule) = rule {
        evidence.push(acl.source.quote(&format!("\"RuleNumber\": {rule}")));
    }
    if whole {
        let why = if rule.is_some() {
            format!("{rule_of} denies {what}")
        } else {
            format!("{rule_of} allows {what}")
        };
        path.stop(by, format!("{id} of {subnet}: {why}"), evidence);
        path.named("network-acl", id);
        path.named("subnet", subnet);
    } else {
        let why = format!("{id} of {subnet} lets only a part of {what} ({rule_of})");
        path.opened(NETWORK_ACLS.doubt(why, evidence.swap_remove(0)));
    }
}

fn by_table<'a>(
    network: &Network<'a>,
    start: &Start<'a>,
    table: &'a Resource<RouteTable>,
    path: &mut Path<'a>,
) {
    let id = &table.route_table_id;
    match public(table, network.family) {
        Public::Nowhere => {
            path.hop(id);
            let evidence = vec![
                table.source.quote(&format!("\"RouteTableId\": \"{id}\"")),
                table.source.quote("\"DestinationCidrBlock\""),
            ];
            path.stop(Stopped::NoRoute, "it has no route out of the VPC", evidence);
        }
        Public::Depends(route) => {
            path.hop(id);
            let why = format!("{id} sends {} to {}", destination(route), target(route).id());
            path.opened(NODE_CHECK.missing(format!("{why}; whether the service is among it")));
        }
        Public::By(route) => {
            path.hop(format!("{id} {}", destination(route)));
            follow(network, start, table, route, path);
        }
    }
    path.named("route-table", id);
    path.named("subnet", start.subnet);
}

pub(super) fn destination(route: &Route) -> &str {
    let six = &route.destination_ipv6_cidr_block;
    [&route.destination_cidr_block, six, &route.destination_prefix_list_id]
        .into_iter()
        .find(|it| !it.is_empty())
        .map_or("", |it| it)
}

pub(super) fn blackhole(table: &Resource<RouteTable>, route: &Route, path: &mut Path) {
    let to = target(route).id();
    let evidence = vec![
        table.source.quote("\"State\": \"blackhole\""),
        table.source.quote(&format!("\"{to}\"")),
    ];
    path.hop(to);
    let (by, why) = match target(route) {
        Target::Internet(_) => {
            (Stopped::InternetDetached, "the route is a blackhole: the gateway is not attached")
        }
        Target::Egress(_) => {
            (Stopped::EgressOnlyGone, "the route is a blackhole: the gateway is gone")
        }
        _ => (Stopped::Blackhole, "the route is a blackhole: what it leads to is gone"),
    };
    path.stop(by, why, evidence);
    path.named("gateway", to);
}

fn follow<'a>(
    network: &Network<'a>,
    start: &Start<'a>,
    table: &'a Resource<RouteTable>,
    route: &'a Route,
    path: &mut Path<'a>,
) {
    if is_blackhole(route) {
        return blackhole(table, route, path);
    }
    match target(route) {
        Target::Nat(id) if network.family == Family::V4 => nat(network, start, id, path),
        Target::Internet(id) => {
            internet(network, id, path);
            directly(network, start, table, id, path);
        }
        Target::Egress(id) if network.family == Family::V6 => {
            path.hop(id);
            directly(network, start, table, id, path);
        }
        it => {
            path.hop(it.id());
            let why = format!("what lies behind {} is not in the account's lists", it.id());
            path.opened(NODE_CHECK.missing(why));
        }
    }
}

/// With an address of its own.
fn directly<'a>(
    network: &Network<'a>,
    start: &Start<'a>,
    table: &'a Resource<RouteTable>,
    gateway: &str,
    path: &mut Path<'a>,
) {
    path.exit = Some(Exit::Own);
    path.carried(gateway);
    if path.known(start.public.clone()) != Some(false) {
        return;
    }
    let (what, key) = match network.family {
        Family::V4 => ("public", "\"MapPublicIpOnLaunch\""),
        Family::V6 => ("IPv6", "\"AssignIpv6AddressOnCreation\""),
    };
    let why = format!("nodes in {} have no {what} address", start.subnet);
    let mut evidence = Vec::new();
    if let Ok(it) = network.subnet(start.subnet) {
        evidence.push(it.source.quote(key));
    }
    evidence.push(table.source.quote(&format!("\"{gateway}\"")));
    path.stop(Stopped::NoPublicAddress, why, evidence);
    path.named("gateway", gateway);
}

fn internet<'a>(network: &Network<'a>, id: &str, path: &mut Path<'a>) {
    path.hop(id);
    let Some(gateway) = path.known(network.internet(id)) else { return };
    let attached = |state: &str| matches!(state, "available" | "attached");
    if !gateway.attachments.iter().any(|it| it.vpc_id == network.vpc() && attached(&it.state)) {
        let evidence = vec![
            gateway.source.quote("\"Attachments\""),
            gateway.source.quote(&format!("\"{id}\"")),
        ];
        path.stop(Stopped::InternetDetached, "it is not attached to the VPC", evidence);
        path.named("gateway", id);
    }
}

pub(super) fn nat<'a>(network: &Network<'a>, start: &Start<'a>, id: &str, path: &mut Path<'a>) {
    let Some(nat) = path.known(network.nat(id)) else { return path.hop(id) };
    path.exit = Some(Exit::Nat(nat));
    path.carried(id);
    let place = &nat.subnet_id;
    path.hop(if place.is_empty() { id.to_owned() } else { format!("{id} ({place})") });
    match nat.state.as_str() {
        "available" => {}
        "failed" | "deleting" | "deleted" => {
            let why = match (&*nat.state, &*nat.failure_message) {
                ("failed", "") => "it failed".to_owned(),
                ("failed", message) => format!("it failed: {message}"),
                (state, _) => format!("it is {state}"),
            };
            let mut evidence = vec![
                nat.source.quote(&format!("\"State\": \"{}\"", nat.state)),
                nat.source.quote(&format!("\"NatGatewayId\": \"{id}\"")),
            ];
            if !nat.failure_message.is_empty() {
                evidence.push(nat.source.quote("\"FailureMessage\""));
            }
            path.stop(Stopped::NatFailed, why, evidence);
        }
        state => path.opened(NAT_GATEWAYS.missing(format!("{id} is {state}"))),
    }
    path.named("nat-gateway", id);
    if nat.connectivity_type == "private" || place.is_empty() {
        let why = format!("where {id} sends what it gets is not in the account's lists");
        return path.opened(NODE_CHECK.missing(why));
    }
    if place != start.subnet {
        if let Some(from) = path.known(start.addresses.clone()) {
            acl(network, place, Side::To(&from), path);
        }
        acl(network, place, Side::From(&Addresses::public(Family::V4)), path);
    }
    if let Some(table) = path.known(network.table(place)) {
        from_nat(network, id, table, path);
    }
    path.named("nat-gateway", id);
    path.named("nat-subnet", place);
}

fn from_nat<'a>(
    network: &Network<'a>,
    id: &str,
    table: &'a Resource<RouteTable>,
    path: &mut Path<'a>,
) {
    let own = &table.route_table_id;
    let route = match public(table, Family::V4) {
        Public::By(route) => Some(route),
        Public::Nowhere => None,
        Public::Depends(route) => {
            let why = format!("{own} sends {} to {}", destination(route), target(route).id());
            return path.opened(NODE_CHECK.missing(why));
        }
    };
    path.hop(route.map_or(own.clone(), |it| format!("{own} {}", destination(it))));
    match route.map(|it| (it, target(it))) {
        Some((route, _)) if is_blackhole(route) => blackhole(table, route, path),
        Some((_, Target::Internet(gateway))) => internet(network, gateway, path),
        Some((_, Target::Beyond(it) | Target::Endpoint(it) | Target::Egress(it))) => {
            let why = format!("what lies behind {it} is not in the account's lists");
            path.opened(NODE_CHECK.missing(why));
        }
        Some((_, Target::Nat(_) | Target::Local)) | None => {
            let evidence = vec![
                table.source.quote(&format!("\"RouteTableId\": \"{own}\"")),
                table
                    .source
                    .quote(route.map_or("\"DestinationCidrBlock\"", |_| "\"NatGatewayId\"")),
            ];
            let why = format!("the subnet of {id} has no route to an internet gateway");
            path.stop(Stopped::NatWithoutInternet, why, evidence);
        }
    }
    path.named("nat-route-table", own);
}
