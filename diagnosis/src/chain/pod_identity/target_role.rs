//! The association's target role lets the association's role assume it.

use super::{
    VERIFY, accepted, associated, not_in_use,
    role::{self, Faults, Trust},
};
use crate::{
    aws::RoleArn,
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{
        Association, Facts, Missing, Observed, Role, RoleObject, Source,
        inputs::{ASSOCIATION, ASSOCIATION_ROLE, TARGET_ROLE},
    },
    iam::{self, Answer, Policy},
    report::Evidence,
};

pub(super) static LINK: Link = Link {
    id: "target-role",
    title: "target role",
    means: "Where the association names a target role, the pod acts as that one: EKS assumes the association's role, and with it the target, maybe in another account. The target trusts the association's role, with the association's external id, and that role may assume the target.",
    judged: "From the credentials that the agent hands out, else from the target's trust policy and the policies of the association's role. Not applicable without a target.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html",
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html",
    ],
    faults: &[
        &ABSENT,
        &TRUST_LACKS_ROLE,
        &EXTERNAL_ID,
        &CONDITION_MISMATCH,
        &DENIED,
        &ROLE_LACKS_ASSUME,
    ],
    signs: &[],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the owner of role <target-role> in account <target-account>",
    impact: "nothing restarts; it takes effect within seconds",
    verify: VERIFY,
    expect: "target role intact",
};

pub(super) static ABSENT: Fault = Fault {
    owner: "the owner of the cluster's associations",
    ..OURS.fault(
        "absent",
        "the association's target role <target-role> does not exist in account <target-account>",
        "correct the target in the association, or create the role in that account",
        "aws eks update-pod-identity-association --cluster-name <cluster> --association-id <association> \\\n  --role-arn <role-arn> --target-role-arn arn:<partition>:iam::<target-account>:role/<target-role>",
    )
};
pub(super) static TRUST_LACKS_ROLE: Fault = OURS.fault(
    "trust-lacks-association-role",
    "the trust policy of target role <target-role> does not let role <association-role> do <action>",
    "let the target trust exactly the association's role, with the association's external id",
    "aws iam get-role --role-name <target-role> --query Role.AssumeRolePolicyDocument > trust.json    # in account <target-account>\n# in it, one statement:\n{ \"Effect\": \"Allow\", \"Principal\": { \"AWS\": \"<role-arn>\" },\n  \"Action\": [ \"sts:AssumeRole\", \"sts:TagSession\" ],\n  \"Condition\": { \"StringEquals\": { \"sts:ExternalId\": \"<external-id>\" } } }\naws iam update-assume-role-policy --role-name <target-role> --policy-document file://trust.json",
);
pub(super) static EXTERNAL_ID: Fault = OURS.fault(
    "external-id-mismatch",
    "the trust policy of target role <target-role> asks for another external id than the association's",
    "write the association's external id into the condition",
    "# <why>\n\
     \"sts:ExternalId\": \"<external-id>\"\n\
     # EKS chooses it for each association: one that was made anew has a new one",
);
pub(super) static CONDITION_MISMATCH: Fault = OURS.fault(
    "condition-mismatch",
    "a condition in the trust policy of target role <target-role> is not met: <key>",
    "correct this one condition in the trust policy of role <target-role>",
    "# <why>\n\
     # in its place:\n\
     <corrected>",
);
pub(super) static DENIED: Fault = OURS.fault(
    "denied",
    "a Deny in the trust policy of target role <target-role> keeps role <association-role> out",
    "let the owner of that Deny except this request, or choose another target",
    "# <why>\n\
     aws iam get-role --role-name <target-role> --query Role.AssumeRolePolicyDocument    # in account <target-account>",
);
pub(super) static ROLE_LACKS_ASSUME: Fault = Fault {
    owner: "the owner of role <association-role>",
    ..OURS.fault(
        "association-role-lacks-assume",
        "the policies of role <association-role> do not let it do <action> on the target role <target-role>",
        "add the two actions on exactly this role to role <association-role>",
        "aws iam put-role-policy --role-name <association-role> --policy-name assume-<target-role> --policy-document \\\n  '{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"sts:AssumeRole\",\"sts:TagSession\"],\"Resource\":\"<resource>\"}]}'",
    )
};

static FAULTS: Faults = Faults {
    principal: &TRUST_LACKS_ROLE,
    action: |_| &TRUST_LACKS_ROLE,
    condition: |key| {
        if key.eq_ignore_ascii_case("sts:ExternalId") { &EXTERNAL_ID } else { &CONDITION_MISMATCH }
    },
    denied: &DENIED,
};

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = not_in_use(facts) {
        return Ok(verdict);
    }
    let observed = facts.account.association.need(&ASSOCIATION);
    let Some((association, found)) = associated(facts) else {
        return match (accepted(facts), observed) {
            (Some(given), _) => Ok(Verdict::intact("the agent gives credentials", given)),
            (None, Err(missing)) => Err(missing),
            (None, Ok(_)) => Err(ASSOCIATION.missing("there is no association")),
        };
    };
    let Some(target) = association.target_role_arn.as_deref() else {
        return Ok(Verdict::not_applicable("the association names no target role"));
    };
    if let Some(given) = accepted(facts) {
        return Ok(Verdict::intact(target, given));
    }
    let named = |verdict: Verdict| {
        let verdict = verdict.with("role-arn", &association.role_arn).with("resource", target);
        let partition = RoleArn::parse(target).map_or("aws", |it| it.partition);
        Ok(verdict.with("partition", partition).and_evidence(found.quote(target)))
    };
    let (object, source) = facts.account.target_role.need(&TARGET_ROLE)?;
    let Some(role) = object.present() else {
        return named(Verdict::broken(&ABSENT, "no such role", source.quote("")));
    };
    let requests = role::by_role(facts, association);
    match role::trust(&role.trust, &requests, source, &FAULTS) {
        Trust::Broken(broken) => {
            let ours = broken.fault.is_some_and(|it| it.id == EXTERNAL_ID.id);
            let broken = named(broken);
            return match &association.external_id {
                Some(id) if ours => broken.map(|it| it.and_evidence(found.quote(id))),
                _ => broken,
            };
        }
        Trust::Open(words) => return Err(TARGET_ROLE.missing(words)),
        Trust::Allowed(_) => {}
    }
    match own_policies(facts, association, target, role)? {
        Some(broken) => named(broken),
        None => Ok(Verdict::intact(target, source)),
    }
}

/// Whether the association's role may ask for the target; within one account a target that names
/// this very role needs no policy of the role.
fn own_policies(
    facts: &Facts,
    association: &Association,
    target: &str,
    trusting: &Role,
) -> Result<Option<Verdict>, Missing> {
    facts.account.association_role.need(&ASSOCIATION_ROLE)?;
    let Observed::Seen { value: RoleObject::Present(own), source } =
        &facts.account.association_role
    else {
        return Err(ASSOCIATION_ROLE.missing("the association's role does not exist"));
    };
    let account = |arn| RoleArn::parse(arn).map(|it| it.account);
    let named_by_target = account(target) == account(&association.role_arn)
        && trusting.trust.contains(&association.role_arn);
    let unread = |error: iam::ParseError| ASSOCIATION_ROLE.missing(error.to_string());
    let parse = |text: &str| Policy::parse(text).map_err(unread);
    let policies = own.policies.iter().map(|it| parse(&it.text)).collect::<Result<Vec<_>, _>>()?;
    let boundary = own.boundary.as_ref().map(|it| parse(&it.text)).transpose()?;
    for request in role::by_role(facts, association) {
        let action = request.action.clone();
        match iam::identity(&policies, boundary.as_ref(), &request.on(target)) {
            Answer::Allowed { .. } => {}
            Answer::Denied { explicit: false, .. } if named_by_target && boundary.is_none() => {}
            Answer::Denied { explicit: false, .. } if !own.unread.is_empty() => {
                return Err(ASSOCIATION_ROLE.missing(own.unread.join("; ")));
            }
            Answer::Denied { why, .. } => {
                let quote = quote(own, why.first()).unwrap_or_else(|| source.quote(&own.arn));
                let words = why.first().map_or("no policy allows it", |it| it.words.as_str());
                let broken = Verdict::broken(&ROLE_LACKS_ASSUME, words, quote);
                return Ok(Some(broken.with("action", action)));
            }
            Answer::Unknown { why } => {
                let words = why.first().map_or("not evaluated", |it| it.words.as_str());
                return Err(ASSOCIATION_ROLE.missing(words));
            }
        }
    }
    Ok(None)
}

/// The line of the role's own policy that comes nearest.
fn quote(role: &Role, why: Option<&iam::Why>) -> Option<Evidence> {
    let why = why?;
    let policy = match why.document {
        iam::Document::Policy(at) => role.policies.get(at)?,
        iam::Document::Boundary => role.boundary.as_ref()?,
    };
    let place = format!("policy {} of {}", policy.name, role.arn);
    let line = why.quote.lines().next().unwrap_or_default().trim();
    Some(Source::new(place, "", &policy.text).quote(line))
}
