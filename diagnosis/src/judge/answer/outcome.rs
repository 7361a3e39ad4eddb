//! Decided, undecided or healthy.

use crate::{
    chain::{CHAINS, Chain, Way},
    facts::Facts,
    judge::{Board, Row, board::Symptom},
    report::{Outcome, State},
};

/// `whole`: whether all was read that decides a link.
pub(super) fn outcome(
    facts: &Facts,
    board: &Board,
    decided: bool,
    symptoms: &[Symptom],
    whole: bool,
) -> Outcome {
    let doubt = board.rows.iter().any(Row::doubted);
    let intact = board.rows.iter().any(|row| row.verdict.state == State::Intact);
    match decided {
        true => Outcome::Decided,
        false if symptoms.is_empty() && intact && !doubt && whole && described(facts) => {
            Outcome::Healthy
        }
        false => Outcome::Undecided,
    }
}

/// Whether anybody looked at the group of nodes itself: that its cluster is well says nothing of it.
fn described(facts: &Facts) -> bool {
    let group = &facts.account.group;
    match &*facts.subject.kind {
        "nodegroup" => group.nodegroup.value().is_some(),
        "autoscaling-group" => group.scaling_group.value().is_some(),
        "nodepool" => {
            let running = group.instances.value().is_some_and(|it| !it.is_empty());
            running || facts.cluster.node_claims.value().is_some()
        }
        _ => true,
    }
}

/// Whether something failed, in a way that is open, before the chain of this row begins: it is no
/// effect of what is broken there.
pub(super) fn fails_before(symptoms: &[Symptom], row: &Row) -> bool {
    let begins = |of: &dyn Fn(&Chain) -> bool| CHAINS.iter().position(|it| of(it));
    let own = begins(&|it| it.id == row.chain.id);
    let before =
        |way: &Way| begins(&|it| it.links.iter().any(|link| std::ptr::eq(*link, way.0))) < own;
    symptoms.iter().any(|it| {
        let ways = if it.left.is_empty() { &it.said.could_be } else { &it.left };
        !ways.is_empty() && ways.iter().all(before)
    })
}
