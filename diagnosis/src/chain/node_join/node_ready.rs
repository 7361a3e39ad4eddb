//! The node is Ready.

use super::{cluster_endpoint, kubelet, registration};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, NodeObject, inputs::NODE_OBJECT},
};

pub(super) static LINK: Link = Link {
    id: "node-ready",
    title: "node is Ready",
    means: "The Ready condition of the Node object is True.",
    judged: "From the condition's status, reason and message, quoted as they are; where it names no cause, from the pressures beside it.",
    sources: &[
        "https://kubernetes.io/docs/reference/node/node-status/",
        "https://repost.aws/knowledge-center/eks-node-status-ready",
    ],
    faults: &[
        &STATUS_UNKNOWN,
        &CNI,
        &RUNTIME,
        &PLEG,
        &DISK_PRESSURE,
        &MEMORY_PRESSURE,
        &PID_PRESSURE,
        &NOT_READY,
    ],
    signs: &[
        Sign::new(
            CNI_TEXT,
            "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized",
            "https://repost.aws/knowledge-center/eks-node-status-ready",
            &[Way(&LINK, &CNI)],
        )
        .showing(&[&registration::LINK]),
        Sign::new(
            PLEG_TEXT,
            "NotReady KubeletNotReady PLEG is not healthy: pleg was last seen active 3m5s ago; threshold is 3m0s",
            "https://repost.aws/knowledge-center/eks-worker-node-not-ready",
            &[Way(&LINK, &PLEG)],
        )
        .showing(&[&kubelet::LINK]),
        Sign::new(
            STOPPED_TEXT,
            "Ready  Unknown  NodeStatusUnknown  Kubelet stopped posting node status.",
            "https://kubernetes.io/docs/reference/node/node-status/",
            &[Way(&LINK, &STATUS_UNKNOWN)],
        )
        .showing(&[&cluster_endpoint::LINK]),
    ],
    host: no_host,
    look,
};

const CNI_TEXT: &str = "cni plugin not initialized";
const PLEG_TEXT: &str = "PLEG is not healthy";
const STOPPED_TEXT: &str = "Kubelet stopped posting node status";
const RUNTIME_TEXT: &str = "container runtime is down";

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the administrator of the cluster",
    impact: "this node; its pods go on running",
    verify: "kubectl get node <node>",
    expect: "Ready",
};

static STATUS_UNKNOWN: Fault = OURS.fault(
    "status-unknown",
    "the kubelet of <node> stopped posting its status",
    "bring the kubelet, or its path to the cluster endpoint, back",
    "systemctl status kubelet; journalctl -u kubelet -n 50 --no-pager    # on the node\n\
     eks-triage check    # on the node: tells the kubelet from the path",
);
static CNI: Fault = Fault {
    plane: Plane::Network,
    ..OURS.fault(
    "cni-not-initialized",
    "<node> is not Ready: its CNI plugin is not initialized",
    "bring aws-node on this node up; its own first error says why it is not",
    "kubectl -n kube-system get pods -l k8s-app=aws-node --field-selector spec.nodeName=<node>\n\
     kubectl -n kube-system logs -l k8s-app=aws-node -c aws-node --tail=50\n\
     # MissingIAMPermissions in its events: the role of aws-node's own ServiceAccount lacks the CNI policy",
)
};
static RUNTIME: Fault = OURS.fault(
    "runtime-down",
    "<node> is not Ready: its container runtime is down",
    "start containerd, once its own last lines say why it stopped",
    "systemctl status containerd; journalctl -u containerd -n 50 --no-pager; df -h /var/lib/containerd\n\
     systemctl restart containerd",
);
static PLEG: Fault = OURS.fault(
    "pleg-unhealthy",
    "<node> is not Ready: its runtime answers the kubelet too slowly (PLEG)",
    "take load from the node's disk or runtime",
    "crictl ps | wc -l; iostat -x 5 2; journalctl -u containerd -n 50 --no-pager",
);
static DISK_PRESSURE: Fault = OURS.fault(
    "disk-pressure",
    "<node> is not Ready, and its disk is full (DiskPressure)",
    "give the node's volume room: what fills it, or a larger one in the launch template",
    "df -h / /var/lib/kubelet /var/lib/containerd; df -i /    # on the node\n\
     crictl images; crictl rmi --prune",
);
static MEMORY_PRESSURE: Fault = OURS.fault(
    "memory-pressure",
    "<node> is not Ready, and its memory is used up (MemoryPressure)",
    "limit what uses the memory, or take a larger instance type",
    "kubectl top pod -A --sort-by=memory | head; free -m; journalctl -k | grep -i oom | tail -n 5",
);
static PID_PRESSURE: Fault = OURS.fault(
    "pid-pressure",
    "<node> is not Ready, and its process ids are used up (PIDPressure)",
    "find what starts so many processes, and limit it by the kubelet's podPidsLimit",
    "ps -eLf | wc -l; cat /proc/sys/kernel/pid_max; ps -eo ppid= | sort | uniq -c | sort -rn | head",
);
static NOT_READY: Fault = OURS.fault(
    "not-ready",
    "<node> is not Ready: <why>",
    "mend what the quoted condition names",
    "kubectl describe node <node>\n\
     journalctl -u kubelet -n 50 --no-pager    # on the node",
);

fn look(facts: &Facts) -> Look {
    let (object, source) = facts.cluster.node.need(&NODE_OBJECT)?;
    let NodeObject::Registered(node) = object else {
        return Err(NODE_OBJECT.missing("no Node object"));
    };
    let Some(ready) = &node.ready else {
        return Err(NODE_OBJECT.missing("the Node object has no Ready condition yet"));
    };
    let says = |text: &str| ready.message.contains(text);
    let pressed = |kind: &str| node.pressures.iter().any(|it| it == kind);
    let (fault, needle) = match ready.status.as_str() {
        "True" => return Ok(Verdict::intact(&ready.reason, source)),
        "Unknown" => (&STATUS_UNKNOWN, "Ready"),
        _ if says(CNI_TEXT) => (&CNI, CNI_TEXT),
        _ if says(RUNTIME_TEXT) => (&RUNTIME, RUNTIME_TEXT),
        _ if says(PLEG_TEXT) => (&PLEG, PLEG_TEXT),
        _ if pressed("DiskPressure") => (&DISK_PRESSURE, "DiskPressure"),
        _ if pressed("MemoryPressure") => (&MEMORY_PRESSURE, "MemoryPressure"),
        _ if pressed("PIDPressure") => (&PID_PRESSURE, "PIDPressure"),
        _ => (&NOT_READY, "Ready"),
    };
    let broken = Verdict::broken(fault, &ready.reason, source.quote(needle));
    Ok(broken.with("why", &ready.reason).with("node", &node.name))
}
