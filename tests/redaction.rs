//! A redacted report tells nobody whose it is, and is still the same report.

use std::collections::BTreeSet;

use diagnosis::{
    facts::Facts,
    judge,
    render::{self, Scope, redact},
    report::Report,
};
use serde_json::Value;

use crate::recordings::{all, every_fault, recorded};

fn value(report: &Report) -> Value {
    serde_json::to_value(report).unwrap()
}

/// All texts of a document, one a line.
fn texts(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text}\n"),
        Value::Array(all) => all.iter().map(texts).collect(),
        Value::Object(all) => all.values().map(texts).collect(),
        _ => String::new(),
    }
}

/// Each maximal run of these characters.
fn runs(text: &str, inside: impl Fn(char) -> bool) -> impl Iterator<Item = &str> {
    text.split(move |char| !inside(char)).filter(|it| !it.is_empty())
}

fn accounts(text: &str) -> BTreeSet<&str> {
    let digits = runs(text, |it| it.is_ascii_digit());
    digits.filter(|it| it.len() == 12 && *it != "602401143452").collect()
}

fn addresses(text: &str) -> BTreeSet<&str> {
    let dotted = runs(text, |it| it.is_ascii_digit() || it == '.').map(|it| it.trim_matches('.'));
    let kept = |it: &&str| !it.starts_with("127.") && !it.starts_with("169.254.");
    let four = |it: &&str| it.parse::<std::net::Ipv4Addr>().is_ok_and(|it| !it.is_unspecified());
    dotted.filter(four).filter(kept).collect()
}

/// The names in ARNs of roles, clusters and policies.
fn names(text: &str) -> BTreeSet<&str> {
    let ends = |it: char| !it.is_ascii_alphanumeric() && !":/-_.+=@".contains(it);
    let arns = text.split("arn:").skip(1).map(|it| it.split(ends).next().unwrap_or(it));
    let mut names = BTreeSet::new();
    // A stack's name may end like a kind of another service's, and AWS names its own roles.
    let theirs = ["::aws:", ":stack/", "/AWSServiceRoleFor"];
    for arn in arns.filter(|arn| !theirs.iter().any(|it| arn.contains(it))) {
        for kind in ["role/", "assumed-role/", "policy/", "cluster/", "instance-profile/"] {
            let Some((_, tail)) = arn.split_once(kind) else { continue };
            let tail = tail.trim_end_matches(['.', ':', '/']);
            let session = kind == "assumed-role/";
            names.extend(if session { tail.split('/').next() } else { tail.rsplit('/').next() });
        }
    }
    // The probe names its own sessions.
    names.retain(|it| !it.is_empty() && !it.starts_with("eks-triage"));
    names
}

/// Whether this stands in the text as a word of its own.
fn tells(text: &str, name: &str) -> bool {
    let joined = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(joined) && !text[at + name.len()..].starts_with(joined)
    })
}

#[test]
fn no_account_address_or_name_of_an_arn_is_left() {
    let mut hidden = BTreeSet::new();
    for (case, facts) in all() {
        let read = texts(&serde_json::to_value(&facts).unwrap());
        let report = judge(&facts);
        let left = texts(&value(&redact(&report, &facts, Scope::Account)));
        assert_eq!(accounts(&left), BTreeSet::new(), "{case}:\n{left}");
        assert_eq!(addresses(&left), BTreeSet::new(), "{case}:\n{left}");
        let told: Vec<_> = names(&read).into_iter().filter(|it| tells(&left, it)).collect();
        assert!(told.is_empty(), "{case} tells {told:?}:\n{left}");
        for word in ["EXAMPLED539D4633E53DE1B716D3041E", "ip-10-0-1-10", "i-0abc123def4567890"] {
            assert!(!left.contains(word), "{case} tells {word}:\n{left}");
        }
        hidden.extend(names(&read).into_iter().map(str::to_owned));
    }
    assert!(hidden.len() > 5, "the recordings have names to hide: {hidden:?}");
}

#[test]
fn the_verdict_the_keys_and_what_all_accounts_share_stay() {
    for (case, facts) in all() {
        let report = judge(&facts);
        let hidden = redact(&report, &facts, Scope::All);
        assert_eq!(
            (report.plane, report.chain, report.link, report.fault, report.outcome),
            (hidden.plane, hidden.chain, hidden.link, hidden.fault, hidden.outcome)
        );
        assert_eq!(shape(&value(&report)), shape(&value(&hidden)), "{case}");
        let (before, after) = (texts(&value(&report)), texts(&value(&hidden)));
        for kept in ["sts.us-west-2.amazonaws.com", "169.254.169.254", "pods.eks.amazonaws.com"] {
            let count = |text: &str| text.matches(kept).count();
            assert_eq!(count(&before), count(&after), "{case}: {kept}");
        }
    }
}

/// The document without its texts.
fn shape(value: &Value) -> Value {
    match value {
        Value::String(_) => Value::Bool(true),
        Value::Array(all) => all.iter().map(shape).collect(),
        Value::Object(all) => {
            Value::Object(all.iter().map(|(key, it)| (key.clone(), shape(it))).collect())
        }
        other => other.clone(),
    }
}

fn other_namespace() -> Facts {
    let mut all = every_fault();
    let (chain, link, fault) =
        all.find(|(chain, _, fault)| (*chain, fault.id) == ("irsa", "other-namespace")).unwrap();
    recorded(chain, link, fault)
}

fn told(scope: Scope) -> String {
    let facts = other_namespace();
    let mut out = Vec::new();
    render::text(&redact(&judge(&facts), &facts, scope), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_redacted_report_still_reads() {
    let text = told(Scope::Account);
    let issuer = "oidc.eks.us-west-2.amazonaws.com/id/cluster-id-1";
    for line in [
        "IAM   the trust policy of role role-1 names this ServiceAccount in another namespace",
        "✓ role annotation            arn:aws:iam::account-1:role/role-1",
        &format!("-  \"{issuer}:sub\": \"system:serviceaccount:production:api\""),
        &format!("+  \"{issuer}:sub\": \"system:serviceaccount:prod:api\""),
        "aws iam update-assume-role-policy --role-name role-1",
        "eks-triage probe -n prod --serviceaccount api",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn workloads_are_hidden_when_asked() {
    let text = told(Scope::All);
    for name in ["prod", "production", "api-7d9f"] {
        assert!(!tells(&text, name), "{name}\n{text}");
    }
    let sub = |namespace| format!("system:serviceaccount:{namespace}:serviceaccount-1");
    assert!(text.contains("-n namespace-1 --serviceaccount serviceaccount-1"), "{text}");
    assert!(text.contains(&sub("namespace-1")) && text.contains(&sub("namespace-2")), "{text}");
}
