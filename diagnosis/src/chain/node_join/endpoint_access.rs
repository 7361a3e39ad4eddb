//! The cluster's endpoint lets in those whom the nodes come from.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{
        Facts, Missing,
        inputs::{CLUSTER_IDENTITY, INSTANCES, ROUTE_TABLES},
    },
    iam::range,
    path::{Exit, Family, Network, Run, Share, Start, starts, to_internet},
};

pub(super) static LINK: Link = Link {
    id: "endpoint-access",
    title: "endpoint access",
    means: "The cluster's endpoint has private access, or its public one admits the addresses that the nodes come from.",
    judged: "From the cluster's configuration. With private access on, nodes in the VPC do not come over the internet. Else the addresses of the NAT gateways on their way, or their own public ones, are compared with publicAccessCidrs. Where the endpoint has addresses of both families, either way in is enough: of IPv6 nodes come with those of their subnet.",
    sources: &["https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html"],
    faults: &[&NO_ACCESS, &NAT_NOT_ALLOWED, &NODE_NOT_ALLOWED],
    signs: &[],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the administrator of the cluster",
    impact: "nothing restarts; names lead to private addresses within the VPC from then on",
    verify: "aws eks describe-cluster --name <cluster> --query cluster.resourcesVpcConfig",
    expect: "endpointPrivateAccess is true, and new nodes join",
};

static NO_ACCESS: Fault = OURS.fault(
    "no-access",
    "the cluster's endpoint has neither public nor private access",
    "enable the endpoint's private access",
    "aws eks update-cluster-config --name <cluster> --resources-vpc-config endpointPrivateAccess=true",
);
static NAT_NOT_ALLOWED: Fault = OURS.fault(
    "nat-not-in-allow-list",
    "the nodes reach the public endpoint from <address>, which its allow list does not hold",
    "enable the endpoint's private access, so that nodes need no place in the allow list",
    "aws eks update-cluster-config --name <cluster> --resources-vpc-config endpointPrivateAccess=true\n\
     # where it is to stay public only: add <address>/32, of <nat-gateway>, to publicAccessCidrs beside what it holds",
);
static NODE_NOT_ALLOWED: Fault = OURS.fault(
    "node-not-in-allow-list",
    "the nodes reach the public endpoint from their own addresses, such as <address>, which its allow list does not hold",
    "enable the endpoint's private access, so that nodes need no place in the allow list",
    "aws eks update-cluster-config --name <cluster> --resources-vpc-config endpointPrivateAccess=true",
);

fn look(facts: &Facts) -> Look {
    let network = Network::of(facts)?;
    let config = &network.cluster.resources_vpc_config;
    match (config.endpoint_private_access, config.endpoint_public_access) {
        (Some(false), Some(false)) => {
            let quote = network.source.quote("endpointPublicAccess");
            let broken = Verdict::broken(&NO_ACCESS, "both are off", quote);
            Ok(broken.and_evidence(network.source.quote("endpointPrivateAccess")))
        }
        (Some(true), _) => Ok(Verdict::intact("private access is on", network.source)),
        (Some(false), Some(true)) => allowed(&network),
        _ => Err(CLUSTER_IDENTITY.missing("which access the endpoint has was not read")),
    }
}

fn allowed(network: &Network) -> Look {
    let list = &network.cluster.resources_vpc_config.public_access_cidrs;
    if list.is_empty() {
        return Err(CLUSTER_IDENTITY.missing("whom the public endpoint admits was not read"));
    }
    if list.iter().any(|it| it == "0.0.0.0/0") {
        return Ok(Verdict::intact("public, to everybody", network.source));
    }
    let mut all = Vec::new();
    let mut open = None;
    for start in &starts(network)? {
        let found = addresses(network, start);
        let admitted = |(from, _): &From| from.iter().all(|it| admits(list, it));
        if !found.as_ref().is_ok_and(admitted) && network.is_dual_stack() {
            match by_ipv6(network, start, list) {
                Ok(true) => {
                    all.push(format!("the IPv6 block of {}", start.subnet));
                    continue;
                }
                Ok(false) => {}
                Err(missing) => {
                    open = open.or(Some(missing));
                    continue;
                }
            }
        }
        let (from, nat) = match found {
            Ok(it) => it,
            Err(missing) => {
                open = open.or(Some(missing));
                continue;
            }
        };
        let lacking: Vec<&String> = from.iter().copied().filter(|it| !admits(list, it)).collect();
        let quote = network.source.quote("publicAccessCidrs");
        match lacking[..] {
            [] => all.extend(from.into_iter().cloned()),
            [first, ..] if lacking.len() == from.len() => {
                return Ok(refused(network, start, first, nat).and_evidence(quote));
            }
            [first, ..] => {
                let why = format!("{first} is one of the addresses, and not in the allow list");
                open = open.or(Some(INSTANCES.doubt(why, quote)));
            }
        }
    }
    if let Some(missing) = open {
        return Err(missing);
    }
    all.dedup();
    let detail = format!("public, and {} is in the allow list", all.join(", "));
    Ok(Verdict::intact(detail, network.source))
}

fn admits(list: &[String], address: &str) -> bool {
    list.iter().any(|of| range::contains(of, address) == Some(true))
}

/// Whether the list has all addresses of the subnet, and a way leads out of it.
fn by_ipv6(network: &Network, start: &Start, list: &[String]) -> Result<bool, Missing> {
    let network = &network.over(Family::V6);
    let start = Start::of(network, start.subnet);
    let path = to_internet(network, &start);
    if path.stop.is_some() {
        return Ok(false);
    }
    let own = start.addresses.clone()?;
    match (own.share(list.iter().filter_map(|it| Run::parse(it))), path.open) {
        (Share::Nothing, _) => Ok(false),
        (_, Some(open)) => Err(open),
        (Share::All, None) => Ok(true),
        (Share::Part, None) => {
            let why = format!("the allow list has a part of the IPv6 block of {}", start.subnet);
            Err(INSTANCES.missing(why))
        }
    }
}

fn refused(network: &Network, start: &Start, address: &str, nat: Option<&str>) -> Verdict {
    let detail = match nat {
        Some(nat) => format!("{} leaves by {nat} as {address}", start.subnet),
        None => format!("nodes of {} are {address}", start.subnet),
    };
    let fault = if nat.is_some() { &NAT_NOT_ALLOWED } else { &NODE_NOT_ALLOWED };
    let needle = format!("\"{address}\"");
    let group = network.group;
    let nats = group.nat_gateways.value().into_iter().flatten().map(|it| &it.source);
    let instances = group.instances.value().into_iter().flatten().map(|it| &it.source);
    let found = nats.chain(instances).find(|it| it.text.contains(&needle));
    let quote =
        found.map_or_else(|| network.source.quote("publicAccessCidrs"), |it| it.quote(&needle));
    let broken = Verdict::broken(fault, detail, quote).with("address", address);
    broken.with("nat-gateway", nat.unwrap_or_default()).with("subnet", start.subnet)
}

type From<'a> = (Vec<&'a String>, Option<&'a str>);

/// As whom the nodes of a subnet come, and by which NAT gateway.
fn addresses<'a>(network: &Network<'a>, start: &Start<'a>) -> Result<From<'a>, Missing> {
    let path = to_internet(network, start);
    match path.exit {
        Some(Exit::Nat(nat)) => {
            let all: Vec<_> = nat.nat_gateway_addresses.iter().map(|it| &it.public_ip).collect();
            let all: Vec<_> = all.into_iter().filter(|it| !it.is_empty()).collect();
            if all.is_empty() {
                let why = format!("{} has no public address", nat.nat_gateway_id);
                return Err(crate::facts::inputs::NAT_GATEWAYS.missing(why));
            }
            Ok((all, Some(&nat.nat_gateway_id)))
        }
        Some(Exit::Own) => {
            let all = network.group.instances.value().into_iter().flatten();
            let own: Vec<_> = all
                .filter(|it| it.subnet_id == start.subnet && !it.public_ip_address.is_empty())
                .map(|it| &it.value.public_ip_address)
                .collect();
            if own.is_empty() {
                return Err(INSTANCES.missing("which public addresses the nodes have was not read"));
            }
            Ok((own, None))
        }
        None => Err(path.open.unwrap_or_else(|| {
            ROUTE_TABLES.missing(format!("{} has no way to the public endpoint", start.subnet))
        })),
    }
}
