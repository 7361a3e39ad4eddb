//! What is wrong with the value of a condition whose key the request carries.

use super::{
    element::Condition,
    explain::json,
    glob::{has_wildcard, matches},
    operator::{Operator, Test},
    request::{Purpose, Request},
    trap::Trap,
};

/// What begins every subject of a ServiceAccount.
pub(super) const SUBJECT: &str = "system:serviceaccount:";

pub(super) fn diagnose(
    it: &Condition,
    operator: Operator,
    values: &[String],
    request: &Request,
) -> (Option<Trap>, Option<String>) {
    if !operator.takes_variables() {
        return (None, None);
    }
    let exact = || match values {
        [one] => Some(format!("{}: {}", json(&it.key), json(one))),
        _ => None,
    };
    let equals = matches!(operator.test, Test::Equals | Test::EqualsIgnoreCase);
    let pattern = it.values.iter().find(|policy| {
        let like = |value: &String| matches(&policy.text, value);
        equals && has_wildcard(&policy.text) && values.iter().any(like)
    });
    if let Some(pattern) = pattern {
        let corrected = if within_a_namespace(&pattern.text) {
            let name = it.name.to_lowercase().replace("equalsignorecase", "equals");
            let set = it.name.get(..name.find("string").unwrap_or(0)).unwrap_or_default();
            let end = if operator.if_exists { "IfExists" } else { "" };
            let member = format!("{}: {}", json(&it.key), json(&pattern.text));
            Some(format!("\"{set}StringLike{end}\": {{{member}}}"))
        } else {
            exact()
        };
        return (Some(Trap::WildcardUnderEquals), corrected);
    }
    let pairs = it.values.iter().flat_map(|policy| values.iter().map(move |it| (policy, it)));
    let traps = pairs.filter_map(|(policy, value)| one(&it.key, &policy.text, value, request));
    (traps.min_by_key(|it| rank(*it)), exact())
}

fn rank(trap: Trap) -> u8 {
    match trap {
        Trap::InvisibleCharacter => 0,
        Trap::Case => 1,
        Trap::SubjectWithoutPrefix => 2,
        Trap::WrongNamespace => 3,
        Trap::WrongServiceAccount => 4,
        _ => 5,
    }
}

fn one(key: &str, policy: &str, value: &str, request: &Request) -> Option<Trap> {
    if visible(policy) == visible(value) && policy != value {
        return Some(Trap::InvisibleCharacter);
    }
    if policy.eq_ignore_ascii_case(value) {
        return Some(Trap::Case);
    }
    if let Purpose::WebIdentity(web) = &request.purpose {
        if key.eq_ignore_ascii_case(&web.key("sub")) {
            return subject(policy, value);
        }
        if key.eq_ignore_ascii_case(&web.key("aud")) {
            return Some(audience(policy));
        }
    }
    let tag = key.to_ascii_lowercase();
    match tag.strip_prefix("aws:requesttag/")? {
        "kubernetes-namespace" => Some(Trap::WrongNamespace),
        "kubernetes-service-account" => Some(Trap::WrongServiceAccount),
        "eks-cluster-arn" | "eks-cluster-name" => Some(Trap::WrongCluster),
        _ => None,
    }
}

fn subject(policy: &str, value: &str) -> Option<Trap> {
    let (namespace, account) = value.strip_prefix(SUBJECT)?.split_once(':')?;
    let Some(rest) = policy.strip_prefix(SUBJECT) else {
        let bare = policy.replace('/', ":");
        let end = bare.strip_prefix("serviceaccount:").unwrap_or(&bare);
        let named = [format!("{namespace}:{account}"), account.to_owned()];
        return named.contains(&end.to_owned()).then_some(Trap::SubjectWithoutPrefix);
    };
    let (in_namespace, of_account) = rest.split_once(':')?;
    match (matches(in_namespace, namespace), matches(of_account, account)) {
        (false, true) => Some(Trap::WrongNamespace),
        (true, false) => Some(Trap::WrongServiceAccount),
        _ => None,
    }
}

pub(super) fn audience(policy: &str) -> Trap {
    let host = policy.trim_start_matches("https://").trim_end_matches('/');
    if host == "sts.amazonaws.com.cn" {
        Trap::AudienceChina
    } else if host.starts_with("sts.") && host.contains("amazonaws.com") {
        Trap::AudienceEndpoint
    } else {
        Trap::AudienceOther
    }
}

/// `system:serviceaccount:<namespace>:…` with nothing but its last part open.
fn within_a_namespace(pattern: &str) -> bool {
    let namespace = pattern.strip_prefix(SUBJECT).and_then(|it| it.split_once(':'));
    namespace.is_some_and(|(it, _)| !it.is_empty() && !has_wildcard(it))
}

/// Characters that a reader does not see, or takes for a plain space.
fn unseen(it: char) -> bool {
    it.is_whitespace()
        || it.is_control()
        || matches!(it, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Without what is not seen.
pub(super) fn visible(text: &str) -> String {
    text.chars().filter(|it| !unseen(*it)).collect()
}

/// With what is not seen written out, such as `<U+200B>`; plain spaces only at either end.
pub(super) fn shown(text: &str) -> String {
    let (start, end) = (text.len() - text.trim_start().len(), text.trim_end().len());
    let mut out = String::new();
    for (at, char) in text.char_indices() {
        if unseen(char) && (char != ' ' || at < start || at >= end) {
            out.extend(format!("<U+{:04X}>", u32::from(char)).chars());
        } else {
            out.push(char);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_written_out() {
        assert_eq!(shown("sts.amazonaws.com\u{200b}"), "sts.amazonaws.com<U+200B>");
        assert_eq!(shown(" a b "), "<U+0020>a b<U+0020>");
        assert_eq!(shown("a, b"), "a, b");
    }
}
