//! The pod uses the ServiceAccount that carries the role.

use super::pod_identity_instead;
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{
        Facts, Missing, Observed, PodObject, PodTemplate, ServiceAccount, Source, WorkloadPod,
        inputs::{POD, POD_TEMPLATE, SERVICE_ACCOUNTS},
    },
};

pub(super) static LINK: Link = Link {
    id: "pod-service-account",
    title: "pod's ServiceAccount",
    means: "The pod's serviceAccountName is the ServiceAccount with the role. A template that names none gets the namespace's default, and nothing warns of it.",
    judged: "From the pod's spec, else the template that makes it, against the ServiceAccount in question and the annotated ones of its namespace.",
    sources: &[
        "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
        "https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html",
    ],
    faults: &[&DEFAULT_USED, &ANOTHER_USED],
    signs: &[],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated, and act as their own role",
    verify: "kubectl -n <namespace> get pods -o custom-columns=NAME:.metadata.name,SA:.spec.serviceAccountName",
    expect: "<other>",
};

const CHANGE: &str = "kubectl -n <namespace> set serviceaccount <workload> <other>\n# which writes spec.template.spec.serviceAccountName; better there, in the template's own source";

pub(super) static DEFAULT_USED: Fault = OURS.fault(
    "default-used",
    "the pod uses the ServiceAccount default; <other> has the role",
    "name the ServiceAccount with the role in the pod template",
    CHANGE,
);
static ANOTHER_USED: Fault = OURS.fault(
    "another-used",
    "the pod uses another ServiceAccount than <other>, which has the role",
    "name the ServiceAccount with the role in the pod template",
    CHANGE,
);

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    if let (Observed::Skipped, Observed::Seen { value, source }) =
        (&facts.cluster.pod, &facts.cluster.template)
    {
        return by_template(facts, value, source);
    }
    if matches!(facts.cluster.pod, Observed::Skipped) && asked_of_none(&facts.subject.kind) {
        return Ok(Verdict::not_applicable("no pod was asked about"));
    }
    let (pod, source) = facts.cluster.pod.need(&POD)?;
    let PodObject::Present(pod) = pod else { return Err(POD.missing("there is no such pod")) };
    if let Some((fault, other, listed)) = other(facts, pod)? {
        let quote = source.quote("serviceAccountName");
        let broken = Verdict::broken(fault, &pod.service_account, quote);
        let name = format!("{}/{}", other.namespace, other.name);
        let broken = broken.and_evidence(listed.quote_any(&[&name, &other.name]));
        return Ok(broken.with("other", &other.name));
    }
    // Whether another one was meant shows only where the others were looked at.
    if !matches!(facts.cluster.service_account, Observed::Seen { .. }) {
        facts.cluster.annotated.need(&SERVICE_ACCOUNTS)?;
    }
    Ok(Verdict::intact(format!("{}/{}", pod.namespace, pod.service_account), source))
}

/// A template tells the ServiceAccount of the pods to come, and nothing else of them.
fn by_template(facts: &Facts, template: &PodTemplate, source: &Source) -> Look {
    let pod = WorkloadPod {
        namespace: template.namespace.clone(),
        service_account: template.service_account.clone(),
        ..WorkloadPod::default()
    };
    let Some((fault, other, listed)) = other(facts, &pod)? else {
        return Err(POD.missing(format!("the template names {}", pod.service_account)));
    };
    let quote = source.quote("serviceAccount");
    let broken = Verdict::broken(fault, &pod.service_account, quote);
    let broken = broken.and_evidence(listed.quote(&other.name));
    Ok(broken.with("other", &other.name).with("workload", &template.controller))
}

fn asked_of_none(kind: &str) -> bool {
    !matches!(kind, "" | "pod" | "node")
}

/// The one with a role that the pod was to use, where that can be told.
fn other<'a>(facts: &'a Facts, pod: &WorkloadPod) -> Result<Option<Other<'a>>, Missing> {
    let fault = if pod.service_account == "default" { &DEFAULT_USED } else { &ANOTHER_USED };
    if let Observed::Seen { value, source } = &facts.cluster.service_account
        && let Some(asked) = value.present()
        && asked.role_arn.is_some()
        && asked.namespace == pod.namespace
    {
        let another = asked.name != pod.service_account;
        return Ok(another.then_some((fault, asked, source)));
    }
    let Observed::Seen { value: all, source } = &facts.cluster.annotated else { return Ok(None) };
    let here: Vec<_> = all.iter().filter(|it| it.namespace == pod.namespace).collect();
    if pod.service_account != "default" || here.iter().any(|it| it.name == "default") {
        return Ok(None);
    }
    match here[..] {
        [] => Ok(None),
        [other] => Ok(Some((fault, other, source))),
        // Which one was meant, if any, its owner knows.
        [first, ..] => {
            let names: Vec<_> = here.iter().map(|it| it.name.as_str()).collect();
            let why = format!("default has no role; these have: {}", names.join(", "));
            let quote = source.quote_any(&[&format!("{}/{}", first.namespace, first.name)]);
            Err(POD_TEMPLATE.doubt(why, quote))
        }
    }
}

type Other<'a> = (&'static Fault, &'a ServiceAccount, &'a Source);
