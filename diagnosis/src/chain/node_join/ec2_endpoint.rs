//! The EC2 API answers the node: its bootstrap and its CNI ask it.

use crate::{
    chain::{Link, Look, Verdict, ladder, no_host},
    facts::{Facts, UserData, inputs::NODE_CHECK},
};

pub(super) static LINK: Link = Link {
    id: "ec2-endpoint",
    title: "EC2 API",
    means: "The node resolves and reaches ec2.<region>: nodeadm and bootstrap.sh learn the node's name there, and the VPC CNI gets interfaces and addresses.",
    judged: "From the node: DNS, TCP, TLS and any HTTP answer, each with its own fault. It does not apply where nobody asks it: with the feature gate InstanceIdNodeName, and without the VPC CNI.",
    sources: &[
        "https://github.com/awslabs/amazon-eks-ami/issues/2423",
        "https://github.com/awslabs/amazon-eks-ami/issues/2436",
        "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html",
    ],
    faults: ladder::INTERFACE,
    signs: &[],
    // A line of a log does not say whether a pod or the node asked.
    host: no_host,
    look,
};

fn look(facts: &Facts) -> Look {
    let (reach, source) = facts.node.ec2.need(&NODE_CHECK)?;
    if reach.status().is_none() && !needed(facts) {
        let title = format!("{} does not answer this node: {}", reach.host, reach.ended);
        let why = format!("nothing here is known to ask it; {}", reach.ended);
        return Ok(Verdict::not_applicable(why).and_risk(title, source.quote(&reach.host)));
    }
    ladder::look(facts, ladder::INTERFACE, &facts.node.ec2, &NODE_CHECK)
}

/// By the bootstrap, until the kubelet runs; by the CNI from then on.
fn needed(facts: &Facts) -> bool {
    let node = &facts.node;
    let cni = node.vpc_cni.value().copied();
    if node.kubelet.value().is_some_and(|it| it.status() == Some(200)) {
        return cni != Some(false);
    }
    let gate = match node.user_data.value() {
        Some(UserData::NodeConfig(it)) => it.gates.iter().any(|it| it == "InstanceIdNodeName"),
        _ => false,
    };
    !gate || cni == Some(true)
}
