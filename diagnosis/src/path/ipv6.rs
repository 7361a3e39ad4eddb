//! From a subnet whose only way out is one of IPv6 to services that have IPv4 addresses alone: the
//! names that nodes ask of EC2 and ECR have no others, unless they were told of other names.
//!
//! DNS64 makes such names have IPv6 addresses as well, and a NAT gateway translates what goes there.
//!
//! Sources: <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html>,
//! <https://github.com/awslabs/amazon-eks-ami/issues/1380>,
//! <https://github.com/aws/containers-roadmap/issues/2739>.

use super::{
    addresses::{Addresses, Family},
    inside::egress,
    network::Network,
    outside::{Side, acl, nat},
    route::{NAT64, Public, Target, is_blackhole, public, target, translating},
    security::Peer,
    start::Start,
    walk::{Path, Stopped},
};
use crate::facts::{
    aws::{Resource, ec2::RouteTable},
    inputs::VPC_SUBNETS,
};

/// `None` where IPv6 has no way out either.
pub(super) fn translated<'a>(
    network: &Network<'a>,
    start: &Start<'a>,
    table: &'a Resource<RouteTable>,
    what: &str,
) -> Option<Path<'a>> {
    let route = translating(table);
    if route.is_none() && !leaves(table) {
        return None;
    }
    let six = network.over(Family::V6);
    let start = Start::of(&six, start.subnet);
    let mut path = Path::default();
    path.hop(start.hop());
    let subnet = path.known(six.subnet(start.subnet));
    match (route.map(target), subnet.and_then(|it| it.enable_dns64)) {
        (Some(Target::Nat(id)), Some(true)) => {
            let all = Addresses::of([NAT64]);
            let peer = Peer { groups: &[], addresses: &all, prefix_list: "" };
            egress(&six, &start, peer, what, &mut path);
            acl(&six, start.subnet, Side::From(&all), &mut path);
            path.hop(format!("{} {NAT64}", table.route_table_id));
            nat(network, &Start::of(network, start.subnet), id, &mut path);
        }
        (Some(_), None) => {
            let why = format!("whether {} has DNS64 was not read", start.subnet);
            path.opened(VPC_SUBNETS.missing(why));
        }
        (route, dns64) => {
            let lacks = match (route, dns64) {
                (Some(_), _) => "DNS64 of the subnet is off".to_owned(),
                (None, _) => format!("no route leads {NAT64} to a NAT gateway"),
            };
            path.hop(&table.route_table_id);
            let evidence = vec![
                table.source.quote("\"DestinationIpv6CidrBlock\": \"::/0\""),
                table.source.quote(&format!("\"RouteTableId\": \"{}\"", table.route_table_id)),
            ];
            let why = format!("only IPv6 has a way out, {what} has IPv4 addresses, and {lacks}");
            path.stop(Stopped::Ipv6Only, why, evidence);
        }
    }
    path.named("route-table", &table.route_table_id);
    path.named("subnet", start.subnet);
    Some(path)
}

/// Whether packets of IPv6 have a way out there.
fn leaves(table: &RouteTable) -> bool {
    let out = |it| matches!(target(it), Target::Egress(_) | Target::Internet(_));
    matches!(public(table, Family::V6), Public::By(it) if out(it) && !is_blackhole(it))
}
