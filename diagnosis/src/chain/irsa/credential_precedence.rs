//! Nothing that SDKs look at earlier stands before the web identity.

use super::pod_identity_instead;
use crate::{
    chain::{Fault, Link, Look, Plane, Verdict, no_host},
    facts::{Facts, inputs::PROBE_REPORT},
};

pub(super) static LINK: Link = Link {
    id: "credential-precedence",
    title: "credential precedence",
    means: "No static keys are in the environment: every SDK takes AWS_ACCESS_KEY_ID before the web identity, without a word.",
    judged: "From the names of the variables in the probe's own environment; the value of a key is not read. A workload's template may set others.",
    sources: &["https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html"],
    faults: &[&STATIC_KEYS],
    signs: &[],
    host: no_host,
    look,
};

static STATIC_KEYS: Fault = Fault {
    id: "static-keys",
    plane: Plane::Iam,
    title: "static keys in the environment win over the pod's own role",
    fix: "remove the static keys from the pod template",
    change: "kubectl -n <namespace> get pod <pod> -o yaml | grep -n -A3 AWS_ACCESS_KEY_ID\n# delete AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN from env and envFrom, and retire that key",
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated, and act as their own role",
    verify: "eks-triage probe -n <namespace> --serviceaccount <service-account>",
    expect: "credential precedence intact",
};

fn look(facts: &Facts) -> Look {
    let (env, source) = facts.pod.identity.need(&PROBE_REPORT)?;
    if env.static_keys {
        let quote = source.quote("AWS_ACCESS_KEY_ID");
        return Ok(Verdict::broken(&STATIC_KEYS, "AWS_ACCESS_KEY_ID is set", quote));
    }
    if pod_identity_instead(facts).is_some() {
        let (answer, source) = facts.pod.pod_identity.need(&PROBE_REPORT)?;
        return match answer.status {
            200 => Ok(Verdict::intact("Pod Identity; its agent gives credentials", source)),
            status => {
                let why = format!("the Pod Identity agent says HTTP {status}");
                Err(PROBE_REPORT.doubt(why, source.quote("")))
            }
        };
    }
    if env.role_arn.is_none() || env.token_file.is_none() {
        return Err(PROBE_REPORT.missing("no identity was injected"));
    }
    Ok(Verdict::intact("web identity comes first", source))
}
