//! The webhook injected the identity into this container.

use super::pod_identity_instead;
use crate::{
    chain::{Fault, Link, Look, Plane, Verdict, no_host},
    facts::{Facts, inputs::PROBE_REPORT},
};

pub(super) static LINK: Link = Link {
    id: "injection",
    title: "identity injected",
    means: "The container has AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE. Injection happens once, when the pod is created, and its absence is silent.",
    judged: "From the environment in the pod. Without an identity, one token request to the metadata service tells whether the node role hides the gap; only the role's name is read.",
    sources: &[
        "aws/amazon-eks-pod-identity-webhook pkg/handler/handler.go, 2026-08",
        "https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
    ],
    faults: &[&NOT_INJECTED, &HALF, &HIDDEN],
    signs: &[],
    host: no_host,
    look,
};

const ANNOTATE: &str = "kubectl annotate --overwrite serviceaccount -n <namespace> <service-account> \\\n  eks.amazonaws.com/role-arn=arn:<partition>:iam::<account>:role/<role>\n# annotated already? then re-create the pod: existing pods never change\nkubectl -n <namespace> rollout restart deployment <deployment>";

pub(super) static NOT_INJECTED: Fault = Fault {
    id: "not-injected",
    plane: Plane::Iam,
    title: "this pod has no AWS identity: neither web identity nor Pod Identity was injected",
    fix: "bind the ServiceAccount to its role, then re-create the pod",
    change: ANNOTATE,
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: "eks-triage probe -n <namespace> --serviceaccount <service-account>",
    expect: "identity injected intact",
};
static HALF: Fault = Fault {
    id: "half-injected",
    plane: Plane::Iam,
    title: "only one of AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE is set",
    fix: "remove the variable that the pod template sets itself, so that the webhook sets both",
    change: "kubectl -n <namespace> get pod <pod> -o jsonpath='{.spec.containers[*].env}'\n# delete AWS_ROLE_ARN or AWS_WEB_IDENTITY_TOKEN_FILE from the pod template: a container that has either gets neither",
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: "eks-triage probe -n <namespace> --serviceaccount <service-account>",
    expect: "identity injected intact",
};
static HIDDEN: Fault = Fault {
    id: "hidden-by-node-role",
    plane: Plane::Iam,
    title: "the missing binding hides behind the node role <node-role>",
    fix: "bind the ServiceAccount to a role of its own, then re-create the pod; the node role stays as it is",
    change: ANNOTATE,
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated, and act as their own role",
    verify: "eks-triage probe -n <namespace> --serviceaccount <service-account>",
    expect: "identity injected intact",
};

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    let (env, source) = facts.pod.identity.need(&PROBE_REPORT)?;
    match (&env.role_arn, &env.token_file) {
        (Some(_), Some(_)) => return Ok(Verdict::intact("both variables are set", source)),
        (None, None) => {}
        _ => return Ok(Verdict::broken(&HALF, "one of two", source.quote("is not set"))),
    }
    let gap = source.quote("AWS_ROLE_ARN");
    if let Ok((imds, asked)) = facts.pod.imds.need(&PROBE_REPORT)
        && let Some(role) = &imds.role
    {
        let broken = Verdict::broken(&HIDDEN, format!("node role {role}"), asked.quote(role));
        return Ok(broken.and_evidence(gap).with("node-role", role));
    }
    let token = source.quote("AWS_WEB_IDENTITY_TOKEN_FILE");
    Ok(Verdict::broken(&NOT_INJECTED, "nothing injected", gap).and_evidence(token))
}
