//! The role's policies allow the call.

use super::{denial, second_hop};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{Facts, Observed, inputs::ROLE_POLICIES, inputs::SIMULATION, inputs::WORKLOAD_LOG},
    iam::{Answer, Document},
};

mod signs;

pub(super) static LINK: Link = Link {
    id: "permissions",
    title: "permissions",
    means: "A policy of the workload's role allows the action on the resource; where the resource is in another account, or is a key or a role, its own policy allows it too.",
    judged: "Of the one call that was refused: from AWS's wording, from the role's policies, evaluated, else from a simulation. A policy that could not be read leaves it unknown. Without a refused call there is nothing to judge.",
    sources: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html",
    ],
    faults: &[
        &NOT_ALLOWED,
        &RESOURCE_LACKS,
        &second_hop::ABSENT,
        &second_hop::TRUST,
        &second_hop::SESSION_NAME,
        &second_hop::ITSELF,
        &second_hop::ROOT,
    ],
    signs: signs::SIGNS,
    host: no_host,
    look,
};

pub(super) const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the owner of role <role>",
    impact: "nothing restarts; everything that uses role <role> may do this one thing more",
    verify: "kubectl logs -n <namespace> <pod> --since=10m | grep -c 'not authorized to perform: <action>'",
    expect: "0",
};

static NOT_ALLOWED: Fault = OURS.fault(
    "action-not-allowed",
    "no policy of role <role> allows <action> on <resource>",
    "add exactly this action on exactly this resource to the workload's own role",
    "# one more statement in a policy of role <role>, the workload's own; not of the node role:\n{\"Effect\": \"Allow\", \"Action\": \"<action>\", \"Resource\": \"<resource>\"}",
);
static RESOURCE_LACKS: Fault = Fault {
    owner: "the owner of <resource>",
    ..OURS.fault(
        "resource-policy-lacks",
        "the policy of <resource> does not allow <action> to this role",
        "let the resource's own policy name this one role for this one action",
        "# one more statement in the policy of <resource>:\n{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:<partition>:iam::<account>:role/<role>\"},\n \"Action\": \"<action>\", \"Resource\": \"<resource>\"}",
    )
};

fn look(facts: &Facts) -> Look {
    let Some(call) = denial::call(facts) else {
        return denial::unnamed(facts)
            .map_or_else(|| Ok(Verdict::not_applicable("no call was refused")), Err);
    };
    if call.of_a_node() {
        return Err(WORKLOAD_LOG.missing("the call was made as a node role"));
    }
    let hop = call.action.eq_ignore_ascii_case("sts:AssumeRole");
    if let Some(broken) = second_hop::itself(&call).filter(|_| hop) {
        return Ok(named(broken, &call));
    }
    let own = match simulation(facts, &call) {
        Some(it) => it,
        None => policies(facts, &call),
    };
    match own {
        Ok(verdict) if verdict.fault.is_some() || !hop => Ok(named(verdict, &call)),
        own if hop => match second_hop::look(facts, &call) {
            Some(broken) => Ok(named(broken, &call)),
            None => Err(own.err().unwrap_or_else(second_hop::unread)),
        },
        own => own,
    }
}

fn named(verdict: Verdict, call: &denial::Call) -> Verdict {
    let verdict = verdict.with("action", call.action);
    let each = [("resource", call.resource), ("role", call.role()), ("account", call.account())];
    each.into_iter().fold(verdict, |verdict, (name, value)| match value {
        Some(value) if !value.is_empty() => verdict.with(name, value),
        _ => verdict,
    })
}

fn simulation(facts: &Facts, call: &denial::Call) -> Option<Look> {
    let Observed::Seen { value, source } = &facts.account.simulation else { return None };
    let limited = [value.allowed_by_boundary, value.allowed_by_organization];
    let same = value.action.eq_ignore_ascii_case(call.action);
    let decision = value.decision.as_str();
    match decision {
        _ if !same || !value.missing_context.is_empty() => None,
        "allowed" => Some(Ok(Verdict::intact(format!("{} is allowed", value.action), source))),
        "implicitDeny" if !limited.contains(&Some(false)) => {
            let broken = Verdict::broken(&NOT_ALLOWED, decision, call.evidence.clone());
            Some(Ok(broken.and_evidence(source.quote(decision))))
        }
        _ => Some(Err(SIMULATION.missing("another policy stands against it"))),
    }
}

fn policies(facts: &Facts, call: &denial::Call) -> Look {
    if !call.may_be_of(&["identity-based"]) {
        return Err(ROLE_POLICIES.missing("AWS names another policy than the role's own"));
    }
    if facts.account.decoded_denial.value().is_some_and(|it| it.explicit_deny) {
        return Err(ROLE_POLICIES.missing("the decoded refusal is an explicit deny"));
    }
    let read = denial::by_policies(facts, call)?;
    let limits = |document| document == Document::Boundary;
    match &read.answer {
        Answer::Allowed { by, .. } => {
            let detail = format!("{} is allowed by {}", call.action, read.name(by.document));
            Ok(Verdict::intact(detail, read.source))
        }
        Answer::Denied { explicit: false, why } => match why.first() {
            Some(it) if limits(it.document) => Err(ROLE_POLICIES.missing("its boundary limits it")),
            Some(it) => {
                let broken = Verdict::broken(&NOT_ALLOWED, &it.words, call.evidence.clone());
                Ok(broken.and_evidence(read.quote(it)))
            }
            None => {
                let none = "no policy of the role allows anything";
                Ok(Verdict::broken(&NOT_ALLOWED, none, call.evidence.clone()))
            }
        },
        Answer::Denied { .. } => Err(ROLE_POLICIES.missing("a policy denies it")),
        Answer::Unknown { why } => {
            let words = why.first().map_or("not evaluated", |it| &it.words);
            Err(SIMULATION.missing(words))
        }
    }
}
