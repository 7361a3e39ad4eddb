//! The board into a Report: what all remaining ways agree on is decided, the rest is asked for.

use std::{collections::BTreeSet, slice};

use super::{Board, Row, affected, board::Symptom, changes, names::names, nodes};
use crate::{
    chain::{self, CHAINS, Chain, Fault, Plane, Way},
    facts::{
        Facts, Input, Line, NOT_SEEN,
        inputs::{NEWER_LINES, PROBE_REPORT, SYMPTOM},
    },
    pattern::{self, Names},
    report::{
        Also, Cause, ChainView, Fix, LinkView, Need, Outcome, Report, SetAside, State, Verify,
    },
};

pub(super) fn answer(
    facts: &Facts,
    board: &Board,
    symptoms: &[Symptom],
    set_aside: Vec<SetAside>,
) -> Report {
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
    let decided = broken.first().filter(|(row, ..)| row.explains || !fails_before(symptoms, row));

    let possible = possible(board, symptoms);
    let doubts: Vec<&Row> = board.rows.iter().filter(|row| row.doubted()).collect();
    let agreed = decided.map_or(&possible[..], |(.., cause)| slice::from_ref(cause));
    // Without a cause, the one link that is in doubt is at least named.
    let doubted = match (&agreed, &doubts[..]) {
        ([], [row]) if symptoms.is_empty() => Some(*row),
        _ => None,
    };
    let outcome = outcome(board, decided.is_some(), symptoms, described(facts));
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
        title: text(match (decided, outcome) {
            (Some((_, fault, _)), _) => fault.title,
            (None, Outcome::Healthy) => "everything that could be checked holds",
            (None, _) if symptoms.is_empty() && !set_aside.is_empty() && !board.knows() => {
                "none of what was read tells of a fault in these planes"
            }
            (None, _) => "what was seen does not decide",
        }),
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
    }
}

/// Of a group's nodes the one that decides, else the one that was looked at.
fn instance(facts: &Facts, row: Option<&Row>) -> Option<String> {
    let group = facts.subject.is_group();
    let quoted = row.and_then(|row| {
        let first = row.verdict.evidence.first()?;
        let line = |it: &&Line| it.place == first.source && it.text.contains(&first.quote);
        let named = |it: &&str| !it.is_empty();
        facts.lines.iter().find(line).map(|it| &*it.instance).filter(named).map(str::to_owned)
    });
    quoted.or(Some(facts.seen_on.clone())).filter(|it| group && !it.is_empty())
}

/// Whether something failed, in a way that is open, before the chain of this row begins: it is no
/// effect of what is broken there.
fn fails_before(symptoms: &[Symptom], row: &Row) -> bool {
    let begins = |of: &dyn Fn(&Chain) -> bool| CHAINS.iter().position(|it| of(it));
    let own = begins(&|it| it.id == row.chain.id);
    let before =
        |way: &Way| begins(&|it| it.links.iter().any(|link| std::ptr::eq(*link, way.0))) < own;
    symptoms.iter().any(|it| {
        let ways = if it.left.is_empty() { &it.said.could_be } else { &it.left };
        !ways.is_empty() && ways.iter().all(before)
    })
}

/// A fault's own way, and, where an identity is wrong, as whom the workload calls in the end.
fn verify(row: &Row, fault: &Fault, names: &Names) -> Verify {
    const EXEC: &str = "kubectl exec -n <namespace> <workload> -c <container> -- aws sts get-caller-identity --query Arn --output text";
    let text = |pattern| pattern::write(pattern, names);
    let mut verify = Verify { command: text(fault.verify), expect: text(fault.expect) };
    let identity = matches!(row.chain.id, "irsa" | "pod-identity") && fault.plane == Plane::Iam;
    let known = ["namespace", "workload", "container"].iter().all(|it| names.contains_key(it));
    if let Some(session) = names.get("session").filter(|_| identity && known)
        && fault.verify.starts_with("eks-triage ")
    {
        verify.command.extend(["\n", &text(EXEC)]);
        verify.expect.extend([", and ", session]);
    }
    verify
}

fn outcome(board: &Board, decided: bool, symptoms: &[Symptom], described: bool) -> Outcome {
    let doubt = board.rows.iter().any(Row::doubted);
    let intact = board.rows.iter().any(|row| row.verdict.state == State::Intact);
    match decided {
        true => Outcome::Decided,
        false if symptoms.is_empty() && intact && !doubt && described => Outcome::Healthy,
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

/// With every way excluded a symptom still says what it is about.
fn possible(board: &Board, symptoms: &[Symptom]) -> Vec<Cause> {
    let mut possible = Vec::new();
    for Symptom { said, left } in symptoms {
        for way in if left.is_empty() { &said.could_be } else { left } {
            let row = board.rows.iter().find(|row| row.is(way.0));
            possible.extend(row.map(|row| cause(row, way.1)).filter(|it| !possible.contains(it)));
        }
    }
    possible
}

/// With who else is touched, where that was looked for.
fn impact(facts: &Facts, row: &Row, fault: &Fault, mut impact: String) -> String {
    let mut sharing = affected::groups(facts, row.link.id, &row.verdict.names);
    // Only an identity is shared by those who name the same ServiceAccount or role.
    if fault.plane == Plane::Iam {
        sharing.extend(affected::affected(facts));
    }
    if !sharing.is_empty() {
        impact.push_str("; also touched: ");
        impact.push_str(&sharing.join(", "));
    }
    impact
}

/// There is no number for confidence: the ways agree, or they do not.
fn common<T: Ord + Copy>(causes: &[Cause], of: impl Fn(&Cause) -> T) -> Option<T> {
    let all: BTreeSet<T> = causes.iter().map(of).collect();
    (all.len() == 1).then(|| all.first().copied()).flatten()
}

/// The inputs that separate the ways; without any, the first one that each chain in sight lacks.
fn needs(board: &Board, possible: &[Cause], symptoms: &[Symptom], names: &Names) -> Vec<Need> {
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

fn also(facts: &Facts, row: &Row, fault: &Fault) -> Also {
    Also {
        plane: fault.plane,
        chain: row.chain.id,
        link: row.link.id,
        fault: fault.id,
        title: pattern::write(fault.title, &names(facts, Some(row))),
        evidence: row.verdict.evidence.clone(),
    }
}

/// Only chains of which something is known: a list of question marks tells nobody anything. Beside
/// one that matters, another has to be known for the most part.
fn views(board: &Board, decided: bool, possible: &[Cause], names: &Names) -> Vec<ChainView> {
    let rows = |chain: &Chain| {
        let id = chain.id;
        board.in_view().filter(move |row| row.chain.id == id)
    };
    let count = |chain, state| rows(chain).filter(|row| row.verdict.state == state).count();
    let matters = |chain: &Chain| {
        let speaks = |row: &Row| match row.verdict.state {
            State::Broken => true,
            _ => !decided && row.doubted(),
        };
        rows(chain).any(speaks) || possible.iter().any(|it| it.chain == chain.id)
    };
    let any = CHAINS.iter().any(|it| matters(it));
    let most = CHAINS.iter().map(|it| count(it, State::Intact)).max().unwrap_or_default();
    let shown = |chain: &&&'static Chain| match count(chain, State::Intact) {
        _ if matters(chain) => true,
        0 => false,
        intact if any => intact >= count(chain, State::Unknown),
        // One link that was seen by the way is no picture of a chain, beside one that is.
        intact => intact == most || intact * 8 >= count(chain, State::Unknown),
    };
    let view = |chain: &&'static Chain| ChainView {
        id: chain.id,
        title: chain.title,
        links: rows(chain).map(|row| link_view(row, names)).collect(),
    };
    CHAINS.iter().filter(shown).map(view).collect()
}

fn link_view(row: &Row, names: &Names) -> LinkView {
    let need = |it: &Input| Need { input: it.id, how: pattern::write(it.how, names) };
    let needs = row.verdict.needs.map(need);
    let detail = match &needs {
        Some(need) if row.verdict.detail == NOT_SEEN => format!("needs: {}", need.how),
        _ => row.verdict.detail.clone(),
    };
    LinkView {
        id: row.link.id,
        title: row.link.title,
        state: row.verdict.state,
        detail,
        evidence: row.verdict.evidence.clone(),
        needs: needs.filter(|_| row.verdict.state == State::Unknown),
    }
}
