//! From each subnet of the group a packet reaches the cluster's endpoint, and its answer comes back.

use super::way::{
    self, ACL_IN, ACL_OUT, ACL_RETURN, BLACKHOLE, EGRESS_CLOSED, INTERNET_DETACHED, NAT_FAILED,
    NAT_WITHOUT_INTERNET, NO_PUBLIC_ADDRESS, OURS,
};
use crate::{
    chain::{Fault, Link, Look, Verdict, no_host},
    facts::Facts,
    path::{Network, Path, Stopped, starts, to_cluster},
};

pub(super) static LINK: Link = Link {
    id: "path-to-cluster",
    title: "path to the cluster",
    means: "From each subnet of the group, with the security groups of its nodes, port 443 of the cluster's endpoint can be reached, and answers come back.",
    judged: "By walking: with private access on, to the control plane's interfaces in the VPC; else out of it, over a NAT gateway or the internet gateway. Routes by their longest prefix, security groups in both directions, network ACLs by number and with their return ports. An endpoint whose name has addresses of both families is reached by either; IPv6 leaves by an internet gateway or an egress-only one. The first hop that stops is named. A transit gateway, a peering, an appliance, and whatever was not read, leave it unknown.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html",
        "https://pkg.go.dev/net#Dialer",
    ],
    faults: &[
        &NO_ROUTE,
        &BLACKHOLE,
        &NAT_FAILED,
        &NAT_WITHOUT_INTERNET,
        &INTERNET_DETACHED,
        &NO_PUBLIC_ADDRESS,
        &EGRESS_CLOSED,
        &GROUP_CLOSED,
        &ACL_OUT,
        &ACL_IN,
        &ACL_RETURN,
        &EGRESS_ONLY_GONE,
    ],
    signs: &[],
    host: no_host,
    look,
};

static NO_ROUTE: Fault = Fault {
    owner: "the administrator of the cluster",
    impact: "nothing restarts; names lead to private addresses within the VPC from then on",
    ..OURS.fault(
        "no-route",
        "the cluster's endpoint is public only, and <subnet> has no route out of the VPC",
        "enable the endpoint's private access, so that nodes reach it within the VPC",
        "aws eks update-cluster-config --name <cluster> --resources-vpc-config endpointPrivateAccess=true\n\
         # or, by the owner of the VPC: give <route-table> its default route to a NAT gateway,\n\
         # whose address publicAccessCidrs must hold",
    )
};
static EGRESS_ONLY_GONE: Fault = OURS.fault(
    "egress-only-gateway-gone",
    "<subnet> leaves by IPv6 alone, and the egress-only internet gateway <gateway> of its route is gone",
    "make an egress-only internet gateway, and let the route of <route-table> lead to it",
    "aws ec2 describe-egress-only-internet-gateways\n\
     aws ec2 create-egress-only-internet-gateway --vpc-id <vpc>\n\
     # DESTINATION: that of the route which is a blackhole\n\
     aws ec2 replace-route --route-table-id <route-table> --destination-ipv6-cidr-block DESTINATION --egress-only-internet-gateway-id EGRESS-ONLY-GATEWAY",
);
static GROUP_CLOSED: Fault = Fault {
    owner: "the owner of the cluster's security group",
    ..OURS.fault(
        "cluster-group-closed",
        "the control plane's security groups <group> do not admit the nodes' <security-groups> on port 443",
        "put the cluster's security group on the nodes, or let it admit theirs on TCP port 443",
        "# 1. the owner of the launch template adds <cluster-security-group> to its security groups; then new nodes\n\
         # 2. or the one rule that is missing in <cluster-security-group>: inbound, TCP, port 443, from <security-groups>\n\
         aws ec2 describe-security-groups --group-ids <cluster-security-group> <security-groups>",
    )
};

fn fault(by: Stopped) -> &'static Fault {
    match by {
        Stopped::Blackhole => &BLACKHOLE,
        Stopped::NatFailed => &NAT_FAILED,
        Stopped::NatWithoutInternet => &NAT_WITHOUT_INTERNET,
        Stopped::InternetDetached => &INTERNET_DETACHED,
        Stopped::NoPublicAddress => &NO_PUBLIC_ADDRESS,
        Stopped::EgressClosed => &EGRESS_CLOSED,
        Stopped::GroupClosed => &GROUP_CLOSED,
        Stopped::AclOut => &ACL_OUT,
        Stopped::AclIn => &ACL_IN,
        Stopped::AclReturn => &ACL_RETURN,
        Stopped::EgressOnlyGone => &EGRESS_ONLY_GONE,
        // The rest concerns endpoints of services, which no path to a cluster has.
        _ => &NO_ROUTE,
    }
}

fn look(facts: &Facts) -> Look {
    let network = Network::of(facts)?;
    let starts = starts(&network)?;
    let paths = starts.iter().map(|it| to_cluster(&network, it)).collect::<Result<Vec<_>, _>>()?;
    if let Some((path, stop)) = paths.iter().find_map(|it| Some((it, it.stop.as_ref()?))) {
        let broken = way::broken(fault(stop.by), path.words(), stop, network.source);
        return Ok(broken.and_evidence(network.source.quote("endpointPrivateAccess")));
    }
    if let Some((path, open)) = paths.iter().find_map(|it| Some((it, it.open.as_ref()?))) {
        return Err(way::open(open, path));
    }
    let words: Vec<String> = paths.iter().take(2).map(Path::words).collect();
    let more = match paths.len().saturating_sub(2) {
        0 => String::new(),
        more => format!("; and from {more} more subnets"),
    };
    Ok(Verdict::intact(format!("{}{more}", words.join("; ")), network.source))
}
