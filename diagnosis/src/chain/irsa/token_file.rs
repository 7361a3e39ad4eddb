//! The projected token is there, and this user may read it.

use super::pod_identity_instead;
use crate::{
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, TokenFile, inputs::PROBE_REPORT},
};

pub(super) static LINK: Link = Link {
    id: "token-file",
    title: "token file",
    means: "The file that AWS_WEB_IDENTITY_TOKEN_FILE names exists, this user may read it, and it holds a signed token and nothing else.",
    judged: "From reading it once, bounded, as the pod's own user. Its content never leaves the pod.",
    sources: &[
        "https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken",
        "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/8",
    ],
    faults: &[&MISSING, &UNREADABLE, &NOT_A_TOKEN],
    signs: &[Sign::new(
        "/serviceaccount/token: permission denied",
        "WebIdentityErr: failed fetching WebIdentity token: caused by: open /var/run/secrets/eks.amazonaws.com/serviceaccount/token: permission denied",
        "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/8",
        &[Way(&LINK, &UNREADABLE)],
    )],
    host: no_host,
    look,
};

const VERIFY: &str = "eks-triage probe -n <namespace> --serviceaccount <service-account>";

static MISSING: Fault = Fault {
    id: "missing",
    plane: Plane::Iam,
    title: "the token file that the environment names does not exist",
    fix: "re-create the pod, so that the webhook mounts what it announces",
    change: "kubectl -n <namespace> get pod <pod> -o jsonpath='{.spec.volumes[?(@.name==\"aws-iam-token\")]}'\n# empty: the template sets AWS_WEB_IDENTITY_TOKEN_FILE itself; delete it there, and let the webhook do both",
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: VERIFY,
    expect: "token file intact",
};
static UNREADABLE: Fault = Fault {
    id: "unreadable",
    plane: Plane::Iam,
    title: "the user of this container may not read the token file",
    fix: "give the pod an fsGroup of its own, which the kubelet puts on the token",
    change: "# in the pod template:\nspec:\n  securityContext:\n    fsGroup: 65534    # any group of the workload's own",
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: VERIFY,
    expect: "token file intact",
};
static NOT_A_TOKEN: Fault = Fault {
    id: "not-a-token",
    plane: Plane::Iam,
    title: "the token file holds no token: <why>",
    fix: "let nothing but the projected volume write to that path",
    change: "kubectl -n <namespace> get pod <pod> -o yaml | grep -n -B2 -A8 eks.amazonaws.com/serviceaccount\n# a script or another volume puts something else there: remove it, and re-create the pod",
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: VERIFY,
    expect: "token file intact",
};

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    let (file, source) = facts.pod.token.need(&PROBE_REPORT)?;
    Ok(match file {
        TokenFile::Claims(_) => Verdict::intact("readable, a signed token", source),
        TokenFile::Missing => Verdict::broken(&MISSING, "no such file", source.quote("")),
        TokenFile::Denied => Verdict::broken(&UNREADABLE, "permission denied", source.quote("")),
        TokenFile::Malformed { why } => {
            Verdict::broken(&NOT_A_TOKEN, why, source.quote("")).with("why", why)
        }
    })
}
