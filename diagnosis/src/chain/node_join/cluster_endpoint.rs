//! The cluster's API server answers the node, with the cluster's own certificate.

use crate::{
    chain::{Fault, Link, Look, Plane, Verdict, ladder},
    facts::{Ended, Facts, inputs::NODE_CHECK_AS_ROOT},
};

pub(super) static LINK: Link = Link {
    id: "cluster-endpoint",
    title: "cluster endpoint",
    means: "The cluster's endpoint resolves, connects, speaks TLS with a certificate of the cluster's own CA, and answers.",
    judged: "From one request without credentials: 200, 401 and 403 all mean that the right server answered. In a container without the kubelet's kubeconfig the Service address stands in for the endpoint.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
    ],
    faults: &[
        &ladder::NAME_NOT_FOUND,
        &ladder::NAME_UNANSWERED,
        &ladder::NAME_REFUSED,
        &ladder::CONNECT_TIMED_OUT,
        &ladder::CONNECT_REFUSED,
        &ladder::UNREACHABLE,
        &ladder::TLS_TIMED_OUT,
        &CA_MISMATCH,
        &ladder::TLS_WRONG_NAME,
        &ladder::TLS_EXPIRED,
        &ladder::TLS_FAILED,
        &ladder::HTTP_TIMED_OUT,
        &ladder::HTTP_FAILED,
        &UNEXPECTED,
    ],
    signs: &[],
    host: |host| host.ends_with(".eks.amazonaws.com") && !host.starts_with("oidc."),
    look,
};

static CA_MISMATCH: Fault = Fault {
    id: "ca-mismatch",
    plane: Plane::Node,
    title: "the certificate of <host> is not signed by the CA that this node was given",
    fix: "give the node the CA of this very cluster",
    change: "aws eks describe-cluster --name <cluster> --query cluster.certificateAuthority.data --output text\n# that value belongs into certificateAuthority of the NodeConfig (AL2023), or --b64-cluster-ca (AL2).\n# the evidence names the issuer: a company's own means TLS inspection; exempt <host> from it",
    owner: "the owner of the node group's user data",
    impact: "new nodes of the group; this one is replaced",
    verify: "eks-triage check, on a new node",
    expect: "cluster endpoint intact",
};
static UNEXPECTED: Fault = Fault {
    id: "unexpected-answer",
    plane: Plane::Network,
    title: "what answers for <host> is no API server of a cluster (HTTP <status>)",
    fix: "correct the endpoint that this node was given, or remove the proxy that answers for it",
    change: "aws eks describe-cluster --name <cluster> --query cluster.endpoint --output text\n# compare with the host in the evidence; the same? then a proxy answers: put it into NO_PROXY",
    owner: "the owner of the node group's user data",
    impact: "new nodes of the group; this one is replaced",
    verify: "eks-triage check, on a new node",
    expect: "cluster endpoint intact",
};

fn look(facts: &Facts) -> Look {
    let observed = &facts.node.cluster_endpoint;
    let (reach, source) = observed.need(&NODE_CHECK_AS_ROOT)?;
    if reach.ended == Ended::TlsUntrusted {
        let issuer = reach.issuer.as_deref().unwrap_or("unknown issuer");
        let broken = Verdict::broken(&CA_MISMATCH, issuer, source.quote(&reach.host));
        return Ok(broken.with("host", &reach.host));
    }
    Ok(match ladder::climb(observed, &NODE_CHECK_AS_ROOT)? {
        Ok(200 | 401 | 403) => Verdict::intact(reach.brief(), source),
        Ok(status) => {
            let broken = Verdict::broken(&UNEXPECTED, reach.brief(), source.quote("HTTP"));
            broken.with("host", &reach.host).with("status", status.to_string())
        }
        Err(broken) => broken,
    })
}
