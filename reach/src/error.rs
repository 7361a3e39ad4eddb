//! What can be wrong before anything is measured, and where a single phase ended.

use std::path::PathBuf;

use diagnosis::facts::Ended;

/// A mistake in what the caller asked for. What the network does wrong is never one of these.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Shows no query, because a presigned URL carries its credential there.
    #[error("`{0}` is not a URL of the form http://host/path or https://host/path")]
    Url(String),
    /// Shows the name only, because the value may be a secret.
    #[error("header `{0}` cannot be sent: its name or value holds a forbidden character")]
    Header(&'static str),
    #[error(
        "`{0}` is not of the form ADDRESS:PORT=ADDRESS:PORT, such as 10.0.3.11:443=127.0.0.1:8443"
    )]
    ConnectTo(String),
    #[error("failed to read the CA bundle `{path}` named by AWS_CA_BUNDLE")]
    ReadBundle {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the CA bundle `{0}` named by AWS_CA_BUNDLE holds no PEM certificate that can be used")]
    EmptyBundle(PathBuf),
}

/// How one phase ended, when it did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub ended: Ended,
    /// The error in the words of the layer that gave it.
    pub error: String,
}

/// What a certificate or a resolver says goes into reports, and they decide how long it is.
const MAX_CHARS: usize = 300;

impl Failure {
    pub(crate) fn new(ended: Ended, error: impl AsRef<str>) -> Self {
        let error = error.as_ref().chars().take(MAX_CHARS);
        let error = error.map(|it| if it.is_control() { char::REPLACEMENT_CHARACTER } else { it });
        Self { ended, error: error.collect() }
    }

    pub(crate) fn unanswered(error: impl AsRef<str>) -> Self {
        Self::new(Ended::NameUnanswered, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_an_error_are_one_line_of_bounded_length() {
        let error =
            Failure::new(Ended::TlsFailed, format!("a\u{1b}[2J\n{}", "é".repeat(900))).error;
        assert!(error.starts_with("a\u{fffd}[2J\u{fffd}é"), "{error}");
        assert_eq!(error.chars().count(), MAX_CHARS);
    }
}
