//! Connections are tracked, translated and not too large on their way.

use super::from_pod;
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, inputs::PROBE_REPORT},
};

pub(super) static LINK: Link = Link {
    id: "packet-path",
    title: "connections get through",
    means: "The node has room to track a new connection, the NAT gateway a port to translate it, and the path carries its packets whole.",
    judged: "Intact when a request of the pod was answered. Limits that are hit now and then are in the kernel's log, in EC2's counters and in NAT's metrics.",
    sources: &[
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-network-performance-ena.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html",
    ],
    faults: &[&TABLE_FULL, &ALLOWANCE, &NAT_PORTS, &MTU],
    signs: &[
        Sign::new(
            "nf_conntrack: table full, dropping packet",
            "kernel: nf_conntrack: nf_conntrack: table full, dropping packet",
            "torvalds/linux net/netfilter/nf_conntrack_core.c",
            &[Way(&LINK, &TABLE_FULL)],
        ),
        Sign::new(
            "ConntrackExceededKernel",
            "Warning  ConntrackExceededKernel  eks-node-monitoring-agent  the connection table of the kernel is full",
            "aws/eks-node-monitoring-agent monitors/networking",
            &[Way(&LINK, &TABLE_FULL)],
        ),
        Sign::new(
            "ConntrackExceeded",
            "Warning  ConntrackExceeded  eks-node-monitoring-agent  conntrack_allowance_exceeded rises on eth0",
            "aws/eks-node-monitoring-agent monitors/networking",
            &[Way(&LINK, &ALLOWANCE)],
        ),
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

static TABLE_FULL: Fault = OURS.fault(
    "conntrack-full",
    "the node's connection table is full, and new connections are dropped",
    "find who opens so many connections, then size the table to the node",
    "conntrack -S; cat /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max    # on the node\n\
     conntrack -L 2>/dev/null | awk '{print $5}' | sort | uniq -c | sort -rn | head    # by source\n\
     # kube-proxy's configuration sets it: conntrack.maxPerCore; keep-alive in the client lowers the need",
);
static ALLOWANCE: Fault = OURS.fault(
    "conntrack-allowance",
    "the instance has used up the connections that EC2 tracks for its type",
    "spread the pods that hold the connections, or take a larger instance type",
    "ethtool -S eth0 | grep conntrack_allowance    # on the node; _exceeded rises, _available is 0\n\
     # idle connections count, too: keep-alive shorter than the tracking timeout of the interface",
);
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
