//! Facts → Report: each link looks, the records speak, symptoms narrow, and the report says what is left.

use crate::{
    chain::{self, Chain},
    facts::{Facts, Line, Node, Observed},
    report::{Outcome, Report, State},
};

mod affected;
mod answer;
mod board;
mod changes;
mod hear;
mod names;
mod nodes;
mod open;
mod verbatim;

use board::{Board, Row};

/// Cannot fail: unknown is an answer.
pub fn judge(facts: &Facts) -> Report {
    let records = hear::records(facts);
    let (mut board, set_aside, symptoms) = heard(facts, &records);
    board.block();
    let mut report = answer::answer(facts, &board, &symptoms, set_aside);
    verbatim::quote(&mut report, &facts.lines);
    report
}

/// Of several views the one that has most to tell: a fault, else a doubt, else the latest.
pub fn worst<'a>(views: impl IntoIterator<Item = &'a Facts>) -> Option<&'a Facts> {
    let rank = |it: &Facts| match judge(it).outcome {
        Outcome::Decided => 0,
        Outcome::Undecided => 1,
        Outcome::Healthy => 2,
    };
    views.into_iter().min_by_key(|it| (rank(it), std::cmp::Reverse(it.taken_at.clone())))
}

/// The state of every link, in the order of the chains; a report shows only what is known.
pub fn checklist(facts: &Facts) -> Vec<(&'static str, &'static str, State)> {
    let records = hear::records(facts);
    let (mut board, ..) = heard(facts, &records);
    board.block();
    board.in_view().map(|row| (row.chain.id, row.link.id, row.verdict.state)).collect()
}

/// Whether the metadata service's documents about profile and role prove by themselves that this node
/// has no identity: whatever else was seen, or hung, or was logged, has no say.
pub fn without_identity(facts: &Facts) -> bool {
    let Node { imds, instance, profile, role, .. } = (*facts.node).clone();
    let node = Node { imds, instance, profile, role, ..Node::default() };
    let report = judge(&Facts { node: Box::new(node), ..Facts::default() });
    report.outcome == Outcome::Decided
        && report.chain == Some("node-join")
        && report.link.is_some_and(|it| chain::node_join::OF_IDENTITY.contains(&it))
}

/// Whether this line is about this chain, and about nothing else.
pub fn concerns(line: &Line, chain: &Chain) -> bool {
    hear::concerns(line, chain)
}

type Heard<'a> = (Board, Vec<crate::report::SetAside>, Vec<board::Symptom<'a>>);

fn heard<'a>(facts: &Facts, records: &'a [hear::Record]) -> Heard<'a> {
    let mut board = Board { rows: chain::links().map(|(c, l)| Row::look(c, l, facts)).collect() };
    let (said, mut set_aside) = hear::hear(records);
    // As its node's role it is at work because its own identity is not.
    let own = |arn: &String| !arn.rsplit('/').next().unwrap_or_default().starts_with("i-");
    let worked = match &facts.pod.caller {
        Observed::Seen { value, source } if own(value) => source.at.as_ref(),
        _ => None,
    };
    board.listen(&said, worked, &mut set_aside);
    let symptoms = board.narrow(said, worked, &mut set_aside);
    board.follow();
    board.follow_account(facts);
    board.distinct();
    if runs(facts) {
        board.started();
    }
    (board, set_aside, symptoms)
}

/// The pod that the report is about, or a probe in its place.
fn runs(facts: &Facts) -> bool {
    let pod = facts.cluster.pod.value().and_then(|it| it.present());
    facts.pod.identity.value().is_some() || pod.is_some_and(|it| it.phase == "Running")
}
