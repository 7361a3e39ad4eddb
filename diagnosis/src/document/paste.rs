//! What somebody pasted, recognised by its content and taken apart into documents. Everything that
//! is no document is a log.

use serde_json::Value;

use super::{aws, described, shown};
use crate::facts::{Association, ClusterIdentity, Facts, Line, PolicyDocument, Role, Source};

/// A document that is longer is read as a log.
pub const LIMIT: usize = 16 << 20;

/// So much tells what it is.
pub const HEAD: usize = 64 << 10;

/// One document; its source holds the part of the text that may be shown, line for line.
#[derive(Debug)]
pub enum Document {
    /// A Kubernetes object, by what it says of itself.
    Object {
        object: Value,
        source: Source,
    },
    Trust(Source),
    /// A policy of permissions alone; whose it is, nobody said.
    Permissions(PolicyDocument),
    Role {
        role: Box<Role>,
        source: Source,
    },
    Cluster(ClusterIdentity, Source),
    /// ARNs.
    Providers(Vec<String>, Source),
    /// One provider's URL and client IDs.
    Provider {
        url: String,
        client_ids: Vec<String>,
        source: Source,
    },
    /// Namespace, ServiceAccount and association; the role is empty in a mere list.
    Associations(Vec<(String, String, Association)>, Source),
    Facts(Box<Facts>),
    /// What `kubectl describe` and `kubectl get events` say, and of which object: `pod/NAME`.
    Events(Vec<(String, Line)>),
    /// Recognised, and not used; why.
    Unused(&'static str, String),
}

/// What a file is, by its begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Empty,
    Binary,
    Json,
    Yaml,
    Described,
    Events,
    Log,
}

/// Only what can be said before all of it was read.
pub fn kind(head: &[u8]) -> Kind {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.is_empty() {
        return Kind::Empty;
    }
    if head.contains(&0) {
        return Kind::Binary;
    }
    let first = text.lines().next().unwrap_or_default().trim_end();
    let mut lines = text.lines().take(200);
    if first.starts_with(['{', '[']) {
        Kind::Json
    } else if first.starts_with("Name:")
        && text.lines().take(12).any(|it| it.starts_with("Labels:"))
    {
        Kind::Described
    } else if first.contains("LAST SEEN") && first.contains("REASON") {
        Kind::Events
    } else if lines.any(|it| it.starts_with("apiVersion:") || it.starts_with("kind:")) {
        Kind::Yaml
    } else {
        Kind::Log
    }
}

/// Why a document cannot be read, with its line where that is known.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken {
    pub line: Option<u64>,
    pub why: String,
}

/// The documents of a text; `None` where it is a log after all.
pub fn documents(kind: Kind, place: &str, text: &str) -> Result<Option<Vec<Document>>, Broken> {
    match kind {
        Kind::Json => json(place, text),
        Kind::Yaml => yaml(place, text).map(Some),
        Kind::Described => Ok(Some(described::read(place, text))),
        Kind::Events => Ok(Some(vec![Document::Events(described::table(place, text))])),
        Kind::Empty | Kind::Binary | Kind::Log => Ok(None),
    }
}

fn json(place: &str, text: &str) -> Result<Option<Vec<Document>>, Broken> {
    let text = text.trim_start_matches('\u{feff}');
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
                let first = text.lines().next().unwrap_or_default().trim();
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
fn one(
    place: &str,
    text: &str,
    span: std::ops::Range<usize>,
    value: Value,
) -> Option<Vec<Document>> {
    let line = number(text, span.start);
    let part = &text[span];
    if value.get("kind").is_some_and(Value::is_string) && value.get("apiVersion").is_some() {
        return Some(objects(place, part, line, value));
    }
    aws::read(place, part, line, value).map(|it| vec![it])
}

/// The number of the line in which this byte stands, from 1.
pub(super) fn number(text: &str, at: usize) -> u32 {
    let before = text.get(..at).map_or(0, |it| it.matches('\n').count());
    u32::try_from(before + 1).unwrap_or(u32::MAX)
}

fn yaml(place: &str, text: &str) -> Result<Vec<Document>, Broken> {
    let mut all = Vec::new();
    for (line, part) in parts(text.trim_start_matches('\u{feff}')) {
        let value =
            serde_saphyr::from_str_with_options::<Value>(&part, options()).map_err(|error| {
                let within = error.location().map_or(1, |it| it.line());
                let why = "is not YAML from here on; paste it as kubectl wrote it".to_owned();
                Broken { line: Some(u64::from(line) + within.max(1) - 1), why }
            })?;
        let is = |key: &str| value.get(key).is_some_and(Value::is_string);
        match &value {
            Value::Null => {}
            _ if is("kind") => all.extend(objects(place, &part, line, value)),
            _ => {
                let why =
                    format!("no Kubernetes object: line {line} begins a document without `kind`");
                all.push(Document::Unused("YAML", why));
            }
        }
    }
    Ok(all)
}

/// As kubectl reads it: a namespace may be called `n` or `on`.
fn options() -> serde_saphyr::Options {
    serde_saphyr::options! { strict_booleans: true }
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

/// A List is as many objects as it has items.
fn objects(place: &str, text: &str, line: u32, value: Value) -> Vec<Document> {
    let is_list = value["kind"].as_str().is_some_and(|it| it.ends_with("List"));
    let source = |text: String| Source { place: place.to_owned(), line, at: None, text };
    let items = match value {
        Value::Object(mut list) if is_list => match list.remove("items") {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        },
        object => {
            let text = shown::of(text);
            return vec![Document::Object { object, source: source(text) }];
        }
    };
    if items.is_empty() {
        return vec![Document::Unused("List", "it has no items".to_owned())];
    }
    let parts = shown::items(text, &items);
    let each = items.into_iter().zip(parts).map(|(object, (first, text))| {
        let source = Source { line: line + first, ..source(text) };
        Document::Object { object, source }
    });
    each.collect()
}

#[cfg(test)]
mod tests;
