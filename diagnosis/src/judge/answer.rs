//! The board into a Report: what all remaining ways agree on is decided, the rest is asked for.

use std::{collections::BTreeSet, slice};

use super::{Board, Row, board::Symptom, changes, names::names, nodes, open};
use crate::{
    chain::{self, Fault},
    facts::{Facts, inputs::SYMPTOM},
    pattern,
    report::{Cause, Fix, Need, Outcome, Report, SetAside, State},
};

mod mend;
mod needs;
mod outcome;
mod view;

use mend::{also, impact, instance, verify};
use needs::{needs, possible, unread};
use outcome::{fails_before, outcome};
use view::views;

pub(super) fn answer(
    facts: &Facts,
    board: &Board,
    symptoms: &[Symptom],
    set_aside: Vec<SetAside>,
) -> Report {
    let broken = ranked(facts, board);
    let decided = broken.first().filter(|(row, ..)| row.explains || !fails_before(symptoms, row));

    let possible = possible(board, symptoms);
    let doubts: Vec<&Row> = board.rows.iter().filter(|row| row.doubted()).collect();
    let agreed = decided.map_or(&possible[..], |(.., cause)| slice::from_ref(cause));
    // Without a cause, the one link that is in doubt is at least named.
    let doubted = match (&agreed, &doubts[..]) {
        ([], [row]) if symptoms.is_empty() => Some(*row),
        _ => None,
    };
    let open = open::links(facts, board);
    let whole = open.is_empty() && facts.unread.is_empty();
    let outcome = outcome(facts, board, decided.is_some(), symptoms, whole);
    // Nothing speaks against anything; but not all of it was seen.
    let partly = outcome == Outcome::Undecided
        && !whole
        && symptoms.is_empty()
        && doubts.is_empty()
        && board.knows();
    let mut names = names(facts, decided.map(|(row, ..)| *row));
    // What an open line names, the command that it takes names too.
    for (name, value) in symptoms.iter().flat_map(|it| &it.said.names).filter(|_| decided.is_none())
    {
        names.entry(name).or_insert_with(|| value.clone());
    }
    let text = |pattern| pattern::write(pattern, &names);
    let (first_failure, changes) = match outcome {
        Outcome::Healthy => (None, Vec::new()),
        _ => changes::changes(facts),
    };
    Report {
        schema_version: 1,
        subject: facts.subject.clone(),
        taken_at: facts.taken_at.clone(),
        source: facts.collector.clone(),
        outcome,
        plane: common(agreed, |it| it.plane),
        chain: common(agreed, |it| it.chain).or(doubted.map(|row| row.chain.id)),
        link: common(agreed, |it| it.link).or(doubted.map(|row| row.link.id)),
        fault: common(agreed, |it| it.fault),
        title: match (decided, outcome) {
            (Some((_, fault, _)), _) => text(fault.title),
            (None, Outcome::Healthy) => "everything that could be checked holds".to_owned(),
            (None, _) if partly => open::title(&open),
            (None, _) if symptoms.is_empty() && !set_aside.is_empty() && !board.knows() => {
                "none of what was read tells of a fault in these planes".to_owned()
            }
            (None, _) => "what was seen does not decide".to_owned(),
        },
        evidence: decided.map_or_else(
            || {
                let seen = doubts.iter().flat_map(|row| &row.verdict.evidence);
                let symptoms = symptoms.iter().enumerate().filter(|(index, it)| {
                    // Of many lines that say the same the first is enough.
                    !symptoms[..*index].iter().any(|known| known.said.says_as(&it.said))
                });
                symptoms.map(|(_, it)| &it.said.evidence).chain(seen).cloned().collect()
            },
            |(row, ..)| row.verdict.evidence.clone(),
        ),
        chains: views(board, decided.is_some(), &possible, &names),
        fix: decided.map(|(row, fault, _)| Fix {
            summary: text(fault.fix),
            change: text(fault.change),
            owner: text(fault.owner),
            impact: impact(facts, row, fault, text(fault.impact)),
        }),
        verify: decided.map(|(row, fault, _)| verify(row, fault, &names)),
        needs: match outcome {
            // Lines were given, and none of them is about any chain.
            Outcome::Undecided
                if possible.is_empty() && !facts.lines.is_empty() && !board.knows() =>
            {
                vec![Need { input: SYMPTOM.id, how: pattern::write(SYMPTOM.how, &names) }]
            }
            Outcome::Undecided if partly => unread(&open, facts, &names),
            Outcome::Undecided => needs(board, &possible, symptoms, &names),
            _ => Vec::new(),
        },
        also: broken
            .iter()
            .skip(usize::from(decided.is_some()))
            .map(|(row, fault, _)| also(facts, row, fault))
            .collect(),
        risks: board.rows.iter().flat_map(|row| row.verdict.risks.clone()).collect(),
        possible: match outcome {
            Outcome::Undecided => possible,
            _ => Vec::new(),
        },
        set_aside,
        inputs: Vec::new(),
        nodes: nodes::nodes(facts),
        instance: instance(facts, decided.map(|(row, ..)| *row)),
        first_failure,
        changes,
        more: Vec::new(),
        grant: None,
    }
}

/// All that is broken, first what the report is about.
fn ranked<'a>(facts: &Facts, board: &'a Board) -> Vec<(&'a Row, &'static Fault, Cause)> {
    let broken = |row| Row::fault(row).map(|fault| (row, fault, cause(row, fault)));
    let mut broken: Vec<_> = board.rows.iter().filter_map(broken).collect();
    // Stable: otherwise the causal order of the board stands. What keeps other pods from starting
    // is not what ails one that runs.
    let runs = super::runs(facts);
    // What is seen as the effect of another fault is told beside it.
    broken.retain(|(row, ..)| !row.follows);
    // A node that looked is nearer to what ails it than the account, which knows of all its group.
    let looked = !facts.seen_on.is_empty() || facts.subject.kind == "node";
    // And that a group waited in vain gives way to its cause, whoever saw it.
    let causes: Vec<&str> =
        broken.iter().filter(|it| !it.0.waited()).map(|(row, ..)| row.chain.id).collect();
    broken.sort_by_key(|(row, ..)| {
        let in_vain = row.waited() && causes.contains(&row.chain.id);
        let behind = runs && chain::starts_pods(row.chain, row.link);
        (in_vain, !row.explains, behind, looked && row.of_account() && !row.caused)
    });
    broken
}

impl Row {
    fn fault(&self) -> Option<&'static Fault> {
        self.verdict.fault
    }

    /// Not known, though something that was seen speaks against it.
    fn doubted(&self) -> bool {
        self.verdict.state == State::Unknown && !self.verdict.evidence.is_empty()
    }
}

fn cause(row: &Row, fault: &Fault) -> Cause {
    Cause { plane: fault.plane, chain: row.chain.id, link: row.link.id, fault: fault.id }
}

/// There is no number for confidence: the ways agree, or they do not.
fn common<T: Ord + Copy>(causes: &[Cause], of: impl Fn(&Cause) -> T) -> Option<T> {
    let all: BTreeSet<T> = causes.iter().map(of).collect();
    (all.len() == 1).then(|| all.first().copied()).flatten()
}
