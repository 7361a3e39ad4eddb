//! VPC endpoints that stand for a service: interfaces with a private name, and gateways in a route
//! table.

use super::{
    addresses::Addresses,
    inside::{Far, Place, deliver, egress},
    network::Network,
    outside::{Side, acl, blackhole},
    policy,
    route::is_blackhole,
    security::Peer,
    start::Start,
    walk::{Path, Stopped},
};
use crate::{
    aws::Service,
    facts::{
        Missing,
        aws::{
            Resource,
            ec2::{Route, RouteTable, Vpc, VpcEndpoint},
        },
        inputs::VPC_ENDPOINTS,
    },
};

/// Whether names of the service lead to it. Its private name needs the VPC's own resolver.
pub(super) fn shadows(network: &Network, endpoint: &VpcEndpoint) -> bool {
    let on = |of: fn(&Vpc) -> Option<bool>| network.group.vpc.value().and_then(of) != Some(false);
    is_interface(endpoint)
        && endpoint.private_dns_enabled == Some(true)
        && on(|it| it.enable_dns_support)
        && on(|it| it.enable_dns_hostnames)
}

/// Whether all that decides it was read; without that, an endpoint that lets nobody in may be one
/// that nobody asks.
pub(super) fn is_told(network: &Network) -> bool {
    let told = |it: &Vpc| it.enable_dns_support.is_some() && it.enable_dns_hostnames.is_some();
    network.group.vpc.value().is_some_and(told)
}

pub(super) fn is_interface(endpoint: &VpcEndpoint) -> bool {
    endpoint.vpc_endpoint_type.eq_ignore_ascii_case("interface")
}

pub(super) fn is_gateway(endpoint: &VpcEndpoint) -> bool {
    endpoint.vpc_endpoint_type.eq_ignore_ascii_case("gateway")
}

/// By its interfaces; it may have them in other zones than the nodes.
pub(super) fn by_interface<'a>(
    network: &Network<'a>,
    start: &Start<'a>,
    service: Service,
    endpoint: &'a Resource<VpcEndpoint>,
) -> Path<'a> {
    let id = &*endpoint.vpc_endpoint_id;
    let place =
        |subnet: &'a String| Ok(Place { name: id, subnet, addresses: network.addresses(subnet)? });
    let places: Result<Vec<_>, Missing> = endpoint.subnet_ids.iter().map(place).collect();
    let none = || VPC_ENDPOINTS.missing(format!("{id} is in no subnet"));
    let mut path = match places.and_then(|it| if it.is_empty() { Err(none()) } else { Ok(it) }) {
        Ok(places) => {
            let groups = endpoint.groups.iter().map(|it| &*it.group_id).collect();
            deliver(network, start, &Far { what: id.to_owned(), groups, places })
        }
        Err(missing) => Path::begun(start.subnet, missing),
    };
    if !endpoint.state.eq_ignore_ascii_case("available") {
        path.opened(VPC_ENDPOINTS.missing(format!("{id} is {}", endpoint.state)));
    }
    policy::judge(network, service, endpoint, &mut path);
    path.named("vpc-endpoint", id);
    path.carried(id);
    path
}

/// The route that leads to the gateway, from this subnet.
pub(super) fn route_to<'a>(table: &'a RouteTable, endpoint: &VpcEndpoint) -> Option<&'a Route> {
    table.routes.iter().find(|it| it.gateway_id == endpoint.vpc_endpoint_id)
}

pub(super) fn by_gateway<'a>(
    network: &Network<'a>,
    start: &Start<'a>,
    service: Service,
    (endpoint, table, route): (&'a Resource<VpcEndpoint>, &'a Resource<RouteTable>, &'a Route),
) -> Path<'a> {
    let id = &*endpoint.vpc_endpoint_id;
    let list = &*route.destination_prefix_list_id;
    let everywhere = Addresses::public(network.family);
    let mut path = Path::default();
    path.hop(start.subnet);
    let peer = Peer { groups: &[], addresses: &everywhere, prefix_list: list };
    egress(network, start, peer, "S3", &mut path);
    acl(network, start.subnet, Side::From(&everywhere), &mut path);
    path.hop(format!("{} {list}", table.route_table_id));
    if is_blackhole(route) {
        blackhole(table, route, &mut path);
    } else {
        path.hop(id);
        policy::judge(network, service, endpoint, &mut path);
    }
    path.named("route-table", &table.route_table_id);
    path.named("subnet", start.subnet);
    path.named("vpc-endpoint", id);
    path.named("destination", "S3");
    path.carried(id);
    if path.stop.as_ref().is_some_and(|it| it.by == Stopped::Blackhole) {
        path.named("gateway", id);
    }
    path
}
