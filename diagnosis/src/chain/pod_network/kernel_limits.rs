//! The node drops no packets for lack of room: in the kernel's table, or by an allowance of EC2.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{
        Counters, Facts, Source,
        inputs::{INTERFACE_COUNTERS, NODE_CHECK},
    },
};

pub(super) static LINK: Link = Link {
    id: "kernel-limits",
    title: "room for packets",
    means: "The kernel has room to track a new connection, and the instance is within what EC2 allows its type: tracked connections, packets a second, and packets to IMDS, DNS and time sync.",
    judged: "From the kernel's own count and limit of tracked connections, and from ENA's counters, read at the begin and at the end of the look: only one that grows now is a fault. A total since boot tells of some earlier time. Bandwidth is shaped, and bursts above it are usual, so that its counters are only a remark. ENA tells its counters to ethtool alone: without that program they stay unknown.",
    sources: &[
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-network-performance-ena.html",
        "torvalds/linux net/netfilter/nf_conntrack_core.c",
        "aws/eks-node-monitoring-agent monitors/networking",
    ],
    faults: &[&TABLE_FULL, &CONNTRACK, &LINK_LOCAL, &PACKETS],
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
            &[Way(&LINK, &CONNTRACK)],
        ),
        Sign::new(
            "LinkLocalExceeded",
            "Warning  LinkLocalExceeded  eks-node-monitoring-agent  linklocal_allowance_exceeded rises on eth0",
            "aws/eks-node-monitoring-agent pkg/reasons/reasons.yaml",
            &[Way(&LINK, &LINK_LOCAL)],
        ),
        Sign::new(
            "PPSExceeded",
            "Warning  PPSExceeded  eks-node-monitoring-agent  pps_allowance_exceeded rises on eth0",
            "aws/eks-node-monitoring-agent pkg/reasons/reasons.yaml",
            &[Way(&LINK, &PACKETS)],
        ),
    ],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the administrator of the cluster",
    impact: "this node; nothing restarts",
    verify: "eks-triage check, on the node",
    expect: "room for packets intact",
};

static TABLE_FULL: Fault = OURS.fault(
    "conntrack-full",
    "the node's connection table is full, or nearly, and new connections are dropped",
    "find who opens so many connections, then size the table to the node",
    "conntrack -S; cat /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max    # on the node\n\
     conntrack -L 2>/dev/null | awk '{print $5}' | sort | uniq -c | sort -rn | head    # by source\n\
     # kube-proxy's configuration sets it: conntrack.maxPerCore; keep-alive in the client lowers the need",
);
static CONNTRACK: Fault = OURS.fault(
    "conntrack-allowance",
    "the instance has used up the connections that EC2 tracks for its type",
    "spread the pods that hold the connections, or take a larger instance type",
    "ethtool -S eth0 | grep conntrack_allowance    # on the node; _exceeded rises, _available is 0\n\
     # idle connections count, too: keep-alive shorter than the tracking timeout of the interface",
);
static LINK_LOCAL: Fault = OURS.fault(
    "link-local-allowance",
    "packets to IMDS, DNS and time sync are dropped: the node sends more than EC2 allows (1,024 a second)",
    "find which pods ask so often, and let the node cache their names",
    "ethtool -S eth0 | grep linklocal_allowance_exceeded    # on the node\n\
     tcpdump -ni any -c 2000 'host 169.254.169.254 or host 169.254.169.253 or port 53' | awk '{print $5}' | sort | uniq -c | sort -rn | head\n\
     # NodeLocal DNSCache takes most of it; ndots:5 makes five questions of each name; SDKs that ask IMDS each time cache instead",
);
static PACKETS: Fault = OURS.fault(
    "packet-allowance",
    "packets are dropped: the node sends or receives more in a second than EC2 allows its type",
    "spread the pods that send most, or take a larger instance type",
    "ethtool -S eth0 | grep pps_allowance_exceeded    # on the node\n\
     sar -n DEV 1 5    # which interface, and how many; small packets count as much as large ones",
);

/// In percent: from here on a burst fills it.
const NEARLY: u64 = 95;

/// Which counter means which fault, the most telling first.
static GROWING: [(&str, &Fault); 3] = [
    ("conntrack_allowance_exceeded", &CONNTRACK),
    ("linklocal_allowance_exceeded", &LINK_LOCAL),
    ("pps_allowance_exceeded", &PACKETS),
];

fn look(facts: &Facts) -> Look {
    let (counters, source) = facts.node.host.counters.need(&NODE_CHECK)?;
    if let (Some(count), Some(max)) = (counters.conntrack, counters.conntrack_max)
        && max > 0
        && count.saturating_mul(100) >= max.saturating_mul(NEARLY)
    {
        let detail = format!("{count} of {max} connections");
        return Ok(Verdict::broken(&TABLE_FULL, detail, source.quote("nf_conntrack_count")));
    }
    let growing = |name: &str| counters.growing.get(name).copied().filter(|it| *it > 0);
    for (name, fault) in GROWING {
        if let Some(by) = growing(name) {
            let detail = format!("{name} grew by {by}");
            return Ok(Verdict::broken(fault, detail, source.quote(name)));
        }
    }
    let seen = seen(counters);
    if counters.exceeded.is_empty() {
        let why = counters.unseen.as_deref().unwrap_or("none was read");
        return Err(INTERFACE_COUNTERS.missing(format!("{seen}; ENA's counters: {why}")));
    }
    Ok(shaped(counters, source, Verdict::intact(seen, source)))
}

fn shaped(counters: &Counters, source: &Source, verdict: Verdict) -> Verdict {
    let shaped = ["bw_in_allowance_exceeded", "bw_out_allowance_exceeded"];
    let growing = shaped.iter().find(|it| counters.growing.get(**it).is_some_and(|it| *it > 0));
    match growing {
        Some(name) => verdict.and_risk(
            "the node uses more bandwidth than EC2 allows its type at this moment: packets wait or are dropped",
            source.quote(name),
        ),
        None => verdict,
    }
}

fn seen(counters: &Counters) -> String {
    let mut parts = vec![match (counters.conntrack, counters.conntrack_max) {
        (Some(count), Some(max)) => format!("{count} of {max} connections"),
        _ => "no connection is tracked".to_owned(),
    }];
    let earlier = counters.exceeded.iter().filter(|(_, it)| **it > 0);
    parts.extend(earlier.map(|(name, it)| format!("{name} {it} since boot, not growing")));
    parts.join("; ")
}
