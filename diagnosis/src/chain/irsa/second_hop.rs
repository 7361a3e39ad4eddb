//! The workload's role asks for another role: what the other role says to it.

use super::{denial::Call, permissions::OURS, trust};
use crate::{
    chain::{Fault, Verdict},
    facts::{Facts, Missing, Observed, RoleObject, inputs::TARGET_ROLE},
    iam::{self, Answer, Element, Policy, Request},
};

const VERIFY: &str = "kubectl exec -n <namespace> <pod> -- aws sts assume-role --role-arn <resource> --role-session-name check --query AssumedRoleUser.Arn --output text";

pub(super) static ABSENT: Fault = Fault {
    owner: "the owner of the workload",
    impact: "nothing restarts but what reads the ARN from its template",
    verify: VERIFY,
    expect: "assumed-role/",
    ..OURS.fault(
        "target-role-absent",
        "role <role> asks for the role <resource>, which does not exist",
        "correct the ARN that the workload is configured with, or create that role",
        "aws iam get-role --role-name <target-role>    # in its own account: NoSuchEntity\n# STS answers for a role that is not there as for one that it may not give",
    )
};
pub(super) static TRUST: Fault = Fault {
    owner: "the owner of role <resource>",
    impact: "nothing restarts; role <role> may then assume <resource>",
    verify: VERIFY,
    expect: "assumed-role/",
    ..OURS.fault(
        "target-trust-lacks",
        "the role <resource> does not trust role <role>, which asks for it",
        "let the target's trust policy name this one role",
        "# one more statement in the trust policy of <resource>:\n{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:<partition>:iam::<account>:role/<role>\"},\n \"Action\": \"sts:AssumeRole\"}",
    )
};
pub(super) static SESSION_NAME: Fault = Fault {
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: VERIFY,
    expect: "assumed-role/",
    ..OURS.fault(
        "target-session-name",
        "the role <resource> asks for another session name than the workload gives",
        "give the session the name that the target's trust policy asks for",
        "# the target's trust policy asks for:\n#   <policy-line>\n# in the workload: RoleSessionName of its AssumeRole call, or AWS_ROLE_SESSION_NAME",
    )
};
pub(super) static ITSELF: Fault = Fault {
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: "kubectl exec -n <namespace> <pod> -- aws sts get-caller-identity --query Arn --output text",
    expect: "assumed-role/<role>/",
    ..OURS.fault(
        "assumes-itself",
        "role <role> asks STS for itself, which since 2022 its own trust policy would have to allow",
        "remove the second assume-role from the workload: it has this role already",
        "# in the workload's configuration: a role_arn, assumeRole or ROLE_ARN setting that repeats the annotation;\n# the web identity alone gives <role>",
    )
};

pub(super) static ROOT: Fault = Fault {
    owner: "whoever makes the call",
    impact: "nothing restarts",
    verify: "aws sts get-caller-identity --query Arn --output text    # with the same credentials",
    expect: "no arn that ends in :root",
    ..OURS.fault(
        "called-by-root",
        "the account's root user asks for a role, which AWS never gives it",
        "make the call as an IAM user or a role; root's access keys are better deleted",
        "aws sts get-caller-identity    # arn:…:root is the one that cannot assume roles\naws configure list    # where its keys come from",
    )
};

/// The caller asks for its own role.
pub(super) fn itself(call: &Call) -> Option<Verdict> {
    let target = call.resource?;
    let same =
        call.role() == target.rsplit('/').next() && call.account() == target.split(':').nth(4);
    same.then(|| Verdict::broken(&ITSELF, target, call.evidence.clone()))
}

/// `None` where what was read does not decide.
pub(super) fn look(facts: &Facts, call: &Call) -> Option<Verdict> {
    let target = call.resource?;
    let name = target.rsplit('/').next()?;
    let named = |it: Verdict| it.with("target-role", name);
    let Observed::Seen { value, source } = &facts.account.target_role else { return None };
    let RoleObject::Present(role) = value else {
        let broken = Verdict::broken(&ABSENT, format!("no {name}"), call.evidence.clone());
        return Some(named(broken.and_evidence(source.quote("NoSuchEntity"))));
    };
    if role.arn != target {
        return None;
    }
    let policy = Policy::parse(&role.trust).ok()?;
    // A refusal does not tell which external id was sent, if any.
    let request = Request::assume_role(call.user, None, "sts:AssumeRole").untold("sts:ExternalId");
    let request = request.with("sts:RoleSessionName", [call.session_name()?]);
    let Answer::Denied { why, .. } = iam::trust(&policy, &request) else { return None };
    let of_session = |it: &&iam::Why| matches!(&it.element, Element::Condition { key, .. } if key.eq_ignore_ascii_case("sts:RoleSessionName"));
    let mut near = trust::nearest(&why).peekable();
    let first = near.peek().copied();
    let (fault, it) = match near.find(of_session) {
        Some(it) => (&SESSION_NAME, Some(it)),
        None => (&TRUST, first),
    };
    let detail = it.map_or("no statement allows", |it| &it.words);
    let broken = Verdict::broken(fault, detail, call.evidence.clone());
    let Some(it) = it else { return Some(named(broken)) };
    let broken = broken.and_evidence(trust::policy_quote(source, &it.quote));
    Some(named(broken.with("policy-line", trust::one_line(&it.quote))))
}

pub(super) fn unread() -> Missing {
    TARGET_ROLE.missing("the target role was not read")
}
