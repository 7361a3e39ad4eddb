//! From each subnet of the group a packet reaches the services of AWS that a node asks before it is
//! Ready.

use super::way;
use crate::{
    aws::Service,
    chain::{Link, Look, Verdict, no_host},
    facts::Facts,
    path::{Network, Path, SERVICES, Start, Stop, Stopped, name, starts, to_service},
};

mod faults;

use faults::FAULTS;

pub(super) static LINK: Link = Link {
    id: "path-to-services",
    title: "path to AWS services",
    means: "From each subnet of the group, with the security groups of its nodes, EC2, the API of ECR, its registry, and the S3 bucket of its layers can be reached on port 443.",
    judged: "By walking: an interface endpoint with private DNS stands for its service whatever other way there is; a gateway endpoint is taken where the subnet's route table leads to it; else a packet leaves the VPC. Endpoint policies are judged for the calls that a node makes. STS is looked at as well, but held as a remark only: the kubelet's token is signed without it.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
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
    Ok(remark(&network, &starts, intact))
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
    let each =
        matches!(stop.by, Stopped::EndpointMissing | Stopped::PrivateDnsOff | Stopped::GroupClosed);
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
