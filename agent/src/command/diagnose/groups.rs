//! A cluster's nodes, by what the AWS CLI answered: a report for each group of them.

use std::collections::BTreeSet;

use diagnosis::document::account::{Answers, GroupId};
use diagnosis::facts::{Collector, Facts, Input, inputs};
use diagnosis::report::{Exit, Need, Outcome, Recognised};

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
    let missing = given.answers.missing();
    if form.output == Output::Text {
        super::tell(&inputs);
    }
    let mut groups = Groups::new(form);
    for group in chosen {
        let facts = facts(&given.answers, group, &beside, &views);
        let mut report = diagnosis::judge(&facts);
        report.inputs.clone_from(&inputs);
        super::doubt(&mut report, given.unread.clone());
        if report.outcome == Outcome::Undecided {
            needs(&mut report.needs, &missing);
        }
        // With placeholders in it, a command is none.
        if form.redact.is_none() {
            report.more = more(&report.needs, &missing);
        }
        groups.add(report, &facts);
    }
    groups.end()
}

/// What nodes saw that are of one of the groups, whichever that is.
fn views(given: &mut Given) -> Vec<Facts> {
    let all = std::mem::take(&mut given.facts).into_iter();
    let (views, others) = all.partition(|it| given.answers.group_of(it).is_some());
    given.facts = others;
    views
}

fn facts(answers: &Answers, group: &GroupId, beside: &[Facts], views: &[Facts]) -> Facts {
    let mut facts = answers.joined(group, answers.facts(group), views);
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

/// What the links ask for already is not asked for twice.
fn needs(needs: &mut Vec<Need>, missing: &[String]) {
    for how in missing {
        let input = INPUTS.iter().find(|it| same(it.how, how)).map_or(OTHER, |it| it.id);
        match needs.iter_mut().find(|it| same(&it.how, how)) {
            // With the region, and with names of groups that the link did not know.
            Some(known) if how.starts_with(&known.how) => known.how.clone_from(how),
            Some(known) if known.how.contains(how.as_str()) => {}
            _ => needs.push(Need { input, how: how.clone() }),
        }
    }
}

/// For who wants to know more of what is decided.
fn more(needs: &[Need], missing: &[String]) -> Vec<String> {
    let asked = |how: &&String| !needs.iter().any(|it| it.how.contains(how.as_str()));
    missing.iter().filter(asked).cloned().collect()
}

/// Whether they are the same command, whatever it is asked about.
fn same(a: &str, b: &str) -> bool {
    let words = |it: &str| it.split_whitespace().take(3).map(str::to_owned).collect::<Vec<_>>();
    words(a) == words(b)
}

const OTHER: &str = "more-of-the-account";

/// What those commands give.
static INPUTS: [&Input; 28] = [
    &inputs::CLUSTER_IDENTITY,
    &inputs::NODEGROUPS,
    &inputs::NODEGROUP,
    &inputs::ACCESS_ENTRIES,
    &inputs::ACCESS_ENTRY,
    &inputs::SCALING_GROUP,
    &inputs::ACTIVITIES,
    &inputs::LAUNCH_TEMPLATE,
    &inputs::IMAGE,
    &inputs::INSTANCES,
    &inputs::INSTANCE_STATUS,
    &inputs::CONSOLE_OUTPUT,
    &inputs::INSTANCE_PROFILE,
    &inputs::NODE_ROLE,
    &inputs::NODE_ROLE_POLICIES,
    &inputs::VPC,
    &inputs::VPC_DNS,
    &inputs::DHCP_OPTIONS,
    &inputs::VPC_SUBNETS,
    &inputs::ROUTE_TABLES,
    &inputs::NAT_GATEWAYS,
    &inputs::INTERNET_GATEWAYS,
    &inputs::NETWORK_ACLS,
    &inputs::SECURITY_GROUPS,
    &inputs::VPC_ENDPOINTS,
    &inputs::CONTROL_PLANE_INTERFACES,
    &inputs::STACKS,
    &inputs::STACK_EVENTS,
];
