//! The two streams: data on stdout, talk on stderr. Neither a closed nor a full one is a panic.

use std::error::Error;
use std::io::{self, ErrorKind, Write};

/// Writes data to stdout. A verdict's exit code stands also when nobody could read the verdict,
/// so a failure is only told, and a reader that left early is none.
pub(crate) fn data(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = write(&mut out).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            talk(&format!("failed to write to stdout: {error}"));
        }
        _ => {}
    }
    // Dropping the writer would try, and fail, once more.
    let _ = out.into_parts();
}

pub(crate) fn complain(error: &dyn Error) {
    talk(&chain(error));
}

/// A message and its causes; one that repeats its cause, as kube's do, is not repeated again.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        source = inner.source();
    }
    text
}

pub(crate) fn talk(text: &str) {
    // A closed stderr leaves nobody to tell.
    let _ = writeln!(io::stderr(), "eks-triage: {text}");
}
