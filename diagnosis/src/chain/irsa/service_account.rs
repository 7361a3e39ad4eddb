//! The ServiceAccount is there, in the pod's own namespace.

use super::pod_identity_instead;
use crate::{
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, ServiceAccount, ServiceAccountObject, inputs::SERVICE_ACCOUNT},
};

pub(super) static LINK: Link = Link {
    id: "service-account",
    title: "ServiceAccount",
    means: "The ServiceAccount that the pod names exists in the pod's namespace. The API server refuses to create a pod without it; one of the same name elsewhere does not count.",
    judged: "From the ServiceAccount object, else from the token that was issued for it.",
    sources: &[
        "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
        "kubernetes/kubernetes plugin/pkg/admission/serviceaccount/admission.go",
    ],
    faults: &[&ABSENT],
    signs: &[Sign::new(
        "error looking up service account <namespace>/<service-account>: serviceaccount \"<>\" not found",
        "Warning  FailedCreate  replicaset-controller  Error creating: pods \"api-7d9f-\" is forbidden: error looking up service account prod/api: serviceaccount \"api\" not found",
        "kubernetes/kubernetes plugin/pkg/admission/serviceaccount/admission.go",
        &[Way(&LINK, &ABSENT)],
    )],
    host: no_host,
    look,
};

pub(super) static ABSENT: Fault = Fault {
    id: "absent",
    plane: Plane::Iam,
    title: "the namespace <namespace> has no ServiceAccount <service-account>",
    fix: "create the ServiceAccount with its role, in the namespace of the pod",
    change: "kubectl create serviceaccount -n <namespace> <service-account>\nkubectl annotate serviceaccount -n <namespace> <service-account> \\\n  eks.amazonaws.com/role-arn=arn:<partition>:iam::<account>:role/<role>\n# misspelt in the pod template? then correct serviceAccountName there instead",
    owner: "the owner of the workload",
    impact: "pods that wait for this ServiceAccount are created",
    verify: "kubectl get serviceaccount -n <namespace> <service-account> -o yaml",
    expect: "eks.amazonaws.com/role-arn",
};

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    let (object, source) = match facts.cluster.service_account.need(&SERVICE_ACCOUNT) {
        Ok(seen) => seen,
        Err(missing) => {
            let (subject, source) =
                facts.pod.service_account.need(&SERVICE_ACCOUNT).map_err(|_| missing)?;
            return Ok(Verdict::intact(format!("{subject} was given a token"), source));
        }
    };
    let name = match object {
        ServiceAccountObject::Present(it) => {
            return Ok(Verdict::intact(format!("{}/{}", it.namespace, it.name), source));
        }
        ServiceAccountObject::Absent => name(facts),
    };
    let broken = Verdict::broken(&ABSENT, "not found", source.quote("not found"));
    let Some(name) = name else { return Ok(broken) };
    let mut broken = broken.with("service-account", name);
    if let Ok((all, listed)) = facts.cluster.annotated.need(&SERVICE_ACCOUNT)
        && let Some(ServiceAccount { namespace, .. }) = all.iter().find(|it| it.name == name)
    {
        broken.detail = format!("not found; {namespace}/{name} has a role");
        broken = broken.and_evidence(listed.quote(&format!("{namespace}/{name}")));
    }
    Ok(broken)
}

/// What the missing one would be called.
fn name(facts: &Facts) -> Option<&str> {
    if let Some(pod) = facts.cluster.pod.value().and_then(|it| it.present()) {
        return Some(&pod.service_account);
    }
    let subject = &facts.subject;
    (!matches!(subject.kind.as_str(), "" | "pod" | "node")).then_some(&subject.name)
}
