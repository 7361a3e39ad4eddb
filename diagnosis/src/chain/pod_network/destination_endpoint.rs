//! Whatever else the workload asks over the network answers it.

use std::net::IpAddr;

use super::{from_pod, kubernetes_service};
use crate::chain::{self, Link, Look, Sign, Verdict, Way, ladder};
use crate::facts::Facts;

pub(super) static LINK: Link = Link {
    id: "destination-endpoint",
    title: "other destinations",
    means: "A database, another service, a host outside: what the workload asks resolves and is reached. It is no endpoint of another link.",
    judged: "From the client's own words alone, which name the destination; neither the node nor the probe asks such hosts.",
    sources: &[
        "https://docs.aws.amazon.com/vpc/latest/reachability/what-is-reachability-analyzer.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    ],
    // A certificate that is not trusted is the client's affair: whose, its own link says.
    faults: &[
        &ladder::NAME_NOT_FOUND,
        &ladder::NAME_UNANSWERED,
        &ladder::NAME_REFUSED,
        &ladder::CONNECT_TIMED_OUT,
        &ladder::CONNECT_REFUSED,
        &ladder::UNREACHABLE,
        &ladder::TLS_TIMED_OUT,
        &ladder::TLS_FAILED,
        &ladder::HTTP_TIMED_OUT,
    ],
    signs: SIGNS,
    host: anything_else,
    look,
};

/// The resolver's own words without the name that was asked for. Each begins with its line: whatever
/// names the host stands further inside, and speaks.
static SIGNS: &[Sign] = &[
    Sign::new(
        "<>Temporary failure in name resolution",
        "SocketError: getaddrinfo: Temporary failure in name resolution",
        LIBC,
        NAMELESS,
    ),
    Sign::new(
        "<>Name or service not known",
        "---> System.Net.Sockets.SocketException (0xFFFDFFFF): Name or service not known",
        LIBC,
        NAMELESS,
    ),
    Sign::new(
        "<>Name does not resolve",
        "getaddrinfo failed: Name does not resolve",
        "musl src/network/gai_strerror.c",
        NAMELESS,
    ),
    Sign::new(
        "<>No address associated with hostname",
        "socket.gaierror: [Errno -5] No address associated with hostname",
        LIBC,
        NAMELESS,
    ),
    Sign::new(
        "Unable to connect to the server: net/http: TLS handshake timeout",
        "Unable to connect to the server: net/http: TLS handshake timeout",
        KUBECTL,
        API_SERVER,
    ),
];

/// Of a person's own client, which does not say whom it asked.
const KUBECTL: &str = "kubernetes/kubectl pkg/cmd/util/helpers.go";

static API_SERVER: &[Way] =
    &[Way(&LINK, &ladder::TLS_TIMED_OUT), Way(&kubernetes_service::LINK, &ladder::TLS_TIMED_OUT)];

const LIBC: &str = "glibc posix/gai_strerror-strs.h";

static NAMELESS: &[Way] =
    &[Way(&LINK, &ladder::NAME_NOT_FOUND), Way(&LINK, &ladder::NAME_UNANSWERED)];

fn anything_else(host: &str) -> bool {
    let own = |link: &&'static Link| !std::ptr::eq(*link, &raw const LINK) && (link.host)(host);
    !set_apart(host) && !chain::links().any(|(_, link)| own(&link))
}

/// Its own loopback and the link-local services of EC2; the issuer, which resolves outside of the
/// VPC alone; the webhook that injects identities; names that are no registry's, though they look so.
fn set_apart(host: &str) -> bool {
    let local = host.parse::<IpAddr>().is_ok_and(|it| match it {
        IpAddr::V4(it) => it.is_loopback() || it.is_link_local() || it.is_unspecified(),
        IpAddr::V6(it) => it.is_loopback() || it.segments().starts_with(&[0xfd00, 0xec2]),
    });
    local
        || host == "localhost"
        || host.starts_with("oidc.eks.")
        || host.starts_with("pod-identity-webhook.")
        || host.contains(".ecr.") && host != "public.ecr.aws"
        || host.contains(".amazon.aws.")
}

fn look(facts: &Facts) -> Look {
    from_pod(facts)?;
    Ok(Verdict::not_applicable("only clients know which; no line says that one failed"))
}
