//! One ladder for every endpoint: name, connection, TLS, HTTP. The faults are shared; the link
//! supplies the host, and a fault's key carries the link, so that no two are the same.

use super::{Common, Fault, Look, Plane, Verdict};
use crate::facts::{Ended, Facts, Input, Observed, Reach};

mod place;
mod wire;

pub(crate) use place::refines;
pub(super) use place::{
    ENDPOINT_CLOSED, From, GATEWAY_MISSING, NO_WAY_OUT, TLS_INTERCEPTED, VPC_LACKS_NAME, class_of,
    named,
};
pub use wire::{WIRE, Wire};

/// Of a host of AWS that a node asks, and that an interface endpoint can stand for.
pub(super) static INTERFACE: &[&Fault] = &[
    &VPC_LACKS_NAME,
    &NAME_UNANSWERED,
    &NAME_REFUSED,
    &CONNECT_TIMED_OUT,
    &ENDPOINT_CLOSED,
    &NO_WAY_OUT,
    &CONNECT_REFUSED,
    &UNREACHABLE,
    &TLS_TIMED_OUT,
    &TLS_UNTRUSTED,
    &TLS_INTERCEPTED,
    &TLS_WRONG_NAME,
    &TLS_EXPIRED,
    &TLS_FAILED,
    &HTTP_TIMED_OUT,
    &HTTP_FAILED,
];

/// Of S3, for which a gateway endpoint stands, or an interface endpoint.
pub(super) static GATEWAY: &[&Fault] = &[
    &VPC_LACKS_NAME,
    &NAME_UNANSWERED,
    &NAME_REFUSED,
    &CONNECT_TIMED_OUT,
    &ENDPOINT_CLOSED,
    &GATEWAY_MISSING,
    &CONNECT_REFUSED,
    &UNREACHABLE,
    &TLS_TIMED_OUT,
    &TLS_UNTRUSTED,
    &TLS_INTERCEPTED,
    &TLS_WRONG_NAME,
    &TLS_EXPIRED,
    &TLS_FAILED,
    &HTTP_TIMED_OUT,
    &HTTP_FAILED,
];

const OURS: Common = Common {
    plane: Plane::Network,
    owner: VPC,
    impact: "nothing restarts; everything in the same subnets gains the same path",
    verify: "eks-triage check    # on the node; or eks-triage-probe, in the pod: where it failed before",
    expect: "<host> answers",
};

pub(super) const fn fault(
    id: &'static str,
    title: &'static str,
    fix: &'static str,
    change: &'static str,
    owner: &'static str,
) -> Fault {
    Fault { owner, ..OURS.fault(id, title, fix, change) }
}

const VPC: &str = "the owner of the VPC";

pub(super) static NAME_NOT_FOUND: Fault = fault(
    "name-not-found",
    "the name <host> does not exist where it was asked for",
    "give this VPC a name for <host>",
    "# one of these, for exactly this service:\n\
     # - the interface endpoint of the service with private DNS enabled (needs VPC DNS support and hostnames)\n\
     # - the right region or spelling in the name that was configured\n\
     # - the Service, when the name ends in .svc or .cluster.local: kubectl get services -A\n\
     dig +short <host>    # from the same node",
    VPC,
);
pub(super) static NAME_UNANSWERED: Fault = fault(
    "name-unanswered",
    "the resolver does not answer for <host>",
    "let this source reach its resolver on port 53, UDP and TCP",
    "# the resolver is the one that the evidence names, or the first nameserver in /etc/resolv.conf:\n\
     dig +time=2 +tries=1 <host>\n\
     # pods ask CoreDNS, nodes ask the VPC resolver: the one that is silent is the one to mend",
    "the owner of that resolver: the VPC's for a node, the cluster's for CoreDNS",
);
pub(super) static NAME_REFUSED: Fault = fault(
    "name-refused",
    "the resolver refuses to answer for <host>",
    "mend the resolver's forwarding for this name",
    "# SERVFAIL: its upstream is broken; REFUSED: its policy forbids the name or the source\n\
     dig <host>\n\
     kubectl -n kube-system logs -l k8s-app=kube-dns --tail=50    # when a pod asked",
    "the owner of that resolver: the VPC's for a node, the cluster's for CoreDNS",
);
pub(super) static CONNECT_TIMED_OUT: Fault = fault(
    "connect-timed-out",
    "nothing answers on port <port> of <host>",
    "open the one path from this source to <host>:<port>",
    "# the exact missing pair: <source> → <host>, TCP <port>. Look, in this order, for\n\
     # - a route: NAT gateway, or an interface endpoint of exactly this service, for this subnet\n\
     # - the endpoint's security group: inbound TCP <port> from this source's group\n\
     # - a NetworkPolicy or network ACL that drops this pair, return ports included\n\
     # - kube-proxy or a firewall on the node, where <host> is a Service's own address",
    "the owner of the VPC, or of the NetworkPolicy when only pods are cut off",
);
pub(super) static CONNECT_REFUSED: Fault = fault(
    "connect-refused",
    "<host> refuses the connection on port <port>",
    "correct the address that <host> resolves to, or start what should listen there",
    "# the address in the evidence is not the service's, or nothing listens there:\n\
     dig +short <host>",
    "the owner of the private DNS zone that names <host>",
);
pub(super) static UNREACHABLE: Fault = fault(
    "unreachable",
    "there is no route to <host>",
    "give this source a route to <host>",
    "# the kernel has no route to the address in the evidence:\n\
     ip route get \"$(dig +short <host> | tail -n 1)\"",
    VPC,
);
pub(super) static TLS_TIMED_OUT: Fault = fault(
    "tls-timed-out",
    "<host> accepts the connection, but the TLS handshake does not end",
    "mend what drops large packets or inspects TLS on the way to <host>",
    "# a handshake that hangs after a connect that worked is mostly an MTU mismatch (transit gateway, VPN)\n\
     ping -M do -s 1472 <host>\n\
     # or a proxy or firewall that holds the ClientHello",
    VPC,
);
pub(super) static TLS_UNTRUSTED: Fault = fault(
    "tls-untrusted",
    "the certificate of <host> is signed by an issuer that is not trusted here",
    "trust the issuer that is meant to be there, or exempt <host> from TLS inspection",
    "# evidence names the issuer. Amazon Trust Services (or the cluster's CA): the local bundle is stale.\n\
     # a company's own issuer: something inspects TLS; exempt <host>, or name its CA in the bundle:\n\
     export SSL_CERT_FILE=/etc/ssl/certs/with-company-ca.pem",
    "the owner of the inspecting proxy, or of the CA bundle",
);
pub(super) static TLS_WRONG_NAME: Fault = fault(
    "tls-wrong-name",
    "what answers for <host> has a certificate for another name",
    "correct the address that <host> resolves to",
    "# another service listens at the address in the evidence:\n\
     dig +short <host>",
    "the owner of the private DNS zone that names <host>",
);
pub(super) static TLS_EXPIRED: Fault = fault(
    "tls-expired",
    "the certificate of <host> is outside its validity, by this clock",
    "set this clock right, else renew the certificate",
    "# AWS renews its own: a wrong local clock is the common cause\n\
     timedatectl; chronyc sources",
    "the owner of the node's image, or of the intermediary that presents the certificate",
);
pub(super) static TLS_FAILED: Fault = fault(
    "tls-failed",
    "<host> accepts the connection, but does not speak TLS as it should",
    "remove what answers in the place of <host>",
    "# the peer's own words are in the evidence: plain HTTP, a reset or an alert is an intermediary's\n\
     echo | openssl s_client -connect <host>:<port> -servername <host>",
    "the owner of the proxy or firewall on the way",
);
pub(super) static HTTP_TIMED_OUT: Fault = fault(
    "http-timed-out",
    "<host> completes the connection, but gives no HTTP answer in time",
    "find what holds the request on the way to <host>",
    "# connected, and silent: an intermediary that holds requests, or an overloaded service\n\
     curl -sv --max-time 10 https://<host>/ -o /dev/null",
    "the owner of the proxy or firewall on the way",
);
pub(super) static HTTP_FAILED: Fault = fault(
    "http-failed",
    "what answers for <host> does not speak HTTP",
    "correct the address that <host> resolves to",
    "# connected, but the answer is not HTTP: another service listens at the address in the evidence\n\
     dig +short <host>",
    "the owner of the private DNS zone that names <host>",
);

/// `Ok` with the status when something answered; a link with demands on the status goes on from there.
/// A fault that `own` words by itself, under the same id, is told in those words.
pub(super) fn climb(
    facts: &Facts,
    from: From,
    own: &[&'static Fault],
    observed: &Observed<Reach>,
    input: &'static Input,
) -> Result<Result<u16, Verdict>, crate::facts::Missing> {
    let (reach, source) = observed.need(input)?;
    let fault = match reach.ended {
        Ended::Answered(status) => return Ok(Ok(status)),
        // No HTTP was asked for, or this process may not ask: nothing is known of the rest.
        Ended::Connected | Ended::Forbidden => return Err(input.missing(reach.to_string())),
        Ended::NameNotFound => &NAME_NOT_FOUND,
        Ended::NameUnanswered => &NAME_UNANSWERED,
        Ended::NameRefused => &NAME_REFUSED,
        Ended::ConnectTimedOut => &CONNECT_TIMED_OUT,
        Ended::ConnectRefused => &CONNECT_REFUSED,
        Ended::Unreachable => &UNREACHABLE,
        Ended::TlsTimedOut => &TLS_TIMED_OUT,
        Ended::TlsUntrusted => &TLS_UNTRUSTED,
        Ended::TlsWrongName => &TLS_WRONG_NAME,
        Ended::TlsExpired => &TLS_EXPIRED,
        Ended::TlsFailed => &TLS_FAILED,
        Ended::HttpTimedOut => &HTTP_TIMED_OUT,
        Ended::HttpFailed => &HTTP_FAILED,
    };
    if let (From::Node, Some(missing)) = (from, place::proxied(facts, reach)) {
        return Err(missing);
    }
    if reach.ended == Ended::TlsExpired
        && let Some(off) = days_off(facts)
    {
        return Err(input.missing(format!("{}: this clock is {off} off", reach.ended)));
    }
    let fault = place::precise(facts, from, reach, fault);
    let fault = own.iter().find(|it| it.id == fault.id).copied().unwrap_or(fault);
    let broken = Verdict::broken(fault, reach.ended.to_string(), source.quote(&reach.host));
    Ok(Err(named(facts, reach, broken)))
}

/// By the node's clock, which then breaks what is judged by it.
fn days_off(facts: &Facts) -> Option<String> {
    const DAY: u64 = 24 * 3600;
    let clock = facts.node.clock.value()?;
    let off = clock.offset_seconds.unsigned_abs();
    (off >= DAY).then(|| span(off))
}

/// As a person says it.
pub(super) fn span(seconds: u64) -> String {
    humantime::format_duration(std::time::Duration::from_secs(seconds)).to_string()
}

/// For an endpoint that a node asks, and where any HTTP answer will do.
pub(super) fn look(
    facts: &Facts,
    own: &[&'static Fault],
    observed: &Observed<Reach>,
    input: &'static Input,
) -> Look {
    let status = climb(facts, From::Node, own, observed, input)?;
    let (reach, source) = observed.need(input)?;
    Ok(match status {
        Ok(_) => Verdict::intact(reach.brief(), source),
        Err(broken) => broken,
    })
}
