//! The API server accepts this node: its role is mapped, and to the node's own name.

use crate::{
    chain::{Link, Look, Verdict, no_host},
    facts::{
        Facts, NodeObject,
        inputs::{KUBELET_LOG, NODE_OBJECT},
    },
};

mod faults;
mod identity;
mod signs;

use faults::{
    FORBIDDEN, NO_RIGHTS, NO_TOKEN, OTHER_NAME, REFUSED, REGION_DISABLED, ROLE_UNKNOWN,
    SIGNED_OUT_OF_TIME, STS_THROTTLED, UNKNOWN_TO_STS,
};

pub(super) static LINK: Link = Link {
    id: "access",
    title: "node's access entry",
    means: "One access entry, or one entry of aws-auth, names the node's role, and gives it the username system:node: with the node's own name, and the group system:nodes.",
    judged: "By asking in the node's own name: STS who it is and whether its token is good, and the API server whom it takes the bearer for. 401 is the mapping's only where credentials, clock and cluster are right; what STS says to the node about a cluster's name is no proof, and an STS that the node cannot reach is none either. Else from the kubelet's own lines, and from a Ready node, which only an accepted kubelet keeps up.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html",
        "https://kubernetes.io/docs/reference/access-authn-authz/node/",
        "kubernetes-sigs/aws-iam-authenticator pkg/token/token.go and pkg/server/server.go, 2026-07",
        "https://kubernetes.io/docs/reference/access-authn-authz/authentication/",
    ],
    faults: &[
        &UNKNOWN_TO_STS,
        &REGION_DISABLED,
        &SIGNED_OUT_OF_TIME,
        &STS_THROTTLED,
        &ROLE_UNKNOWN,
        &REFUSED,
        &FORBIDDEN,
        &OTHER_NAME,
        &NO_RIGHTS,
        &NO_TOKEN,
    ],
    signs: signs::SIGNS,
    host: no_host,
    look,
};

fn look(facts: &Facts) -> Look {
    if let Some(found) = identity::look(facts) {
        return found;
    }
    let (object, source) = facts.cluster.node.need(&NODE_OBJECT)?;
    let NodeObject::Registered(node) = object else {
        return Err(KUBELET_LOG.missing("the node is not registered"));
    };
    match &node.ready {
        Some(ready) if ready.status == "True" => Ok(Verdict::intact("it is Ready", source)),
        _ => Err(KUBELET_LOG.missing("the node is not Ready")),
    }
}
