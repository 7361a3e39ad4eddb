//! Where the verdict goes besides the agent: stdout and the termination message. A place that
//! cannot be written is named on stderr; the exit code stays the verdict's.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use diagnosis::facts::Facts;
use diagnosis::render;
use diagnosis::report::Report;

use crate::args::Output;

/// Kubernetes keeps no more of a termination message.
const TERMINATION_MESSAGE: usize = 4096;

pub(crate) fn print(report: &Report, facts: &Facts, form: Output) -> io::Result<()> {
    let mut printed = Vec::new();
    match form {
        Output::Text => render::text(report, &mut printed)?,
        Output::Json => render::json(report, &mut printed)?,
        Output::Facts => {
            serde_json::to_writer_pretty(&mut printed, facts)?;
            writeln!(printed)?;
        }
    }
    let mut stdout = io::stdout().lock();
    stdout.write_all(&printed)?;
    stdout.flush()
}

/// Writes to a file that is there, and creates none.
pub(crate) fn leave(report: &Report, path: &Path) -> io::Result<()> {
    let Some(mut file) = existing(path)? else { return Ok(()) };
    file.write_all(render::compact(report, TERMINATION_MESSAGE).as_bytes())
}

fn existing(path: &Path) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    // The flag keeps a FIFO that nobody reads from blocking.
    match options.write(true).truncate(true).custom_flags(libc::O_NONBLOCK).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Never panics, which `eprintln!` does when stderr is closed.
pub(crate) fn say(text: &str) {
    // There is nowhere left to complain.
    let _ = writeln!(io::stderr(), "eks-triage-probe: {text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_termination_message_is_a_whole_report_in_a_file_that_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("termination-log");
        let report = diagnosis::judge(&Facts::default());
        leave(&report, &path).unwrap();
        assert!(!path.exists());
        std::fs::write(&path, "x".repeat(10_000)).unwrap();
        leave(&report, &path).unwrap();
        let left = std::fs::read(&path).unwrap();
        assert!(left.len() <= TERMINATION_MESSAGE);
        let left: serde_json::Value = serde_json::from_slice(&left).unwrap();
        assert_eq!(left["schemaVersion"], 1);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_an_error_and_no_panic() {
        let report = diagnosis::judge(&Facts::default());
        assert!(leave(&report, Path::new("/dev/full")).is_err());
        assert!(leave(&report, Path::new("/")).is_err());
    }
}
