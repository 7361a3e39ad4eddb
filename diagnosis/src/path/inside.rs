//! Within the VPC: to interfaces that the control plane or an endpoint has there.

use super::{
    addresses::Addresses,
    network::Network,
    outside::{Side, acl, blackhole, destination},
    route::{Private, Target, is_blackhole, private, target},
    security::{Admits, Peer, admits},
    start::Start,
    walk::{Path, Stopped},
};
use crate::{
    facts::{
        Missing,
        aws::{Resource, ec2::SecurityGroup},
        inputs::{NODE_CHECK, SECURITY_GROUPS},
    },
    report::Evidence,
};

/// The interfaces at the other end.
pub(crate) struct Far<'a> {
    /// What they are, in words.
    pub(super) what: String,
    pub(super) groups: Vec<&'a str>,
    pub(super) places: Vec<Place<'a>>,
}

/// Those in one subnet.
pub(crate) struct Place<'a> {
    pub(super) name: &'a str,
    pub(super) subnet: &'a str,
    pub(super) addresses: Addresses,
}

/// To port 443 of them.
pub(super) fn deliver<'a>(network: &Network<'a>, start: &Start<'a>, far: &Far<'a>) -> Path<'a> {
    if let Some(none) = start.lacks_family() {
        return none;
    }
    let mut path = Path::default();
    path.hop(start.hop());
    let all = far.places.iter().fold(Addresses::default(), |all, it| all.and(&it.addresses));
    let peer = Peer { groups: &far.groups, addresses: &all, prefix_list: "" };
    egress(network, start, peer, &far.what, &mut path);
    let ways = far.places.iter().map(|it| one(network, start, it)).collect();
    let mut path = path.join(ways, |it| {
        let why = format!("one way to {} stops: {}", far.what, it.why);
        match it.evidence.first() {
            Some(quote) => NODE_CHECK.doubt(why, quote.clone()),
            None => NODE_CHECK.missing(why),
        }
    });
    path.named("destination", &far.what);
    ingress(network, start, far, 443, &mut path);
    path
}

fn one<'a>(network: &Network<'a>, start: &Start<'a>, place: &Place<'a>) -> Path<'a> {
    let mut path = Path::default();
    let other = place.subnet != start.subnet;
    if other {
        acl(network, start.subnet, Side::From(&place.addresses), &mut path);
    }
    if let Some(table) = path.known(network.table(start.subnet)) {
        let id = &table.route_table_id;
        match private(table, &place.addresses) {
            Private::By(route) if is_blackhole(route) => blackhole(table, route, &mut path),
            Private::By(route) if target(route) == Target::Local => {
                path.hop(format!("{id} {} local", destination(route)));
            }
            Private::By(route) | Private::Depends(route) => {
                path.hop(format!("{id} {}", destination(route)));
                let id = target(route).id();
                let why = format!("what lies behind {id} is not in the account's lists");
                path.opened(NODE_CHECK.missing(why));
            }
            Private::Nowhere => {
                let why = format!("{id} has no route to {}, in the VPC itself", place.name);
                path.opened(NODE_CHECK.missing(why));
            }
        }
        path.named("route-table", id);
        path.named("subnet", start.subnet);
    }
    if other && let Some(from) = path.known(start.addresses.clone()) {
        acl(network, place.subnet, Side::To(&from), &mut path);
    }
    path.hop(format!("{} ({})", place.name, place.subnet));
    path
}

/// Whether the nodes' groups let port 443 out to there.
pub(super) fn egress(network: &Network, start: &Start, peer: Peer, what: &str, path: &mut Path) {
    let Some(own) = path.known(start.groups.clone()) else { return };
    let (groups, unread) = read(network, &own);
    let rules = groups.iter().flat_map(|it| &it.ip_permissions_egress);
    let says = admits(rules, 443, peer);
    let evidence = || groups.iter().flat_map(|it| quotes(it, Rules::Out)).collect();
    let names = own.join(" ");
    match (says, unread) {
        (Admits::Yes, _) => {}
        (_, Some(missing)) => path.opened(missing),
        (Admits::No, None) => {
            let why = format!("{names} lets nothing out to {what} on port 443");
            path.stop(Stopped::EgressClosed, why, evidence());
            path.named("security-groups", &names);
            path.named("subnet", start.subnet);
            path.named("destination", what);
        }
        (Admits::Perhaps, None) => perhaps(&names, what, evidence(), path),
    }
}

/// Whether the groups at the other end let the nodes in.
fn ingress<'a>(
    network: &Network<'a>,
    start: &Start<'a>,
    far: &Far<'a>,
    port: u16,
    path: &mut Path,
) {
    let Some(own) = path.known(start.groups.clone()) else { return };
    let Some(addresses) = path.known(start.addresses.clone()) else { return };
    let (groups, unread) = read(network, &far.groups);
    let rules = groups.iter().flat_map(|it| &it.ip_permissions);
    let peer = Peer { groups: &own, addresses: &addresses, prefix_list: "" };
    let evidence = || groups.iter().flat_map(|it| quotes(it, Rules::In)).collect();
    let (theirs, own) = (far.groups.join(" "), own.join(" "));
    match (admits(rules, port, peer), unread) {
        (Admits::Yes, _) => {}
        (_, Some(missing)) => path.opened(missing),
        (Admits::No, None) => {
            let why = format!("{theirs} does not admit {own} on port {port}");
            path.stop(Stopped::GroupClosed, why, evidence());
            path.named("group", theirs);
            path.named("security-groups", own);
            path.named("subnet", start.subnet);
            path.named("destination", &far.what);
        }
        (Admits::Perhaps, None) => {
            perhaps(&theirs, &format!("{} from {}", far.what, start.subnet), evidence(), path);
        }
    }
}

fn perhaps(names: &str, what: &str, evidence: Vec<Evidence>, path: &mut Path) {
    let why = format!("{names} names a part of the addresses or a prefix list, for {what}");
    path.opened(match evidence.into_iter().next() {
        Some(quote) => NODE_CHECK.doubt(why, quote),
        None => NODE_CHECK.missing(why),
    });
}

/// The groups that were read, and what the first other one lacks.
pub(super) fn read<'a>(
    network: &Network<'a>,
    ids: &[&str],
) -> (Vec<&'a Resource<SecurityGroup>>, Option<Missing>) {
    let (mut groups, mut unread) = (Vec::new(), None);
    for id in ids {
        match network.security_group(id) {
            Ok(it) => groups.push(it),
            Err(missing) => unread = unread.or(Some(missing)),
        }
    }
    if ids.is_empty() {
        unread = Some(SECURITY_GROUPS.missing("which security groups there are was not read"));
    }
    (groups, unread)
}

/// Which group it is, and whom its rules name, as far as a few lines show it.
pub(super) fn quotes(
    group: &Resource<SecurityGroup>,
    way: Rules,
) -> impl Iterator<Item = Evidence> + use<> {
    let (rules, key) = match way {
        Rules::In => (&group.ip_permissions, "\"IpPermissions\""),
        Rules::Out => (&group.ip_permissions_egress, "\"IpPermissionsEgress\""),
    };
    let ranges = rules.iter().flat_map(|it| &it.ip_ranges);
    let ranges = ranges.map(|it| format!("\"CidrIp\": \"{}\"", it.cidr_ip));
    let of_six = rules.iter().flat_map(|it| &it.ipv6_ranges);
    let of_six = of_six.map(|it| format!("\"CidrIpv6\": \"{}\"", it.cidr_ipv6));
    let ranges = ranges.chain(of_six);
    let pairs = rules.iter().flat_map(|it| &it.user_id_group_pairs);
    let pairs = pairs.map(|it| format!("\"GroupId\": \"{}\"", it.group_id));
    let id = format!("\"GroupId\": \"{}\"", group.group_id);
    let mut needles: Vec<String> = std::iter::once(id).chain(ranges.chain(pairs).take(2)).collect();
    if rules.is_empty() {
        needles.push(key.to_owned());
    }
    let quotes: Vec<Evidence> = needles.iter().map(|it| group.source.quote(it)).collect();
    quotes.into_iter()
}

/// Which rules of a security group.
#[derive(Clone, Copy)]
pub(super) enum Rules {
    In,
    Out,
}
