//! Why a report was not taken, in the words that its sender reads. Quotes nothing that was sent.

use std::time::Duration;

use hyper::StatusCode;

/// Every reason, each with one status and one label of `eks_triage_reports_total`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Denied(Denied),
    /// Asked for too much; the time after which to ask again.
    Throttled(Duration),
    /// The sender cannot be known now; it may be later.
    Unavailable(&'static str),
    TooLarge,
    /// The body did not end in time.
    TooSlow,
    Invalid(String),
}

/// What stays true of a token, so that it can be remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denied {
    /// Nobody vouches for the sender.
    Unauthenticated(&'static str),
    /// The sender is known, or meant the token for others, and may not report here.
    Refused(&'static str),
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl Refusal {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Denied(Denied::Unauthenticated(_)) => StatusCode::UNAUTHORIZED,
            Self::Denied(Denied::Refused(_)) => StatusCode::FORBIDDEN,
            Self::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
        }
    }

    /// A value of the metric's closed set.
    pub(super) const fn label(&self) -> &'static str {
        match self {
            Self::Denied(Denied::Unauthenticated(_)) => "unauthenticated",
            Self::Denied(Denied::Refused(_)) => "refused",
            Self::Throttled(_) => "throttled",
            Self::Unavailable(_) => "unavailable",
            Self::TooLarge | Self::TooSlow | Self::Invalid(_) => "invalid",
        }
    }

    /// When it is worth asking again, where that is known.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled(after) => Some(*after),
            Self::Unavailable(_) => Some(Duration::from_secs(5)),
            _ => None,
        }
    }

    pub(super) fn reason(&self) -> &str {
        match self {
            Self::Denied(Denied::Unauthenticated(why) | Denied::Refused(why))
            | Self::Unavailable(why) => why,
            Self::Throttled(_) => "too many reports from here; ask again later",
            Self::TooLarge => "a report has at most 64 KiB",
            Self::TooSlow => "the report did not end in time",
            Self::Invalid(why) => why,
        }
    }
}
