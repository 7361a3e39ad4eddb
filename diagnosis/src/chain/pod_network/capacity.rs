//! The kubelet promises no more pods than the instance type has addresses for.

use super::{binding, limits};
use crate::{
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{
        Facts, Missing,
        inputs::{INSTANCE_LIMITS, NODE_CHECK, NODE_OBJECT},
    },
};

pub(super) static LINK: Link = Link {
    id: "capacity",
    title: "ENI and pod limits",
    means: "The number of pods that the node advertises fits the addresses that its instance type can carry.",
    judged: "From the interfaces that IMDS lists, the limits of the instance type and the Node's pod capacity, else the kubelet's maxPods: ENIs × (addresses − 1) + 2, one ENI less with custom networking. With prefix delegation the limit is sixteen times as high and not judged, but a type of the Xen hypervisor takes no prefixes. Of a type that the table lacks EC2 is asked; without its answer it stays unknown. Of the type, maxPods, the addresses and the /28 blocks that are left in the subnets the least is named: it binds.",
    sources: &[
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html",
        "awslabs/amazon-eks-ami nodeadm/internal/kubelet (maxPods), 2026-07",
    ],
    faults: &[&MAX_PODS, &NOT_NITRO, &TYPE_UNKNOWN, &NODES_FULL],
    signs: &[
        Sign::new(
            "Prefix delegation is not supported on non-nitro instance <instance-type> ",
            r#"{"level":"warn","caller":"ipamd/ipamd.go:2101","msg":"Prefix delegation is not supported on non-nitro instance m4.large hence falling back to default (secondary IP) mode"}"#,
            "aws/amazon-vpc-cni-k8s pkg/ipamd/ipamd.go, v1.23.1",
            &[Way(&LINK, &NOT_NITRO)],
        ),
        Sign::new(
            "No entry for type '<instance-type>' in /etc/eks/eni-max-pods.txt",
            "No entry for type 'm9g.large' in /etc/eks/eni-max-pods.txt",
            "awslabs/amazon-eks-ami templates/al2/runtime/bootstrap.sh",
            &[Way(&LINK, &TYPE_UNKNOWN)],
        ),
        Sign::new(
            "No entry for <instance-type> in /etc/eks/eni-max-pods.txt",
            "No entry for c6i.xlarge in /etc/eks/eni-max-pods.txt",
            "aws/karpenter-provider-aws website/content/en/preview/troubleshooting.md",
            &[Way(&LINK, &TYPE_UNKNOWN)],
        ),
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

static NOT_NITRO: Fault = Fault {
    id: "not-nitro",
    title: "the node is meant to carry more pods than <instance-type> has addresses for (<limit>), and its type takes no prefixes",
    fix: "take a Nitro type for prefix delegation, or set maxPods to what this type carries",
    change: "# <instance-type> runs on Xen: its interfaces take single addresses only, whatever ENABLE_PREFIX_DELEGATION says\n\
             aws ec2 describe-instance-types --filters Name=hypervisor,Values=nitro --query 'InstanceTypes[].InstanceType'\n\
             # or, in the NodeConfig of this node group:\n\
             #   spec: {kubelet: {config: {maxPods: <limit>}}}",
    ..MAX_PODS
};

static TYPE_UNKNOWN: Fault = Fault {
    id: "type-unknown",
    plane: Plane::Node,
    title: "the image does not know <instance-type>, so that the number of its pods was guessed",
    fix: "use a newer image for this type, or set maxPods yourself",
    change: "# nodeadm lets a type that it does not know have 110 pods; bootstrap.sh stops\n\
             aws ec2 describe-instance-types --instance-types <instance-type> --query 'InstanceTypes[].NetworkInfo.[NetworkCards,Ipv4AddressesPerInterface]'\n\
             # maxPods = interfaces of card 0 × (addresses of each − 1) + 2, in the NodeConfig:\n\
             #   spec: {kubelet: {config: {maxPods: …}}}",
    expect: "at most what the type carries",
    ..MAX_PODS
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

/// What nodeadm sets for a type that it does not know.
const GUESSED: u32 = 110;

fn look(facts: &Facts) -> Look {
    let node = &facts.node;
    let (interfaces, source) = node.interfaces.need(&NODE_CHECK)?;
    let (instance, _) = node.instance.need(&NODE_CHECK)?;
    let kind = &instance.instance_type;
    let Some(limit) = limits::known(facts, kind) else {
        let guessed = binding::max_pods(facts).is_some_and(|it| it.0 == GUESSED);
        let why = format!("the limits of {kind} are not known here");
        let hint = if guessed { "; 110 pods are what nodeadm guesses for such a type" } else { "" };
        return Err(INSTANCE_LIMITS.missing(format!("{why}{hint}")));
    };
    let custom = facts.cluster.cni.value().and_then(|it| it.custom_networking) == Some(true);
    let attached = interfaces.iter().filter(|it| it.network_card == 0).count();
    let seen =
        format!("{attached} of {} ENIs, {} addresses each", limit.interfaces, limit.addresses);
    let prefixes = interfaces.iter().any(|it| it.prefixes > 0)
        || node.ipamd.value().is_some_and(|it| it.prefix_delegation);
    if prefixes {
        let detail = binding::named(facts, None, &format!("{seen}, with prefix delegation"));
        return Ok(Verdict::intact(detail, source));
    }
    let carries = limit.pods_with(custom);
    let Some((max_pods, object_source)) = binding::max_pods(facts) else {
        return Err(unseen(facts, seen));
    };
    if max_pods <= carries {
        return Ok(Verdict::intact(binding::named(facts, Some(carries), &seen), source));
    }
    let fault = match limits::nitro(facts, kind) {
        _ if max_pods == GUESSED && limits::is_new(kind) => &TYPE_UNKNOWN,
        Some(false) => &NOT_NITRO,
        _ => &MAX_PODS,
    };
    let quote =
        object_source.quote(if facts.cluster.node.value().is_some() { "pods" } else { "maxPods" });
    let broken = Verdict::broken(fault, format!("{max_pods} pods, {seen}"), quote);
    Ok(broken.with("limit", carries.to_string()).with("instance-type", kind))
}

fn unseen(facts: &Facts, seen: String) -> Missing {
    match facts.cluster.node.need(&NODE_OBJECT) {
        Err(missing) => Missing { why: format!("{seen}; max-pods not seen"), ..missing },
        Ok(_) => NODE_OBJECT.missing(seen),
    }
}
