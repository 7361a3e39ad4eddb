//! Action and Resource: which patterns cover what is asked.
//!
//! Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>.

use super::{
    answer::any,
    element::Patterns,
    glob::{self, Token, walk},
    request::Context,
    variable::{Expanded, expand},
};

/// Names of actions and of services have no case.
pub(super) fn action(patterns: &Patterns, action: &str) -> bool {
    let action = action.to_lowercase();
    let covered = patterns.items.iter().any(|it| glob::matches(&it.text.to_lowercase(), &action));
    covered != patterns.negated
}

/// `Err` says why it cannot be told.
pub(super) fn resource(
    patterns: &Patterns,
    resource: Option<&str>,
    variables: bool,
    context: &Context,
) -> Result<bool, String> {
    let mut open = None;
    let covers = |text: &str| {
        if text == "*" {
            return Some(true);
        }
        let Some(resource) = resource else {
            open = Some("the resource of the request is not known".to_owned());
            return None;
        };
        match expand(text, variables, context) {
            Expanded::Tokens(tokens) => {
                let covers = arn(&tokens, resource);
                if covers.is_none() {
                    open = Some(format!("whether `{text}` covers `{resource}` is not documented"));
                }
                covers
            }
            Expanded::Missing(key) if patterns.negated => {
                open = Some(format!("the request does not have `{key}`, which `{text}` names"));
                None
            }
            Expanded::Missing(_) => Some(false),
            Expanded::Open(why) => {
                open = Some(why);
                None
            }
        }
    };
    let texts: Vec<&str> = patterns.items.iter().map(|it| it.text.as_str()).collect();
    let covered = any(texts.into_iter().map(covers));
    covered.map(|it| it != patterns.negated).ok_or_else(|| open.unwrap_or_default())
}

/// Wildcards stay within their part of the ARN, but for a star that ends it, which may go on.
/// Where a star would have to cross otherwise AWS says nothing.
fn arn(pattern: &[Token], resource: &str) -> Option<bool> {
    let text: Vec<char> = resource.chars().collect();
    let ends_part = |at: usize| {
        let is_star = pattern.get(at) == Some(&Token::Many);
        is_star && matches!(pattern.get(at + 1), None | Some(Token::Char(':')))
    };
    // Everything after the fifth colon is one part.
    let colons = pattern.iter().scan(0, |colons, it| {
        *colons += usize::from(*it == Token::Char(':'));
        Some(*colons)
    });
    let colons: Vec<usize> = colons.collect();
    let documented = walk(pattern, &text, |at, char| {
        char != ':' || ends_part(at) || colons.get(at).is_some_and(|it| *it >= 5)
    });
    if documented {
        return Some(true);
    }
    if walk(pattern, &text, |_, _| true) { None } else { Some(false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_within_its_part_unless_it_ends_it() {
        let covers = |pattern: &str, resource: &str| arn(&glob::tokens(pattern), resource);
        let topic = "arn:aws:sns:us-east-1:111122223333:topic";
        assert_eq!(covers("arn:aws:sns:us-*-1:111122223333:topic", topic), Some(true));
        assert_eq!(covers("arn:aws:sns:*:topic", topic), Some(true));
        assert_eq!(covers("arn:aws:sns*", topic), Some(true));
        assert_eq!(covers("arn:aws:sn*topic", topic), None);
        assert_eq!(covers("arn:aws:sns:us-east-1:?11122223333:topic", topic), Some(true));
        assert_eq!(covers("arn:aws:s3:::b/*/x", "arn:aws:s3:::b/1:2/x"), Some(true));
        assert_eq!(covers("arn:aws:s3:::b", "arn:aws:s3:::B"), Some(false));
    }
}
