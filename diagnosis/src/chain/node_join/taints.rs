//! Nothing keeps pods off a node that is otherwise well: each taint that a component was to take
//! away, with whose it is.

use super::joined;
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, RegisteredNode, Source, Taint, inputs::NODE_OBJECT, seconds},
};

pub(super) static LINK: Link = Link {
    id: "taints",
    title: "taints of the node",
    means: "The taints that a node is registered with until a component has done its part are gone. A taint that somebody put there on purpose, and a cordon, are no fault.",
    judged: "From spec.taints of the Node object, and its age: what is younger than two minutes may still go. What the Ready condition causes is told by that condition.",
    sources: &[
        "https://kubernetes.io/docs/reference/labels-annotations-taints/",
        "https://kubernetes.io/docs/tasks/administer-cluster/running-cloud-controller/",
        "https://karpenter.sh/docs/concepts/nodepools/",
    ],
    faults: &[&UNINITIALIZED, &NO_ROUTE, &KARPENTER, &AGENT, &LIFECYCLE, &NEVER_TAINTED],
    signs: &[Sign::new(
        "missing required startup taint, karpenter.sh/unregistered",
        "node claim registration error: missing required startup taint, karpenter.sh/unregistered",
        "https://github.com/kubernetes-sigs/karpenter/issues/1635",
        &[Way(&LINK, &NEVER_TAINTED)],
    )],
    host: no_host,
    look,
};

/// How long a component may take, in seconds.
const SOON: i64 = 120;

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the administrator of the cluster",
    impact: "this node; what runs on it goes on",
    verify: "kubectl get node <node> -o jsonpath={.spec.taints}",
    expect: "without the taint",
};

static UNINITIALIZED: Fault = OURS.fault(
    "uninitialized",
    "the cloud controller has not initialized <node>: the taint <key> stays",
    "let the controller find the instance: by its name and by the cluster's tag",
    "# the controller asks EC2 for the private DNS name that the node is registered as, and wants the tag\n\
     aws ec2 describe-instances --instance-ids <instance> --query 'Reservations[].Instances[].[PrivateDnsName,Tags]'\n\
     aws ec2 create-tags --resources <instance> --tags Key=kubernetes.io/cluster/<cluster>,Value=owned    # where it is missing",
);
static NO_ROUTE: Fault = Fault {
    plane: Plane::Network,
    ..OURS.fault(
        "network-unavailable",
        "the network of <node> is marked unavailable: the taint <key> stays",
        "let the network plugin of this cluster set NetworkUnavailable to False; the VPC CNI does not use it",
        "kubectl get node <node> -o jsonpath='{.status.conditions[?(@.type==\"NetworkUnavailable\")]}'\n\
         kubectl -n kube-system get pods -o wide --field-selector spec.nodeName=<node>",
    )
};
static KARPENTER: Fault = OURS.fault(
    "karpenter-unregistered",
    "Karpenter has not taken <node> as one of its own: the taint <key> stays",
    "let Karpenter match the node with its NodeClaim, by its providerID",
    "kubectl get nodeclaims -o wide | grep <instance>\n\
     kubectl get node <node> -o jsonpath={.spec.providerID}    # the NodeClaim's status has the same\n\
     kubectl logs -A -l app.kubernetes.io/name=karpenter --tail=200 | grep <node>",
);
static AGENT: Fault = OURS.fault(
    "agent-not-ready",
    "<node> waits for an agent that was to take the taint <key> away",
    "bring the agent that owns this taint up on this node; the name before the slash is its own",
    "kubectl get pods -A -o wide --field-selector spec.nodeName=<node>    # is it there, and Running?\n\
     # it is not: its DaemonSet must tolerate the taint, and its image must be there for this platform",
);
static LIFECYCLE: Fault = OURS.fault(
    "not-taken-away",
    "<node> is Ready, but the taint <key> of the time before stays",
    "take the taint away; it was set by hand, or the controller that sets it does not see the node",
    "kubectl taint node <node> <key>-",
);
static NEVER_TAINTED: Fault = OURS.fault(
    "without-startup-taint",
    "Karpenter's node was registered without the taint karpenter.sh/unregistered",
    "let the kubelet register with this taint: it is lost where custom user data replaces Karpenter's own",
    "# AL2023: in the NodeConfig of the EC2NodeClass's userData, under spec.kubelet.config:\n\
     #   registerWithTaints: [{key: karpenter.sh/unregistered, effect: NoExecute}]\n\
     kubectl get ec2nodeclasses -o yaml | grep -A 20 userData",
);

fn look(facts: &Facts) -> Look {
    facts.cluster.node.need(&NODE_OBJECT)?;
    let Some((node, source)) = joined::registered(facts) else {
        return Err(NODE_OBJECT.missing("no Node object"));
    };
    let waits = |it: &&Taint| fault(it, node).is_some();
    if let Some(taint) = node.taints.iter().find(waits)
        && let Some(fault) = fault(taint, node)
    {
        return stuck(facts, node, source, taint, fault);
    }
    if let Some(taint) = node.taints.iter().find(|it| it.key.starts_with(EKS)) {
        let why = format!("what takes {} away is not known here", taint.key);
        return Err(NODE_OBJECT.doubt(why, source.quote(&taint.key)));
    }
    let own: Vec<_> = node.taints.iter().map(|it| it.key.as_str()).collect();
    let detail = match (node.cordoned, own[..].is_empty()) {
        (true, _) => "cordoned: no new pod comes".to_owned(),
        (false, true) => "none".to_owned(),
        (false, false) => format!("meant to be there: {}", own.join(", ")),
    };
    Ok(Verdict::intact(detail, source))
}

const EKS: &str = "node.eks.amazonaws.com/";

/// `None`: it is no component's that was to take it away, or another link tells of it.
fn fault(taint: &Taint, node: &RegisteredNode) -> Option<&'static Fault> {
    let ready = node.ready.as_ref().is_some_and(|it| it.status == "True");
    Some(match taint.key.as_str() {
        "node.cloudprovider.kubernetes.io/uninitialized" => &UNINITIALIZED,
        "node.kubernetes.io/network-unavailable" => &NO_ROUTE,
        "karpenter.sh/unregistered" => &KARPENTER,
        "node.kubernetes.io/not-ready" | "node.kubernetes.io/unreachable" if ready => &LIFECYCLE,
        key if key.ends_with("/agent-not-ready") => &AGENT,
        _ => return None,
    })
}

fn stuck(
    facts: &Facts,
    node: &RegisteredNode,
    source: &Source,
    taint: &Taint,
    fault: &'static Fault,
) -> Look {
    let since = taint.since.as_ref().or(node.created.as_ref());
    let age = since.and_then(|since| seconds(since, &facts.taken_at));
    match age {
        Some(age) if age < SOON => {
            let why = format!("{} may still go: it is {age} s old", taint.key);
            Err(NODE_OBJECT.doubt(why, source.quote(&taint.key)))
        }
        _ => {
            let broken = Verdict::broken(fault, &taint.key, source.quote(&taint.key));
            Ok(broken.with("key", &taint.key).with("node", &node.name))
        }
    }
}
