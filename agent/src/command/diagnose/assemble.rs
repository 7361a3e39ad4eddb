//! What was given into Facts about one subject. What nobody gave stays unseen.

use diagnosis::document::denial::Denial;
use diagnosis::facts::{
    ApiUser, AssociationObject, Collector, Facts, Observed, PodObject, ServiceAccountObject,
    Source, Subject,
};
use diagnosis::report::Recognised;

use super::lines::{self, Whom};
use super::select::{self, Selected};
use super::{Given, roles};
use crate::args::Named;
use crate::collect::workload::pasted;

pub(super) fn facts(
    mut given: Given,
    named: Option<&Named>,
) -> Result<(Facts, Vec<Recognised>), String> {
    let Selected { subject, pod, account } = select::select(&mut given, named)?;
    let mut facts = Facts {
        collector: Collector {
            command: "diagnose".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        ..Facts::default()
    };
    if let Some(pod) = &pod {
        let policies: Vec<_> = given.network_policies.iter().map(|(it, _)| it.clone()).collect();
        let (egress, text) = pasted::egress(&policies, pod);
        // That no policy was given does not say that there is none.
        if let (false, Some((_, source))) = (egress.is_empty(), given.network_policies.first()) {
            let source = Source { text, ..source.clone() };
            facts.cluster.egress_policies = Observed::seen(egress, source);
        }
    }
    let node = pod.as_ref().and_then(|it| it.pod.node.clone());
    let mut status = Vec::new();
    let nodes = std::mem::take(&mut given.nodes);
    let of_pod = |name: &str| node.as_ref().is_none_or(|it| it == name);
    let named = Whom::of(&Facts::default(), &nodes).node;
    if let Some((node, source)) = nodes.into_iter().find(|(it, _)| of_pod(&it.name)) {
        facts.cluster.node = Observed::seen(pasted::node(node), source);
    }
    if let Some(pod) = pod {
        status = pod.status;
        let value = PodObject::Present(Box::new(pod.pod));
        facts.cluster.pod = Observed::seen(value, pod.source);
    }
    if let Some((account, source)) = account {
        let value = ServiceAccountObject::Present(account);
        facts.cluster.service_account = Observed::seen(value, source);
    }
    if let Some((cluster, source)) = given.clusters.pop() {
        facts.account.cluster = Observed::seen(cluster, source);
    }
    // Whom it is about is known here, whatever a recording says.
    facts.subject = subject.clone();
    facts.unread = std::mem::take(&mut given.unread);
    template(&mut facts, &mut given, &subject);
    let whom = Whom::of(&facts, &[]);
    let whom = Whom { node: whom.node.or(named), ..whom };
    lines::fill(&mut facts, &mut given, &subject, &whom);
    // What it says now has the last word.
    facts.lines.extend(status);
    association(&mut facts, &mut given, &subject);
    roles::fill(&mut facts, &mut given);
    callers(&mut facts, &mut given, &whom);
    if let Some(denial) = Denial::last(&facts.lines) {
        facts.pod.caller = match denial.caller() {
            Observed::Skipped => std::mem::take(&mut facts.pod.caller),
            said => said,
        };
    }
    let facts = given.seen.into_iter().fold(facts, Facts::merge);
    let facts = given.facts.into_iter().fold(facts, Facts::merge);
    let at = facts.lines.iter().filter_map(|it| it.at.as_ref()).max().cloned();
    let taken_at = facts.taken_at.clone().max(at.unwrap_or_default());
    Ok((Facts { taken_at, ..facts }, given.inputs))
}

/// What makes the subject's pods tells of them where none was given.
fn template(facts: &mut Facts, given: &mut Given, subject: &Subject) {
    let templates = std::mem::take(&mut given.templates);
    if facts.cluster.pod.value().is_some() {
        return;
    }
    let [(template, source)] = &templates[..] else { return };
    let here = [String::new(), subject.namespace.clone()].contains(&template.namespace);
    if here && subject.kind == "serviceaccount" {
        let namespace = subject.namespace.clone();
        let template = diagnosis::facts::PodTemplate { namespace, ..template.clone() };
        facts.cluster.template = Observed::seen(template, source.clone());
    }
}

/// How EKS names the sessions of Pod Identity. Those of web identity are named like those of a person.
const SESSION: &str = "eks-";

/// Who asked AWS, and as whom the API server knows somebody: the workload itself only where that
/// shows; else whoever sat at the desk.
fn callers(facts: &mut Facts, given: &mut Given, whom: &Whom) {
    for (arn, source) in std::mem::take(&mut given.callers) {
        let mut parts = arn.rsplit('/');
        let (session, role) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let own = whom.roles.iter().any(|it| it == role);
        if arn.contains(":assumed-role/") && (own || session.starts_with(SESSION)) {
            facts.pod.caller = Observed::seen(arn, source);
        } else {
            given.told(&source.place, "taken as who asks the cluster, not as the workload");
            facts.account.caller = Observed::seen(arn, source);
        }
    }
    for (user, source) in std::mem::take(&mut given.users) {
        let account = user.strip_prefix("system:serviceaccount:").and_then(|it| it.split_once(':'));
        let subject = &facts.subject;
        let own = subject.kind.is_empty()
            || account.is_some_and(|(_, name)| whom.service_account.as_deref() == Some(name));
        if own {
            facts.cluster.user = Observed::seen(ApiUser::Known(user), source);
        } else {
            given.told(&source.place, "not used: the report is about another than this user");
        }
    }
}

fn association(facts: &mut Facts, given: &mut Given, subject: &Subject) {
    let account = facts.cluster.service_account.value().and_then(|it| it.present());
    let pod = facts.cluster.pod.value().and_then(|it| it.present());
    let name = pod.map(|it| &it.service_account).or(account.map(|it| &it.name));
    for (all, source) in std::mem::take(&mut given.associations) {
        let own = |(namespace, account, _): &&(String, String, _)| {
            name.is_none_or(|it| it == account)
                && (subject.namespace.is_empty() || subject.namespace == *namespace)
        };
        let found = match all.iter().find(own) {
            Some((.., it)) if it.role_arn.is_empty() => {
                // A list names no role.
                given.inputs.push(Recognised {
                    source: source.place.clone(),
                    recognised_as: format!(
                        "association {}, whose role a list does not tell; aws eks describe-pod-identity-association",
                        it.id
                    ),
                });
                continue;
            }
            Some((.., it)) => AssociationObject::Present(it.clone()),
            None if all.is_empty() => AssociationObject::Absent,
            // One that was filtered by another name says nothing about this one.
            None => continue,
        };
        facts.account.association = Observed::seen(found, source);
    }
}
