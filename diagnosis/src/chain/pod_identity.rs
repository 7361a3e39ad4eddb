//! EKS Pod Identity: from the association to temporary credentials.

use super::{Chain, Common, Plane, Verdict, WHY};
use crate::facts::{
    Answer, Association, AssociationObject, Facts, IdentityEnv, Missing, Observed, Source,
    inputs::PROBE_REPORT,
};

mod association;
mod association_trust;
mod container_credentials;
pub(super) mod egress;
mod eks_auth;
mod one_mechanism;
mod pod_identity_agent;
mod pod_identity_token;
mod role;
mod target_role;

pub static CHAIN: Chain = Chain {
    id: "pod-identity",
    title: "Pod Identity association to role",
    links: &[
        &association::LINK,
        &container_credentials::LINK,
        &one_mechanism::LINK,
        &pod_identity_agent::LINK,
        &pod_identity_token::LINK,
        &eks_auth::LINK,
        &association_trust::LINK,
        &target_role::LINK,
    ],
};

const VERIFY: &str = "eks-triage probe -n <namespace> --serviceaccount <service-account>";

/// For a fault of the workload, mended in its template.
const WORKLOAD: Common = Common {
    plane: Plane::Iam,
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: WHY,
    expect: "Pod Identity agent intact",
};

/// Where the agent words what it answers.
const AGENT_ERRORS: &str = "aws/eks-pod-identity-agent pkg/errors/errors.go, 0.1.37";

/// The workload's own container as its spec has it, else the probe's environment.
fn environment(facts: &Facts) -> Result<(&IdentityEnv, &Source), Missing> {
    if let Observed::Seen { value, source } = &facts.cluster.pod
        && let Some(container) = value.present().and_then(|it| it.own())
    {
        return Ok((&container.identity, source));
    }
    facts.pod.identity.need(&PROBE_REPORT)
}

/// Nothing here is to hold: the pod has web identity, or nobody asked for Pod Identity.
fn not_in_use(facts: &Facts) -> Option<Verdict> {
    let association = facts.account.association.value();
    let absent = matches!(association, Some(AssociationObject::Absent));
    let Ok((env, _)) = environment(facts) else {
        let annotated = facts.cluster.service_account.value().and_then(|it| it.present());
        let annotated = annotated.is_some_and(|it| it.role_arn.is_some());
        return (absent && annotated)
            .then(|| Verdict::not_applicable("no association; the ServiceAccount names a role"));
    };
    if env.container_credentials_uri.is_some() || env.container_token_file.is_some() {
        return None;
    }
    if env.role_arn.is_some() && env.token_file.is_some() {
        return Some(Verdict::not_applicable("web identity is injected instead"));
    }
    absent.then(|| Verdict::not_applicable("no association, and nothing injected"))
}

fn associated(facts: &Facts) -> Option<(&Association, &Source)> {
    match &facts.account.association {
        Observed::Seen { value: AssociationObject::Present(it), source } => Some((it, source)),
        _ => None,
    }
}

/// The agent's answer; with credentials, everything from the association to them is proven.
fn answer(facts: &Facts) -> Option<(&Answer, &Source)> {
    match &facts.pod.pod_identity {
        Observed::Seen { value, source } => Some((value, source)),
        Observed::Failed { .. } | Observed::Skipped => None,
    }
}

fn accepted(facts: &Facts) -> Option<&Source> {
    answer(facts).filter(|(it, _)| it.accepted()).map(|(_, source)| source)
}

/// The code with which EKS Auth refused; the agent's own refusals have none.
fn refused(facts: &Facts) -> Option<(&str, &Source)> {
    answer(facts).filter(|(it, _)| !it.code.is_empty()).map(|(it, at)| (it.code.as_str(), at))
}
