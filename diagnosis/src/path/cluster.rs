//! To the cluster's endpoint: its interfaces in the VPC, or over the internet; and from there back to
//! the kubelet.

use super::{
    addresses::{Addresses, Family},
    inside::{Far, Place, Rules, deliver, quotes, read},
    names,
    network::Network,
    outside::to_internet,
    security::{Admits, Peer, admits},
    start::Start,
    walk::{Path, Stop, Stopped},
};
use crate::facts::{
    Missing,
    inputs::{CLUSTER_IDENTITY, NODE_CHECK},
};

/// By IPv4, or by IPv6 where the endpoint has such addresses: clients take what answers.
pub(crate) fn to_cluster<'a>(
    network: &Network<'a>,
    start: &Start<'a>,
) -> Result<Path<'a>, Missing> {
    let path = by_family(network, start)?;
    if path.arrives() || !network.is_dual_stack() {
        return Ok(path);
    }
    let network = &network.over(Family::V6);
    Ok(match by_family(network, &Start::of(network, start.subnet)) {
        Ok(other) => path.else_by(other),
        Err(missing) => path.else_by(Path::begun(start.subnet, missing)),
    })
}

/// Within the VPC names lead to the private endpoint as soon as there is one.
fn by_family<'a>(network: &Network<'a>, start: &Start<'a>) -> Result<Path<'a>, Missing> {
    let config = &network.cluster.resources_vpc_config;
    match (config.endpoint_private_access, config.endpoint_public_access) {
        (Some(true), public) => {
            let mut path = deliver(network, start, &control_plane(network)?);
            let elsewhere = names::may_lead_elsewhere(network);
            // Where nobody told whom nodes ask for names, this way alone cannot decide.
            if public == Some(true) && elsewhere.unwrap_or(path.stop.is_some()) {
                path = path.or(to_internet(network, start));
            }
            path.carried("the private endpoint");
            Ok(path)
        }
        (Some(false), Some(true)) => {
            let mut path = to_internet(network, start);
            path.named("destination", "the cluster's public endpoint");
            Ok(path)
        }
        _ => Err(CLUSTER_IDENTITY.missing("which endpoints the cluster has was not read")),
    }
}

/// The interfaces that EKS keeps in the VPC; where they were not read, the subnets that it may put
/// them into.
pub(crate) fn control_plane<'a>(network: &Network<'a>) -> Result<Far<'a>, Missing> {
    let config = &network.cluster.resources_vpc_config;
    let seen = network.group.control_plane_interfaces.value().into_iter().flatten();
    let places: Vec<Place> = seen
        .clone()
        .map(|it| Place {
            name: &it.network_interface_id,
            subnet: &it.subnet_id,
            addresses: match network.family {
                Family::V4 => Addresses::of([&*it.private_ip_address]),
                Family::V6 => Addresses::of(it.ipv6_addresses.iter().map(|it| &*it.ipv6_address)),
            },
        })
        .filter(|it| !it.addresses.is_empty())
        .collect();
    let own = std::iter::once(&config.cluster_security_group_id).chain(&config.security_group_ids);
    let groups = own.map(String::as_str).filter(|it| !it.is_empty()).collect();
    let what = "the cluster's private endpoint".to_owned();
    if !places.is_empty() {
        return Ok(Far { what, groups, places });
    }
    if network.family == Family::V6 && seen.count() > 0 {
        let why = "the control plane's interfaces have no IPv6 address that was read";
        return Err(NODE_CHECK.missing(why));
    }
    let place = |id: &'a String| {
        Ok(Place { name: "the control plane", subnet: id, addresses: network.addresses(id)? })
    };
    let places: Result<Vec<_>, Missing> = config.subnet_ids.iter().map(place).collect();
    match places? {
        places if places.is_empty() => {
            Err(CLUSTER_IDENTITY.missing("where the control plane is was not read"))
        }
        places => Ok(Far { what, groups, places }),
    }
}

/// From the control plane to port 10250 of the nodes: logs, exec and metrics need it, joining does
/// not. To a node of an IPv6 cluster it goes by IPv6.
pub(crate) fn kubelet<'a>(
    network: &Network<'a>,
    start: &Start<'a>,
    far: &Far<'a>,
) -> Result<Option<Stop>, Missing> {
    let all = far.places.iter().fold(Addresses::default(), |all, it| all.and(&it.addresses));
    let by_four = || kubelet_from(network, start, far, &all, &start.addresses.clone()?);
    if !network.is_of_ipv6() {
        return by_four();
    }
    let network = network.over(Family::V6);
    let own = network.addresses(start.subnet).unwrap_or_default();
    let theirs = control_plane(&network).map(|it| it.places).unwrap_or_default();
    let theirs = theirs.iter().fold(Addresses::default(), |all, it| all.and(&it.addresses));
    match (kubelet_from(&network, start, far, &theirs, &own)?, by_four) {
        (Some(stop), by_four) if matches!(by_four(), Ok(None)) => {
            let why = format!("by IPv6 {}, and by IPv4 it is open", stop.why);
            Err(crate::facts::inputs::SECURITY_GROUPS.missing(why))
        }
        (found, _) => Ok(found),
    }
}

fn kubelet_from<'a>(
    network: &Network<'a>,
    start: &Start<'a>,
    far: &Far<'a>,
    all: &Addresses,
    addresses: &Addresses,
) -> Result<Option<Stop>, Missing> {
    let own = start.groups.clone()?;
    let judge = |rules, groups: &[&'a str], peer: Peer| {
        let (found, unread) = read(network, groups);
        let says = match rules {
            Rules::In => admits(found.iter().flat_map(|it| &it.ip_permissions), 10250, peer),
            Rules::Out => {
                admits(found.iter().flat_map(|it| &it.ip_permissions_egress), 10250, peer)
            }
        };
        match (says, unread) {
            (Admits::Yes, _) => Ok(None),
            (_, Some(missing)) => Err(missing),
            (Admits::No, None) => Ok(Some(found)),
            (Admits::Perhaps, None) => Err(crate::facts::inputs::SECURITY_GROUPS
                .missing("a rule for port 10250 names a part of the addresses or a prefix list")),
        }
    };
    let stop = |id: String, way, found: Vec<_>, rules| Stop {
        by: Stopped::GroupClosed,
        why: format!("{id} {way} on port 10250"),
        evidence: found.into_iter().flat_map(|it| quotes(it, rules)).collect(),
        names: vec![
            ("group", own.join(" ")),
            ("security-groups", far.groups.join(" ")),
            ("subnet", start.subnet.to_owned()),
        ],
    };
    let peer = Peer { groups: &own, addresses, prefix_list: "" };
    if let Some(found) = judge(Rules::Out, &far.groups, peer)? {
        let way = format!("lets nothing out to {}", own.join(" "));
        let stop = stop(far.groups.join(" "), way, found, Rules::Out);
        return Ok(Some(stop));
    }
    let peer = Peer { groups: &far.groups, addresses: all, prefix_list: "" };
    let closed = judge(Rules::In, &own, peer)?;
    let way = format!("does not admit {}", far.groups.join(" "));
    Ok(closed.map(|found| stop(own.join(" "), way, found, Rules::In)))
}
