//! The role's trust policy names the provider, and allows the action that web identity asks for.

use super::trust;
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{Facts, inputs::TRUST_POLICY},
    iam::{Answer, RiskKind, Trap, Why},
};

pub(super) static LINK: Link = Link {
    id: "trust-principal",
    title: "trust principal",
    means: "A statement of the role's trust policy has as Principal.Federated the ARN of the provider with the token's issuer, in the role's own account and partition, and as Action sts:AssumeRoleWithWebIdentity.",
    judged: "Intact where STS gave credentials. Else the policy is evaluated with the claims of the pod's token, and the statement that comes nearest says what differs. An element that cannot be evaluated leaves it unknown.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    ],
    faults: ALL,
    signs: &[],
    host: no_host,
    look,
};

pub(super) static ALL: &[&Fault] = &[
    &OTHER_PROVIDER,
    &OTHER_ACCOUNT,
    &OTHER_PARTITION,
    &NOT_A_PROVIDER,
    &NOT_FEDERATED,
    &POD_IDENTITY_ROLE,
    &ACTION_MISSING,
];

const DIFF: &str = "# in trust.json, the trust policy of role <role>:\n-  <policy-line>\n+  <corrected-line>\naws iam update-assume-role-policy --role-name <role> --policy-document file://trust.json";
const ADD: &str = "# in trust.json, the trust policy of role <role>, one more statement; the others stay:\n{\"Effect\": \"Allow\", <corrected-line>,\n \"Action\": \"sts:AssumeRoleWithWebIdentity\",\n \"Condition\": {\"StringEquals\": {\"<provider>:aud\": \"sts.amazonaws.com\",\n   \"<provider>:sub\": \"<subject>\"}}}\naws iam update-assume-role-policy --role-name <role> --policy-document file://trust.json";

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the owner of role <role>",
    impact: "nothing restarts: STS reads the policy anew at each call; who matched the old line loses the role",
    verify: "eks-triage probe -n <namespace> --serviceaccount <service-account>",
    expect: "trust principal intact",
};

pub(super) static OTHER_PROVIDER: Fault = OURS.fault(
    "other-provider",
    "the trust policy of role <role> trusts the provider of another cluster or issuer",
    "name the provider of this cluster; one that was created anew has a new issuer",
    DIFF,
);
pub(super) static OTHER_ACCOUNT: Fault = OURS.fault(
    "other-account",
    "the trust policy of role <role> names the provider in another account than the role's",
    "name the provider in the role's own account: STS knows no other",
    DIFF,
);
pub(super) static OTHER_PARTITION: Fault = OURS.fault(
    "other-partition",
    "the trust policy of role <role> names the provider with the ARN of another partition",
    "write the provider's ARN with this partition, <partition>",
    DIFF,
);
pub(super) static NOT_A_PROVIDER: Fault = OURS.fault(
    "not-a-provider",
    "what the trust policy of role <role> trusts as Federated is not the ARN of an OIDC provider",
    "write the provider's whole ARN",
    DIFF,
);
pub(super) static NOT_FEDERATED: Fault = Fault {
    impact: "nothing restarts; who has the role now keeps it",
    ..OURS.fault(
        "not-federated",
        "the trust policy of role <role> is for others: <why>",
        "add a statement for web identity, or name a role that is the workload's own; never reuse the node's",
        ADD,
    )
};
pub(super) static POD_IDENTITY_ROLE: Fault = Fault {
    impact: "nothing restarts; Pod Identity keeps the role",
    ..OURS.fault(
        "pod-identity-role",
        "role <role> trusts EKS Pod Identity alone, but this pod asks with a web identity token",
        "use the role as it is meant: associate it with the ServiceAccount; or add a statement for web identity",
        "aws eks create-pod-identity-association --cluster-name <cluster> --namespace <namespace> --service-account <service-account> --role-arn <role-arn>\n# then remove the annotation and re-create the pods; or, to stay with web identity:\n# in trust.json, the trust policy of role <role>, one more statement; the others stay:\n{\"Effect\": \"Allow\", <corrected-line>,\n \"Action\": \"sts:AssumeRoleWithWebIdentity\",\n \"Condition\": {\"StringEquals\": {\"<provider>:aud\": \"sts.amazonaws.com\",\n   \"<provider>:sub\": \"<subject>\"}}}",
    )
};
pub(super) static ACTION_MISSING: Fault = OURS.fault(
    "action-missing",
    "the trust policy of role <role> does not allow sts:AssumeRoleWithWebIdentity, which web identity asks for",
    "name the action that web identity asks for in that statement",
    DIFF,
);

fn fault(why: &Why) -> &'static Fault {
    match why.trap {
        Some(Trap::PrincipalAccount) => &OTHER_ACCOUNT,
        Some(Trap::PrincipalPartition) => &OTHER_PARTITION,
        Some(Trap::PrincipalIssuer) => &OTHER_PROVIDER,
        Some(Trap::PrincipalNotAProvider | Trap::PrincipalWildcard) => &NOT_A_PROVIDER,
        Some(Trap::PrincipalPodIdentity) => &POD_IDENTITY_ROLE,
        Some(Trap::ActionAssumeRoleOnly | Trap::ActionMissing) => &ACTION_MISSING,
        _ => &NOT_FEDERATED,
    }
}

fn look(facts: &Facts) -> Look {
    trust::look(facts, with_risks, judged)
}

fn judged(_: &Facts, asked: &trust::Trust) -> Look {
    let trusted = || Verdict::intact("trusts this cluster's provider", asked.policy);
    match &asked.answer {
        Answer::Allowed { .. } => Ok(with_risks(trusted(), asked)),
        Answer::Denied { explicit: true, .. } => {
            Err(TRUST_POLICY.missing("a statement denies; see the explicit deny"))
        }
        Answer::Denied { why, .. } => {
            // The principal before the action: a statement for somebody else is about other actions.
            let mut who = trust::nearest(why).filter(|it| trust::of_the_caller(&it.element));
            match who.next() {
                Some(why) => Ok(broken(asked, why)),
                None if why.is_empty() => Ok(nobody(asked)),
                None => Ok(trusted()),
            }
        }
        Answer::Unknown { why } => {
            let who = why.iter().find(|it| trust::of_the_caller(&it.element));
            who.map_or_else(|| Ok(trusted()), |it| Err(TRUST_POLICY.missing(&it.words)))
        }
    }
}

fn broken(asked: &trust::Trust, why: &Why) -> Verdict {
    let quote = trust::policy_quote(asked.policy, &why.quote);
    let verdict = Verdict::broken(fault(why), &why.words, quote);
    let verdict = verdict.and_evidence(asked.token.quote(&asked.claims.issuer));
    let verdict = match &why.corrected {
        Some(line) => verdict.with("corrected-line", trust::one_line(like(line, why))),
        None => verdict,
    };
    named(verdict.with("policy-line", trust::one_line(&why.quote)), asked, &why.policy_value)
}

/// Where the policy's line is a member of Principal, what replaces it is one too.
fn like<'a>(corrected: &'a str, why: &Why) -> &'a str {
    let inner = corrected.strip_prefix("\"Principal\": {").and_then(|it| it.strip_suffix('}'));
    inner.filter(|_| why.quote.starts_with("\"Federated\"")).unwrap_or(corrected)
}

/// A policy without a statement that allows anything.
fn nobody(asked: &trust::Trust) -> Verdict {
    let first = asked.policy.quote("Statement");
    named(Verdict::broken(&NOT_FEDERATED, "no statement allows", first), asked, "nobody is allowed")
}

fn named(verdict: Verdict, asked: &trust::Trust, why: &str) -> Verdict {
    let issuer = asked.claims.issuer.trim_start_matches("https://");
    verdict
        .with("role", trust::role_name(asked.role))
        .with("role-arn", &asked.role.arn)
        .with("provider", issuer)
        .with("subject", &asked.claims.subject)
        .with("why", why)
}

/// Who is let in beside the provider.
fn with_risks(verdict: Verdict, asked: &trust::Trust) -> Verdict {
    trust::with_risks(verdict, asked, of_principals)
}

pub(super) fn of_principals(kind: RiskKind) -> bool {
    matches!(kind, RiskKind::AnyPrincipal | RiskKind::NotPrincipal)
}
