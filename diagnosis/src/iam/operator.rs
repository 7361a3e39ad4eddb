//! Condition operators: their names, and how one policy value meets one request value.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

use std::cmp::Ordering;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    glob::{Token, tokens_match, walk},
    range, time,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operator {
    pub(super) set: Set,
    pub(super) test: Test,
    pub(super) negated: bool,
    pub(super) if_exists: bool,
}

/// How several values of the request are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    Single,
    Any,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Equals,
    EqualsIgnoreCase,
    Like,
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    IpAddress,
    Arn,
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

impl Operator {
    pub(super) fn parse(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let (set, name) = match name.split_once(':') {
            None => (Set::Single, name.as_str()),
            Some(("foranyvalue", rest)) => (Set::Any, rest),
            Some(("forallvalues", rest)) => (Set::All, rest),
            Some(_) => return None,
        };
        let (name, if_exists) = match name.strip_suffix("ifexists") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let (test, negated) = match name {
            "stringequals" => (Test::Equals, false),
            "stringnotequals" => (Test::Equals, true),
            "stringequalsignorecase" => (Test::EqualsIgnoreCase, false),
            "stringnotequalsignorecase" => (Test::EqualsIgnoreCase, true),
            "stringlike" => (Test::Like, false),
            "stringnotlike" => (Test::Like, true),
            "bool" => (Test::Bool, false),
            "binaryequals" => (Test::Binary, false),
            "ipaddress" => (Test::IpAddress, false),
            "notipaddress" => (Test::IpAddress, true),
            "arnequals" | "arnlike" => (Test::Arn, false),
            "arnnotequals" | "arnnotlike" => (Test::Arn, true),
            // IAM documents neither `NullIfExists` nor a set of it.
            "null" if !if_exists && set == Set::Single => (Test::Null, false),
            _ => {
                let numeric = name.strip_prefix("numeric");
                let (order, negated) = order(numeric.or_else(|| name.strip_prefix("date"))?)?;
                (if numeric.is_some() { Test::Numeric(order) } else { Test::Date(order) }, negated)
            }
        };
        Some(Self { set, test, negated, if_exists })
    }

    /// String and ARN operators, and no others, replace variables.
    pub(super) fn takes_variables(self) -> bool {
        matches!(self.test, Test::Equals | Test::EqualsIgnoreCase | Test::Like | Test::Arn)
    }

    /// Before negation. `None`: what IAM does is not documented for such values.
    pub(super) fn compare(self, pattern: &[Token], request: &str) -> Option<bool> {
        let literal = || -> String {
            let char = |it: &Token| match it {
                Token::Char(char) => *char,
                Token::Many => '*',
                Token::One => '?',
            };
            pattern.iter().map(char).collect()
        };
        match self.test {
            Test::Equals => Some(literal() == request),
            Test::EqualsIgnoreCase => Some(literal().to_lowercase() == request.to_lowercase()),
            Test::Like => Some(tokens_match(pattern, request)),
            Test::Arn => arn(pattern, request),
            Test::Bool => Some(truth(&literal())? == truth(request)?),
            Test::Numeric(order) => {
                Some(order.holds(number(request)?.partial_cmp(&number(&literal())?)?))
            }
            Test::Date(order) => {
                Some(order.holds(time::instant(request)?.cmp(&time::instant(&literal())?)))
            }
            Test::Binary => {
                let (policy, request) = (STANDARD.decode(literal()), STANDARD.decode(request));
                Some(policy.ok()? == request.ok()?)
            }
            Test::IpAddress => range::contains(&literal(), request),
            Test::Null => None,
        }
    }
}

fn order(name: &str) -> Option<(Order, bool)> {
    Some(match name {
        "equals" => (Order::Equal, false),
        "notequals" => (Order::Equal, true),
        "lessthan" => (Order::Less, false),
        "lessthanequals" => (Order::LessOrEqual, false),
        "greaterthan" => (Order::Greater, false),
        "greaterthanequals" => (Order::GreaterOrEqual, false),
        _ => return None,
    })
}

fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// An integer or a decimal, as the documentation has it; Rust reads more, such as `inf`.
fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.starts_with(|it: char| it.is_ascii_digit())
        && digits.chars().all(|it| it.is_ascii_digit() || it == '.');
    text.parse().ok().filter(|_| plain)
}

/// Six parts, each compared alone, so that no wildcard crosses one of the first five colons.
fn arn(pattern: &[Token], request: &str) -> Option<bool> {
    let parts: Vec<&[Token]> = pattern.splitn(6, |it| *it == Token::Char(':')).collect();
    let values: Vec<&str> = request.splitn(6, ':').collect();
    if parts.len() != 6 || values.len() != 6 {
        return None;
    }
    let pairs = parts.iter().zip(&values);
    Some(pairs.into_iter().all(|(part, value)| {
        let value: Vec<char> = value.chars().collect();
        walk(part, &value, |_, _| true)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_case_and_unknown_ones_are_told() {
        let operator = Operator::parse("foranyvalue:STRINGNOTLIKEIFEXISTS").unwrap();
        assert_eq!((operator.set, operator.test), (Set::Any, Test::Like));
        assert!(operator.negated && operator.if_exists);
        for bad in ["", "StringMatches", "NullIfExists", "ForSome:StringEquals", "NumericNull"] {
            assert_eq!(Operator::parse(bad), None, "{bad}");
        }
    }
}
