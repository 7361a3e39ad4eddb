//! JSON: one document after the other, each by the keys that tell it.

use std::ops::Range;

use serde::de::IgnoredAny;
use serde_json::Value;

use super::{Broken, Document, number, objects};
use crate::document::aws;

/// `None` where it is a log after all.
pub(super) fn read(place: &str, text: &str) -> Result<Option<Vec<Document>>, Broken> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let (mut documents, mut begin) = (Vec::new(), 0);
    loop {
        let part = &text[begin..];
        begin += part.len() - part.trim_start().len();
        match values.next() {
            None => return Ok(Some(documents)),
            Some(Ok(value)) => {
                let end = values.byte_offset();
                let known = one(place, text, begin..end, value);
                begin = end;
                match known {
                    Some(known) => documents.extend(known),
                    // Of many that nobody knows the first is enough to tell that it is a log.
                    None => return Ok(None),
                }
            }
            Some(Err(error)) => {
                let deep = error.to_string().starts_with("recursion limit");
                let first = text.trim_start().lines().next().unwrap_or_default().trim();
                let opens = first.trim_matches(['{', '[', ' ']).is_empty();
                // Loggers, too, begin lines with a bracket.
                if documents.is_empty() && !deep && !opens && !aws::looks_known(first) {
                    return Ok(None);
                }
                let line = u64::try_from(error.line()).ok();
                let why = if deep {
                    "JSON that is nested deeper than any document is".to_owned()
                } else if error.is_eof() {
                    "ends in the middle of its JSON; paste the whole answer".to_owned()
                } else {
                    "is not JSON from here on; paste the answer as it came".to_owned()
                };
                return Err(Broken { line, why });
            }
        }
    }
}

/// `None` for a shape that is not known.
fn one(place: &str, text: &str, span: Range<usize>, value: Value) -> Option<Vec<Document>> {
    let line = number(text, span.start);
    let part = &text[span];
    if value.get("kind").is_some_and(Value::is_string) && value.get("apiVersion").is_some() {
        return Some(objects(place, part, line, value));
    }
    aws::read(place, part, line, value)
}

/// Where the value of the key begins, for its first one that is one.
pub(in crate::document) fn value_of<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.match_indices(key).find_map(|(at, _)| {
        let rest = text[at + key.len()..].strip_prefix('"')?.trim_start().strip_prefix(':')?;
        text[..at].ends_with('"').then(|| rest.trim_start())
    })
}

/// The elements of an array by the texts that they were read from, each with its offset.
pub(in crate::document) fn elements(array: &str) -> Vec<(usize, &str)> {
    let mut all = Vec::new();
    let Some(mut rest) = array.trim_start().strip_prefix('[') else { return all };
    loop {
        rest = rest.trim_start_matches(|it: char| it.is_whitespace() || it == ',');
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<IgnoredAny>();
        let Some(Ok(_)) = values.next() else { return all };
        let (element, after) = rest.split_at(values.byte_offset());
        all.push((array.len() - rest.len(), element));
        rest = after;
    }
}
