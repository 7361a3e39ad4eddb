//! No policy beside the role's own allows stands against the call.

use super::{denial, trust};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{Facts, Missing, Observed, inputs::SIMULATION, inputs::TRUST_POLICY},
    iam::{Answer, Document},
};

mod signs;

pub(super) static LINK: Link = Link {
    id: "explicit-deny",
    title: "no policy denies",
    means: "No Deny matches: not in the trust policy, not in a policy of the role, of the resource, of the session or of the organization. And what limits, such as a permissions boundary or an endpoint's policy, has an Allow as well. A Deny wins over every Allow.",
    judged: "From AWS's own wording, which names the kind of policy and since 2026 its ARN; from the trust policy and the role's policies, evaluated; from a simulation. Policies of organizations, sessions and endpoints are known only where AWS names them. Without a refused call there is nothing to judge.",
    sources: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
        "https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns",
    ],
    faults: &[
        &TRUST_POLICY_DENIES,
        &IDENTITY_DENIES,
        &RESOURCE_DENIES,
        &BOUNDARY_DENIES,
        &BOUNDARY_LACKS,
        &SESSION,
        &SERVICE_CONTROL,
        &RESOURCE_CONTROL,
        &ENDPOINT,
    ],
    signs: signs::SIGNS,
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the owner of role <role>",
    impact: "nothing restarts: policies are read anew at each call; all that this policy holds for is touched",
    verify: "kubectl logs -n <namespace> <pod> --since=10m | grep -c 'not authorized to perform: <action>'",
    expect: "0",
};

pub(super) static TRUST_POLICY_DENIES: Fault = Fault {
    verify: "eks-triage probe -n <namespace> --serviceaccount <service-account>",
    expect: "no policy denies intact",
    ..OURS.fault(
        "trust-policy-denies",
        "a statement of the trust policy of role <role> denies this ServiceAccount the role",
        "narrow that statement so that it no longer matches this ServiceAccount",
        "# in trust.json, the trust policy of role <role>, <why>;\n# what it is to keep out stays:\naws iam update-assume-role-policy --role-name <role> --policy-document file://trust.json",
    )
};
pub(super) static IDENTITY_DENIES: Fault = OURS.fault(
    "identity-policy-denies",
    "a policy of the role itself denies <action> explicitly",
    "ask who wrote the Deny; if it is not meant for this call, narrow that statement",
    "# the policy: <policy>\naws iam list-attached-role-policies --role-name <role>; aws iam list-role-policies --role-name <role>\n# one more Allow does not help: the Deny has to match less",
);
static RESOURCE_DENIES: Fault = Fault {
    owner: "the owner of <resource>",
    ..OURS.fault(
        "resource-policy-denies",
        "the policy of the resource denies <action> explicitly",
        "ask the owner of the resource to except role <role> from that Deny",
        "# the policy of <resource> (bucket, key, queue, repository, …) has a Deny that matches this call:\n# hand over the line above, with role <role> and the action <action>",
    )
};
static BOUNDARY_DENIES: Fault = OURS.fault(
    "boundary-denies",
    "the permissions boundary of the role denies <action> explicitly",
    "ask the boundary's owner whether the Deny is meant for this call",
    "# the boundary: <policy>\naws iam get-role --role-name <role> --query Role.PermissionsBoundary\n# a boundary is a limit that somebody set on purpose: its owner narrows the Deny, or the call stays forbidden",
);
static BOUNDARY_LACKS: Fault = OURS.fault(
    "boundary-lacks",
    "the permissions boundary of the role does not allow <action>, so no policy of the role can",
    "ask the boundary's owner to allow this one action",
    "# the boundary: <policy>\naws iam get-role --role-name <role> --query Role.PermissionsBoundary\n# its owner adds, beside an Allow in a policy of the role:\n{\"Effect\": \"Allow\", \"Action\": \"<action>\", \"Resource\": \"<resource>\"}",
);
static SESSION: Fault = Fault {
    owner: "the owner of the workload",
    ..OURS.fault(
        "session-policy",
        "the session's own policy, which was passed when the role was assumed, does not let <action> through",
        "correct the policy that the workload, or its Pod Identity association, passes with the session",
        "# in what assumes the role: Policy or PolicyArns of the AssumeRole call, or the association's policy\n# it must allow, as the role's own policies do:\n{\"Effect\": \"Allow\", \"Action\": \"<action>\", \"Resource\": \"<resource>\"}",
    )
};
pub(super) static SERVICE_CONTROL: Fault = Fault {
    owner: "the owner of the organization",
    ..OURS.fault(
        "service-control-policy",
        "a service control policy of the organization forbids <action> in this account",
        "stop here: nothing inside the account changes this; take it to the organization's owner",
        "# the policy: <policy>\n# hand over the line above. No policy of the role, the resource or the account can allow what it forbids",
    )
};
pub(super) static RESOURCE_CONTROL: Fault = Fault {
    owner: "the owner of the organization that the resource is in",
    ..OURS.fault(
        "resource-control-policy",
        "a resource control policy of the organization forbids <action> on the resource",
        "stop here: nothing inside the account changes this; take it to the organization's owner",
        "# the policy: <policy>\n# hand over the line above. No policy of the role, the resource or the account can allow what it forbids",
    )
};
static ENDPOINT: Fault = Fault {
    plane: Plane::Network,
    owner: "the owner of the VPC",
    ..OURS.fault(
        "vpc-endpoint-policy",
        "the policy of the VPC endpoint, through which the call goes, does not let <action> through",
        "allow this one action on this resource in the endpoint's policy",
        "# which endpoint: the one of this service in the pod's VPC\naws ec2 describe-vpc-endpoints --query 'VpcEndpoints[].[VpcEndpointId,ServiceName]'\n# its policy must allow, for the principals that it names already:\n{\"Effect\": \"Allow\", \"Action\": \"<action>\", \"Resource\": \"<resource>\"}",
    )
};

fn look(facts: &Facts) -> Look {
    if let Some(broken) = trust_policy(facts) {
        return Ok(broken);
    }
    let Some(call) = denial::call(facts) else {
        return match denial::unnamed(facts) {
            None => Ok(Verdict::not_applicable("no call was refused")),
            Some(_) if trust::evaluate(facts).is_err() && trust::accepted(facts).is_none() => {
                Err(TRUST_POLICY.missing(crate::facts::NOT_SEEN))
            }
            Some(missing) => Err(missing),
        };
    };
    let named = |it: Verdict| {
        let it = it.with("action", call.action);
        let it = it.with("resource", call.resource.unwrap_or("<resource>"));
        it.with("role", call.role().unwrap_or("<role>"))
    };
    if let Some(verdict) = simulation(facts, &call) {
        return verdict.map(named);
    }
    if !call.may_be_of(&["identity-based", "permissions boundary"]) {
        return Err(SIMULATION.missing("AWS names a policy that cannot be read here"));
    }
    let read = denial::by_policies(facts, &call)?;
    let denied = |fault, why: &crate::iam::Why| {
        let broken = Verdict::broken(fault, &why.words, call.evidence.clone());
        let broken = broken.with("policy", read.name(why.document));
        Ok(named(broken.and_evidence(read.quote(why))))
    };
    match &read.answer {
        Answer::Denied { explicit, why } => match (explicit, why.first()) {
            (true, Some(it)) if it.document == Document::Boundary => denied(&BOUNDARY_DENIES, it),
            (true, Some(it)) => denied(&IDENTITY_DENIES, it),
            (false, Some(it)) if it.document == Document::Boundary => denied(&BOUNDARY_LACKS, it),
            _ => Err(SIMULATION.missing("the role's own policies do not deny it")),
        },
        Answer::Allowed { .. } => Err(SIMULATION.missing("the role's own policies allow it")),
        Answer::Unknown { why } => {
            Err(SIMULATION.missing(why.first().map_or("not evaluated", |it| &it.words)))
        }
    }
}

fn trust_policy(facts: &Facts) -> Option<Verdict> {
    if super::pod_identity_instead(facts).is_some() || trust::accepted(facts).is_some() {
        return None;
    }
    let asked = trust::evaluate(facts).ok()?;
    let Answer::Denied { explicit: true, why } = &asked.answer else { return None };
    let first = why.first()?;
    let quote = trust::policy_quote(asked.policy, &first.quote);
    let broken = Verdict::broken(&TRUST_POLICY_DENIES, &first.words, quote);
    let broken = broken.with("why", &first.words);
    Some(broken.with("role", trust::role_name(asked.role)))
}

fn simulation(facts: &Facts, call: &denial::Call) -> Option<Result<Verdict, Missing>> {
    let Observed::Seen { value, source } = &facts.account.simulation else { return None };
    if !value.action.eq_ignore_ascii_case(call.action) {
        return None;
    }
    let explicit = value.decision == "explicitDeny";
    let fault = match (value.allowed_by_organization, value.allowed_by_boundary) {
        _ if value.decision == "allowed" && value.missing_context.is_empty() => {
            return Some(Ok(Verdict::intact("the simulation allows it", source)));
        }
        (Some(false), _) => &SERVICE_CONTROL,
        (_, Some(false)) if explicit => &BOUNDARY_DENIES,
        (_, Some(false)) => &BOUNDARY_LACKS,
        _ if explicit => &IDENTITY_DENIES,
        _ => {
            return Some(
                Err(SIMULATION.missing(format!("the simulation says {}", value.decision))),
            );
        }
    };
    let broken = Verdict::broken(fault, &value.decision, source.quote(&value.decision));
    let matched = value.matched.join(", ");
    Some(Ok(if matched.is_empty() { broken } else { broken.with("policy", matched) }))
}
