//! The instance metadata service gives the node a session token.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{Ended, Facts, Observed, inputs::NODE_CHECK},
};

pub(super) static LINK: Link = Link {
    id: "imds",
    title: "metadata service",
    means: "PUT /latest/api/token at 169.254.169.254 answers 200. Everything that a node knows of itself, its credentials included, comes from there.",
    judged: "From one IMDSv2 token request on the node; where IPv4 fails, from one at fd00:ec2::254, too. A proxy in between, 400, 401, 403, 404, a redirect, throttling, packets that are dropped, an answer that does not come, a refusal and an answer that is no token are different faults. IMDSv1 is never tried.",
    sources: &[
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
    ],
    faults: &[
        &THROUGH_PROXY,
        &HEADER_LOST,
        &UNAUTHORIZED,
        &DISABLED,
        &NOT_FOUND,
        &REDIRECTED,
        &THROTTLED,
        &TIMED_OUT,
        &UNANSWERED,
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

static THROUGH_PROXY: Fault = OURS.fault(
    "through-proxy",
    "requests to the metadata service go through a proxy, which calls itself <other>",
    "let 169.254.169.254 and fd00:ec2::254 be asked directly on this node",
    "# IMDS refuses what carries X-Forwarded-For, so no proxy can pass it on\n\
     env | grep -i proxy; systemctl show kubelet containerd nodeadm-config --property=Environment\n\
     # NO_PROXY names 169.254.169.254? then the redirect is in the kernel:\n\
     iptables -t nat -S | grep 169.254.169.254; nft list ruleset | grep -B3 169.254.169.254",
);
static HEADER_LOST: Fault = OURS.fault(
    "header-lost",
    "the metadata service says that the token request lacks its header (400), which it was sent with",
    "remove what rewrites requests to 169.254.169.254 on this node",
    "# X-aws-ec2-metadata-token-ttl-seconds was sent, and did not arrive: something in between drops headers\n\
     iptables -t nat -S | grep 169.254.169.254; nft list ruleset | grep -B3 169.254.169.254",
);
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
static REDIRECTED: Fault = OURS.fault(
    "redirected",
    "what answers at 169.254.169.254 redirects the token request elsewhere (<status>)",
    "remove what answers in the place of the metadata service",
    "# IMDS never redirects: a captive portal or a proxy answers\n\
     env | grep -i proxy    # HTTP_PROXY set and 169.254.169.254 not in NO_PROXY?\n\
     iptables -t nat -S | grep 169.254.169.254",
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
static UNANSWERED: Fault = OURS.fault(
    "unanswered",
    "the metadata service takes the connection, but its answer to the token request does not arrive",
    "look from the node's own network; there, remove what holds the answer back",
    "# in a container with a network of its own the answer's one hop ends at the node: that is as it should be,\n\
     # and such a look says nothing about the node: run eks-triage on the host, or with hostNetwork: true\n\
     # on the host itself: something in between took the connection and holds the request\n\
     iptables -t nat -S | grep 169.254.169.254; nft list ruleset | grep -B3 169.254.169.254",
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
    let other = &facts.node.imds_ipv6;
    let by_ipv6 = other.value().is_some_and(|it| it.status() == Some(200));
    if reach.ended == Ended::Answered(200) {
        return Ok(throttled_before(facts, Verdict::intact("gives a session token", source)));
    }
    if let (Ended::Unreachable, Observed::Seen { value, source }, true) =
        (reach.ended, other, by_ipv6)
    {
        let intact = Verdict::intact("gives a session token, by IPv6 alone", source);
        let title = "only IPv6 leads to the metadata service: programs take AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6";
        return Ok(intact.and_risk(title, source.quote(&value.host)));
    }
    let dropped = growing(facts).is_some();
    let fault = match reach.ended {
        Ended::Answered(_) | Ended::HttpFailed if reach.via.is_some() => &THROUGH_PROXY,
        Ended::Answered(300..400) => &REDIRECTED,
        Ended::Answered(400) => &HEADER_LOST,
        Ended::Answered(401) => &UNAUTHORIZED,
        Ended::Answered(403) => &DISABLED,
        Ended::Answered(404) => &NOT_FOUND,
        Ended::Answered(429 | 503) => &THROTTLED,
        Ended::ConnectTimedOut | Ended::HttpTimedOut if dropped => &THROTTLED,
        Ended::ConnectTimedOut => &TIMED_OUT,
        Ended::HttpTimedOut => &UNANSWERED,
        Ended::ConnectRefused => &REFUSED,
        Ended::Unreachable => &NO_ROUTE,
        Ended::HttpFailed => &NOT_IMDS,
        // Another status says nothing that is known of IMDS.
        _ => return Err(NODE_CHECK.doubt(reach.brief(), source.quote(&reach.host))),
    };
    let beside = other.value().map(|it| format!("; IPv6: {}", it.ended)).unwrap_or_default();
    let detail = format!("{}{beside}", reach.ended);
    let mut broken = Verdict::broken(fault, detail, source.quote(&reach.host));
    if let Observed::Seen { value, source } = other {
        broken = broken.and_evidence(source.quote(&value.host));
    }
    if let (true, Observed::Seen { source, .. }) = (dropped, &facts.node.host.counters) {
        broken = broken.and_evidence(source.quote(LINK_LOCAL));
    }
    let status = reach.status().map_or_else(|| reach.ended.to_string(), |it| it.to_string());
    Ok(broken.with("status", status).with("other", reach.via.as_deref().unwrap_or_default()))
}

/// ENA's counter of packets beyond the budget of link-local services.
const LINK_LOCAL: &str = "linklocal_allowance_exceeded";

/// By how much it grew while this look lasted.
fn growing(facts: &Facts) -> Option<u64> {
    let counters = facts.node.host.counters.value()?;
    counters.growing.get(LINK_LOCAL).copied().filter(|it| *it > 0)
}

fn throttled_before(facts: &Facts, intact: Verdict) -> Verdict {
    match (growing(facts), &facts.node.host.counters) {
        (Some(packets), Observed::Seen { source, .. }) => {
            let title = format!(
                "{packets} packets to IMDS, DNS or time sync were dropped just now, beyond this interface's allowance"
            );
            intact.and_risk(title, source.quote(LINK_LOCAL))
        }
        _ => intact,
    }
}
