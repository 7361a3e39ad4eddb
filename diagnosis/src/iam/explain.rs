//! Why a part of a statement failed, in words, and the member that would match.

use super::{
    answer::Element,
    condition::holds_when_absent,
    element::{Condition, Patterns, PrincipalKind, Principals},
    key,
    operator::Test,
    policy::Reading,
    request::{Caller, POD_IDENTITY, Purpose, Request, Values},
    statement::{Fail, resource_element},
    trap::Trap,
    value,
    variable::has_variable,
    who,
};

/// A JSON text, escaped.
pub(super) fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The member that names the caller.
pub(super) fn principal_member(caller: &Caller) -> String {
    let kind = match caller {
        Caller::Federated(_) => PrincipalKind::Federated,
        Caller::Service(_) => PrincipalKind::Service,
        Caller::Aws(_) => PrincipalKind::Aws,
    };
    format!("\"Principal\": {{\"{}\": {}}}", kind.name(), json(caller.name()))
}

pub(super) fn no_principal(reading: &Reading, request: &Request) -> Fail {
    Fail {
        element: Element::Principal,
        policy_value: String::new(),
        request_value: request.caller.name().to_owned(),
        trap: None,
        words: "the statement names no Principal, as a trust policy must".to_owned(),
        quote: reading.effect_quote.clone(),
        corrected: Some(principal_member(&request.caller)),
    }
}

pub(super) fn no_resource(reading: &Reading, request: &Request) -> Fail {
    Fail {
        element: Element::Resource,
        policy_value: String::new(),
        request_value: request.resource.clone().unwrap_or_default(),
        trap: None,
        words: "the statement names no Resource, as a policy of an identity must".to_owned(),
        quote: reading.effect_quote.clone(),
        corrected: None,
    }
}

pub(super) fn principal(principals: &Principals, request: &Request) -> Fail {
    let caller = request.caller.name();
    if principals.negated {
        return Fail {
            element: Element::NotPrincipal,
            policy_value: texts(principals.entries.iter().map(|(_, it)| it.text.as_str())),
            request_value: caller.to_owned(),
            trap: None,
            words: format!("NotPrincipal leaves out `{caller}`"),
            quote: principals.quote.clone(),
            corrected: None,
        };
    }
    let (trap, item) = who::nearest(principals, request);
    let policy_value = item.map_or(String::new(), |it| it.text.clone());
    let reason = trap.map_or(String::new(), |it| format!(": {}", it.words()));
    Fail {
        element: Element::Principal,
        words: format!(
            "the statement trusts `{}`, the caller is `{}`{reason}",
            value::shown(&policy_value),
            value::shown(caller)
        ),
        policy_value,
        request_value: caller.to_owned(),
        trap,
        quote: item.map_or_else(|| principals.quote.clone(), |it| it.quote.clone()),
        corrected: Some(principal_member(&request.caller)),
    }
}

pub(super) fn action(patterns: &Patterns, request: &Request) -> Fail {
    let listed = |name: &str| patterns.items.iter().any(|it| it.text.eq_ignore_ascii_case(name));
    let policy_value = texts(patterns.items.iter().map(|it| it.text.as_str()));
    let asked = &request.action;
    let tag = asked.eq_ignore_ascii_case("sts:TagSession");
    let (trap, corrected) = match &request.purpose {
        _ if patterns.negated => (None, None),
        Purpose::WebIdentity(_) => {
            let only = listed("sts:AssumeRole");
            let trap = if only { Trap::ActionAssumeRoleOnly } else { Trap::ActionMissing };
            (Some(trap), Some("\"Action\": \"sts:AssumeRoleWithWebIdentity\""))
        }
        Purpose::PodIdentity => {
            let trap = if tag { Trap::TagSessionMissing } else { Trap::AssumeRoleMissing };
            (Some(trap), Some("\"Action\": [\"sts:AssumeRole\", \"sts:TagSession\"]"))
        }
        Purpose::AssumeRole if tag => {
            let both = "\"Action\": [\"sts:AssumeRole\", \"sts:TagSession\"]";
            (Some(Trap::TagSessionMissing), Some(both))
        }
        Purpose::AssumeRole => (Some(Trap::ActionMissing), Some("\"Action\": \"sts:AssumeRole\"")),
        Purpose::Call => (Some(Trap::ActionMissing), None),
    };
    let reason = trap.map_or(String::new(), |it| format!(": {}", it.words()));
    let words = if patterns.negated {
        format!("NotAction {policy_value} leaves out {asked}")
    } else {
        format!("the statement is about {policy_value}, the request is {asked}{reason}")
    };
    Fail {
        element: if patterns.negated { Element::NotAction } else { Element::Action },
        policy_value,
        request_value: asked.clone(),
        trap,
        words,
        quote: patterns.quote.clone(),
        corrected: corrected.map(str::to_owned),
    }
}

pub(super) fn resource(patterns: &Patterns, request: &Request) -> Fail {
    let policy_value = texts(patterns.items.iter().map(|it| it.text.as_str()));
    let asked = request.resource.clone().unwrap_or_default();
    let words = if patterns.negated {
        format!("NotResource {policy_value} leaves out {asked}")
    } else {
        format!("the statement covers {policy_value}, the request is on {asked}")
    };
    Fail {
        element: resource_element(patterns),
        policy_value,
        request_value: asked,
        trap: None,
        words,
        quote: patterns.quote.clone(),
        corrected: None,
    }
}

pub(super) fn condition(it: &Condition, variables: bool, request: &Request) -> Fail {
    let element = Element::Condition { operator: it.name.clone(), key: it.key.clone() };
    let policy_value = texts(it.values.iter().map(|it| it.text.as_str()));
    let found = request.context.get(&it.key);
    let request_value = match found {
        Values::Known(values) => texts(values.iter().map(String::as_str)),
        Values::Absent | Values::Unknown => String::new(),
    };
    let has = match found {
        Values::Known(_) => format!("the request has `{}`", value::shown(&request_value)),
        Values::Absent | Values::Unknown => "the request does not carry this key".to_owned(),
    };
    let (trap, corrected, quote) = diagnosis(it, variables, request, found);
    let reason = trap.map_or(String::new(), |it| format!(": {}", it.words()));
    let shown = value::shown(&policy_value);
    Fail {
        element,
        words: format!("{} of `{}`: the policy says `{shown}`, {has}{reason}", it.name, it.key),
        policy_value,
        request_value,
        trap,
        quote,
        corrected,
    }
}

type Diagnosis = (Option<Trap>, Option<String>, String);

fn diagnosis(it: &Condition, variables: bool, request: &Request, found: &Values) -> Diagnosis {
    let quote = it.quote.clone();
    let Some(operator) = it.operator.filter(|it| !it.negated && it.test != Test::Null) else {
        return (None, None, quote);
    };
    if !variables && operator.takes_variables() && it.values.iter().any(|it| has_variable(&it.text))
    {
        let version = "\"Version\": \"2012-10-17\"".to_owned();
        return (Some(Trap::VariablesNeedVersion), Some(version), quote);
    }
    let external = it.key.eq_ignore_ascii_case("sts:ExternalId");
    match found {
        Values::Known(values) if !values.is_empty() => {
            let (trap, corrected) = value::diagnose(it, operator, values, request);
            let trap = if external && trap != Some(Trap::WildcardUnderEquals) {
                Some(trap.unwrap_or(Trap::ExternalIdDiffers))
            } else {
                trap
            };
            (trap, corrected, quote)
        }
        _ if external => (Some(Trap::ExternalIdMissing), None, quote),
        _ => match &request.purpose {
            Purpose::WebIdentity(web) if !holds_when_absent(operator) => {
                let (trap, corrected) = key::diagnose(it, operator, web);
                (trap, corrected, quote)
            }
            _ => (None, None, quote),
        },
    }
}

/// One text, or a list of them.
fn texts<'a>(values: impl Iterator<Item = &'a str>) -> String {
    values.collect::<Vec<_>>().join(", ")
}

/// Whether the caller is EKS Pod Identity.
pub(super) fn is_pod_identity(name: &str) -> bool {
    name == POD_IDENTITY
}
