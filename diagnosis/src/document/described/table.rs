//! What kubectl prints in columns.

use serde_json::{Value, json};

use super::{Tree, line};
use crate::document::paste::{About, Document};
use crate::document::{raw, scan};
use crate::facts::Source;

/// Rows of a node's conditions: two times of six words each stand before the reason.
pub(super) fn conditions(tree: Tree) -> Vec<Value> {
    let row = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let zone = |it: &&str| it.len() == 5 && it.starts_with(['+', '-']);
        let zones: Vec<usize> = (0..words.len()).filter(|at| zone(&words[*at])).collect();
        let reason = zones.get(1).map_or(2, |it| it + 1);
        Some(json!({"type": words.first()?, "status": words.get(1)?, "reason": words.get(reason)?,
            "message": words.get(reason + 1..)?.join(" ")}))
    };
    tree.lines().into_iter().filter_map(row).collect()
}

/// How far into a row its object stands, with a namespace and `2m3s (x5 over 10m)` before it.
const COLUMNS: usize = 9;

/// Each row of `kubectl get events` that could matter, and the object that it is about.
pub(in crate::document) fn events(place: &str, text: &str) -> Document {
    let lines: Vec<String> = text.lines().map(|it| raw::line(it.as_bytes())).collect();
    let header = lines.iter().position(|it| it.contains("LAST SEEN")).unwrap_or(0);
    let all = lines.get(header).is_some_and(|it| it.starts_with("NAMESPACE"));
    let rows = lines.iter().enumerate().skip(header + 1);
    let about = |row: &str| {
        let namespace = row.split_whitespace().next().filter(|_| all).unwrap_or_default();
        let words = row.split_whitespace().take(COLUMNS);
        let mut named = words.filter(|it| it.contains('/') && !it.contains(':'));
        let (kind, name) = named.next().and_then(|it| it.split_once('/')).unwrap_or_default();
        About::new(kind, namespace, name)
    };
    let said = rows.filter(|(_, it)| scan::matters(it.as_bytes()));
    let said = said.map(|(at, row)| (about(row), line(place, at, row))).collect();
    Document::Said(format!("{} events", lines.len().saturating_sub(header + 1)), said)
}

/// `kubectl auth whoami`
pub(in crate::document) fn whoami(place: &str, text: &str) -> Document {
    let found = (1..).zip(text.lines()).find_map(|(number, line)| {
        let user = line.trim().strip_prefix("Username")?.trim();
        Some((number, line.trim().to_owned(), user.to_owned()))
    });
    match found {
        Some((line, text, user)) => {
            Document::User(user, Source { place: place.to_owned(), line, at: None, text })
        }
        None => Document::Unused("kubectl auth whoami".to_owned(), "it names no user".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_a_table_knows_its_object() {
        let text = "LAST SEEN   TYPE      REASON   OBJECT         MESSAGE\n\
            2m          Normal    Pulled   pod/api-7d9f   pulled\n\
            3m          Warning   Failed   pod/api-7d9f   (AccessDenied) when calling x\n";
        let Document::Said(what, rows) = events("events.txt", text) else { panic!() };
        assert_eq!((rows.len(), &*rows[0].0.name, rows[0].1.line), (1, "api-7d9f", 3));
        assert_eq!(what, "2 events");
        let all = "NAMESPACE   LAST SEEN            TYPE      REASON   OBJECT     MESSAGE\n\
            prod        2m3s (x5 over 10m)   Warning   Failed   Pod/api    (AccessDenied) x\n";
        let Document::Said(_, rows) = events("events.txt", all) else { panic!() };
        assert_eq!(rows[0].0, About::new("pod", "prod", "api"));
    }

    #[test]
    fn whoami_names_its_user() {
        let text =
            "ATTRIBUTE   VALUE\nUsername    arn:aws:sts::1:assumed-role/dev/me\nGroups      [a]\n";
        let Document::User(user, source) = whoami("x", text) else { panic!() };
        assert_eq!((&*user, source.line), ("arn:aws:sts::1:assumed-role/dev/me", 2));
    }
}
