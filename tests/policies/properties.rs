//! What holds of every policy and every request.

use diagnosis::iam::{self, Answer, Policy, Request, Values};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

const KEYS: [&str; 3] = ["aws:PrincipalTag/a", "aws:PrincipalTag/b", "aws:TagKeys"];
const VALUES: [&str; 5] = ["x", "y", "X", "x*", ""];
const OPERATORS: [&str; 12] = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLikeIfExists",
    "StringEqualsIfExists",
    "ForAnyValue:StringEquals",
    "ForAllValues:StringLike",
    "ForAnyValue:StringNotEquals",
    "StringEqualsIgnoreCase",
    "Null",
    "NumericLessThan",
    "ArnLike",
];

fn condition() -> impl Strategy<Value = Value> {
    let values = prop::collection::vec(select(&VALUES[..]), 1..3);
    prop::collection::vec((select(&OPERATORS[..]), select(&KEYS[..]), values), 0..3).prop_map(
        |it| {
            let mut block = json!({});
            for (operator, key, values) in it {
                let values = if operator == "Null" { vec!["true"] } else { values };
                block[operator][key] = json!(values);
            }
            block
        },
    )
}

fn statement() -> impl Strategy<Value = Value> {
    let actions = select(vec!["s3:GetObject", "s3:*", "ec2:*", "*"]);
    let resources = select(vec!["*", "arn:aws:s3:::b/*", "arn:aws:s3:::c/${aws:PrincipalTag/a}"]);
    let effects = prop::bool::weighted(0.75);
    (effects, any::<bool>(), actions, resources, condition()).prop_map(
        |(allow, not, action, resource, condition)| {
            let effect = if allow { "Allow" } else { "Deny" };
            let element = if not && !allow { "NotAction" } else { "Action" };
            json!({"Effect": effect, element: action, "Resource": resource, "Condition": condition})
        },
    )
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(statement(), 0..5)
}

fn known() -> impl Strategy<Value = Values> {
    let value = select(&VALUES[..]).prop_map(str::to_owned);
    prop_oneof![Just(Values::Absent), prop::collection::vec(value, 1..3).prop_map(Values::Known)]
}

fn values() -> impl Strategy<Value = Values> {
    prop_oneof![Just(Values::Unknown), known()]
}

fn context() -> impl Strategy<Value = Vec<Values>> {
    prop::collection::vec(values(), KEYS.len())
}

fn place() -> impl Strategy<Value = prop::sample::Index> {
    any::<prop::sample::Index>()
}

/// Few, and nothing kept between runs.
fn few() -> ProptestConfig {
    ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() }
}

fn policy(statements: &[Value]) -> Policy {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    Policy::parse(&text).unwrap()
}

fn request(context: &[Values]) -> Request {
    let role = "arn:aws:iam::111122223333:role/app";
    let mut request = Request::call(role, "s3:GetObject", Some("arn:aws:s3:::b/k"));
    for (key, values) in KEYS.iter().zip(context) {
        request = match values {
            Values::Known(values) => request.with(key, values.clone()),
            Values::Absent => request.without(key),
            Values::Unknown => request,
        };
    }
    request
}

fn answer(statements: &[Value], context: &[Values]) -> Answer {
    iam::identity(&[policy(statements)], None, &request(context))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Allowed,
    Denied(bool),
    Unknown,
}

fn said(answer: &Answer) -> Said {
    match answer {
        Answer::Allowed { .. } => Said::Allowed,
        Answer::Denied { explicit, .. } => Said::Denied(*explicit),
        Answer::Unknown { .. } => Said::Unknown,
    }
}

proptest! {
    #![proptest_config(few())]

    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,200}") {
        let _ = Policy::parse(&text);
    }

    #[test]
    fn no_damaged_policy_makes_the_evaluator_panic(
        statements in statements(), at in place(),
        with in "[\"{}\\[\\]:,*?$a\u{200b}\\\\]{0,3}",
    ) {
        let mut text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let place = (0..=text.len()).filter(|it| text.is_char_boundary(*it)).collect::<Vec<_>>();
        text.insert_str(place[at.index(place.len())], &with);
        if let Ok(policy) = Policy::parse(&text) {
            let _ = iam::identity(std::slice::from_ref(&policy), None, &request(&[]));
            let _ = iam::trust(&policy, &request(&[]));
        }
    }

    #[test]
    fn a_deny_that_matches_wins_wherever_it_stands(
        mut statements in statements(), context in context(), at in place(),
    ) {
        let deny = json!({"Effect": "Deny", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"});
        let at = at.index(statements.len() + 1);
        statements.insert(at, deny);
        prop_assert_eq!(said(&answer(&statements, &context)), Said::Denied(true));
    }

    #[test]
    fn one_more_allow_never_takes_away(
        mut statements in statements(), more in statement(), context in context(),
    ) {
        prop_assume!(more["Effect"] == "Allow");
        let before = said(&answer(&statements, &context));
        statements.push(more);
        let after = said(&answer(&statements, &context));
        prop_assert!(before != Said::Allowed || after == Said::Allowed);
    }

    #[test]
    fn the_order_of_statements_changes_nothing(
        statements in statements().prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
        context in context(),
    ) {
        let (a, b) = (answer(&statements.0, &context), answer(&statements.1, &context));
        prop_assert_eq!(said(&a), said(&b));
    }

    #[test]
    fn one_policy_or_several_is_the_same(statements in statements(), context in context()) {
        let each = statements.iter().map(|it| policy(std::slice::from_ref(it)));
        let each: Vec<Policy> = each.collect();
        let apart = iam::identity(&each, None, &request(&context));
        prop_assert_eq!(said(&apart), said(&answer(&statements, &context)));
    }

    #[test]
    fn string_equals_is_equality_of_bytes(
        policy in "\\PC{0,6}", value in "\\PC{0,6}", same in any::<bool>(),
    ) {
        let value = if same { policy.clone() } else { value };
        prop_assume!(!policy.contains("${") && !value.is_empty());
        let when = json!({"StringEquals": {KEYS[0]: policy}});
        let allow = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": when});
        let answer = answer(&[allow], &[Values::Known(vec![value.clone()])]);
        prop_assert_eq!(said(&answer) == Said::Allowed, policy == value);
    }

    #[test]
    fn what_is_said_without_a_key_holds_whatever_its_value(
        statements in statements(), context in context(),
        known in prop::collection::vec(known(), KEYS.len()),
    ) {
        let without = said(&answer(&statements, &context));
        let fill = |(it, known): (&Values, Values)| {
            if *it == Values::Unknown { known } else { it.clone() }
        };
        let filled: Vec<Values> = context.iter().zip(known).map(fill).collect();
        let with = said(&answer(&statements, &filled));
        match without {
            Said::Allowed => prop_assert_eq!(with, Said::Allowed),
            Said::Denied(true) => prop_assert_eq!(with, Said::Denied(true)),
            // What was not known may also turn out to be a Deny.
            Said::Denied(false) => prop_assert!(matches!(with, Said::Denied(_))),
            Said::Unknown => {}
        }
    }
}
