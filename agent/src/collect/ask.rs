//! One question to one endpoint, and its answer as an observation.

use std::time::Duration;

use diagnosis::facts::{Ended, Observed, Reach, Source};
use reach::{Measured, Net, Request};
use tokio::time::Instant;

/// Why a fact could not be observed, and where it was looked for.
pub(super) struct Missed {
    pub(super) why: String,
    pub(super) source: Source,
}

pub(super) type Found<T> = Result<(T, Source), Missed>;

impl Missed {
    pub(super) fn new(place: &str, why: impl Into<String>) -> Self {
        let why = why.into();
        let source = Source::new(place, reach::now(), why.clone());
        Self { why, source }
    }

    /// The place answered, but not with what it should.
    pub(super) fn answer(place: &str, measured: &Measured) -> Self {
        Self::new(place, measured.reach.to_string())
    }
}

/// The only way from a result into Facts, so that no error is lost on the way.
pub(super) fn observed<T>(found: Found<T>) -> Observed<T> {
    match found {
        Ok((value, source)) => Observed::seen(value, source),
        Err(Missed { why, source }) => {
            tracing::debug!(place = source.place, why, "could not look");
            Observed::failed(why, source)
        }
    }
}

/// The earlier of the deadline and a limit of its own.
pub(super) fn within(limit: Duration, deadline: Instant) -> Instant {
    deadline.min(Instant::now() + limit)
}

/// How far a request came is an observation, whatever it is.
pub(super) fn seen(reach: Reach, place: &str) -> Observed<Reach> {
    let text = reach.to_string();
    tracing::debug!(place, reach = text, "looked");
    Observed::seen(reach, Source::new(place, reach::now(), text))
}

/// For a place of which only the reach matters.
pub(super) async fn reach(
    net: &Net,
    place: &str,
    request: Result<Request, reach::Error>,
    deadline: Instant,
) -> Observed<Reach> {
    match request {
        Ok(request) => seen(net.measure(&request, deadline).await.reach, place),
        Err(error) => observed(Err(Missed::new(place, error.to_string()))),
    }
}

/// The whole body of a 200; anything else is missed.
pub(super) fn body<'a>(place: &str, measured: &'a Measured) -> Result<&'a [u8], Missed> {
    if measured.reach.ended != Ended::Answered(200) {
        return Err(Missed::answer(place, measured));
    }
    if measured.truncated {
        let why = format!("the answer is longer than {} bytes", measured.body.len());
        return Err(Missed::new(place, why));
    }
    Ok(&measured.body)
}
