//! A folder with all that was answered, as the AWS CLI would have printed it. It is there whole or
//! not at all.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use diagnosis::render::Redaction;
use serde_json::{Value, json};

use crate::collect::account::gather::{Answered, document};

/// What could not be read.
const NOT_READ: &str = "not-read.json";

/// Before anything is asked: nobody waits for what cannot be kept.
pub(super) fn check(folder: &Path) -> Result<(), String> {
    let told = |error: std::io::Error| format!("`{}`: {error}", folder.display());
    match fs::read_dir(folder).map(Iterator::count) {
        Ok(0) => Ok(()),
        Ok(_) => {
            let folder = folder.display();
            Err(format!("`{folder}` is not empty; give --save a folder that is new"))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let parent = beside(folder);
            match fs::metadata(parent) {
                Ok(it) if it.is_dir() => Ok(()),
                Ok(_) => Err(format!("`{}` is no folder", parent.display())),
                Err(error) => Err(format!("`{}`: {error}", parent.display())),
            }
        }
        Err(error) => Err(told(error)),
    }
}

fn beside(folder: &Path) -> &Path {
    match folder.parent() {
        Some(it) if !it.as_os_str().is_empty() => it,
        _ => Path::new("."),
    }
}

/// How many there are. Where something is hidden, the facts say which words are names.
pub(super) fn write(
    folder: &Path,
    answered: &[Answered],
    taken_at: &str,
    hidden: Option<&mut Redaction>,
) -> Result<usize, String> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let draft = beside(folder).join(format!(".{name}.{}", std::process::id()));
    let mut files = files(answered, taken_at);
    if let Some(redaction) = hidden {
        hide(&mut files, redaction);
    }
    // An empty folder gives way to another one.
    let written = put(&draft, &files).and_then(|()| fs::rename(&draft, folder));
    written.map(|()| files.len()).map_err(|error| {
        let _ = fs::remove_dir_all(&draft);
        format!("`{}` was not written: {error}", folder.display())
    })
}

/// Names and texts.
type Files = Vec<(String, String)>;

fn files(answered: &[Answered], taken_at: &str) -> Files {
    let read = answered.iter().filter_map(|it| Some((it.file.clone(), it.text.clone().ok()?)));
    let missed = answered.iter().filter_map(|it| {
        let why = it.text.as_ref().err()?;
        Some(json!({"action": it.action, "command": it.command, "why": why}))
    });
    let missed: Vec<_> = missed.collect();
    let missed = document::text(&json!({"takenAt": taken_at, "notRead": missed}));
    read.chain([(NOT_READ.to_owned(), missed)]).collect()
}

/// All are read before the first is written: a name in one of them is a name in all.
fn hide(files: &mut Files, redaction: &mut Redaction) {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    for (_, text) in files.iter() {
        redaction.document(&parsed(text));
    }
    for (name, text) in files {
        *text = document::text(&redaction.document(&parsed(text)));
        // Of some answers only the file's name says whose they are.
        let stem = name.trim_end_matches(".json");
        *name =
            if stem.starts_with("not-") { name.clone() } else { redaction.text(stem) + ".json" };
    }
}

/// Nobody else reads them: they name roles, networks and people.
fn put(draft: &Path, files: &Files) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(draft)?;
    files.iter().try_for_each(|(name, text)| fs::write(draft.join(name), text))
}

#[cfg(test)]
mod tests {
    use diagnosis::render::Scope;

    use super::*;

    fn answered() -> [Answered; 3] {
        let one = |file: &str, text: Result<&str, &str>| Answered {
            file: file.to_owned(),
            action: "iam:ListRolePolicies",
            command: "aws iam list-role-policies --role-name node-1a".to_owned(),
            text: text.map(str::to_owned).map_err(str::to_owned),
        };
        [
            one("list-role-policies-node-1a.json", Ok(r#"{"PolicyNames": []}"#)),
            one(
                "get-role-node-1a.json",
                Ok(r#"{"Role": {"Arn": "arn:aws:iam::111122223333:role/node-1a"}}"#),
            ),
            one("x.json", Err("AccessDenied: arn:aws:iam::111122223333:role/node-1a")),
        ]
    }

    #[test]
    fn a_folder_is_there_whole_and_never_over_another_one() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("saved");
        check(&folder).unwrap();
        let written = write(&folder, &answered(), "2026-03-01T10:00:00Z", None).unwrap();
        assert_eq!((written, fs::read_dir(&folder).unwrap().count()), (3, 3));
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "no draft is left");
        let missed = fs::read_to_string(folder.join(NOT_READ)).unwrap();
        let missed: Value = serde_json::from_str(&missed).unwrap();
        assert_eq!(missed["notRead"][0]["action"], "iam:ListRolePolicies");
        assert_eq!(missed["takenAt"], "2026-03-01T10:00:00Z");
        assert!(check(&folder).unwrap_err().contains("is not empty"));
        assert!(write(&folder, &answered(), "", None).is_err());
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "no draft is left");
        assert!(check(&place.path().join("none/saved")).unwrap_err().contains("none"));
    }

    #[test]
    fn what_is_hidden_is_hidden_in_the_names_of_files_too() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("saved");
        let mut redaction = Redaction::of_documents(Scope::Account, 1);
        write(&folder, &answered(), "", Some(&mut redaction)).unwrap();
        let role = fs::read_to_string(folder.join("get-role-role-1.json")).unwrap();
        assert!(role.contains("arn:aws:iam::100000000001:role/role-1"), "{role}");
        assert!(folder.join("list-role-policies-role-1.json").exists());
        let missed = fs::read_to_string(folder.join(NOT_READ)).unwrap();
        assert!(missed.contains("role-1") && !missed.contains("node-1a"), "{missed}");
    }
}
