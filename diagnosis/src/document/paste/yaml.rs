//! YAML: the documents of a stream, each by what it says of itself.

use serde_json::Value;
use serde_saphyr::Error;

use super::{Broken, Document, objects};
use crate::document::network;

pub(super) fn read(place: &str, text: &str) -> Result<Vec<Document>, Broken> {
    let mut all = Vec::new();
    for (line, part) in parts(text) {
        let value = serde_saphyr::from_str_with_options::<Value>(&part, options())
            .map_err(|error| broken(&error, line))?;
        let is = |key: &str| value.get(key).is_some_and(Value::is_string);
        match &value {
            Value::Null => {}
            _ if is("kind") => all.extend(objects(place, &part, line, value)),
            it if network::is(it) => {
                let (what, facts) = network::read(place, &part, line)?;
                all.push(Document::Seen(what, facts));
            }
            _ => {
                let why =
                    format!("no Kubernetes object: line {line} begins a document without `kind`");
                all.push(Document::Unused("YAML".to_owned(), why));
            }
        }
    }
    Ok(all)
}

/// The documents of a stream that can be read, each with the number of its first line.
pub(crate) fn parsed(text: &str) -> Vec<(u32, Result<Value, Broken>)> {
    let read = |(line, part): (u32, String)| {
        let value = serde_saphyr::from_str_with_options::<Value>(&part, options());
        (line, value.map_err(|error| broken(&error, line)))
    };
    parts(text).into_iter().map(read).collect()
}

/// No tool writes aliases; people write a few.
const REPEATED: usize = 10_000;

/// As kubectl reads it: a namespace may be called `n` or `on`.
fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        strict_booleans: true,
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: REPEATED },
    }
}

const DEEP: &str = "YAML that is nested deeper, or repeats itself more, than any document does";

/// What is wrong, with its line and nothing of the text around it, but for a key that is no key.
pub(in crate::document) fn broken(error: &Error, line: u32) -> Broken {
    let within = error.location().map_or(1, |it| it.line());
    let why = match error.without_snippet() {
        Error::SerdeUnknownField { field, expected, .. } => {
            format!("`{field}` is no key here; these are: {}", expected.join(", "))
        }
        Error::SerdeMissingField { field, .. } => format!("`{field}` is missing here"),
        Error::DuplicateMappingKey { .. } => {
            "has the same key twice; which of the two is meant?".to_owned()
        }
        Error::Budget { .. }
        | Error::AliasError { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. } => DEEP.to_owned(),
        // The parser's own limit has no kind of its own.
        other if other.to_string().starts_with("recursion limit") => DEEP.to_owned(),
        Error::InvalidScalar { .. } | Error::InvalidBooleanStrict { .. } => {
            "is neither the number nor the true or false that this key takes".to_owned()
        }
        Error::SerdeUnknownVariant { expected, .. } => {
            format!("is none of {}", expected.join(", "))
        }
        Error::SerdeInvalidType { .. } | Error::SerdeInvalidValue { .. } => {
            "is no value of this key".to_owned()
        }
        _ => "is not YAML from here on; paste it as kubectl wrote it".to_owned(),
    };
    Broken { line: Some(u64::from(line) + within.max(1) - 1), why }
}

/// The documents of a YAML stream with the numbers of their first lines.
fn parts(text: &str) -> Vec<(u32, String)> {
    let mut parts = vec![(1, String::new())];
    for (number, line) in (1_u32..).zip(text.lines()) {
        let line = line.trim_end_matches('\r');
        if line == "---" || line.starts_with("--- ") || line == "..." {
            parts.push((number + 1, String::new()));
        } else if let Some((_, part)) = parts.last_mut() {
            part.extend([line, "\n"]);
        }
    }
    parts.retain(|(_, part)| !part.trim().is_empty());
    parts
}
