//! The API server accepts this node: its role is mapped, and to the node's own name.

use super::joined;
use crate::{
    chain::{Link, Look, Verdict, no_host},
    facts::{
        Facts, NodeObject,
        inputs::{KUBELET_LOG, NODE_OBJECT},
    },
};

mod elsewhere;
mod faults;
mod identity;
mod mapping;
mod mapping_faults;
mod signs;

use faults::{
    FORBIDDEN, NO_RIGHTS, NO_TOKEN, OTHER_NAME, REFUSED, REGION_DISABLED, ROLE_UNKNOWN,
    SIGNED_OUT_OF_TIME, STS_THROTTLED, UNKNOWN_TO_STS,
};

pub(super) static LINK: Link = Link {
    id: "access",
    title: "node's access entry",
    means: "One access entry, or one entry of aws-auth, names the node's role, and gives it the username system:node: with the node's own name, and the group system:nodes.",
    judged: "By asking in the node's own name: STS who it is and whether its token is good, and the API server whom it takes the bearer for. 401 is the mapping's only where credentials, clock and cluster are right; what STS says to the node about a cluster's name is no proof, and an STS that the node cannot reach is none either. Else from the kubelet's own lines, and from a Ready node, which only an accepted kubelet keeps up. Where nobody was on the node, and where it was only refused, from the account: the access entry of exactly the node role, its type and age against the compute and the role, and aws-auth where the mode reads it; what is absent is so only in a whole list. Nodes on EC2 take EC2_LINUX or EC2_WINDOWS, those of Auto Mode EC2, a hybrid node HYBRID_LINUX, one of HyperPod HYPERPOD_LINUX; that a node is one of the last two, only the node itself tells.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html",
        "https://kubernetes.io/docs/reference/access-authn-authz/node/",
        "https://docs.aws.amazon.com/eks/latest/userguide/grant-k8s-access.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-cluster-prep.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-creds.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-hyperpod-eks-prerequisites.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html",
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
        &mapping_faults::MODE,
        &mapping_faults::CLASS_ROLE,
        &mapping_faults::NO_ENTRY,
        &mapping_faults::ANOTHER_PATH,
        &mapping_faults::WRONG_TYPE,
        &mapping_faults::STALE,
        &mapping_faults::IN_AWS_AUTH_ONLY,
        &mapping_faults::IN_ENTRY_ONLY,
        &mapping_faults::NOT_MAPPED,
        &mapping_faults::MAPPED_WITH_PATH,
        &mapping_faults::MAPPED_AS_PROFILE,
        &mapping_faults::MAPPED_NAME,
        &mapping_faults::ONE_NAME,
        &mapping_faults::MAPPED_WITHOUT_GROUP,
    ],
    signs: signs::SIGNS,
    host: no_host,
    look,
};

fn look(facts: &Facts) -> Look {
    let mapped = mapping::look(facts);
    if let Some(found) = identity::look(facts) {
        return refined(found, mapped);
    }
    if let Some(source) = joined::ready(facts) {
        return Ok(Verdict::intact("it is Ready", source));
    }
    if let Some(mapped) = mapped {
        return unless_refused(facts, mapped);
    }
    let (object, _) = facts.cluster.node.need(&NODE_OBJECT)?;
    let NodeObject::Registered(_) = object else {
        return Err(KUBELET_LOG.missing("the node is not registered"));
    };
    Err(KUBELET_LOG.missing("the node is not Ready"))
}

/// A right mapping is not all that it takes: where a kubelet says that it was refused, its line
/// decides.
fn unless_refused(facts: &Facts, mapped: Look) -> Look {
    let refused = |text: &str| text.contains("kubelet") && text.contains("Unauthorized");
    match mapped {
        Ok(it) if it.fault.is_none() && facts.lines.iter().any(|it| refused(&it.text)) => {
            Err(KUBELET_LOG.missing(format!("{}, and a kubelet was refused", it.detail)))
        }
        mapped => mapped,
    }
}

/// The node only learns that it is refused; the account says why.
fn refined(found: Look, mapped: Option<Look>) -> Look {
    let only_refused = match &found {
        Ok(it) => it.fault.is_some_and(|it| std::ptr::eq(it, &raw const ROLE_UNKNOWN)),
        Err(_) => true,
    };
    match mapped {
        Some(Ok(why)) if only_refused && why.fault.is_some() => {
            let seen = match found {
                Ok(it) => it.evidence,
                Err(it) => Vec::from_iter(it.against),
            };
            Ok(seen.into_iter().fold(why, Verdict::and_evidence))
        }
        _ => found,
    }
}
