//! Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`, `${?}`, `${$}`.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.

use super::{
    glob::{Token, has_wildcard, tokens},
    request::{Context, Values},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expanded {
    Tokens(Vec<Token>),
    /// The request does not carry this key and there is no default: equal to nothing, like nothing.
    Missing(String),
    /// Why the value is not known.
    Open(String),
}

pub(super) fn has_variable(text: &str) -> bool {
    text.contains("${")
}

/// Replaces the variables of one policy value; `on` only in version 2012-10-17.
pub(super) fn expand(text: &str, on: bool, context: &Context) -> Expanded {
    let mut out = Vec::new();
    let mut rest = text;
    while on && let Some(at) = rest.find("${") {
        out.extend(tokens(&rest[..at]));
        let Some((inner, after)) = rest[at + 2..].split_once('}') else {
            return Expanded::Open(format!("`{text}` opens a variable and does not close it"));
        };
        rest = after;
        match inner {
            "*" => out.push(Token::Char('*')),
            "?" => out.push(Token::Char('?')),
            "$" => out.push(Token::Char('$')),
            _ => match value(inner, context) {
                Ok(value) => out.extend(value.chars().map(Token::Char)),
                Err(end) => return end,
            },
        }
    }
    out.extend(tokens(rest));
    Expanded::Tokens(out)
}

fn value(inner: &str, context: &Context) -> Result<String, Expanded> {
    let (key, default) = match inner.split_once(',') {
        Some((key, default)) => (key.trim(), Some(default.trim())),
        None => (inner.trim(), None),
    };
    let open = |why: String| Err(Expanded::Open(why));
    match context.get(key) {
        Values::Known(values) => match values.as_slice() {
            [one] if has_wildcard(one) => open(format!(
                "the value of `{key}` has a wildcard in it, which AWS does not document"
            )),
            [one] => Ok(one.clone()),
            [] => absent(key, default),
            _ => open(format!("`{key}` has several values, so it can be no variable")),
        },
        Values::Absent => absent(key, default),
        Values::Unknown => open(format!("the value of `{key}` is not known")),
    }
}

fn absent(key: &str, default: Option<&str>) -> Result<String, Expanded> {
    let Some(default) = default else {
        return Err(Expanded::Missing(key.to_owned()));
    };
    let quoted = default.strip_prefix('\'').and_then(|it| it.strip_suffix('\''));
    let unclear = || Expanded::Open(format!("the default of `{key}` is not in single quotes"));
    quoted.map(str::to_owned).ok_or_else(unclear)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_defaults_and_escapes() {
        let mut context = Context::default();
        context.set("aws:username", ["ana"]);
        context.set_absent("aws:PrincipalTag/team");
        let text = |text: &str, on| match expand(text, on, &context) {
            Expanded::Tokens(found) => found,
            other => panic!("{other:?}"),
        };
        assert_eq!(text("home/${AWS:Username}/*", true), tokens("home/ana/*"));
        assert_eq!(text("${aws:PrincipalTag/team, 'none'}", true), tokens("none"));
        assert_eq!(text("a${*}", true), [Token::Char('a'), Token::Char('*')]);
        assert_eq!(text("${$}{x}", true), tokens("${x}"));
        assert_eq!(text("${aws:username}", false), tokens("${aws:username}"));
        let missing = expand("${aws:PrincipalTag/team}", true, &context);
        assert_eq!(missing, Expanded::Missing("aws:PrincipalTag/team".to_owned()));
        for open in ["${aws:userid}", "${aws:username", "${aws:PrincipalTag/team, none}"] {
            assert!(matches!(expand(open, true, &context), Expanded::Open(_)), "{open}");
        }
    }
}
