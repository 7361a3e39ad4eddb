//! What somebody pasted, recognised by its content and taken apart into documents. Everything that
//! is no document is a log.

use std::borrow::Cow;

use serde_json::Value;

use super::console::Console;
use super::{described, network, object, shown};
use crate::facts::{
    Association, ClusterIdentity, Facts, Line, PodTemplate, PolicyDocument, Role, Source,
};

mod json;
mod yaml;

pub(super) use json::{elements, value_of};
pub(super) use yaml::broken;
pub(crate) use yaml::parsed;

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
    /// What a node printed to its console.
    Console(Console),
    /// A part that cannot be read, among others that can.
    Broken(Broken),
    /// Something that was seen, in a few words, and as the facts that it is.
    Seen(String, Box<Facts>),
    /// What makes pods.
    Template(PodTemplate, Source),
    /// Who asked AWS: an ARN.
    Caller(String, Source),
    /// As whom the API server knows the asker.
    User(String, Source),
    /// Lines that others wrote of something, and what was taken for them: events, CloudTrail.
    Said(String, Vec<(About, Line)>),
    /// Recognised, and not used; why.
    Unused(String, String),
}

/// What a line is about; empty where it does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// As kubectl writes it, `pod`; or `role`.
    pub kind: String,
    pub namespace: String,
    pub name: String,
}

impl About {
    pub fn new(kind: &str, namespace: &str, name: &str) -> Self {
        let kind = kind.to_lowercase();
        Self { kind, namespace: namespace.to_owned(), name: name.to_owned() }
    }
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
    /// `kubectl auth whoami`
    Whoami,
    Log,
}

/// Only what can be said before all of it was read.
pub fn kind(head: &[u8]) -> Kind {
    let text = String::from_utf8_lossy(head);
    let text = bare(&text);
    let text = text.trim_start();
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
    } else if first.starts_with("ATTRIBUTE ") && first.ends_with("VALUE") {
        Kind::Whoami
    } else if lines.any(begins_document) {
        Kind::Yaml
    } else {
        Kind::Log
    }
}

fn begins_document(line: &str) -> bool {
    let key = |key: &&str| line.strip_prefix(*key).is_some_and(|it| it.starts_with(':'));
    ["apiVersion", "kind"].iter().chain(&network::KEYS).any(key)
}

/// Blanks out what is no part of a document, so that no line moves: the byte order mark, and the
/// command that was copied along with its output.
pub(super) fn bare(text: &str) -> Cow<'_, str> {
    let text = text.trim_start_matches('\u{feff}');
    let prompt = |line: &str| {
        let line = line.trim_start();
        let after = line.split_once(['$', '#', '>']).map_or("", |(_, it)| it.trim_start());
        COMMANDS.iter().any(|it| after.starts_with(it))
    };
    let mut begin = 0;
    for line in text.split_inclusive('\n').take_while(|it| it.trim().is_empty() || prompt(it)) {
        begin += line.len();
    }
    if begin == 0 {
        return Cow::Borrowed(text);
    }
    let blank: String = text[..begin].chars().filter(|it| *it == '\n').collect();
    Cow::Owned(blank + &text[begin..])
}

/// What prints what can be read here.
const COMMANDS: [&str; 5] = ["kubectl ", "aws ", "curl ", "sudo ", "eks-triage "];

/// Why a document cannot be read, with its line where that is known.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken {
    pub line: Option<u64>,
    pub why: String,
}

/// The documents of a text; `None` where it is a log after all.
pub fn documents(kind: Kind, place: &str, text: &str) -> Result<Option<Vec<Document>>, Broken> {
    let text = &*bare(text);
    match kind {
        Kind::Json => json::read(place, text),
        Kind::Yaml => yaml::read(place, text).map(Some),
        Kind::Described => Ok(Some(described::read(place, text))),
        Kind::Events => Ok(Some(vec![described::events(place, text)])),
        Kind::Whoami => Ok(Some(vec![described::whoami(place, text)])),
        Kind::Empty | Kind::Binary | Kind::Log => Ok(None),
    }
}

/// The number of the line in which this byte stands, from 1.
pub(super) fn number(text: &str, at: usize) -> u32 {
    let before = text.get(..at).map_or(0, |it| it.matches('\n').count());
    u32::try_from(before + 1).unwrap_or(u32::MAX)
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
            let shown = shown::of(text);
            return object::read(object, text, source(shown));
        }
    };
    if items.is_empty() {
        return vec![Document::Unused("List".to_owned(), "it has no items".to_owned())];
    }
    let parts = shown::items(text, &items);
    let each = items.into_iter().zip(parts).flat_map(|(object, (first, shown))| {
        // Of a list only what may be shown is at hand.
        let source = Source { line: line + first, ..source(shown) };
        object::read(object, &source.text.clone(), source)
    });
    each.collect()
}

#[cfg(test)]
mod tests;
