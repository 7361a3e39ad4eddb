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

impl Failure {
    pub(crate) fn new(ended: Ended, error: impl ToString) -> Self {
        Self { ended, error: error.to_string() }
    }
}
