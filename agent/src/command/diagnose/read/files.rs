//! Files and folders as they are opened: nothing waits for ever, nothing is followed out of a folder.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Folders within folders; what is deeper was not pasted.
const DEPTH: usize = 4;

/// What `cluster --save` writes of a cluster with a thousand groups; a folder with more is another
/// kind of folder.
const FILES: usize = 5000;

/// A shell opens the other end of `<(…)` before it starts anybody.
const WRITER: Duration = Duration::from_secs(3);

/// What a folder has, in the order of names, and what of it is not read, with why.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) files: Vec<PathBuf>,
    pub(super) left: Vec<(PathBuf, &'static str)>,
}

pub(super) fn walk(folder: &Path) -> io::Result<Walk> {
    let mut found = Walk::default();
    found.enter(folder, DEPTH)?;
    Ok(found)
}

impl Walk {
    /// Hidden files were not pasted.
    fn enter(&mut self, folder: &Path, depth: usize) -> io::Result<()> {
        let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            // Of the entry itself, so that no link leads out or round in a circle.
            let kind = entry.file_type()?;
            let path = entry.path();
            if self.files.len() >= FILES {
                self.left.push((
                    folder.to_owned(),
                    "has more than 5000 files; the others were left out",
                ));
                return Ok(());
            }
            if kind.is_file() {
                self.files.push(path);
            } else if kind.is_symlink() {
                self.left.push((path, "a link, not followed; name the file itself"));
            } else if !kind.is_dir() {
                self.left.push((path, "no file; name a pipe itself"));
            } else if depth <= 1 {
                self.left.push((path, "a folder too deep within folders; name it itself"));
            } else if self.enter(&path, depth - 1).is_err() {
                self.left.push((path, "a folder that may not be read"));
            }
        }
        Ok(())
    }
}

/// A pipe without anybody at its other end would keep `open` waiting.
pub(super) fn open(path: &Path, kind: &fs::Metadata) -> io::Result<File> {
    if !kind.file_type().is_fifo() {
        return File::open(path);
    }
    let (send, receive) = mpsc::channel();
    let path = path.to_owned();
    // Abandoned where it waits for ever; the process ends soon.
    thread::spawn(move || send.send(File::open(path)));
    receive.recv_timeout(WRITER).unwrap_or_else(|_| {
        Err(io::Error::new(io::ErrorKind::TimedOut, "a pipe that nobody writes to"))
    })
}

/// `diagnose <(kubectl …)` gives a pipe.
pub(super) fn may_be_read(kind: &fs::Metadata) -> bool {
    kind.is_file() || kind.file_type().is_fifo()
}

pub(super) fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied; run as who may read it".to_owned(),
        _ => error.to_string(),
    }
}
