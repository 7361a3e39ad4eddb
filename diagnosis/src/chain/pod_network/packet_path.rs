//! Connections are translated, and not too large for their way.

use super::from_pod;
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, inputs::PROBE_REPORT},
};

pub(super) static LINK: Link = Link {
    id: "packet-path",
    title: "connections get through",
    means: "The NAT gateway has a port to translate a new connection, and the path carries its packets whole.",
    judged: "Intact when a request of the pod was answered. Limits that are hit now and then are in NAT's metrics.",
    sources: &[
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html",
    ],
    faults: &[&NAT_PORTS, &MTU],
    signs: &[
        Sign::new(
            "ErrorPortAllocation",
            "ALARM: NatGateway ErrorPortAllocation > 0 for nat-0abc",
            "https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html",
            &[Way(&LINK, &NAT_PORTS)],
        ),
        Sign::new(
            "Frag needed and DF set",
            "From 10.0.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1500)",
            "iputils/iputils ping/ping.c",
            &[Way(&LINK, &MTU)],
        ),
        Sign::new(
            "message too long, mtu",
            "ping: local error: message too long, mtu=1450",
            "iputils/iputils ping/ping.c",
            &[Way(&LINK, &MTU)],
        ),
    ],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the administrator of the cluster",
    impact: "this node; nothing restarts",
    verify: "eks-triage-probe, in the pod",
    expect: "connections get through intact",
};

static NAT_PORTS: Fault = Fault {
    owner: "the owner of the VPC",
    impact: "nothing restarts; every subnet behind this NAT gateway",
    ..OURS.fault(
        "nat-ports",
        "the NAT gateway has no port left for new connections to one destination",
        "take that destination off the NAT gateway, or give the gateway more addresses",
        "# 55,000 connections at once to one address and port, for each address of the gateway\n\
         # an AWS service? an endpoint of exactly that service for these subnets\n\
         # else: aws ec2 associate-nat-gateway-address --nat-gateway-id NAT --allocation-ids EIP\n\
         # idle ones end after 350 seconds: keep-alive below that, and reuse of connections",
    )
};
static MTU: Fault = Fault {
    owner: "the owner of the VPC, or of the VPN or transit gateway on the way",
    ..OURS.fault(
        "mtu",
        "packets of this size do not get through: an MTU on the way is smaller than the pod's",
        "let pods send what the path carries, and let ICMP \"fragmentation needed\" through",
        "ping -M do -s 1472 <host>    # the largest -s that answers, plus 28, is the path's MTU\n\
         # transit gateway: 8500, VPN and internet: 1500 or less\n\
         kubectl -n kube-system set env daemonset aws-node AWS_VPC_ENI_MTU=1500    # new pods; only where the path needs it",
    )
};

fn look(facts: &Facts) -> Look {
    let (reach, source) = from_pod(facts)?;
    match reach.status() {
        Some(_) => Ok(Verdict::intact(reach.brief(), source)),
        None => Err(PROBE_REPORT.missing(format!("{} did not answer", reach.host))),
    }
}
