//! What an allowing statement lets in beside the one who asked.

use super::{
    answer::{Place, Risk, RiskKind},
    condition::holds_when_absent,
    element::{Condition, PrincipalKind},
    explain::{json, principal_member},
    glob::has_wildcard,
    operator::{Set, Test},
    policy::Reading,
    request::{Purpose, Request, Values, WebIdentity, of_a_provider},
    value::SUBJECT,
};

pub(super) fn of(reading: &Reading, place: &Place, request: &Request) -> Vec<Risk> {
    let mut found = Vec::new();
    let mut add = |kind, words: String, quote: &str, corrected| {
        found.push(Risk { kind, at: place.clone(), words, quote: quote.to_owned(), corrected });
    };
    if let Some(principals) = &reading.principal {
        let member = Some(principal_member(&request.caller));
        let wide = |(kind, item): &&(PrincipalKind, _)| {
            let item: &super::element::Item = item;
            *kind == PrincipalKind::Everyone || item.text == "*"
        };
        if principals.negated {
            let words = "NotPrincipal with Allow lets in everyone who is not named".to_owned();
            add(RiskKind::NotPrincipal, words, &principals.quote, member);
        } else if let Some((_, item)) = principals.entries.iter().find(wide) {
            let words = "the statement trusts every principal of AWS".to_owned();
            add(RiskKind::AnyPrincipal, words, &item.quote, member);
        }
    }
    for it in &reading.conditions {
        if let Some((kind, words)) = of_nothing(it, reading, request) {
            add(kind, words, &it.quote, None);
        }
    }
    if let Purpose::WebIdentity(web) = &request.purpose {
        let quote = reading.principal.as_ref().map_or(&reading.effect_quote, |it| &it.quote);
        let corrected = Some(format!("{}: {}", json(&web.key("sub")), json(&web.subject)));
        match width(reading, web) {
            None => {
                let words = format!(
                    "no condition on `{}`, so every ServiceAccount of the cluster may assume the role",
                    web.key("sub")
                );
                add(RiskKind::NoSubject, words, quote, corrected);
            }
            Some((Width::One, _)) => {}
            Some((width, it)) => {
                let (kind, whom) = width.kind();
                add(kind, format!("the pattern lets {whom} assume the role"), &it.quote, corrected);
            }
        }
        if !reading.conditions.iter().any(|it| restricts(it, &web.key("aud"))) {
            let words = format!("no condition on `{}`", web.key("aud"));
            let audience = web.audience.first();
            let member = audience.map(|it| format!("{}: {}", json(&web.key("aud")), json(it)));
            add(RiskKind::NoAudience, words, quote, member);
        }
    }
    found
}

/// A condition that is true because its key is, or may be, missing.
fn of_nothing(it: &Condition, reading: &Reading, request: &Request) -> Option<(RiskKind, String)> {
    let operator = it.operator?;
    let value = request.context.get(&it.key);
    let absent = *value == Values::Absent;
    if operator.set == Set::All {
        let own = of_a_provider(&it.key) && !absent;
        let guarded = reading.conditions.iter().any(|other| {
            let null = other.operator.is_some_and(|it| it.test == Test::Null);
            null && other.key.eq_ignore_ascii_case(&it.key)
        });
        let words = format!("`{}` is true for a request without `{}`", it.name, it.key);
        return (!own && !guarded).then_some((RiskKind::ForAllValuesOfNothing, words));
    }
    let never = absent && of_a_provider(&it.key) && holds_when_absent(operator);
    let words = format!("no request carries `{}`, so `{}` of it is always true", it.key, it.name);
    never.then_some((RiskKind::ConditionOnNothing, words))
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Width {
    One,
    Some,
    Namespace,
    Cluster,
}

impl Width {
    fn kind(self) -> (RiskKind, &'static str) {
        match self {
            Self::One | Self::Some => {
                (RiskKind::SubjectPattern, "several ServiceAccounts of one namespace")
            }
            Self::Namespace => {
                (RiskKind::AnyServiceAccountOfNamespace, "every ServiceAccount of the namespace")
            }
            Self::Cluster => (
                RiskKind::AnyServiceAccountOfCluster,
                "ServiceAccounts of more than one namespace of the cluster",
            ),
        }
    }
}

/// How many ServiceAccounts the conditions on the subject let in; the narrowest decides.
fn width<'a>(reading: &'a Reading, web: &WebIdentity) -> Option<(Width, &'a Condition)> {
    let about = reading.conditions.iter().filter(|it| restricts(it, &web.key("sub")));
    let wide = about.map(|it| {
        let like = it.operator.is_some_and(|it| it.test == Test::Like);
        let each = it.values.iter().map(|it| if like { of_pattern(&it.text) } else { Width::One });
        (each.max().unwrap_or(Width::One), it)
    });
    wide.min_by_key(|(width, _)| *width)
}

fn of_pattern(pattern: &str) -> Width {
    if !has_wildcard(pattern) {
        return Width::One;
    }
    let parts = pattern.strip_prefix(SUBJECT).and_then(|it| it.split_once(':'));
    match parts {
        Some((namespace, account)) if !has_wildcard(namespace) => {
            if account.chars().all(|it| it == '*') { Width::Namespace } else { Width::Some }
        }
        _ => Width::Cluster,
    }
}

/// A condition that a request must have this key, with one of these values, to pass.
fn restricts(it: &Condition, key: &str) -> bool {
    let tests = [Test::Equals, Test::EqualsIgnoreCase, Test::Like];
    let about = it.key.eq_ignore_ascii_case(key);
    about && it.operator.is_some_and(|it| !it.negated && tests.contains(&it.test))
}
