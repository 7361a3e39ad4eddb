//! The reports of several groups of one cluster's nodes at once: which are well, and what ails the
//! others, the worst first. What ails several of them in the same way is told once.

use super::story;
use crate::report::{Groups, Outcome, Report, Risk, State};

mod html;
mod markdown;
mod text;

pub use html::html;
pub use markdown::markdown;
pub use text::text;

/// Characters of a group's name in the table.
const NAME: usize = 36;

/// What one changed before may be the same for another.
const CHANGES: usize = 8;

pub fn json(groups: &Groups, out: &mut impl std::io::Write) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, groups)?;
    writeln!(out)
}

/// What is to be seen at a glance.
fn head(groups: &Groups) -> String {
    let count = |outcome| groups.groups.iter().filter(|it| it.outcome == outcome).count();
    let (decided, undecided) = (count(Outcome::Decided), count(Outcome::Undecided));
    let all = groups.groups.len();
    match (decided, undecided) {
        (0, 0) => format!("all {all} groups of nodes are healthy"),
        (0, _) => format!("{undecided} of {all} groups of nodes are undecided, none has a fault"),
        (1, 0) => format!("1 of {all} groups of nodes has a fault"),
        (_, 0) => format!("{decided} of {all} groups of nodes have a fault"),
        (1, _) => format!("1 of {all} groups of nodes has a fault, {undecided} undecided"),
        _ => format!("{decided} of {all} groups of nodes have a fault, {undecided} undecided"),
    }
}

fn subject(groups: &Groups) -> String {
    let name = if groups.cluster.is_empty() { "(no name)" } else { &groups.cluster };
    format!("CLUSTER {name}")
}

struct Row {
    state: State,
    /// Kind and name.
    group: String,
    /// In service and desired.
    nodes: String,
    verdict: String,
}

fn rows(groups: &Groups) -> Vec<Row> {
    let row = |report: &Report| Row {
        state: state(report),
        group: story::cut(&named(report), NAME),
        nodes: nodes(report),
        verdict: verdict(report),
    };
    groups.groups.iter().map(row).collect()
}

const fn state(report: &Report) -> State {
    match report.outcome {
        Outcome::Decided => State::Broken,
        Outcome::Undecided => State::Unknown,
        Outcome::Healthy => State::Intact,
    }
}

fn named(report: &Report) -> String {
    let it = &report.subject;
    format!("{} {}", it.kind, it.name).trim().to_owned()
}

fn nodes(report: &Report) -> String {
    let count = |it: Option<u32>| it.map_or("?".to_owned(), |it| it.to_string());
    match &report.nodes {
        Some(it) => format!("{}/{}", count(it.in_service), count(it.desired)),
        None => "-".to_owned(),
    }
}

fn verdict(report: &Report) -> String {
    match (report.outcome, report.risks.len()) {
        (Outcome::Healthy, 0) => "healthy".to_owned(),
        (Outcome::Healthy, 1) => "healthy, with a risk".to_owned(),
        (Outcome::Healthy, risks) => format!("healthy, with {risks} risks"),
        _ => format!("{}  {}", story::head(report), report.title),
    }
}

/// One or more groups with one fault.
struct Told {
    report: Report,
    /// Which they are.
    of: Vec<usize>,
}

/// What is told of those that are not healthy, each fault once.
fn told(groups: &Groups) -> Vec<Told> {
    let all = &groups.groups;
    let mut told: Vec<Vec<usize>> = Vec::new();
    for (index, it) in all.iter().enumerate().filter(|(_, it)| it.outcome != Outcome::Healthy) {
        match told.iter_mut().find(|known| known.first().is_some_and(|at| same(&all[*at], it))) {
            Some(known) => known.push(index),
            None => told.push(vec![index]),
        }
    }
    let merged = |of: Vec<usize>| {
        let reports: Vec<&Report> = of.iter().map(|it| &all[*it]).collect();
        merged(&reports).map(|report| Told { report, of })
    };
    told.into_iter().filter_map(merged).collect()
}

/// The same fault of the same resource, as the quote and all that is to be done show.
fn same(a: &Report, b: &Report) -> bool {
    let whose = |it: &Report, text: &str| match &*it.subject.name {
        "" => text.to_owned(),
        name => text.replace(name, "<group>"),
    };
    let texts = |it: &Report| {
        let change = it.fix.as_ref().map_or("", |it| &it.change);
        let needs = it.needs.iter().map(|need| whose(it, &need.how));
        [whose(it, &it.title), whose(it, change)].into_iter().chain(needs).collect::<Vec<_>>()
    };
    let seen = |it: &Report| it.evidence.first().cloned();
    (a.outcome, a.chain, a.link, a.fault) == (b.outcome, b.chain, b.link, b.fault)
        && seen(a) == seen(b)
        && a.possible == b.possible
        && texts(a) == texts(b)
}

/// One report with all their names; what is to be pasted stands there for each of them.
fn merged(all: &[&Report]) -> Option<Report> {
    let (first, rest) = all.split_first()?;
    let mut report = (*first).clone();
    for it in rest {
        let name =
            if it.subject.kind == first.subject.kind { it.subject.name.clone() } else { named(it) };
        report.subject.name.extend([", ", &name]);
        if let (Some(fix), Some(other)) = (&mut report.fix, &it.fix) {
            add(&mut fix.change, &other.change);
        }
        if let (Some(verify), Some(other)) = (&mut report.verify, &it.verify) {
            add(&mut verify.command, &other.command);
        }
        for also in &it.also {
            let known = |known: &crate::report::Also| {
                (known.link, known.fault, &known.evidence)
                    == (also.link, also.fault, &also.evidence)
            };
            if !report.also.iter().any(known) {
                report.also.push(also.clone());
            }
        }
        report.changes.extend(it.changes.iter().cloned());
    }
    report.changes.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.what.cmp(&b.what)));
    report.changes.dedup();
    report.changes.truncate(CHANGES);
    Some(report)
}

fn add(text: &mut String, more: &str) {
    let known = text.match_indices(more).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + more.len()..]);
        (before.is_empty() || before.ends_with('\n'))
            && (after.is_empty() || after.starts_with('\n'))
    });
    if !known {
        text.extend(["\n", more]);
    }
}

/// Of those that are told by their row only, each once, with the names of all that have it.
fn risks(groups: &Groups) -> Vec<(&Risk, String)> {
    let mut all: Vec<(&Risk, Vec<&str>)> = Vec::new();
    let healthy = groups.groups.iter().filter(|it| it.outcome == Outcome::Healthy);
    for (report, risk) in healthy.flat_map(|it| it.risks.iter().map(move |risk| (it, risk))) {
        let same = |known: &Risk| known.title == risk.title && known.evidence == risk.evidence;
        match all.iter_mut().find(|(known, _)| same(known)) {
            Some((_, names)) => names.push(&report.subject.name),
            None => all.push((risk, vec![&report.subject.name])),
        }
    }
    all.into_iter().map(|(risk, names)| (risk, names.join(", "))).collect()
}
