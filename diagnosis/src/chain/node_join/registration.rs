//! The Node object exists, and is this instance's.

use crate::{
    chain::{Fault, Link, Look, Plane, Verdict, no_host},
    facts::{
        Facts, NodeObject,
        inputs::{NODE_CHECK, NODE_OBJECT},
    },
};

pub(super) static LINK: Link = Link {
    id: "registration",
    title: "Node object",
    means: "A Node object exists under this instance's name, and its providerID ends with this instance's id.",
    judged: "From the object and the instance identity document. Without either, or without a providerID, it stays unknown.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
        "awslabs/amazon-eks-ami nodeadm/internal/kubelet (providerID), 2026-07",
    ],
    faults: &[&NOT_REGISTERED, &ANOTHER_INSTANCE],
    signs: &[],
    host: no_host,
    look,
};

static NOT_REGISTERED: Fault = Fault {
    id: "not-registered",
    plane: Plane::Node,
    title: "no Node object exists under the name <node>",
    fix: "let the cluster accept this node's role, or correct the cluster that the node asks",
    change: "# the kubelet's own line says which of the two it is:\njournalctl -u kubelet --no-pager | grep -E 'Unable to register|Unauthorized|Successfully registered' | tail -n 5\n# Unauthorized: the role needs exactly one access entry of the type of this compute\naws eks describe-access-entry --cluster-name <cluster> --principal-arn arn:<partition>:iam::<account>:role/<node-role>",
    owner: "the administrator of the cluster",
    impact: "all nodes with this role; nothing restarts",
    verify: "kubectl get node <node>",
    expect: "<node>",
};
static ANOTHER_INSTANCE: Fault = Fault {
    id: "another-instance",
    plane: Plane::Node,
    title: "the Node object <node> belongs to another instance than <instance>",
    fix: "delete the stale Node object, so that this instance registers anew",
    change: "kubectl delete node <node>\nsystemctl restart kubelet    # on this instance",
    owner: "the administrator of the cluster",
    impact: "pods that are bound to the stale object are deleted with it",
    verify: "kubectl get node <node> -o jsonpath={.spec.providerID}",
    expect: "<instance>",
};

fn look(facts: &Facts) -> Look {
    let (object, source) = facts.cluster.node.need(&NODE_OBJECT)?;
    let NodeObject::Registered(node) = object else {
        return Ok(Verdict::broken(&NOT_REGISTERED, "404", source.quote("404")));
    };
    if node.provider_id.is_empty() {
        return Err(
            NODE_OBJECT.missing(format!("{} is registered, without a providerID", node.name))
        );
    }
    let (instance, _) = facts.node.instance.need(&NODE_CHECK)?;
    let (_, id) = node.provider_id.rsplit_once('/').unwrap_or(("", &node.provider_id));
    Ok(if id == instance.instance_id {
        Verdict::intact(&node.name, source)
    } else {
        Verdict::broken(&ANOTHER_INSTANCE, &node.provider_id, source.quote(&node.provider_id))
    })
}
