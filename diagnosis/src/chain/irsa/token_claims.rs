//! The token is current and meant for STS.

use super::{pod_identity_instead, sts_endpoint};
use crate::{
    aws::STS_AUDIENCE,
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, TokenFile, inputs::PROBE_REPORT},
};

pub(super) static LINK: Link = Link {
    id: "token-claims",
    title: "token claims",
    means: "The token has not expired, and its audience is sts.amazonaws.com, in every partition. The kubelet renews the file; a client that keeps its content presents an old one.",
    judged: "From the claims of the file against the time of the look. Another audience is a fault only where STS refused it: a provider may list it on purpose.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
    ],
    faults: &[&EXPIRED, &AUDIENCE, &STALE],
    signs: &[
        Sign::new(
            "Token expired: current date/time",
            "An error occurred (ExpiredTokenException) when calling the AssumeRoleWithWebIdentity operation: Token expired: current date/time 1772355600 must be before the expiration date/time1772352000",
            "https://github.com/aws/aws-sdk-js/issues/3166",
            &[Way(&LINK, &STALE)],
        )
        .showing(&[&sts_endpoint::LINK]),
    ],
    host: no_host,
    look,
};

pub(super) const INCORRECT_AUDIENCE: &str = "Incorrect token audience";

const VERIFY: &str = "eks-triage probe -n <namespace> --serviceaccount <service-account>";

static EXPIRED: Fault = Fault {
    id: "expired",
    plane: Plane::Node,
    title: "the token file itself expired at <expires>: the kubelet did not renew it",
    fix: "bring the node's kubelet, or its clock, back; then re-create the pod",
    change: "eks-triage check    # on this pod's node: kubelet, endpoint and clock\nkubectl -n <namespace> delete pod <pod>",
    owner: "the owner of the node",
    impact: "this pod is recreated",
    verify: VERIFY,
    expect: "token claims intact",
};
pub(super) static AUDIENCE: Fault = Fault {
    id: "audience",
    plane: Plane::Iam,
    title: "the token is made for <token-audience>, which the role's OIDC provider does not list",
    fix: "let the projected token have the audience sts.amazonaws.com",
    change: "kubectl annotate --overwrite serviceaccount -n <namespace> <service-account> eks.amazonaws.com/audience=sts.amazonaws.com\n# where the template mounts its own token: audience: sts.amazonaws.com in that projected volume\n# then re-create the pods that use it",
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: VERIFY,
    expect: "token claims intact",
};
static STALE: Fault = Fault {
    id: "stale-in-client",
    plane: Plane::Iam,
    title: "the workload presents an expired token, though the kubelet renews the file",
    fix: "restart the workload, and upgrade its SDK to one that reads the file again",
    change: "kubectl -n <namespace> delete pod <pod>\n# then raise the SDK to at least the version that EKS names for web identity",
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: "kubectl -n <namespace> logs <pod> --since=10m | grep -c ExpiredToken",
    expect: "0",
};

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    let (file, source) = facts.pod.token.need(&PROBE_REPORT)?;
    let TokenFile::Claims(claims) = file else {
        return Err(PROBE_REPORT.missing("no token was read"));
    };
    if claims.expires <= facts.taken_at {
        let broken = Verdict::broken(&EXPIRED, &claims.expires, source.quote("exp"));
        return Ok(broken.with("expires", &claims.expires));
    }
    let audience = claims.audience.join(", ");
    if claims.audience.iter().any(|it| it == STS_AUDIENCE) {
        return Ok(Verdict::intact(&claims.subject, source));
    }
    let (answer, asked) = facts.pod.web_identity.need(&PROBE_REPORT).map_err(|mut missing| {
        missing.why = format!("made for {audience}; STS was not asked");
        missing
    })?;
    if answer.accepted() {
        return Ok(Verdict::intact(format!("made for {audience}, which STS accepts"), source));
    }
    if answer.message.contains(INCORRECT_AUDIENCE) {
        let broken = Verdict::broken(&AUDIENCE, &audience, asked.quote(INCORRECT_AUDIENCE));
        return Ok(broken.and_evidence(source.quote("aud")).with("token-audience", audience));
    }
    Err(PROBE_REPORT.missing(format!("made for {audience}; STS refused for another reason")))
}
