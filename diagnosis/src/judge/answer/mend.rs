//! What is told of one fault: who is touched, how to see that it is mended, which instance shows it.

use crate::{
    chain::{Fault, Plane},
    facts::{Facts, Line},
    judge::{Row, affected, names::names},
    pattern::{self, Names},
    report::{Also, Verify},
};

/// With who else is touched, where that was looked for.
pub(super) fn impact(facts: &Facts, row: &Row, fault: &Fault, mut impact: String) -> String {
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

/// A fault's own way, and, where an identity is wrong, as whom the workload calls in the end.
pub(super) fn verify(row: &Row, fault: &Fault, names: &Names) -> Verify {
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

pub(super) fn also(facts: &Facts, row: &Row, fault: &Fault) -> Also {
    Also {
        plane: fault.plane,
        chain: row.chain.id,
        link: row.link.id,
        fault: fault.id,
        title: pattern::write(fault.title, &names(facts, Some(row))),
        evidence: row.verdict.evidence.clone(),
    }
}

/// Of a group's nodes the one that decides, else the one that was looked at.
pub(super) fn instance(facts: &Facts, row: Option<&Row>) -> Option<String> {
    let group = facts.subject.is_group();
    let quoted = row.and_then(|row| {
        let first = row.verdict.evidence.first()?;
        let line = |it: &&Line| it.place == first.source && it.text.contains(&first.quote);
        let named = |it: &&str| !it.is_empty();
        facts.lines.iter().find(line).map(|it| &*it.instance).filter(named).map(str::to_owned)
    });
    quoted.or(Some(facts.seen_on.clone())).filter(|it| group && !it.is_empty())
}
