//! A cluster's nodes, by what the AWS CLI answered: a report for each group of them.

use std::collections::BTreeSet;

use diagnosis::document::account::GroupId;
use diagnosis::facts::{Collector, Facts};
use diagnosis::report::{Exit, Recognised};

use super::given::Given;
use crate::args::{Form, Named, Output};
use crate::output::Groups;

/// The groups to report about; `None` where the report is about a workload or a node.
pub(super) fn chosen(given: &Given, named: Option<&Named>) -> Option<Result<Vec<GroupId>, String>> {
    let all = given.answers.groups();
    match named {
        Some(named) if named.is_group() => {
            let found = given.answers.select(named.kind, &named.name);
            Some(found.map(|it| vec![it]).ok_or_else(|| unknown(&all, named)))
        }
        Some(_) => None,
        None if is_workload(given) || !given.answers.any() || all.is_empty() => None,
        None => Some(Ok(all)),
    }
}

/// Whoever gives one asks about it; a list of all that wait for a node asks about nodes.
fn is_workload(given: &Given) -> bool {
    let recorded = given.facts.iter().any(|it| it.subject.kind != "node");
    recorded
        || !given.pods.iter().all(|it| given.answered.contains_key(&it.source.place))
        || !given.service_accounts.is_empty()
        || !given.templates.is_empty()
        || !given.associations.is_empty()
}

fn unknown(all: &[GroupId], named: &Named) -> String {
    let what = format!("there is no {}/{} among what was given", named.kind, named.name);
    if all.is_empty() {
        return format!("{what}; give `aws eks describe-cluster` and `aws eks describe-nodegroup`");
    }
    let ten: Vec<String> = all.iter().take(10).map(ToString::to_string).collect();
    format!("{what}, but {}", ten.join(", "))
}

pub(super) fn tell(mut given: Given, chosen: &[GroupId], form: Form) -> Exit {
    let views = views(&mut given);
    let beside = match chosen {
        [_] => beside(&mut given),
        // Which group such a thing is about, it does not say.
        _ => Vec::new(),
    };
    let inputs = inputs(&given, chosen.len() > 1);
    let lacking = given.answers.lacking();
    if form.output == Output::Text {
        super::tell(&inputs);
    }
    let mut groups = Groups::new(form);
    for group in chosen {
        let facts = facts(&given, group, &beside, &views);
        let mut report = diagnosis::judge(&facts);
        lacking.tell(&mut report);
        groups.add(report, &facts);
    }
    groups.share(lacking.shared(inputs, form.redact.is_none()));
    groups.end()
}

/// What nodes saw that are of one of the groups, whichever that is.
fn views(given: &mut Given) -> Vec<Facts> {
    let all = std::mem::take(&mut given.facts).into_iter();
    let (views, others) = all.partition(|it| given.answers.group_of(it).is_some());
    given.facts = others;
    views
}

fn facts(given: &Given, group: &GroupId, beside: &[Facts], views: &[Facts]) -> Facts {
    let answers = &given.answers;
    let mut facts = answers.joined(group, answers.facts(group), views);
    facts.unread.clone_from(&given.unread);
    facts.collector =
        Collector { command: "diagnose".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
    let facts = beside.iter().cloned().fold(facts, Facts::merge);
    let at = facts.lines.iter().filter_map(|it| it.at.as_ref()).max().cloned();
    let taken_at = facts.taken_at.clone().max(at.unwrap_or_default());
    Facts { taken_at, ..facts }
}

/// What is no answer of AWS's: logs, events, what a node saw.
fn beside(given: &mut Given) -> Vec<Facts> {
    let other = |place: &String| !given.answered.contains_key(place);
    let events = given.events.iter().map(|(_, line)| line);
    let lines = events.chain(&given.lines).filter(|it| other(&it.place)).cloned().collect();
    let seen = given.seen.iter().zip(&given.seen_at).filter(|(_, at)| other(at));
    let mut all = vec![Facts { lines, ..Facts::default() }];
    all.extend(seen.map(|(it, _)| it.clone()));
    all.append(&mut given.facts);
    all
}

/// As which what an agent saw is recognised.
const FACTS: &str = "facts of `eks-triage ";

/// In the order in which they were read.
fn inputs(given: &Given, several: bool) -> Vec<Recognised> {
    let mut told = BTreeSet::new();
    let mut all = Vec::new();
    for it in &given.inputs {
        let Recognised { source, recognised_as } = it;
        match given.answered.get(source) {
            _ if recognised_as.starts_with("not read") => all.push(it.clone()),
            Some(what) if told.insert(source) => {
                all.push(Recognised { source: source.clone(), recognised_as: what.clone() });
            }
            Some(_) => {}
            // A node's facts say themselves of which group they are, unless no group has it.
            None if several && recognised_as.starts_with(FACTS) && given.facts.is_empty() => {
                all.push(it.clone());
            }
            None if several && !recognised_as.contains("not used") => {
                let recognised_as = format!(
                    "{recognised_as}, not used: about which group, --subject nodegroup/NAME says"
                );
                all.push(Recognised { source: source.clone(), recognised_as });
            }
            None => all.push(it.clone()),
        }
    }
    all
}
