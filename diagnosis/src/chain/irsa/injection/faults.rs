//! Every way in which a container comes to no identity, with what mends it.

use super::super::workload;
use crate::chain::{Common, Fault, Plane};

const ANNOTATE: &str = "kubectl annotate --overwrite serviceaccount -n <namespace> <service-account> \\\n  eks.amazonaws.com/role-arn=arn:<partition>:iam::<account>:role/<role>\n# annotated already? then re-create the pod: existing pods never change\nkubectl -n <namespace> rollout restart <workload>";
const RECREATE: &str = "kubectl -n <namespace> delete pod <pod>    # its controller creates it anew; for all of them:\nkubectl -n <namespace> rollout restart <workload>";

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated, and act as their own role",
    // A probe is a new pod, which proves nothing of these: the pods' own specs do.
    verify: "kubectl -n <namespace> get pods -o custom-columns='NAME:.metadata.name,ENV:.spec.containers[*].env[*].name'",
    expect: "AWS_ROLE_ARN,AWS_WEB_IDENTITY_TOKEN_FILE",
};

pub(in crate::chain::irsa) static NOT_INJECTED: Fault = Fault {
    verify: workload::VERIFY,
    expect: "identity injected intact",
    ..OURS.fault(
        "not-injected",
        "this pod has no AWS identity: neither web identity nor Pod Identity was injected",
        "bind the ServiceAccount to its role, then re-create the pod",
        ANNOTATE,
    )
};
pub(in crate::chain::irsa) static HALF: Fault = OURS.fault(
    "half-injected",
    "only one of AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE is set",
    "remove the variable that the pod template sets itself, so that the webhook sets both",
    "kubectl -n <namespace> get pod <pod> -o jsonpath='{.spec.containers[*].env}'\n# delete AWS_ROLE_ARN or AWS_WEB_IDENTITY_TOKEN_FILE from the pod template: a container that has either gets neither",
);
pub(in crate::chain::irsa) static HIDDEN: Fault = Fault {
    verify: workload::VERIFY,
    expect: "identity injected intact",
    ..OURS.fault(
    "hidden-by-node-role",
    "the missing binding hides behind the node role <node-role>",
    "bind the ServiceAccount to a role of its own, then re-create the pod; the node role stays as it is",
    ANNOTATE,
    )
};
pub(in crate::chain::irsa) static PREDATES: Fault = OURS.fault(
    "predates-annotation",
    "the pod is older than the role annotation of its ServiceAccount",
    "re-create the pod: existing pods never change",
    RECREATE,
);
pub(in crate::chain::irsa) static TOGETHER: Fault = OURS.fault(
    "created-together",
    "pod and role annotation came about within the same second, so that the webhook missed it",
    "re-create the pod, and let the ServiceAccount be applied before what uses it",
    RECREATE,
);
pub(in crate::chain::irsa) static MISSED: Fault = OURS.fault(
    "missed-at-creation",
    "this pod was created without the role that a new pod of its ServiceAccount gets",
    "re-create the pod; the annotation came after it, or the webhook missed it then",
    RECREATE,
);
pub(in crate::chain::irsa) static CONTAINER_SKIPPED: Fault = OURS.fault(
    "container-skipped",
    "the pod's annotation eks.amazonaws.com/skip-containers names the container <container>",
    "take the container out of that annotation in the pod template",
    "# in the pod template, spec.template.metadata.annotations:\n#   eks.amazonaws.com/skip-containers: without <container>; delete the key when nothing is left\nkubectl -n <namespace> rollout status <workload>",
);
pub(in crate::chain::irsa) static POD_SKIPPED: Fault = OURS.fault(
    "pod-skipped",
    "the pod's label eks.amazonaws.com/skip-pod-identity-webhook keeps the webhook away",
    "take the label out of the pod template",
    "# in the pod template, spec.template.metadata.labels: delete the key, whatever its value\n#   eks.amazonaws.com/skip-pod-identity-webhook\nkubectl -n <namespace> rollout status <workload>",
);
pub(in crate::chain::irsa) static FAILED_OPEN: Fault = Fault {
    owner: WEBHOOK_OWNER,
    ..OURS.fault(
        "webhook-failed-open",
        "the API server did not reach the identity webhook, and let pods through without identity",
        "bring the webhook back, then re-create the pods that came about meanwhile",
        "kubectl get mutatingwebhookconfiguration pod-identity-webhook -o jsonpath='{.webhooks[*].clientConfig}'\n# a service: its pods and endpoints; a url on 127.0.0.1: EKS runs it, so ask AWS support\nkubectl -n kube-system get deployment,endpoints pod-identity-webhook\nkubectl -n <namespace> rollout restart <workload>",
    )
};
pub(in crate::chain::irsa) static REFUSED: Fault = Fault {
    owner: WEBHOOK_OWNER,
    impact: "pods can be created again, everywhere in the cluster",
    verify: "kubectl -n <namespace> get events --field-selector reason=FailedCreate",
    expect: "no newer event that names the webhook",
    ..OURS.fault(
        "webhook-refused",
        "no pod is created, because the identity webhook does not answer the API server",
        "bring the webhook back",
        "kubectl -n kube-system get deployment,endpoints pod-identity-webhook\nkubectl -n kube-system logs deployment/pod-identity-webhook --tail=50\n# the path is API server → the webhook's service, port 443; its certificate is in the secret that it mounts",
    )
};

const WEBHOOK_OWNER: &str = "the owner of the cluster";
