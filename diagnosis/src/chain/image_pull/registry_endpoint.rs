//! The registry answers the node.

use super::image_reference::misspelt;
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, ladder},
    facts::{Facts, inputs::NODE_CHECK},
};

mod signs;

pub(super) static LINK: Link = Link {
    id: "registry-endpoint",
    title: "registry",
    means: "The node, not the pod, resolves and reaches the registry's host, and /v2/ answers 401, as a registry without credentials does.",
    judged: "From the node: DNS, TCP, TLS and HTTP, each with its own fault. Any status but 401 comes from something else than ECR.",
    sources: &[
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
        "https://distribution.github.io/distribution/spec/api/#api-version-check",
    ],
    faults: &[
        &ladder::NAME_NOT_FOUND,
        &ladder::NAME_UNANSWERED,
        &ladder::NAME_REFUSED,
        &ladder::CONNECT_TIMED_OUT,
        &ladder::ENDPOINT_CLOSED,
        &ladder::NO_WAY_OUT,
        &ladder::CONNECT_REFUSED,
        &ladder::UNREACHABLE,
        &ladder::TLS_TIMED_OUT,
        &ladder::TLS_UNTRUSTED,
        &ladder::TLS_INTERCEPTED,
        &ladder::TLS_WRONG_NAME,
        &ladder::TLS_EXPIRED,
        &ladder::TLS_FAILED,
        &ladder::HTTP_TIMED_OUT,
        &ladder::HTTP_FAILED,
        &UNEXPECTED,
        &CA_NOT_TRUSTED,
        &CERTIFICATE_INVALID,
        &PLAIN_HTTP,
        &SERVER_ERROR,
    ],
    signs: signs::SIGNS,
    host: |host| host.contains(".dkr.ecr.") || host.contains(".dkr-ecr.") || misspelt(host),
    look,
};

static UNEXPECTED: Fault = Fault {
    id: "unexpected-answer",
    plane: Plane::Network,
    title: "what answers for <host> is not the registry (HTTP <status> for /v2/)",
    fix: "remove the proxy that answers for <host>, or exempt the host from it",
    change: "# ECR answers /v2/ without credentials with 401, always\ncurl -sv https://<host>/v2/ -o /dev/null\n# containerd's proxy: systemctl show containerd --property=Environment; put <host> into NO_PROXY",
    owner: "the owner of the proxy",
    impact: "containerd restarts on this node; running pods go on",
    verify: "eks-triage check, on the node",
    expect: "registry intact",
};

/// Of a registry that is not ECR: its certificate is its owner's business, and no network fault.
const PRIVATE: Common = Common {
    plane: Plane::Image,
    owner: "the owner of the registry",
    impact: "nothing restarts; the next pull succeeds",
    verify: "curl -sv https://<host>/v2/ -o /dev/null    # on the node",
    expect: "HTTP 401 or 200, after a handshake that succeeds",
};

static CA_NOT_TRUSTED: Fault = Fault {
    owner: "the owner of the node's image",
    impact: "new nodes have it from their start; on this one containerd reads it with the next pull",
    ..PRIVATE.fault(
        "ca-not-trusted",
        "this node does not know the issuer of the certificate of <host>",
        "give the nodes the certificate of the registry's own CA",
        "# as /etc/containerd/certs.d/<host>/ca.crt, with a hosts.toml beside it that names it:\n\
         #   server = \"https://<host>\"\n\
         #   [host.\"https://<host>\"]\n\
         #     ca = \"ca.crt\"\n\
         echo | openssl s_client -showcerts -connect <host>:443 | openssl x509 -noout -issuer",
    )
};
static CERTIFICATE_INVALID: Fault = PRIVATE.fault(
    "certificate-invalid",
    "the certificate of <host> is expired, or is for another name",
    "renew the registry's certificate for the name in the image",
    "echo | openssl s_client -connect <host>:443 -servername <host> | openssl x509 -noout -dates -ext subjectAltName\n\
     timedatectl    # on the node: a wrong clock makes a good certificate expire",
);
static PLAIN_HTTP: Fault = PRIVATE.fault(
    "plain-http",
    "<host> speaks HTTP where a registry speaks HTTPS",
    "give the registry a certificate, or name the port at which it has one",
    "curl -sv https://<host>/v2/ -o /dev/null    # what answers there, and at which port it should\n\
     # in a cluster: an Ingress or a TLS listener in front of the registry, whose name the image then has",
);

static SERVER_ERROR: Fault = PRIVATE.fault(
    "server-error",
    "the registry answers, but fails by itself (HTTP 5xx)",
    "wait for the registry, or pull the image from a copy of one's own",
    "# the registry's own status page first; the kubelet tries again by itself\n\
     # the same from here, without credentials: 401 is a registry at work\n\
     curl -sv https://<host>/v2/ -o /dev/null\n\
     # a pull-through cache of ECR keeps what was pulled once: aws ecr describe-pull-through-cache-rules",
);

fn look(facts: &Facts) -> Look {
    let observed = &facts.node.registry;
    let status = ladder::climb(facts, ladder::From::Node, &[], observed, &NODE_CHECK)?;
    let (reach, source) = observed.need(&NODE_CHECK)?;
    Ok(match status {
        Ok(401) => Verdict::intact(reach.brief(), source),
        Ok(status) => {
            let broken = Verdict::broken(&UNEXPECTED, reach.brief(), source.quote(&reach.host));
            broken.with("host", &reach.host).with("status", status.to_string())
        }
        Err(broken) => broken,
    })
}
