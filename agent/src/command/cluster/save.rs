//! A folder with all that was answered, as the AWS CLI would have printed it. It is there whole or
//! not at all.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::args::Redact;
use crate::collect::account::gather::{Answered, document};

/// What could not be read.
const NOT_READ: &str = "not-read.json";

/// Before anything is asked: nobody waits for what cannot be kept.
pub(super) fn check(folder: &Path) -> Result<(), String> {
    let told = |error: std::io::Error| format!("`{}`: {error}", folder.display());
    match fs::read_dir(folder) {
        Ok(mut all) => match all.next() {
            None => Ok(()),
            Some(_) => {
                let folder = folder.display();
                Err(format!("`{folder}` is not empty; give --save a folder that is new"))
            }
        },
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

/// How many there are.
pub(super) fn write(
    folder: &Path,
    answered: &[Answered],
    taken_at: &str,
    redact: Option<Redact>,
) -> Result<usize, String> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let draft = beside(folder).join(format!(".{name}.{}", std::process::id()));
    let written = files(answered, taken_at, redact).and_then(|files| {
        put(&draft, &files)?;
        // An empty folder gives way to another one.
        fs::rename(&draft, folder)?;
        Ok(files.len())
    });
    written.map_err(|error| {
        let _ = fs::remove_dir_all(&draft);
        format!("`{}` was not written: {error}", folder.display())
    })
}

/// Names and texts.
type Files = Vec<(PathBuf, String)>;

fn files(answered: &[Answered], taken_at: &str, _redact: Option<Redact>) -> std::io::Result<Files> {
    let read =
        answered.iter().filter_map(|it| Some((PathBuf::from(&it.file), it.text.clone().ok()?)));
    let missed = answered.iter().filter_map(|it| {
        let why = it.text.as_ref().err()?;
        Some(json!({"action": it.action, "command": it.command, "why": why}))
    });
    let missed: Vec<_> = missed.collect();
    let missed = document::text(&json!({"takenAt": taken_at, "notRead": missed}));
    Ok(read.chain([(NOT_READ.into(), missed)]).collect())
}

/// Nobody else reads them: they name roles, networks and people.
fn put(draft: &Path, files: &Files) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(draft)?;
    for (name, text) in files {
        fs::write(draft.join(name), text)?;
    }
    Ok(())
}
