//! To the services of AWS that a node asks before it is Ready, by an endpoint or over the internet.

use super::{
    endpoint::{by_gateway, by_interface, is_gateway, is_interface, is_told, route_to, shadows},
    ipv6::translated,
    names,
    network::Network,
    outside::to_internet,
    route::beyond,
    start::Start,
    walk::{Path, Stop, Stopped},
};
use crate::{
    aws::{Place, Service, Variant},
    facts::{
        aws::{Resource, ec2::VpcEndpoint},
        inputs::NODE_CHECK,
    },
};

/// In the order in which a node asks them.
pub(crate) const SERVICES: [Service; 4] =
    [Service::Ec2, Service::EcrApi, Service::Registry, Service::Layers];

pub(crate) fn name(service: Service) -> &'static str {
    match service {
        Service::Sts => "STS",
        Service::Ec2 => "EC2",
        Service::Eks => "EKS",
        Service::EksAuth => "EKS Auth",
        Service::EcrApi => "ECR API",
        Service::Registry => "ECR registry",
        Service::Layers => "S3 (image layers)",
    }
}

pub(crate) fn to_service<'a>(
    network: &Network<'a>,
    start: &Start<'a>,
    service: Service,
) -> Path<'a> {
    let endpoint = service.endpoint(network.region());
    let mut path = match network.endpoints(endpoint.name()) {
        Ok(all) => by_endpoints(network, start, service, &all),
        Err(missing) => Path::begun(start.subnet, missing),
    };
    let place = Place { account: network.account(), ..Place::of_region(network.region()) };
    path.named("service", name(service));
    path.named("endpoint-service", endpoint.name());
    path.named("host", service.host(&place, Variant::default()));
    path.named("destination", name(service));
    path
}

fn by_endpoints<'a>(
    network: &Network<'a>,
    start: &Start<'a>,
    service: Service,
    all: &[&'a Resource<VpcEndpoint>],
) -> Path<'a> {
    let endpoints = all.iter().any(|it| is_gateway(it) || is_interface(it));
    // Whether an endpoint has IPv6 addresses is not among what is read of it.
    if start.native
        && !endpoints
        && let Ok(table) = network.table(start.subnet)
        && let Some(path) = translated(network, start, table, name(service))
    {
        return path;
    }
    let interface = all.iter().copied().find(|it| shadows(network, it));
    let gateways = all.iter().copied().filter(|it| is_gateway(it));
    let table = network.table(start.subnet).ok();
    let mut gateways = gateways.filter_map(|it| Some((it, table?, route_to(table?, it)?)));
    let interface = interface.map(|it| by_interface(network, start, service, it));
    match (interface, gateways.next()) {
        (None, Some(found)) => return by_gateway(network, start, service, found),
        (Some(it), None) => {
            let elsewhere = names::may_lead_elsewhere(network).filter(|_| is_told(network));
            // Where nobody told whom nodes ask for names, this way alone cannot decide.
            if elsewhere.unwrap_or(it.stop.is_some()) {
                return it.or(to_internet(network, start));
            }
            return it;
        }
        // Of S3, which of both is taken depends on an option of the interface endpoint.
        (Some(interface), Some(found)) => {
            return by_gateway(network, start, service, found).or(interface);
        }
        (None, None) => {}
    }
    let mut outside = to_internet(network, start);
    let nowhere = |it: &Stop| it.by == Stopped::NoRoute;
    if outside.stop.as_ref().is_some_and(nowhere) {
        // Another network may have endpoints for this one, under names of its own zone.
        if let Some(route) = table.and_then(|it| beyond(it)) {
            let id = super::route::target(route).id();
            let why = format!("an endpoint behind {id} may stand for {}", name(service));
            outside.stop = None;
            outside.opened(NODE_CHECK.missing(why));
            return outside;
        }
        if !endpoints
            && let Some(table) = table
            && let Some(path) = translated(network, start, table, name(service))
        {
            return path;
        }
        without(network, service, all, &mut outside);
    }
    outside
}

/// There is no way out: what would have been the way within.
fn without(
    network: &Network,
    service: Service,
    all: &[&Resource<VpcEndpoint>],
    outside: &mut Path,
) {
    let Some(stop) = &mut outside.stop else { return };
    let nats = network.group.nat_gateways.value();
    let nat = nats.is_none_or(|all| all.iter().any(|it| it.state == "available"));
    let there = all.iter().find(|it| is_gateway(it) || is_interface(it));
    let (by, why) = match there {
        Some(it) if is_gateway(it) => {
            let why = format!("{} is not associated with it", it.vpc_endpoint_id);
            (Stopped::GatewayNotAssociated, why)
        }
        Some(it) => {
            let why = format!("private DNS of {} is off", it.vpc_endpoint_id);
            (Stopped::PrivateDnsOff, why)
        }
        // Where a NAT gateway serves other subnets, the route to it is what is missing.
        None if nat => return,
        None if service == Service::Layers => {
            (Stopped::GatewayMissing, "the VPC has no endpoint for it".to_owned())
        }
        None => (Stopped::EndpointMissing, "the VPC has no endpoint for it".to_owned()),
    };
    stop.by = by;
    stop.why = format!("no route out of the VPC to {}, and {why}", name(service));
    if let Some(it) = there {
        let needle = if is_gateway(it) { "\"RouteTableIds\"" } else { "\"PrivateDnsEnabled\"" };
        stop.evidence.insert(0, it.source.quote(needle));
        stop.names.push(("vpc-endpoint", it.vpc_endpoint_id.clone()));
    }
}
