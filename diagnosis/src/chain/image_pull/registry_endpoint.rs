//! The registry answers the node.

use crate::{
    chain::{Fault, Link, Look, Plane, Verdict, ladder},
    facts::{Facts, inputs::NODE_CHECK},
};

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
        &ladder::CONNECT_REFUSED,
        &ladder::UNREACHABLE,
        &ladder::TLS_TIMED_OUT,
        &ladder::TLS_UNTRUSTED,
        &ladder::TLS_WRONG_NAME,
        &ladder::TLS_EXPIRED,
        &ladder::TLS_FAILED,
        &ladder::HTTP_TIMED_OUT,
        &ladder::HTTP_FAILED,
        &UNEXPECTED,
    ],
    signs: &[],
    host: |host| host.contains(".dkr.ecr.") || host.contains(".dkr-ecr."),
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

fn look(facts: &Facts) -> Look {
    let observed = &facts.node.registry;
    let status = ladder::climb(observed, &NODE_CHECK)?;
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
