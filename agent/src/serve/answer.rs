//! Requests into answers. Each is made at once from what is held; only a report makes it wait.

use std::net::IpAddr;
use std::time::Instant;

use bytes::Bytes;
use diagnosis::report::Outcome;
use http_body_util::Full;
use hyper::body::Body;
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use hyper::{Request, Response, StatusCode};

use super::refusal::Refusal;
use super::routes::{Astray, Form, Route, Side, route};
use super::{Agent, OUTCOME, lock, metrics};

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

pub(super) type Answer = Response<Full<Bytes>>;

impl Agent {
    pub(super) async fn answer<B>(&self, side: Side, source: IpAddr, request: Request<B>) -> Answer
    where
        B: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
    {
        let route = route(side, request.method(), request.uri(), request.headers());
        match route {
            Ok(Route::Health) => say(StatusCode::OK, TEXT, "ok\n"),
            Ok(Route::Ready) if lock(&self.node).is_some() => say(StatusCode::OK, TEXT, "ok\n"),
            Ok(Route::Ready) => {
                let text = "the first look at this node has not ended yet\n";
                say(StatusCode::SERVICE_UNAVAILABLE, TEXT, text)
            }
            Ok(Route::Summary(form)) => self.summary(form),
            Ok(Route::Metrics) => {
                let pods = lock(&self.reports.pods).all(Instant::now()).len();
                match self.metrics.text(pods, self.outbox.len()) {
                    Ok(text) => say(StatusCode::OK, metrics::CONTENT_TYPE, text),
                    Err(_) => say(StatusCode::INTERNAL_SERVER_ERROR, TEXT, ""),
                }
            }
            Ok(Route::Reports) => {
                let result = self.reports.receive(source, request).await;
                self.metrics.reported(result.as_ref().map_or_else(Refusal::label, |()| "accepted"));
                match result {
                    Ok(()) => say(StatusCode::OK, JSON, "{\"accepted\":true}\n"),
                    Err(refusal) => {
                        let (status, why) = (refusal.status().as_u16(), refusal.reason());
                        tracing::debug!(%source, status, why, "Took no report.");
                        refused(&refusal)
                    }
                }
            }
            Err(astray) => lost(astray),
        }
    }

    fn summary(&self, form: Form) -> Answer {
        let summary = self.held();
        let mut body = Vec::new();
        let (written, kind) = match form {
            Form::Json => (summary.json(&mut body), JSON),
            Form::Text => (summary.text(&mut body), TEXT),
        };
        if written.is_err() {
            return say(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "");
        }
        let outcome = match summary.outcome() {
            Outcome::Decided => "decided",
            Outcome::Undecided => "undecided",
            Outcome::Healthy => "healthy",
        };
        with(say(StatusCode::OK, kind, body), OUTCOME, HeaderValue::from_static(outcome))
    }
}

fn say(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    let answer = with(answer, CONTENT_TYPE, HeaderValue::from_static(kind));
    with(answer, CACHE_CONTROL, HeaderValue::from_static("no-store"))
}

fn with(mut answer: Answer, name: HeaderName, value: HeaderValue) -> Answer {
    answer.headers_mut().insert(name, value);
    answer
}

fn refused(refusal: &Refusal) -> Answer {
    let mut answer = say(refusal.status(), TEXT, format!("{}\n", refusal.reason()));
    if refusal.status() == StatusCode::UNAUTHORIZED {
        answer = with(answer, WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(after) = refusal.retry_after() {
        // Whole seconds, and rounded up: who comes back too early is sent away again.
        let seconds = after.as_millis().div_ceil(1000).max(1);
        if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
            answer = with(answer, RETRY_AFTER, value);
        }
    }
    answer
}

fn lost(astray: Astray) -> Answer {
    match astray {
        Astray::Host => {
            let text = "ask for this by an IP address or as localhost\n";
            say(StatusCode::MISDIRECTED_REQUEST, TEXT, text)
        }
        Astray::Path => say(StatusCode::NOT_FOUND, TEXT, "there is nothing here\n"),
        Astray::Method(allowed) => {
            let answer = say(StatusCode::METHOD_NOT_ALLOWED, TEXT, format!("use {allowed}\n"));
            with(answer, ALLOW, HeaderValue::from_static(allowed))
        }
        Astray::Form => {
            say(StatusCode::BAD_REQUEST, TEXT, "the query is format=json or format=text\n")
        }
    }
}
