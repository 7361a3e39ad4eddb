//! A fact with how it was come by: seen, looked for in vain, or never looked for.

use serde::{Deserialize, Serialize};

use super::Input;
use crate::report::Evidence;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observed<T> {
    /// Nobody looked.
    #[default]
    Skipped,
    /// The observer could not look: no permission, no such interface, a deadline of its own. Never a fault.
    Failed { why: String, source: Source },
    /// Measured. A timeout or a 404 of what was asked for is a measurement too.
    Seen { value: T, source: Source },
}

/// What was asked for by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presence<T> {
    /// Whoever would know says that there is none of this name.
    Absent,
    Present(T),
}

impl<T> Presence<T> {
    pub fn present(&self) -> Option<&T> {
        match self {
            Self::Absent => None,
            Self::Present(it) => Some(it),
        }
    }
}

/// Where and when something was read, with the allow-listed text that it was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// A file, an endpoint or an API call.
    pub place: String,
    /// The number of the text's first line in its file, from 1; 0 where lines are not counted.
    pub line: u32,
    pub at: Option<String>,
    pub text: String,
}

/// Why a link cannot be judged, and what would let it be.
#[derive(Clone, Debug)]
pub struct Missing {
    pub input: &'static Input,
    pub why: String,
    /// What was seen and speaks against the link without deciding; then nothing is healthy.
    pub against: Option<Evidence>,
}

impl Source {
    pub fn new(place: impl Into<String>, at: impl Into<String>, text: impl Into<String>) -> Self {
        Self { place: place.into(), line: 0, at: Some(at.into()), text: text.into() }
    }

    /// The first line that contains `needle`, else the first line that says anything: evidence is a
    /// substring of what was read, by construction.
    pub fn quote(&self, needle: &str) -> Evidence {
        let said = |(_, text): &(u32, &str)| !text.trim().is_empty();
        let mut lines = (self.line..).zip(self.text.lines()).filter(said);
        let first = lines.clone().next();
        let found = lines.find(|(_, text)| text.contains(needle)).or(first);
        let (line, quote) = found.unwrap_or((self.line, ""));
        Evidence {
            quote: quote.trim().to_owned(),
            source: self.place.clone(),
            line: (self.line > 0).then_some(line),
        }
    }
}

/// A refusal by the right that lacks, which tells more than the command does.
pub(super) fn lacking(why: &str) -> Option<String> {
    let (said, right) = why.split_once("; these credentials lack ")?;
    Some(format!("these credentials lack {right}: {said}"))
}

/// Why a link is unknown when nobody looked; the checklist then says how to look.
pub(crate) const NOT_SEEN: &str = "not seen";

impl<T> Observed<T> {
    pub fn seen(value: T, source: Source) -> Self {
        Self::Seen { value, source }
    }

    pub fn failed(why: impl Into<String>, source: Source) -> Self {
        Self::Failed { why: why.into(), source }
    }

    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Seen { value, .. } => Some(value),
            Self::Failed { .. } | Self::Skipped => None,
        }
    }

    /// With `?`, a missing fact makes the link unknown and names what it needs.
    pub fn need(&self, input: &'static Input) -> Result<(&T, &Source), Missing> {
        let why = match self {
            Self::Seen { value, source } => return Ok((value, source)),
            Self::Failed { why, source } => {
                lacking(why).unwrap_or_else(|| format!("{}: {why}", source.place))
            }
            Self::Skipped => NOT_SEEN.to_owned(),
        };
        Err(input.missing(why))
    }

    /// A measurement beats a failure to measure; of two measurements the later one stands.
    pub(super) fn or(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::Seen { source: a, .. }, Self::Seen { source: b, .. }) if b.at > a.at => other,
            (Self::Seen { .. }, _) | (Self::Failed { .. }, Self::Failed { .. } | Self::Skipped) => {
                self
            }
            _ => other,
        }
    }
}

impl Input {
    /// The link could not be judged for lack of this input.
    pub fn missing(&'static self, why: impl Into<String>) -> Missing {
        Missing { input: self, why: why.into(), against: None }
    }

    /// What was seen speaks against the link; only this input would decide.
    pub fn doubt(&'static self, why: impl Into<String>, against: Evidence) -> Missing {
        Missing { against: Some(against), ..self.missing(why) }
    }
}
