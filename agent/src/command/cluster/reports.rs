//! What agents saw on their nodes, from a folder: what `eks-triage facts` printed there, a block of a
//! console, or a report, of which only the quotes are heard.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use diagnosis::document::account::Answers;
use diagnosis::document::console;
use diagnosis::document::paste::{About, Document, documents, kind};
use diagnosis::facts::{Facts, Line, Subject};

use crate::output;

/// As many nodes as a person would look at.
const FILES: usize = 1000;

/// Facts have a twentieth of it.
const LARGEST: u64 = 1 << 20;

/// One node's view, and where it was.
pub(super) struct View {
    place: String,
    pub(super) facts: Facts,
}

/// What is of no use there is told; a folder that cannot be read at all is an error.
pub(super) fn read(folder: &Path) -> Result<Vec<View>, String> {
    let told = |error: &io::Error| format!("`{}`: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(|error| told(&error))?;
    let mut files: Vec<_> = entries.filter_map(|it| Some(it.ok()?.path())).collect();
    files.retain(|it| it.is_file());
    files.sort();
    if files.len() > FILES {
        output::talk(&format!("only the first {FILES} files of `{}` are read", folder.display()));
        files.truncate(FILES);
    }
    let mut views = Vec::new();
    for file in &files {
        let place = file.display().to_string();
        match text(file) {
            Ok(text) => {
                let found = of(&place, &text);
                if found.is_empty() {
                    output::talk(&format!("{place}: nothing that an agent saw, not used"));
                }
                views.extend(found);
            }
            Err(error) => output::talk(&format!("{place}: not read: {error}")),
        }
    }
    if views.is_empty() {
        return Err(format!(
            "`{}` holds nothing that an agent saw; `eks-triage facts` prints it on a node",
            folder.display()
        ));
    }
    Ok(views)
}

fn text(file: &Path) -> io::Result<String> {
    let mut text = Vec::new();
    fs::File::open(file)?.take(LARGEST).read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn of(place: &str, text: &str) -> Vec<View> {
    let view = |facts| View { place: place.to_owned(), facts };
    if let Some(Ok(found)) = console::find(text) {
        return vec![view(*found.facts)];
    }
    let documents = documents(kind(text.as_bytes()), place, text);
    let all = documents.ok().flatten().unwrap_or_default().into_iter().filter_map(|it| match it {
        Document::Facts(facts) => Some(*facts),
        Document::Console(found) => Some(*found.facts),
        Document::Said(_, said) => said_of_node(said),
        _ => None,
    });
    all.map(view).collect()
}

/// What a report quotes, of the node that it is about.
fn said_of_node(said: Vec<(About, Line)>) -> Option<Facts> {
    let name = said.iter().find(|(it, _)| it.kind == "node").map(|(it, _)| it.name.clone())?;
    let own = said.into_iter().filter(|(it, _)| it.kind == "node" && it.name == name);
    let subject = Subject { kind: "node".to_owned(), namespace: String::new(), name: name.clone() };
    Some(Facts { subject, lines: own.map(|(_, line)| line).collect(), ..Facts::default() })
}

/// Those whose instance no group has are told, as they are not used.
pub(super) fn known(answers: &Answers, views: Vec<View>) -> Vec<Facts> {
    let known = views.into_iter().filter_map(|View { place, facts }| {
        if answers.group_of(&facts).is_none() {
            let name = match facts.node.instance.value() {
                Some(it) => &it.instance_id,
                None => &facts.subject.name,
            };
            output::talk(&format!("{place}: not used: {name} is of no group of this cluster"));
            return None;
        }
        Some(facts)
    });
    known.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_and_quotes_of_a_node_are_views_and_anything_else_is_none() {
        let facts = Facts {
            subject: Subject {
                kind: "node".to_owned(),
                namespace: String::new(),
                name: "ip-10-0-1-10".to_owned(),
            },
            ..Facts::default()
        };
        let facts = &serde_json::to_string(&facts).unwrap();
        let report = r#"{"schemaVersion": 1, "outcome": "decided", "title": "t", "chains": [],
            "subject": {"kind": "node", "namespace": "", "name": "ip-10-0-1-10"},
            "takenAt": "2026-03-01T10:00:00Z", "source": {"command": "check"},
            "evidence": [{"quote": "Unable to register node: Unauthorized"}]}"#;
        for text in [facts, report] {
            let views = of("x.json", text);
            let [view] = &views[..] else { panic!("{} views of {text}", views.len()) };
            assert_eq!(view.facts.subject.name, "ip-10-0-1-10");
        }
        assert_eq!(of("x.json", report)[0].facts.lines.len(), 1);
        for text in ["", "{}", "{\"Reservations\": []}", "a line"] {
            assert!(of("x", text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_folder_without_views_is_an_error() {
        let Err(why) = read(Path::new("/nowhere/at/all")) else { panic!("read") };
        assert!(why.contains("/nowhere/at/all"), "{why}");
    }
}
