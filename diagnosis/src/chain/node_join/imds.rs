//! The instance metadata service gives the node a session token.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{Ended, Facts, inputs::NODE_CHECK},
};

pub(super) static LINK: Link = Link {
    id: "imds",
    title: "metadata service",
    means: "PUT /latest/api/token at 169.254.169.254 answers 200. Everything that a node knows of itself, its credentials included, comes from there.",
    judged: "From one IMDSv2 token request on the node. 401, 403, 404, throttling, a timeout, a refusal and an answer that is no token are different faults. IMDSv1 is never tried.",
    sources: &[
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
    ],
    faults: &[
        &UNAUTHORIZED,
        &DISABLED,
        &NOT_FOUND,
        &THROTTLED,
        &TIMED_OUT,
        &REFUSED,
        &NO_ROUTE,
        &NOT_IMDS,
    ],
    signs: &[],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the owner of the node's launch template or image",
    impact: "this node alone; nothing restarts",
    verify: "eks-triage check, on the node",
    expect: "metadata service intact",
};

static UNAUTHORIZED: Fault = OURS.fault(
    "unauthorized",
    "the metadata service refuses the token request with 401",
    "remove what answers or alters requests to 169.254.169.254 on this node",
    "# IMDS itself asks for no credentials on a token request: something in between does\n\
     env | grep -i proxy    # HTTP_PROXY set and 169.254.169.254 not in NO_PROXY?\n\
     iptables -t nat -S | grep 169.254.169.254",
);
static DISABLED: Fault = OURS.fault(
    "disabled",
    "the metadata service is switched off for this instance (403)",
    "enable the metadata endpoint of this instance, and in its launch template",
    "aws ec2 modify-instance-metadata-options --instance-id <instance> --http-endpoint enabled --http-tokens required",
);
static NOT_FOUND: Fault = OURS.fault(
    "not-found",
    "what answers at 169.254.169.254 does not know /latest/api/token (404)",
    "remove what answers in the place of the metadata service",
    "# a metadata proxy (kiam, kube2iam, a mock) redirects 169.254.169.254 on this node:\n\
     iptables -t nat -S | grep 169.254.169.254\n\
     # delete its DaemonSet; workloads use IRSA or Pod Identity",
);
static THROTTLED: Fault = OURS.fault(
    "throttled",
    "the metadata service throttles this node (<status>)",
    "find the process or pod that asks it so often, and let it cache",
    "# the budget of 1,024 packets a second is shared by IMDS, DNS and time sync of each ENI\n\
     ethtool -S eth0 | grep linklocal_allowance_exceeded\n\
     # NodeLocal DNSCache takes most of that load away",
);
static TIMED_OUT: Fault = OURS.fault(
    "timed-out",
    "the metadata service does not answer on the node",
    "remove what drops packets to 169.254.169.254 on this node",
    "nft list ruleset | grep -B3 169.254.169.254; iptables -S | grep 169.254.169.254\n\
     ip route get 169.254.169.254\n\
     ethtool -S eth0 | grep linklocal_allowance_exceeded    # rising: the shared budget is used up",
);
static REFUSED: Fault = OURS.fault(
    "refused",
    "the connection to the metadata service is refused",
    "remove the redirect of 169.254.169.254 whose target is not running",
    "# IMDS never refuses: a local rule rejects the packets or sends them to a closed port\n\
     iptables -t nat -S | grep 169.254.169.254; iptables -S | grep 169.254.169.254",
);
static NO_ROUTE: Fault = OURS.fault(
    "no-route",
    "this node has no route to the metadata service",
    "bring the primary interface up with its default route",
    "ip -br addr; ip route\n\
     networkctl status    # which unit manages eth0, and in which state",
);
static NOT_IMDS: Fault = OURS.fault(
    "not-imds",
    "what answers at 169.254.169.254 gives no token",
    "remove what answers in the place of the metadata service",
    "# a proxy or a captive page answers: see the evidence\n\
     env | grep -i proxy    # HTTP_PROXY set and 169.254.169.254 not in NO_PROXY?\n\
     iptables -t nat -S | grep 169.254.169.254",
);

fn look(facts: &Facts) -> Look {
    let (reach, source) = facts.node.imds.need(&NODE_CHECK)?;
    let fault = match reach.ended {
        Ended::Answered(200) => return Ok(Verdict::intact("gives a session token", source)),
        Ended::Answered(401) => &UNAUTHORIZED,
        Ended::Answered(403) => &DISABLED,
        Ended::Answered(404) => &NOT_FOUND,
        Ended::Answered(429 | 503) => &THROTTLED,
        Ended::ConnectTimedOut | Ended::HttpTimedOut => &TIMED_OUT,
        Ended::ConnectRefused => &REFUSED,
        Ended::Unreachable => &NO_ROUTE,
        Ended::HttpFailed => &NOT_IMDS,
        // Another status says nothing that is known of IMDS.
        _ => return Err(NODE_CHECK.doubt(reach.brief(), source.quote(&reach.host))),
    };
    let broken = Verdict::broken(fault, reach.ended.to_string(), source.quote(&reach.host));
    Ok(broken.with("status", reach.status().unwrap_or_default().to_string()))
}
