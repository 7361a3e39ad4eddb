//! What was given into Facts about one subject. What nobody gave stays unseen.

use diagnosis::document::denial::Denial;
use diagnosis::facts::{
    AssociationObject, Collector, Facts, Line, Observed, PodObject, ServiceAccountObject, Source,
    Subject,
};
use diagnosis::report::Recognised;

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
    lines(&mut facts, &mut given, &subject);
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
    let nodes = std::mem::take(&mut given.nodes);
    let of_pod = |name: &str| node.as_ref().is_none_or(|it| it == name);
    if let Some((node, source)) = nodes.into_iter().find(|(it, _)| of_pod(&it.name)) {
        facts.cluster.node = Observed::seen(pasted::node(node), source);
    }
    if let Some(pod) = pod {
        facts.lines.extend(pod.status);
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
    association(&mut facts, &mut given, &subject);
    roles::fill(&mut facts, &mut given);
    if let Some(denial) = Denial::last(&facts.lines) {
        facts.pod.caller = denial.caller();
    }
    // Whom it is about is known here, whatever a recording says.
    facts.subject = subject;
    let facts = given.facts.into_iter().fold(facts, Facts::merge);
    let at = facts.lines.iter().filter_map(|it| it.at.as_ref()).max().cloned();
    let taken_at = facts.taken_at.clone().max(at.unwrap_or_default());
    Ok((Facts { taken_at, ..facts }, given.inputs))
}

/// Seconds since, as kubectl writes `6m12s` or `2d3h`: the first word that is nothing else.
fn age(line: &Line) -> Option<u64> {
    line.text.split_whitespace().take(4).find_map(|word| {
        let (mut seconds, mut number) = (0_u64, None::<u64>);
        for char in word.chars() {
            if let Some(digit) = char.to_digit(10) {
                let tens = number.unwrap_or(0).checked_mul(10)?;
                number = tens.checked_add(u64::from(digit));
                continue;
            }
            let unit = match char {
                'd' => 86_400,
                'h' => 3_600,
                'm' => 60,
                's' => 1,
                _ => return None,
            };
            seconds = seconds.checked_add(number.take()?.checked_mul(unit)?)?;
        }
        (number.is_none() && !word.is_empty()).then_some(seconds)
    })
}

/// What every pod depends on is no other subject.
const SERVES: [&str; 4] = ["aws-node-", "coredns-", "kube-proxy-", "eks-pod-identity-agent-"];

/// A line about another subject is never evidence.
fn lines(facts: &mut Facts, given: &mut Given, subject: &Subject) {
    let about = |object: &str| {
        let (kind, name) = object.split_once('/').unwrap_or(("", ""));
        match (kind, subject.kind.as_str()) {
            ("pod", "pod") => name == subject.name || SERVES.iter().any(|it| name.starts_with(it)),
            ("serviceaccount", "serviceaccount") => name == subject.name,
            // Pods of a ReplicaSet are named after it.
            ("replicaset", "pod") => subject.name.starts_with(name),
            _ => true,
        }
    };
    let events = std::mem::take(&mut given.events);
    let events = events.into_iter().filter(|(object, _)| about(object)).map(|(_, line)| line);
    let mut events: Vec<Line> = events.collect();
    // A table has no times, but ages: the oldest first, as it happened.
    events.sort_by(|a, b| a.at.cmp(&b.at).then(age(b).cmp(&age(a))));
    facts.lines.extend(events);
    facts.lines.append(&mut given.lines);
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
