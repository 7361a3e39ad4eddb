//! The STS host that this pod is configured for answers it.

use super::{injection, pod_identity_instead};
use crate::{
    aws::STS_GLOBAL,
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, ladder},
    facts::{Ended, Facts, Observed, Reach, inputs::PROBE_REPORT},
};

pub(super) static LINK: Link = Link {
    id: "sts-endpoint",
    title: "STS endpoint",
    means: "The pod resolves and reaches the STS host that it is configured for: the regional one, or sts.amazonaws.com where AWS_STS_REGIONAL_ENDPOINTS says legacy.",
    judged: "From the pod: DNS, TCP, TLS and any HTTP answer of both hosts, each with its own fault. Older SDKs take the global host unless told otherwise.",
    sources: &[
        "https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/configure-sts-endpoint.html",
    ],
    faults: &[
        &ladder::NAME_NOT_FOUND,
        &ladder::NAME_UNANSWERED,
        &ladder::NAME_REFUSED,
        &ladder::CONNECT_TIMED_OUT,
        &ladder::CONNECT_REFUSED,
        &ladder::UNREACHABLE,
        &ladder::TLS_TIMED_OUT,
        &ladder::TLS_UNTRUSTED,
        &ladder::TLS_WRONG_NAME,
        &ladder::TLS_EXPIRED,
        &ladder::TLS_FAILED,
        &ladder::HTTP_TIMED_OUT,
        &ladder::HTTP_FAILED,
        &GLOBAL_CHOSEN,
    ],
    signs: &[
        Sign::new(
            "Missing credentials in config",
            "CredentialsError: Missing credentials in config, if using AWS_CONFIG_FILE, set AWS_SDK_LOAD_CONFIG=1",
            "https://github.com/aws/aws-sdk-js/blob/master/lib/config.js",
            NO_CREDENTIALS,
        ),
        Sign::new(
            "WebIdentityErr: failed to retrieve credentials",
            "WebIdentityErr: failed to retrieve credentials",
            "https://github.com/aws/aws-sdk-go/blob/main/aws/credentials/stscreds/web_identity_provider.go",
            NO_CREDENTIALS,
        ),
    ],
    host: |host| host.starts_with("sts."),
    look,
};

/// A client's summary: it swallows the cause.
static NO_CREDENTIALS: &[Way] = &[
    Way(&injection::LINK, &injection::NOT_INJECTED),
    Way(&LINK, &ladder::NAME_NOT_FOUND),
    Way(&LINK, &ladder::NAME_UNANSWERED),
    Way(&LINK, &ladder::CONNECT_TIMED_OUT),
];

static GLOBAL_CHOSEN: Fault = Fault {
    id: "global-host-chosen",
    plane: Plane::Network,
    title: "this pod is told to ask sts.amazonaws.com, which does not answer; the regional host does",
    fix: "let the ServiceAccount choose the regional STS host",
    change: "kubectl annotate --overwrite serviceaccount -n <namespace> <service-account> eks.amazonaws.com/sts-regional-endpoints=true\n# the template sets AWS_STS_REGIONAL_ENDPOINTS itself? then set it to regional there; re-create the pods",
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: "eks-triage probe -n <namespace> --serviceaccount <service-account>",
    expect: "STS endpoint intact",
};

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    let pod = &facts.pod;
    let legacy = pod.identity.value().and_then(|it| it.sts_regional_endpoints.as_deref());
    let global = legacy == Some("legacy");
    let (asked, other) = if global {
        (&pod.sts_global, &pod.sts_regional)
    } else {
        (&pod.sts_regional, &pod.sts_global)
    };
    let (reach, source) = asked.need(&PROBE_REPORT)?;
    let aside = also(other);
    Ok(match ladder::climb(asked, &PROBE_REPORT)? {
        Ok(_) => Verdict::intact(format!("{}{aside}", reach.brief()), source),
        Err(_) if global && answers(other) => {
            let quote = source.quote(STS_GLOBAL);
            Verdict::broken(&GLOBAL_CHOSEN, reach.ended.to_string(), quote)
        }
        Err(mut broken) => {
            broken.detail.push_str(&aside);
            broken
        }
    })
}

fn answers(observed: &Observed<Reach>) -> bool {
    observed.value().is_some_and(|it| matches!(it.ended, Ended::Answered(_)))
}

/// The other host, because the workload's SDK may be an older one that asks it.
fn also(other: &Observed<Reach>) -> String {
    other.value().map(|it| format!("; {}: {}", it.host, it.ended)).unwrap_or_default()
}
