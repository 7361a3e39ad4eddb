//! The webhook injected the identity into this container.

use super::{
    pod_identity_instead, role_arn,
    workload::{Workload, annotation, physical, workload},
};
use crate::{
    chain::{Link, Look, Sign, Verdict, Way, no_host},
    facts::{Facts, Observed, Source, inputs::PROBE_REPORT, inputs::SERVICE_ACCOUNT, seconds},
    pattern,
    report::Evidence,
};

mod faults;

pub(super) use faults::*;

pub(super) static LINK: Link = Link {
    id: "injection",
    title: "identity injected",
    means: "The container has AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE. Injection happens once, when the pod is created, and its absence is silent.",
    judged: "From the spec of the workload's own container, else from the probe's environment. Times of pod and annotation, the webhook's own marks and lines tell why it did not happen. Without an identity, one token request to the metadata service tells whether the node role hides the gap; only the role's name is read.",
    sources: &[
        "aws/amazon-eks-pod-identity-webhook pkg/handler/handler.go, 2026-08",
        "https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
    ],
    faults: &[
        &NOT_INJECTED,
        &HALF,
        &HIDDEN,
        &PREDATES,
        &TOGETHER,
        &MISSED,
        &CONTAINER_SKIPPED,
        &POD_SKIPPED,
        &FAILED_OPEN,
        &REFUSED,
    ],
    signs: &[
        Sign::new(
            FAILING_OPEN,
            "W0123 07:45:58.886512       1 dispatcher.go:180] Failed calling webhook, failing open pod-identity-webhook.amazonaws.com: failed calling webhook \"pod-identity-webhook.amazonaws.com\": failed to call webhook: Post \"https://pod-identity-webhook.kube-system.svc:443/mutate?timeout=10s\": context deadline exceeded",
            "https://github.com/kkb0318/irsa-manager/issues/11",
            &[Way(&LINK, &FAILED_OPEN)],
        ),
        Sign::new(
            FAILING_OPEN_ON_EKS,
            "W0301 10:00:00.000000      10 dispatcher.go:217] Failed calling webhook, failing open iam-for-pods.amazonaws.com: failed calling webhook \"iam-for-pods.amazonaws.com\": failed to call webhook: Post \"https://127.0.0.1:23443/mutate?timeout=10s\": context deadline exceeded",
            "kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/mutating/dispatcher.go",
            &[Way(&LINK, &FAILED_OPEN)],
        ),
        Sign::new(
            "Internal error occurred: failed calling webhook \"pod-identity-webhook.amazonaws.com\"",
            "Error creating: Internal error occurred: failed calling webhook \"pod-identity-webhook.amazonaws.com\": failed to call webhook: Post \"https://pod-identity-webhook.kube-system.svc:443/mutate?timeout=10s\": dial tcp 100.64.59.214:443: connect: connection refused",
            "https://github.com/kubernetes/kops/issues/13459",
            &[Way(&LINK, &REFUSED)],
        ),
        Sign::new(
            "Container <container> was annotated to be skipped",
            "I0301 10:00:00.000000       1 handler.go:311] Container app was annotated to be skipped",
            HANDLER,
            &[Way(&LINK, &CONTAINER_SKIPPED)],
        ),
        Sign::new(
            "Service account did not have the right annotations or was not found in the cache",
            "I0301 10:00:00.000000       1 handler.go:467] Pod was not mutated. Reason: Service account did not have the right annotations or was not found in the cache. Pod=api-7d9f, ServiceAccount=api, Namespace=prod",
            HANDLER,
            &[
                Way(&role_arn::LINK, &role_arn::MISSING),
                Way(&role_arn::LINK, &role_arn::ELSEWHERE),
                Way(&LINK, &PREDATES),
                Way(&LINK, &TOGETHER),
                Way(&LINK, &MISSED),
            ],
        ),
        Sign::new(
            "not found in the cache after <>. Not mutating",
            "W0301 10:00:00.000000       1 handler.go:407] Service account prod/api not found in the cache after 100ms. Not mutating.",
            HANDLER,
            &[Way(&LINK, &TOGETHER)],
        ),
    ],
    host: no_host,
    look,
};

const HANDLER: &str = "aws/amazon-eks-pod-identity-webhook pkg/handler/handler.go, 3bf80a3";
const FAILING_OPEN: &str =
    "Failed calling webhook, failing open pod-identity-webhook.amazonaws.com";
const FAILING_OPEN_ON_EKS: &str = "Failed calling webhook, failing open iam-for-pods.amazonaws.com";

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    let own = workload(facts);
    let (env, source) = match &own {
        Some(own) => (&own.container.identity, own.source),
        None => facts.pod.identity.need(&PROBE_REPORT)?,
    };
    match (&env.role_arn, &env.token_file) {
        (Some(role), Some(_)) => {
            let other = annotation(facts).is_some_and(|it| it != role);
            let older = own.as_ref().and_then(|own| older(facts, own)).filter(|_| other);
            return Ok(older.unwrap_or_else(|| Verdict::intact("both variables are set", source)));
        }
        (None, None) => {}
        _ if own.as_ref().is_some_and(skipped) => {}
        _ => return Ok(half(env.role_arn.is_some(), own.as_ref(), source)),
    }
    let shadow = shadow(facts);
    if let Some(why) = own.as_ref().and_then(|own| why(facts, own)) {
        return Ok(match shadow {
            Some((role, quotes)) => also(why, quotes).with("node-role", role),
            None => why,
        });
    }
    let gap = gap(own.as_ref(), source);
    if let Some((role, quotes)) = shadow {
        let broken = Verdict::broken(&HIDDEN, format!("node role {role}"), gap);
        return Ok(also(broken, quotes).with("node-role", role));
    }
    match facts.cluster.service_account.value().map(|it| it.present()) {
        Some(Some(it)) if it.role_arn.is_none() => {
            let why = "nothing to inject: the ServiceAccount names no role";
            return Err(SERVICE_ACCOUNT.missing(why));
        }
        // Most pods want no identity at all.
        None if own.is_some() && facts.pod.identity.value().is_none() => {
            let why = "nothing injected; whether something was to be, its ServiceAccount tells";
            return Err(SERVICE_ACCOUNT.missing(why));
        }
        _ => {}
    }
    // Most pods want nothing of AWS. Nobody who pastes one says by it that this one does.
    let seen = &facts.cluster.service_account;
    if own.is_some()
        && matches!((seen, &facts.pod.identity), (Observed::Skipped, Observed::Skipped))
    {
        let why = "nothing injected; whether it wants a role was not seen";
        // Without a line nobody said that anything else was the matter.
        return Err(if facts.lines.is_empty() {
            SERVICE_ACCOUNT.doubt(why, gap)
        } else {
            SERVICE_ACCOUNT.missing(why)
        });
    }
    let broken = Verdict::broken(&NOT_INJECTED, anew(facts, own.is_some()), gap);
    Ok(match own {
        Some(_) => broken,
        None => broken.and_evidence(source.quote("AWS_WEB_IDENTITY_TOKEN_FILE")),
    })
}

fn also(broken: Verdict, quotes: Vec<Evidence>) -> Verdict {
    quotes.into_iter().fold(broken, Verdict::and_evidence)
}

fn half(role: bool, own: Option<&Workload>, source: &Source) -> Verdict {
    let set = if role { "AWS_ROLE_ARN" } else { "AWS_WEB_IDENTITY_TOKEN_FILE" };
    let quote = match own {
        Some(own) => source.quote_any(&[&format!("{}: {set}", own.container.name), set]),
        None => source.quote("is not set"),
    };
    Verdict::broken(&HALF, format!("{set} alone"), quote)
}

fn gap(own: Option<&Workload>, source: &Source) -> Evidence {
    let Some(own) = own else { return source.quote("AWS_ROLE_ARN") };
    let container = format!("container {}", own.container.name);
    source.quote_any(&[
        &format!("{container}: AWS_ROLE_ARN"),
        &format!("{container}: env sets no"),
        &format!("{container}:"),
    ])
}

/// What the facts prove of the reason; `None` leaves it open.
fn why(facts: &Facts, own: &Workload) -> Option<Verdict> {
    let container = &own.container.name;
    if own.pod.skips_webhook {
        let quote = own.source.quote("skip-pod-identity-webhook");
        return Some(Verdict::broken(&POD_SKIPPED, "the label is there", quote));
    }
    if skipped(own) {
        let quote = own.source.quote("skip-containers");
        let broken = Verdict::broken(&CONTAINER_SKIPPED, container, quote);
        return Some(broken.with("container", container));
    }
    // A pod that was created now and has nothing either is not too old.
    let probe = facts.pod.identity.value();
    if probe.is_none_or(|it| it.role_arn.is_some())
        && let Some(older) = older(facts, own)
    {
        return Some(older);
    }
    let failed_open = facts.lines.iter().find_map(|line| {
        let texts = [FAILING_OPEN, FAILING_OPEN_ON_EKS];
        Some(physical(line, texts.iter().find_map(|text| line.text.find(text))?))
    });
    match failed_open {
        Some(it) => Some(Verdict::broken(&FAILED_OPEN, "the webhook was not reached", it)),
        None => missed(facts, own),
    }
}

/// A new pod gets what this one has not: whatever kept the webhook away then, it does no more.
fn missed(facts: &Facts, own: &Workload) -> Option<Verdict> {
    let (new, source) = facts.pod.identity.need(&PROBE_REPORT).ok()?;
    let role = new.role_arn.as_ref().filter(|_| new.token_file.is_some())?;
    let broken = Verdict::broken(&MISSED, "a new pod is injected", gap(Some(own), own.source));
    Some(broken.and_evidence(source.quote(role)))
}

fn skipped(own: &Workload) -> bool {
    let list = own.pod.skip_containers.as_deref().unwrap_or_default();
    list.split(',').any(|it| it.trim() == own.container.name)
}

/// By the times of pod and annotation. The latter is the latest possible one; where nobody kept it,
/// the ServiceAccount's own creation is the earliest, which only an older pod is settled by.
fn older(facts: &Facts, own: &Workload) -> Option<Verdict> {
    let (object, written) = facts.cluster.service_account.need(&SERVICE_ACCOUNT).ok()?;
    let account = object.present().filter(|it| it.role_arn.is_some())?;
    let since = account.annotated.as_ref().or(account.created.as_ref())?;
    let created = own.pod.created.as_ref()?;
    let fault = match seconds(since, created)? {
        ..0 => &PREDATES,
        0..=1 if account.annotated.is_some() => &TOGETHER,
        _ => return None,
    };
    let quote = own.source.quote(&format!("created {created}"));
    let broken = Verdict::broken(fault, format!("created {created}, annotated {since}"), quote);
    Some(broken.and_evidence(written.quote_any(&[&format!("(written {since})"), since])))
}

/// The node role, where this pod was seen to use it or can have it.
fn shadow(facts: &Facts) -> Option<(String, Vec<Evidence>)> {
    let used = facts.lines.iter().find_map(|line| {
        let (at, names) = pattern::read("assumed-role/<node-role>/i-<>", &line.text)?;
        Some((names.get("node-role")?.clone(), physical(line, at)))
    });
    let had = facts.pod.imds.need(&PROBE_REPORT).ok().and_then(|(imds, asked)| {
        let role = imds.role.as_ref()?;
        Some((role.clone(), asked.quote(role)))
    });
    let both: Vec<_> = used.into_iter().chain(had).collect();
    let role = both.first()?.0.clone();
    Some((role, both.into_iter().map(|(_, quote)| quote).collect()))
}

fn anew(facts: &Facts, own: bool) -> &'static str {
    match facts.pod.identity.value().filter(|_| own) {
        None => "nothing injected",
        Some(_) => "a new pod of this ServiceAccount is not injected either",
    }
}
