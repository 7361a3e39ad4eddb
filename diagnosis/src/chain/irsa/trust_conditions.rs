//! Every condition of the role's trust policy matches the token.

use super::{explicit_deny, issuer_keys, role, trust, trust_principal};
use crate::{
    chain::{Fault, Link, Look, Sign, Verdict, Way, no_host},
    facts::{Facts, inputs::TRUST_POLICY},
    iam::{Answer, Element, Trap, Why},
};

mod faults;

use faults::{
    AUDIENCE, AUDIENCE_CHINA, CASE, DUPLICATE, INVISIBLE, KEY_ARN, KEY_CLAIM, KEY_CLUSTER,
    KEY_ISSUER, KEY_PARTITION, KEY_SCHEME, KEY_SLASH, NAMESPACE, OTHER, SERVICE_ACCOUNT, SUBJECT,
    WILDCARD,
};

pub(super) static LINK: Link = Link {
    id: "trust-conditions",
    title: "trust conditions",
    means: "In the statement of the role's trust policy that names the provider, every condition holds for the token. For the ServiceAccount api in namespace prod, with ISSUER for the cluster's issuer without https://, such as oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE, it reads:
  {\"Effect\": \"Allow\",
   \"Principal\": {\"Federated\": \"arn:aws:iam::111122223333:oidc-provider/ISSUER\"},
   \"Action\": \"sts:AssumeRoleWithWebIdentity\",
   \"Condition\": {\"StringEquals\": {
     \"ISSUER:aud\": \"sts.amazonaws.com\",
     \"ISSUER:sub\": \"system:serviceaccount:prod:api\"}}}
Keys: the issuer, a colon, sub or aud. Not https:// before it, not the provider's ARN, no slash after it; a key that no token has never matches. Every cluster has its own issuer, and one that is created anew has a new one.
Values: StringEquals compares byte for byte, upper and lower case included, and takes * and ? as characters; only StringLike knows them as wildcards. The audience is sts.amazonaws.com in every region and partition, China included. Several values of one key are alternatives; several keys, and several operators, must all hold. A key that stands twice counts once.
Without :sub every ServiceAccount of the cluster may have the role: that works, and is a risk.",
    judged: "Intact where STS gave credentials. Else the policy is evaluated with the claims of the pod's token, as IAM documents it: STS's refusal names no condition and has at least eight causes, so the message alone never decides. An operator or key that cannot be evaluated leaves it unknown. What matches too much, such as no :sub at all, is a risk and no fault.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif",
    ],
    faults: &[
        &NAMESPACE,
        &SERVICE_ACCOUNT,
        &SUBJECT,
        &WILDCARD,
        &KEY_ARN,
        &KEY_SCHEME,
        &KEY_SLASH,
        &KEY_CLUSTER,
        &KEY_PARTITION,
        &KEY_ISSUER,
        &KEY_CLAIM,
        &AUDIENCE_CHINA,
        &AUDIENCE,
        &CASE,
        &INVISIBLE,
        &DUPLICATE,
        &OTHER,
    ],
    signs: &[
        Sign::new(
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity",
            "https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors",
            REFUSED,
        )
        .showing(issuer_keys::GENUINE),
    ],
    host: no_host,
    look,
};

static REFUSED: &[Way] = &[
    Way(&role::LINK, &role::ABSENT),
    Way(&trust_principal::LINK, &trust_principal::OTHER_PROVIDER),
    Way(&trust_principal::LINK, &trust_principal::OTHER_ACCOUNT),
    Way(&trust_principal::LINK, &trust_principal::OTHER_PARTITION),
    Way(&trust_principal::LINK, &trust_principal::NOT_A_PROVIDER),
    Way(&trust_principal::LINK, &trust_principal::NOT_FEDERATED),
    Way(&trust_principal::LINK, &trust_principal::POD_IDENTITY_ROLE),
    Way(&trust_principal::LINK, &trust_principal::ACTION_MISSING),
    Way(&LINK, &NAMESPACE),
    Way(&LINK, &SERVICE_ACCOUNT),
    Way(&LINK, &SUBJECT),
    Way(&LINK, &WILDCARD),
    Way(&LINK, &KEY_ARN),
    Way(&LINK, &KEY_SCHEME),
    Way(&LINK, &KEY_SLASH),
    Way(&LINK, &KEY_CLUSTER),
    Way(&LINK, &KEY_PARTITION),
    Way(&LINK, &KEY_ISSUER),
    Way(&LINK, &KEY_CLAIM),
    Way(&LINK, &AUDIENCE_CHINA),
    Way(&LINK, &AUDIENCE),
    Way(&LINK, &CASE),
    Way(&LINK, &INVISIBLE),
    Way(&LINK, &DUPLICATE),
    Way(&LINK, &OTHER),
    Way(&explicit_deny::LINK, &explicit_deny::TRUST_POLICY_DENIES),
    Way(&explicit_deny::LINK, &explicit_deny::SERVICE_CONTROL),
    Way(&explicit_deny::LINK, &explicit_deny::RESOURCE_CONTROL),
];

fn fault_of(why: &Why) -> &'static Fault {
    let claim = match &why.element {
        Element::Condition { key, .. } => key.rsplit(':').next().unwrap_or_default(),
        _ => "",
    };
    match why.trap {
        Some(Trap::WrongNamespace) => &NAMESPACE,
        Some(Trap::WrongServiceAccount) => &SERVICE_ACCOUNT,
        Some(Trap::SubjectWithoutPrefix) => &SUBJECT,
        Some(Trap::WildcardUnderEquals) => &WILDCARD,
        Some(Trap::KeyArnPrefix) => &KEY_ARN,
        Some(Trap::KeyHttpsPrefix) => &KEY_SCHEME,
        Some(Trap::KeyTrailingSlash) => &KEY_SLASH,
        Some(Trap::KeyOtherCluster) => &KEY_CLUSTER,
        Some(Trap::KeyOtherPartition) => &KEY_PARTITION,
        Some(Trap::KeyOtherIssuer) => &KEY_ISSUER,
        Some(Trap::KeyNoSuchClaim) => &KEY_CLAIM,
        Some(Trap::AudienceChina) => &AUDIENCE_CHINA,
        Some(Trap::AudienceEndpoint | Trap::AudienceOther) => &AUDIENCE,
        Some(Trap::Case) => &CASE,
        Some(Trap::InvisibleCharacter) => &INVISIBLE,
        None if claim == "sub" && !why.request_value.is_empty() => &SUBJECT,
        None if claim == "aud" && !why.request_value.is_empty() => &AUDIENCE,
        _ => &OTHER,
    }
}

fn look(facts: &Facts) -> Look {
    trust::look(facts, with_risks, judged)
}

fn judged(facts: &Facts, asked: &trust::Trust) -> Look {
    let held = || Verdict::intact(format!("match {}", asked.claims.subject), asked.policy);
    match &asked.answer {
        Answer::Allowed { .. } => Ok(with_risks(held(), asked)),
        Answer::Denied { explicit: true, .. } => {
            Err(TRUST_POLICY.missing("a statement denies; see the explicit deny"))
        }
        Answer::Denied { why, .. } => {
            let failing = |it: &&Why| !trust::of_the_caller(&it.element);
            let failing: Vec<&Why> = trust::nearest(why).filter(failing).collect();
            match failing[..] {
                [] if why.is_empty() => Err(TRUST_POLICY.missing("no statement allows")),
                [] => Ok(held()),
                [first, ..] => Ok(broken(asked, first, &failing)),
            }
        }
        Answer::Unknown { why } => {
            let twice = why.iter().find(|it| it.trap == Some(Trap::DuplicateKey));
            let refused = trust::refused(facts, "Not authorized to perform sts:").is_some();
            match (twice, why.first()) {
                // STS has read one of the two, and it was the other one that would match.
                (Some(it), _) if refused => Ok(named(
                    Verdict::broken(&DUPLICATE, &it.words, quote(asked, &it.quote)),
                    asked,
                    &[&it.quote],
                    &[],
                )),
                (Some(it), _) => Err(TRUST_POLICY.doubt(&it.words, quote(asked, &it.quote))),
                (None, Some(it)) => Err(TRUST_POLICY.missing(&it.words)),
                (None, None) => Err(TRUST_POLICY.missing("not evaluated")),
            }
        }
    }
}

fn quote(asked: &trust::Trust, text: &str) -> crate::report::Evidence {
    trust::policy_quote(asked.policy, text)
}

/// One condition names the fault; the change mends all of them.
fn broken(asked: &trust::Trust, first: &Why, failing: &[&Why]) -> Verdict {
    let verdict = Verdict::broken(fault_of(first), &first.words, quote(asked, &first.quote));
    let subject = first.request_value == asked.claims.subject || first.request_value.is_empty();
    let claim = if subject { Some(&asked.claims.subject) } else { asked.claims.audience.first() };
    let verdict = verdict.and_evidence(asked.token.quote(claim.map_or("", |it| it)));
    let more = failing.iter().skip(1).map(|it| quote(asked, &it.quote));
    let verdict = more.fold(verdict, Verdict::and_evidence);
    let removed: Vec<&str> = failing.iter().map(|it| it.quote.as_str()).collect();
    let added: Vec<String> = failing.iter().filter_map(|it| corrected(it)).collect();
    named(verdict, asked, &removed, &added).with("why", &first.words)
}

/// A pattern is no remedy where one ServiceAccount is meant: its own name is.
fn corrected(why: &Why) -> Option<String> {
    match (&why.element, why.trap) {
        (Element::Condition { key, .. }, Some(Trap::WildcardUnderEquals)) => {
            Some(format!("\"{key}\": \"{}\"", why.request_value))
        }
        _ => why.corrected.clone(),
    }
}

fn named(verdict: Verdict, asked: &trust::Trust, removed: &[&str], added: &[String]) -> Verdict {
    let lines: Vec<String> = removed.iter().map(|it| trust::one_line(it)).collect();
    let verdict = verdict
        .with("role", trust::role_name(asked.role))
        .with("subject", &asked.claims.subject)
        .with("token-audience", asked.claims.audience.join(", "))
        .with("policy-line", lines.join("\n-  "));
    if added.is_empty() {
        return verdict;
    }
    let lines: Vec<String> = added.iter().map(|it| trust::one_line(it)).collect();
    verdict.with("corrected-line", lines.join("\n+  "))
}

fn with_risks(verdict: Verdict, asked: &trust::Trust) -> Verdict {
    trust::with_risks(verdict, asked, |it| !trust_principal::of_principals(it))
}
