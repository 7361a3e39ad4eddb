//! The kubelet promises no more pods than the instance type has addresses for.

use super::limits;
use crate::{
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{
        Facts, NodeObject,
        inputs::{INSTANCE_LIMITS, NODE_CHECK, NODE_OBJECT},
    },
};

pub(super) static LINK: Link = Link {
    id: "capacity",
    title: "ENI and pod limits",
    means: "The number of pods that the node advertises fits the addresses that its instance type can carry.",
    judged: "From the interfaces that IMDS lists, the limits of the instance type and the Node's pod capacity: ENIs × (addresses − 1) + 2. With prefix delegation the limit is sixteen times as high and not judged. An instance type that the table lacks stays unknown.",
    sources: &[
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html",
    ],
    faults: &[&MAX_PODS, &NODES_FULL],
    signs: &[
        Sign::new(
            "Too many pods",
            "Warning  FailedScheduling  default-scheduler  0/3 nodes are available: 3 Too many pods. preemption: 0/3 nodes are available",
            "kubernetes/kubernetes pkg/scheduler/framework/plugins/noderesources/fit.go",
            &[Way(&LINK, &NODES_FULL)],
        ),
        Sign::new(
            "Insufficient pods",
            "Warning  FailedScheduling  default-scheduler  0/3 nodes are available: 3 Insufficient pods.",
            "kubernetes/kubernetes pkg/scheduler/framework/plugins/noderesources/fit.go, before 1.22",
            &[Way(&LINK, &NODES_FULL)],
        ),
    ],
    host: no_host,
    look,
};

static MAX_PODS: Fault = Fault {
    id: "max-pods-too-high",
    plane: Plane::Network,
    title: "the node advertises more pods than <instance-type> has addresses for (<limit>)",
    fix: "set the kubelet's maxPods to what the instance type carries, or use prefix delegation",
    change: "# NodeConfig (AL2023), in the node group's user data:\nspec:\n  kubelet:\n    config:\n      maxPods: <limit>",
    owner: "the owner of the node group's user data",
    impact: "new nodes of the group; this one is replaced",
    verify: "kubectl get node <node> -o jsonpath={.status.capacity.pods}",
    expect: "<limit>",
};

static NODES_FULL: Fault = Fault {
    id: "nodes-full",
    plane: Plane::Network,
    title: "no node takes a further pod: each has as many as its addresses allow",
    fix: "add a node, or let new nodes carry more pods by prefix delegation",
    change: "kubectl get nodes -o custom-columns=NAME:.metadata.name,PODS:.status.allocatable.pods\n# prefix delegation gives each slot 16 addresses (Nitro types; needs free /28 blocks in the subnet):\nkubectl -n kube-system set env daemonset aws-node ENABLE_PREFIX_DELEGATION=true\n# then new nodes with a maxPods that fits; a running node keeps the one that it started with",
    owner: "the administrator of the cluster",
    impact: "aws-node restarts on every node; running pods keep their addresses",
    verify: "kubectl get pod -n <namespace> <pod> -o wide",
    expect: "a node's name",
};

fn look(facts: &Facts) -> Look {
    let node = &facts.node;
    let (interfaces, source) = node.interfaces.need(&NODE_CHECK)?;
    let (instance, _) = node.instance.need(&NODE_CHECK)?;
    let kind = &instance.instance_type;
    let Some(limit) = limits::known(facts, kind) else {
        return Err(INSTANCE_LIMITS.missing(format!("the limits of {kind} are not known here")));
    };
    let attached = interfaces.len();
    let seen =
        format!("{attached} of {} ENIs, {} addresses each", limit.interfaces, limit.addresses);
    let prefixes = interfaces.iter().any(|it| it.prefixes > 0)
        || node.ipamd.value().is_some_and(|it| it.prefix_delegation);
    if prefixes {
        return Ok(Verdict::intact(format!("{seen}, with prefix delegation"), source));
    }
    let (object, object_source) =
        facts.cluster.node.need(&NODE_OBJECT).map_err(|mut missing| {
            missing.why = format!("{seen}; max-pods not seen");
            missing
        })?;
    let NodeObject::Registered(registered) = object else {
        return Err(NODE_OBJECT.missing(seen));
    };
    let Some(max_pods) = registered.max_pods else {
        return Err(NODE_OBJECT.missing(seen));
    };
    if max_pods <= limit.pods() {
        return Ok(Verdict::intact(format!("{seen}; {max_pods} pods"), source));
    }
    let detail = format!("{max_pods} pods, {seen}");
    let broken = Verdict::broken(&MAX_PODS, detail, object_source.quote("pods"));
    Ok(broken.with("limit", limit.pods().to_string()).with("instance-type", kind))
}
