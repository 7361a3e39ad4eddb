//! The role's trust policy accepts this token.

use super::{oidc_provider, pod_identity_instead, sts_endpoint};
use crate::{
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, inputs::TRUST_POLICY},
};

pub(super) static LINK: Link = Link {
    id: "trust-policy",
    title: "trust policy",
    means: "The role trusts the cluster's OIDC provider, and every condition matches the token: sub names the ServiceAccount, aud is sts.amazonaws.com.",
    judged: "Intact where STS gave credentials. A refusal has at least eight causes, so it is decided only by the policy's conditions against the token's claims.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
    ],
    faults: &[&SUBJECT, &AUDIENCE],
    signs: &[
        Sign::new(
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity",
            "https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors",
            &[Way(&LINK, &SUBJECT), Way(&LINK, &AUDIENCE)],
        )
        .showing(&[&sts_endpoint::LINK, &oidc_provider::LINK]),
    ],
    host: no_host,
    look,
};

const VERIFY: &str = "eks-triage probe -n <namespace> --serviceaccount <service-account>";

static SUBJECT: Fault = Fault {
    id: "subject-mismatch",
    plane: Plane::Iam,
    title: "the trust policy of role <role> does not name this ServiceAccount",
    fix: "one value in the trust policy of role <role>",
    change: "-  \"<key>\": \"<policy-subject>\"\n+  \"<key>\": \"<subject>\"",
    owner: "the owner of role <role>",
    impact: "nothing restarts; who matched the old value loses the role",
    verify: VERIFY,
    expect: "trust policy intact",
};
static AUDIENCE: Fault = Fault {
    id: "audience-mismatch",
    plane: Plane::Iam,
    title: "the trust policy of role <role> asks for another audience",
    fix: "one value in the trust policy of role <role>",
    change: "-  \"<key>\": \"<policy-audience>\"\n+  \"<key>\": \"sts.amazonaws.com\"",
    owner: "the owner of role <role>",
    impact: "nothing restarts",
    verify: VERIFY,
    expect: "trust policy intact",
};

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    if let Ok((answer, source)) = facts.pod.web_identity.need(&TRUST_POLICY)
        && answer.accepted()
    {
        return Ok(Verdict::intact(format!("STS gave {}", answer.detail), source));
    }
    let (_, _) = facts.account.role.need(&TRUST_POLICY)?;
    Err(TRUST_POLICY.missing("its conditions are not judged"))
}
