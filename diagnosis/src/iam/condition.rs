//! One condition against the request's context: does it hold, fail, or stay open.
//!
//! Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>.

use super::{
    answer::{all, any},
    element::Condition,
    glob::Token,
    operator::{Operator, Set, Test},
    request::{Context, Values},
    variable::{Expanded, expand},
};

/// How one condition came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Met {
    Holds,
    Fails,
    /// Why it cannot be told.
    Open(String),
}

pub(super) fn evaluate(condition: &Condition, variables: bool, context: &Context) -> Met {
    let Some(operator) = condition.operator else {
        return Met::Open(format!("`{}` is no operator that AWS documents", condition.name));
    };
    if condition.values.is_empty() {
        return Met::Open("an empty list of values has no documented meaning".to_owned());
    }
    let values = context.get(&condition.key);
    if operator.test == Test::Null {
        return null(condition, values);
    }
    match values {
        Values::Known(values) if !values.is_empty() => {
            present(operator, condition, variables, context, values)
        }
        Values::Unknown => {
            let anything = operator.test == Test::Like
                && !operator.negated
                && holds_when_absent(operator)
                && operator.set != Set::Any
                && condition.values.iter().any(|it| it.text == "*");
            if anything {
                return Met::Holds;
            }
            Met::Open(format!("the value of `{}` in the request is not known", condition.key))
        }
        _ if operator.set == Set::Any && operator.if_exists => Met::Open(format!(
            "without `{}` AWS documents ForAnyValue as false and IfExists as true",
            condition.key
        )),
        _ if holds_when_absent(operator) => Met::Holds,
        _ => Met::Fails,
    }
}

/// A missing key fails a positive operator and satisfies a negated one; `IfExists` and
/// `ForAllValues` are satisfied, `ForAnyValue` never is.
pub(super) fn holds_when_absent(operator: Operator) -> bool {
    operator.if_exists
        || match operator.set {
            Set::All => true,
            Set::Any => false,
            Set::Single => operator.negated,
        }
}

fn null(condition: &Condition, values: &Values) -> Met {
    let absent = match values {
        Values::Known(values) => values.is_empty(),
        Values::Absent => true,
        Values::Unknown => {
            return Met::Open(format!("whether the request has `{}` is not known", condition.key));
        }
    };
    let wanted = |text: &str| match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    let met = any(condition.values.iter().map(|it| Some(wanted(&it.text)? == absent)));
    told(met, || "Null takes `true` or `false`".to_owned())
}

fn present(
    operator: Operator,
    condition: &Condition,
    variables: bool,
    context: &Context,
    values: &[String],
) -> Met {
    let on = variables && operator.takes_variables();
    let mut patterns: Vec<Option<Vec<Token>>> = Vec::new();
    let mut open = None;
    for item in &condition.values {
        match expand(&item.text, on, context) {
            Expanded::Tokens(tokens) => patterns.push(Some(tokens)),
            // Equal to nothing and like nothing, which a negated operator takes as a match.
            Expanded::Missing(_) => {}
            Expanded::Open(why) => {
                patterns.push(None);
                open = Some(why);
            }
        }
    }
    let one = |value: &String| {
        let equal = any(patterns.iter().map(|it| operator.compare(it.as_ref()?, value)));
        if operator.negated { equal.map(|it| !it) } else { equal }
    };
    let met = match operator.set {
        Set::Single => match values {
            [value] => one(value),
            _ => None,
        },
        Set::All => all(values.iter().map(one)),
        Set::Any => any(values.iter().map(one)),
    };
    // AWS takes an empty text for no value at all on one page, and not on another.
    let empty = operator.set != Set::Single && values.iter().all(String::is_empty);
    let met = match operator.set {
        Set::All if empty => met.filter(|it| *it),
        Set::Any if empty => met.filter(|it| !*it),
        _ => met,
    };
    told(met, || {
        if let Some(why) = open {
            return why;
        }
        let shown = values.join(", ");
        if values.len() > 1 && operator.set == Set::Single {
            return format!(
                "`{}` has several values ({shown}) and `{}` says neither ForAnyValue nor ForAllValues",
                condition.key, condition.name
            );
        }
        format!("AWS does not document what `{}` does with `{shown}`", condition.name)
    })
}

fn told(met: Option<bool>, why: impl FnOnce() -> String) -> Met {
    match met {
        Some(true) => Met::Holds,
        Some(false) => Met::Fails,
        None => Met::Open(why()),
    }
}
