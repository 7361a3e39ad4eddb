//! STS answers those on the node's own network that need it, which the kubelet does not.

use crate::{
    chain::{Link, Look, Verdict, ladder, no_host},
    facts::{Facts, Observed, inputs::NODE_CHECK},
};

pub(super) static LINK: Link = Link {
    id: "sts-from-node",
    title: "STS from the node",
    means: "Pods in the node's own network that have a role of their own get their credentials from the regional STS; aws-node is one of them where its ServiceAccount names a role. The kubelet does not need it: it signs its token itself, and the control plane asks STS.",
    judged: "From the node: DNS, TCP, TLS and any HTTP answer. Broken only where aws-node is known to have a role of its own; otherwise that STS does not answer is told as a remark, as it keeps no node from joining.",
    sources: &[
        "kubernetes-sigs/aws-iam-authenticator pkg/token/token.go, 2026-07",
        "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html",
    ],
    faults: ladder::INTERFACE,
    signs: &[],
    // A line of a log does not say whether a pod or the node asked.
    host: no_host,
    look,
};

fn look(facts: &Facts) -> Look {
    // What an agent lays beside a pod's facts is no look at the node.
    facts.node.imds.need(&NODE_CHECK)?;
    let (reach, source) = facts.node.sts.need(&NODE_CHECK)?;
    if reach.status().is_some() {
        return Ok(Verdict::intact(reach.brief(), source));
    }
    let Some(cni) = cni_role(facts) else {
        let title = format!(
            "{} does not answer this node ({}): whatever has a role of its own in the node's network gets no credentials",
            reach.host, reach.ended
        );
        let why = format!("not needed for a join; {}", reach.ended);
        return Ok(Verdict::not_applicable(why).and_risk(title, source.quote(&reach.host)));
    };
    let verdict = ladder::look(facts, ladder::INTERFACE, &facts.node.sts, &NODE_CHECK)?;
    Ok(verdict.and_evidence(cni))
}

/// That aws-node, which is in the node's network, asks STS for its role.
fn cni_role(facts: &Facts) -> Option<crate::report::Evidence> {
    let Observed::Seen { value, source } = &facts.cluster.annotated else { return None };
    let own = value.iter().find(|it| it.namespace == "kube-system" && it.name == "aws-node")?;
    own.role_arn.as_deref().map(|arn| source.quote(arn))
}
