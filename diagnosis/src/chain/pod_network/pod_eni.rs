//! Security groups for pods: the node has a trunk interface, and the pod gets its branch.

use super::addresses::NODE_FULL;
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{CniSettings, Facts, Missing, NOT_SEEN, inputs::NODE_CHECK_AS_ROOT},
};

pub(super) static LINK: Link = Link {
    id: "pod-eni",
    title: "security groups for pods",
    means: "A pod that a SecurityGroupPolicy selects gets a branch interface: its node type supports a trunk, has a slot for it, and vpc-resource-controller may write the branch onto the pod.",
    judged: "Without a trunk interface in ipamd's books, or where aws-node has it off, it does not apply. Else the controller's events on the pod and the node tell.",
    sources: &[
        "aws/amazon-vpc-resource-controller-k8s pkg/provider/branch/provider.go, v1.7",
        "https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html",
    ],
    faults: &[&NO_TRUNK, &UNSUPPORTED, &EXHAUSTED, &STALE, &NOT_ANNOTATED],
    signs: &[
        Sign::new(
            "No trunk ENI found, cannot add a pod ENI",
            r#"{"level":"warn","caller":"ipamd/rpc_handler.go:120","msg":"Send AddNetworkReply: No trunk ENI found, cannot add a pod ENI"}"#,
            "aws/amazon-vpc-cni-k8s pkg/ipamd/rpc_handler.go, v1.23.1",
            &[Way(&LINK, &NO_TRUNK)],
        ),
        Sign::new(
            "No slot available for a trunk ENI to be attached",
            r#"{"level":"error","caller":"ipamd/ipamd.go:1470","msg":"No slot available for a trunk ENI to be attached."}"#,
            "aws/amazon-vpc-cni-k8s pkg/ipamd/ipamd.go, v1.23.1",
            &[Way(&LINK, &NO_TRUNK)],
        ),
        Sign::new(
            "The node failed initializing trunk interface",
            "Normal  NodeTrunkFailedInit  vpc-resource-controller  The node failed initializing trunk interface",
            "aws/amazon-vpc-resource-controller-k8s pkg/provider/branch/provider.go",
            &[Way(&LINK, &NO_TRUNK)],
        ),
        Sign::new(
            "is not supported for trunk interface (Security Group for Pods)",
            "Warning  Unsupported  vpc-resource-controller  The instance type t3.medium is not supported for trunk interface (Security Group for Pods)",
            "aws/amazon-vpc-resource-controller-k8s pkg/provider/branch/provider.go",
            &[Way(&LINK, &UNSUPPORTED)],
        ),
        Sign::new(
            "Insufficient vpc.amazonaws.com/pod-eni",
            "Warning  FailedScheduling  default-scheduler  0/3 nodes are available: 3 Insufficient vpc.amazonaws.com/pod-eni.",
            "https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html",
            &[Way(&LINK, &EXHAUSTED)],
        ),
        Sign::new(
            "failed to annotate pod with branch ENI details: ",
            "Warning  BranchENIAnnotationFailed  vpc-resource-controller  failed to annotate pod with branch ENI details: pods \"api\" is forbidden: unable to validate against any pod security policy: []",
            "aws/amazon-vpc-resource-controller-k8s pkg/provider/branch/provider.go",
            &[Way(&LINK, &NOT_ANNOTATED)],
        ),
        Sign::new(
            "trunk eni already exist in cache",
            "failed to add trunk to cache: trunk eni already exist in cache",
            "aws/amazon-vpc-resource-controller-k8s pkg/provider/branch/provider.go",
            &[Way(&LINK, &STALE)],
        ),
        // What kept the first attempt from being written down is told by another line.
        Sign::new(
            "cannot create new eni entry already exist",
            "Warning BranchAllocationFailed vpc-resource-controller failed to allocate branch ENI to pod: cannot create new eni entry already exist, older entry : [0xc000000000]",
            "https://github.com/aws/amazon-vpc-resource-controller-k8s/issues/8",
            &[Way(&LINK, &STALE), Way(&LINK, &NOT_ANNOTATED)],
        ),
        Sign::new(
            "AttachmentLimitExceeded",
            "Failed to attach ENI eni-1: AttachmentLimitExceeded: Interface count 4 exceeds the limit for m5.large",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
            &[Way(&super::addresses::LINK, &NODE_FULL), Way(&LINK, &NO_TRUNK)],
        ),
    ],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the administrator of the cluster",
    impact: "the pods that a SecurityGroupPolicy selects",
    verify: "kubectl get pod -n <namespace> <pod> -o yaml | grep vpc.amazonaws.com/pod-eni",
    expect: "eniId",
};

static NO_TRUNK: Fault = OURS.fault(
    "no-trunk",
    "the node has no trunk interface: a pod with security groups of its own gets no branch",
    "let a node with a free interface slot start with ENABLE_POD_ENI set",
    "kubectl -n kube-system get daemonset aws-node -o yaml | grep -A1 ENABLE_POD_ENI\n\
     kubectl get cninode <node> -o yaml; kubectl get nodes -L vpc.amazonaws.com/has-trunk-attached\n\
     # all slots taken before it was switched on: replace this node; new nodes attach the trunk first\n\
     # UnauthorizedOperation in the node's events: the cluster's role lacks the policy for vpc-resource-controller",
);
static UNSUPPORTED: Fault = OURS.fault(
    "type-unsupported",
    "the node's instance type has no trunk interfaces",
    "run the pods that a SecurityGroupPolicy selects on instance types that support it",
    "# Nitro types except the t family: the limits are listed in pkg/aws/vpc/limits.go of vpc-resource-controller\n\
     kubectl get securitygrouppolicies -A\n\
     # in the pod template:\n\
     #   nodeSelector: { vpc.amazonaws.com/has-trunk-attached: \"true\" }",
);
static EXHAUSTED: Fault = OURS.fault(
    "branches-exhausted",
    "no node has a branch interface left for this pod",
    "add nodes, or larger ones, for the pods that a SecurityGroupPolicy selects",
    "kubectl get nodes -o custom-columns=NAME:.metadata.name,BRANCHES:.status.allocatable.'vpc\\.amazonaws\\.com/pod-eni'\n\
     # none on every node: ENABLE_POD_ENI is off, or no type in use supports it\n\
     # a policy selects more pods than it means to? narrow its podSelector: kubectl get securitygrouppolicies -A",
);
static STALE: Fault = OURS.fault(
    "stale-entry",
    "vpc-resource-controller still keeps an entry of an earlier attempt",
    "re-create the pod once, and update the control plane if it comes again",
    "kubectl get events -n <namespace> --field-selector involvedObject.name=<pod>    # the first failure is the cause\n\
     kubectl delete pod -n <namespace> <pod>    # its controller makes a new one",
);
static NOT_ANNOTATED: Fault = Fault {
    plane: Plane::Rbac,
    ..OURS.fault(
        "not-annotated",
        "vpc-resource-controller may not write the branch onto the pod",
        "let admission accept the controller's change of an annotation",
        "kubectl get events -n <namespace> --field-selector reason=BranchENIAnnotationFailed\n\
         # a PodSecurityPolicy (before 1.25): name kube-system/eks-vpc-resource-controller in the binding of the one that the pod uses\n\
         # a webhook or policy engine that refuses updates of pods: exempt that one ServiceAccount",
    )
};

fn look(facts: &Facts) -> Look {
    let set = facts.cluster.cni.value().and_then(CniSettings::branches);
    let Some(books) = facts.node.ipamd.value() else {
        return match set {
            Some(false) => Ok(Verdict::not_applicable("security groups for pods are off")),
            Some(true) => {
                Err(NODE_CHECK_AS_ROOT.missing("on; the events of the pod tell the rest"))
            }
            None => Err(facts.node.ipamd.need(&NODE_CHECK_AS_ROOT).err().unwrap_or_else(unseen)),
        };
    };
    if books.trunk {
        return Err(NODE_CHECK_AS_ROOT.missing("a trunk; the events of the pod tell the rest"));
    }
    Ok(Verdict::not_applicable("the node has no trunk interface"))
}

fn unseen() -> Missing {
    NODE_CHECK_AS_ROOT.missing(NOT_SEEN)
}
