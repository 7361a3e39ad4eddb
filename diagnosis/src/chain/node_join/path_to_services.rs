//! From each subnet of the group a packet reaches the services of AWS that a node asks before it is
//! Ready.

use super::way;
use crate::{
    aws::Service,
    chain::{Link, Look, Verdict, no_host},
    facts::Facts,
    path::{
        Family, Network, Path, SERVICES, Start, Stop, Stopped, name, starts, to_internet,
        to_service,
    },
};

mod faults;

use faults::FAULTS;

pub(super) static LINK: Link = Link {
    id: "path-to-services",
    title: "path to AWS services",
    means: "From each subnet of the group, with the security groups of its nodes, EC2, the API of ECR, its registry, and the S3 bucket of its layers can be reached on port 443.",
    judged: "By walking: an interface endpoint with private DNS stands for its service whatever other way there is; a gateway endpoint is taken where the subnet's route table leads to it; else a packet leaves the VPC. Endpoint policies are judged for the calls that a node makes. By IPv4, for the names that nodes ask have no other addresses; from a subnet that only IPv6 leaves, DNS64 and a route to a NAT gateway translate. STS is looked at as well, but held as a remark only: the kubelet's token is signed without it. So is, in an IPv6 cluster, a way out by IPv6 whose gateway is gone.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html",
        "https://github.com/awslabs/amazon-eks-ami/issues/1380",
        "https://github.com/aws/containers-roadmap/issues/2739",
    ],
    faults: FAULTS,
    signs: &[],
    host: no_host,
    look,
};

fn look(facts: &Facts) -> Look {
    let network = Network::of(facts)?;
    let starts = starts(&network)?;
    let walk = |service| starts.iter().map(move |it| (service, to_service(&network, it, service)));
    let paths: Vec<(Service, Path)> = SERVICES.into_iter().flat_map(walk).collect();
    if let Some((path, stop)) = paths.iter().find_map(|(_, it)| Some((it, it.stop.as_ref()?))) {
        return Ok(broken(&network, &paths, path, stop));
    }
    if let Some((path, open)) = paths.iter().find_map(|(_, it)| Some((it, it.open.as_ref()?))) {
        return Err(way::open(open, path));
    }
    let from: Vec<&str> = starts.iter().map(|it| it.subnet).collect();
    let intact =
        Verdict::intact(format!("{} from {}", carriers(&paths), from.join(", ")), network.source);
    Ok(remark_of_pods(&network, &starts, remark(&network, &starts, intact)))
}

/// Nodes join by IPv4, but pods of an IPv6 cluster have no such address.
fn remark_of_pods(network: &Network, starts: &[Start], verdict: Verdict) -> Verdict {
    let six = network.over(Family::V6);
    let gone = [Stopped::EgressOnlyGone, Stopped::InternetDetached, Stopped::Blackhole];
    let paths = starts.iter().map(|it| to_internet(&six, &Start::of(&six, it.subnet)));
    let mut stopped = paths.filter(|it| it.stop.as_ref().is_some_and(|it| gone.contains(&it.by)));
    let Some(path) = stopped.next().filter(|_| network.is_of_ipv6()) else { return verdict };
    let title = format!("pods reach nothing outside by IPv6 ({})", path.words());
    match path.stop.and_then(|it| it.evidence.into_iter().next()) {
        Some(quote) => verdict.and_risk(title, quote),
        None => verdict,
    }
}

/// `EC2 by vpce-0ec2, ECR API by nat-0a`
fn carriers(paths: &[(Service, Path)]) -> String {
    let mut all: Vec<String> = Vec::new();
    for (service, path) in paths {
        let one = format!("{} by {}", name(*service), path.carrier);
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all.join(", ")
}

fn broken(network: &Network, paths: &[(Service, Path)], path: &Path, stop: &Stop) -> Verdict {
    // Others that stop for the same reason are mended by the same change.
    let alike =
        || paths.iter().filter_map(|(_, it)| it.stop.as_ref()).filter(|it| it.by == stop.by);
    let all = |wanted: &str| {
        let mut all: Vec<&str> = Vec::new();
        for (_, value) in alike().flat_map(|it| &it.names).filter(|(name, _)| *name == wanted) {
            if !all.contains(&&**value) {
                all.push(value);
            }
        }
        all
    };
    let detail = format!("{}: {}", all("service").join(", "), path.words());
    let broken = way::broken(faults::of(stop.by), detail, stop, network.source);
    let broken = broken.with("service", all("service").join(", "));
    let each = matches!(
        stop.by,
        Stopped::EndpointMissing
            | Stopped::PrivateDnsOff
            | Stopped::GroupClosed
            | Stopped::Ipv6Only
    );
    if !each {
        return broken;
    }
    broken
        .with("endpoint-service", all("endpoint-service").join(" "))
        .with("vpc-endpoint", all("vpc-endpoint").join(" "))
}

fn remark(network: &Network, starts: &[Start], verdict: Verdict) -> Verdict {
    let paths = starts.iter().map(|it| to_service(network, it, Service::Sts));
    let stopped = paths.into_iter().find(|it| it.stop.is_some());
    let Some((path, stop)) = stopped.as_ref().and_then(|it| Some((it, it.stop.as_ref()?))) else {
        return verdict;
    };
    let title = format!(
        "STS cannot be reached ({}): nodes join without it, but roles of ServiceAccounts (IRSA) get no credentials there",
        path.words()
    );
    match stop.evidence.first() {
        Some(quote) => verdict.and_risk(title, quote.clone()),
        None => verdict,
    }
}
