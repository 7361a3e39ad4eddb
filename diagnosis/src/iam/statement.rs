//! One statement against one request, part by part.

use super::{
    answer::{Element, Place, Unknown, Why},
    condition::{self, Met},
    element::Patterns,
    evaluate::Family,
    explain, pattern,
    policy::Reading,
    principal,
    request::Request,
    trap::Trap,
};

pub(super) enum Part {
    Holds,
    Fails(Fail),
    Open(Open),
}

/// A [`Why`] before its place is known.
pub(super) struct Fail {
    pub(super) element: Element,
    pub(super) policy_value: String,
    pub(super) request_value: String,
    pub(super) trap: Option<Trap>,
    pub(super) words: String,
    pub(super) quote: String,
    pub(super) corrected: Option<String>,
}

pub(super) struct Open {
    pub(super) element: Element,
    pub(super) words: String,
    pub(super) quote: String,
}

impl Fail {
    pub(super) fn at(self, place: &Place) -> Why {
        Why {
            document: place.document,
            statement: place.statement,
            sid: place.sid.clone(),
            element: self.element,
            policy_value: self.policy_value,
            request_value: self.request_value,
            trap: self.trap,
            words: self.words,
            quote: self.quote,
            corrected: self.corrected,
        }
    }
}

impl Open {
    pub(super) fn at(self, place: &Place) -> Unknown {
        Unknown {
            document: place.document,
            statement: place.statement,
            sid: place.sid.clone(),
            element: self.element,
            trap: None,
            words: self.words,
            quote: self.quote,
        }
    }
}

/// In the order in which a reader looks: who, what, on what, when.
pub(super) fn parts(
    reading: &Reading,
    variables: bool,
    request: &Request,
    family: Family,
) -> Vec<Part> {
    let mut parts = vec![principal(reading, request, family), action(reading, request)];
    parts.push(resource(reading, variables, request, family));
    for it in &reading.conditions {
        parts.push(match condition::evaluate(it, variables, &request.context) {
            Met::Holds => Part::Holds,
            Met::Fails => Part::Fails(explain::condition(it, variables, request)),
            Met::Open(words) => Part::Open(Open {
                element: Element::Condition { operator: it.name.clone(), key: it.key.clone() },
                words,
                quote: it.quote.clone(),
            }),
        });
    }
    parts
}

fn principal(reading: &Reading, request: &Request, family: Family) -> Part {
    let Some(principals) = &reading.principal else {
        return match family {
            Family::Identity => Part::Holds,
            Family::Resource => Part::Fails(explain::no_principal(reading, request)),
        };
    };
    let negated = principals.negated;
    let element = if negated { Element::NotPrincipal } else { Element::Principal };
    let open = |words: String| {
        Part::Open(Open { element: element.clone(), words, quote: principals.quote.clone() })
    };
    if family == Family::Identity {
        return open("a policy of an identity has no Principal, so IAM would refuse it".to_owned());
    }
    match principal::named(principals, &request.caller) {
        Err(words) => open(words),
        Ok(true) if negated && !reading.allow => {
            if principal::account_named(principals, &request.caller) {
                return Part::Fails(explain::principal(principals, request));
            }
            open("NotPrincipal names the caller and not its account, which AWS may deny".to_owned())
        }
        Ok(named) if named == negated => Part::Fails(explain::principal(principals, request)),
        Ok(_) => Part::Holds,
    }
}

fn action(reading: &Reading, request: &Request) -> Part {
    if pattern::action(&reading.action, &request.action) {
        Part::Holds
    } else {
        Part::Fails(explain::action(&reading.action, request))
    }
}

fn resource(reading: &Reading, variables: bool, request: &Request, family: Family) -> Part {
    let Some(patterns) = &reading.resource else {
        return match family {
            Family::Resource => Part::Holds,
            Family::Identity => Part::Fails(explain::no_resource(reading, request)),
        };
    };
    let resource = request.resource.as_deref();
    match pattern::resource(patterns, resource, variables, &request.context) {
        Ok(true) => Part::Holds,
        Ok(false) => Part::Fails(explain::resource(patterns, request)),
        Err(words) => {
            let element = resource_element(patterns);
            Part::Open(Open { element, words, quote: patterns.quote.clone() })
        }
    }
}

pub(super) fn resource_element(patterns: &Patterns) -> Element {
    if patterns.negated { Element::NotResource } else { Element::Resource }
}
