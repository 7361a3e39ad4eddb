//! What to fetch, so that more can be said.

use std::collections::BTreeSet;

use super::cause;
use crate::{
    facts::{
        Facts, Input,
        inputs::{NEWER_LINES, PROBE_REPORT},
    },
    judge::{Board, Row, board::Symptom},
    pattern::{self, Names},
    report::{Cause, Need, State},
};

/// With every way excluded a symptom still says what it is about.
pub(super) fn possible(board: &Board, symptoms: &[Symptom]) -> Vec<Cause> {
    let mut possible = Vec::new();
    for Symptom { said, left } in symptoms {
        for way in if left.is_empty() { &said.could_be } else { left } {
            let row = board.rows.iter().find(|row| row.is(way.0));
            possible.extend(row.map(|row| cause(row, way.1)).filter(|it| !possible.contains(it)));
        }
    }
    possible
}

/// The inputs that separate the ways; without any, the first one that each chain in sight lacks.
pub(super) fn needs(
    board: &Board,
    possible: &[Cause],
    symptoms: &[Symptom],
    names: &Names,
) -> Vec<Need> {
    let seen = board.rows.iter().filter(|row| row.verdict.state == State::Intact);
    let seen: BTreeSet<&str> = seen.map(|row| row.chain.id).collect();
    let doubt = board.rows.iter().any(Row::doubted);
    let in_sight = |row: &Row| !doubt && (seen.is_empty() || seen.contains(row.chain.id));
    let mut inputs: Vec<&Input> = Vec::new();
    let mut asked = BTreeSet::new();
    for row in board.in_view() {
        let wanted = match possible {
            [] => row.verdict.needs.is_some() && in_sight(row) && asked.insert(row.chain.id),
            _ => possible.iter().any(|it| it.chain == row.chain.id && it.link == row.link.id),
        };
        let needs = row.verdict.needs.filter(|_| wanted || row.doubted());
        inputs.extend(needs.filter(|it| inputs.iter().all(|input| input.id != it.id)));
    }
    if inputs.is_empty() {
        // What the collector was told itself, only another look can contradict.
        let asked = symptoms.iter().any(|it| it.said.is_answer());
        inputs.push(if asked { &PROBE_REPORT } else { &NEWER_LINES });
    }
    inputs.iter().map(|it| Need { input: it.id, how: pattern::write(it.how, names) }).collect()
}

/// What keeps links open, the cause before its effects; then what was given and cannot be read.
pub(super) fn unread(open: &[&Row], facts: &Facts, names: &Names) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for input in open.iter().filter_map(|row| row.verdict.needs) {
        if needs.iter().all(|it| it.input != input.id) {
            needs.push(Need { input: input.id, how: pattern::write(input.how, names) });
        }
    }
    let given = facts.unread.iter().cloned();
    needs.extend(given.map(|how| Need { input: "unread-input", how }));
    needs
}
