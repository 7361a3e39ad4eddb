//! The two streams: data on stdout, talk on stderr. Neither a closed nor a full one is a panic.

use std::error::Error;
use std::io::{self, ErrorKind, Write};

use diagnosis::facts::Facts;
use diagnosis::render;
use diagnosis::report::Report;

use crate::args::{Form, Output};

mod groups;

pub(crate) use groups::Groups;

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

/// The verdict, in the form that was asked for.
pub(crate) fn report(report: &Report, facts: &Facts, form: Form) {
    let hidden = form.redact.map(|what| render::redact(report, facts, what.into()));
    let report = hidden.as_ref().unwrap_or(report);
    data(|mut out| match form.output {
        Output::Text => render::text(report, &mut out),
        Output::Json => render::json(report, &mut out),
        Output::Markdown => render::markdown(report, &mut out),
        Output::Html => render::html(report, &mut out),
    });
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
