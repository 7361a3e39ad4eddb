//! The webhook injected Pod Identity into this container.

use super::{WORKLOAD, associated, environment, not_in_use};
use crate::{
    chain::{Common, Fault, Link, Look, Verdict, no_host},
    facts::{Association, Facts, IdentityEnv, Observed, Source, WorkloadPod, inputs::ASSOCIATION},
    report::Evidence,
};

pub(super) static LINK: Link = Link {
    id: "container-credentials",
    title: "container credentials",
    means: "The container has AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE. Injection happens once, when the pod is created, some seconds after the association at the earliest, and its absence is silent.",
    judged: "From the workload's pod as the API server has it, else from the probe's environment, against the time of the association. Web identity in its place is a risk only while an association waits for the next pod.",
    sources: &[
        "aws/amazon-eks-pod-identity-webhook pkg/handler/handler.go, 2026-08",
        "https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html",
        "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/264",
    ],
    faults: &[&UNSUPPORTED, &HALF, &SKIP_LABEL, &CONTAINER_SKIPPED, &PREDATES, &NOT_INJECTED],
    signs: &[],
    host: no_host,
    look,
};

const OURS: Common = Common { expect: "container credentials intact", ..WORKLOAD };

static UNSUPPORTED: Fault = OURS.fault(
    "unsupported-compute",
    "this pod runs on <why>, where Pod Identity does not work",
    "give the ServiceAccount its role by web identity, or run the pod on a Linux EC2 node",
    "kubectl annotate --overwrite serviceaccount -n <namespace> <service-account> \\\n  eks.amazonaws.com/role-arn=<association-role-arn>\n# its role must trust the cluster's OIDC provider; the association has no effect here: remove it\naws eks delete-pod-identity-association --cluster-name <cluster> --association-id <association>",
);
static HALF: Fault = OURS.fault(
    "half-injected",
    "only one of AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE is set",
    "remove the variable that the pod template sets itself, so that the webhook sets both",
    "kubectl -n <namespace> get pod <pod> -o jsonpath='{.spec.containers[*].env}'\n# delete AWS_CONTAINER_CREDENTIALS_FULL_URI or AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE from the pod template: a container that has either gets neither",
);
static SKIP_LABEL: Fault = OURS.fault(
    "skip-label",
    "the pod's label eks.amazonaws.com/skip-pod-identity-webhook keeps the webhook away",
    "remove the label from the pod template",
    "kubectl -n <namespace> get pod <pod> --show-labels\n# delete eks.amazonaws.com/skip-pod-identity-webhook from the labels of the pod template",
);
static CONTAINER_SKIPPED: Fault = OURS.fault(
    "container-skipped",
    "the pod's annotation eks.amazonaws.com/skip-containers names the container <container>",
    "take the container <container> out of that annotation of the pod template",
    "kubectl -n <namespace> get pod <pod> -o yaml | grep skip-containers\n# delete <container> from the list in the pod template; the last name gone, delete the annotation",
);
static PREDATES: Fault = OURS.fault(
    "predates-association",
    "the pod was created before its association, and existing pods never change",
    "re-create the pod",
    "kubectl -n <namespace> delete pod <pod>    # its controller creates it anew",
);
static NOT_INJECTED: Fault = OURS.fault(
    "not-injected",
    "an association exists, but nothing of Pod Identity was injected into this pod",
    "re-create the pod: the webhook learns of an association with a delay of some seconds",
    "kubectl -n <namespace> delete pod <pod>    # its controller creates it anew\n# again nothing injected? does the association name this namespace and ServiceAccount, byte for byte?\naws eks describe-pod-identity-association --cluster-name <cluster> --association-id <association>",
);

fn look(facts: &Facts) -> Look {
    let found = associated(facts);
    if let Some(verdict) = not_in_use(facts) {
        // Web identity stays until the pod is re-created; then Pod Identity comes in its place.
        return Ok(match found {
            Some((it, source)) => verdict.and_risk(
                "an association waits: from its next start this pod has Pod Identity instead of web identity",
                source.quote(&it.role_arn),
            ),
            None => verdict,
        });
    }
    let (env, source) = environment(facts)?;
    let workload = match &facts.cluster.pod {
        Observed::Seen { value, source } => value.present().map(|it| (it, source)),
        _ => None,
    };
    let (uri, token) = (&env.container_credentials_uri, &env.container_token_file);
    if let Some((pod, at)) = workload
        && let Some((compute, quote)) = unsupported(pod, at)
        && (found.is_some() || uri.is_some())
    {
        return Ok(Verdict::broken(&UNSUPPORTED, compute, quote).with("why", compute));
    }
    match (uri, token) {
        (Some(uri), Some(_)) => return Ok(Verdict::intact(uri, source)),
        (None, None) => {}
        _ => return Ok(Verdict::broken(&HALF, "one of two", half(env, source))),
    }
    facts.account.association.need(&ASSOCIATION)?;
    let Some((association, created)) = found else {
        return Err(ASSOCIATION.missing("no association was seen"));
    };
    Ok(match workload {
        Some((pod, at)) => not_injected(pod, at, association, created),
        // The probe's pod is as new as its look; an association that is newer says nothing of it.
        None if association.created > source.at => {
            return Err(ASSOCIATION.missing("the association is newer than this pod"));
        }
        None => {
            let quote = source.quote("AWS_CONTAINER_CREDENTIALS_FULL_URI");
            Verdict::broken(&NOT_INJECTED, "nothing injected", quote)
        }
    })
}

/// Windows, and Fargate, whose nodes are named after it.
fn unsupported(pod: &WorkloadPod, source: &Source) -> Option<(&'static str, Evidence)> {
    if pod.windows {
        return Some(("Windows", source.quote("windows")));
    }
    let node = pod.node.as_deref().filter(|it| it.starts_with("fargate-"))?;
    Some(("Fargate", source.quote(node)))
}

fn half(env: &IdentityEnv, source: &Source) -> Evidence {
    source.quote(match env.container_credentials_uri {
        Some(_) => "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        None => "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    })
}

fn not_injected(
    pod: &WorkloadPod,
    source: &Source,
    association: &Association,
    found: &Source,
) -> Verdict {
    if pod.skips_webhook {
        let quote = source.quote("skip-pod-identity-webhook");
        return Verdict::broken(&SKIP_LABEL, "label on the pod", quote);
    }
    let skipped = pod.skip_containers.as_deref().unwrap_or_default();
    if skipped.split(',').any(|it| it.trim() == pod.container) {
        let quote = source.quote("skip-containers");
        let broken = Verdict::broken(&CONTAINER_SKIPPED, skipped, quote);
        return broken.with("container", &pod.container);
    }
    let quote = source.quote("created");
    match (&pod.created, &association.created) {
        (Some(pod), Some(association)) if pod < association => {
            let broken = Verdict::broken(&PREDATES, format!("pod {pod}"), quote);
            broken.and_evidence(found.quote(association))
        }
        _ => Verdict::broken(&NOT_INJECTED, "nothing injected", quote)
            .and_evidence(found.quote("created")),
    }
}
