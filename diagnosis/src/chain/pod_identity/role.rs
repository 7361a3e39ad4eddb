//! A role's trust policy against what EKS, or the role before it, asks for.

use super::associated;
use crate::{
    chain::{Fault, Verdict},
    facts::{Association, Facts, PodObject, Source},
    iam::{self, Answer, Element, PodTags, Policy, Request, Values, Why},
};

/// Which fault it is by the part that failed.
pub(super) struct Faults {
    pub(super) principal: &'static Fault,
    pub(super) action: fn(&str) -> &'static Fault,
    pub(super) condition: fn(&str) -> &'static Fault,
    pub(super) denied: &'static Fault,
}

/// What a trust policy answers to all of the requests.
pub(super) enum Trust {
    Allowed(Vec<iam::Risk>),
    Broken(Verdict),
    Open(String),
}

/// All must be allowed; the first that is not decides.
pub(super) fn trust(text: &str, requests: &[Request], source: &Source, faults: &Faults) -> Trust {
    let policy = match Policy::parse(text) {
        Ok(policy) => policy,
        Err(error) => return Trust::Open(format!("the trust policy: {error}")),
    };
    let (mut risks, mut open) = (Vec::new(), None);
    for request in requests {
        match iam::trust(&policy, request) {
            Answer::Allowed { risks: more, .. } => {
                risks.extend(more.into_iter().filter(|it| !risks.contains(it)).collect::<Vec<_>>());
            }
            Answer::Denied { explicit, why } => {
                if let Some(why) = nearest(&why) {
                    return Trust::Broken(broken(explicit, why, request, source, faults));
                }
                open = Some("no statement allows it".to_owned());
            }
            Answer::Unknown { why } => {
                open = open.or_else(|| why.into_iter().next().map(|it| it.words));
            }
        }
    }
    open.map_or(Trust::Allowed(risks), Trust::Open)
}

/// Of the nearest statement the part that stands first in the order in which IAM is understood: who, what, when.
fn nearest(why: &[Why]) -> Option<&Why> {
    let first = why.first()?;
    let same = why.iter().filter(|it| it.statement == first.statement);
    same.min_by_key(|it| match it.element {
        Element::Principal | Element::NotPrincipal => 0,
        Element::Action | Element::NotAction => 1,
        _ => 2,
    })
}

fn broken(
    explicit: bool,
    why: &Why,
    request: &Request,
    source: &Source,
    faults: &Faults,
) -> Verdict {
    let fault = match &why.element {
        _ if explicit => faults.denied,
        Element::Action | Element::NotAction => (faults.action)(&request.action),
        Element::Condition { key, .. } => (faults.condition)(key),
        _ => faults.principal,
    };
    let quote = why.quote.lines().next().unwrap_or_default().trim();
    let broken = Verdict::broken(fault, &why.words, source.quote(quote));
    let key = match &why.element {
        Element::Condition { key, .. } => key.clone(),
        other => other.name(),
    };
    let broken = broken.with("key", key).with("why", &why.words).with("action", &request.action);
    match &why.corrected {
        Some(corrected) => broken.with("corrected", corrected),
        None => broken,
    }
}

/// What EKS asks of the association's role.
pub(super) fn by_eks(facts: &Facts, role: &str) -> Option<Vec<Request>> {
    let (association, _) = associated(facts)?;
    let tags = tags(facts);
    let tags = (!association.disable_session_tags).then_some(&tags);
    let cluster = facts.account.cluster.value().map(|it| it.arn.as_str());
    let ask = |action| {
        let request = Request::pod_identity(action, role, tags);
        match cluster.and_then(|it| it.split(':').nth(4)) {
            Some(account) => request.with("aws:SourceAccount", [account]),
            None => request,
        }
    };
    let mut requests = vec![ask("sts:AssumeRole")];
    requests.extend(tags.map(|_| ask("sts:TagSession")));
    Some(requests)
}

/// What is then asked of the target role, as the association's.
pub(super) fn by_role(facts: &Facts, association: &Association) -> Vec<Request> {
    let tagged = !association.disable_session_tags;
    let tags = Request::pod_identity("", "", tagged.then(|| tags(facts)).as_ref());
    let ask = |action| {
        let id = association.external_id.as_deref();
        let mut request = Request::assume_role(&association.role_arn, id, action);
        for key in TAGS {
            let key = format!("aws:RequestTag/{key}");
            request = match tags.context.get(&key) {
                Values::Known(values) => request.with(&key, values.clone()),
                Values::Absent => request.without(&key),
                Values::Unknown => request,
            };
        }
        request
    };
    let mut requests = vec![ask("sts:AssumeRole")];
    requests.extend(tagged.then(|| ask("sts:TagSession")));
    requests
}

const TAGS: &[&str] = &[
    "eks-cluster-arn",
    "eks-cluster-name",
    "kubernetes-namespace",
    "kubernetes-service-account",
    "kubernetes-pod-name",
    "kubernetes-pod-uid",
];

fn tags(facts: &Facts) -> PodTags {
    let cluster = facts.account.cluster.value();
    let account = facts.cluster.service_account.value().and_then(|it| it.present());
    let pod = facts.cluster.pod.value().and_then(PodObject::present);
    PodTags {
        cluster_arn: cluster.map(|it| it.arn.clone()),
        cluster_name: cluster.map(|it| it.name.clone()),
        namespace: account.map(|it| it.namespace.clone()),
        service_account: account.map(|it| it.name.clone()),
        pod_name: pod.map(|it| it.name.clone()),
        pod_uid: None,
    }
}
