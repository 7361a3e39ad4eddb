//! An HTTP answer as data, those that never end included.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderValue, Response};
use hyper::body::{Body, Frame};
use serde_json::Value;

#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    pub then: Then,
}

/// What follows the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    End,
    /// The body again and again.
    Repeat,
    /// Nothing, on an open connection.
    Hang,
}

impl Reply {
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        let headers = vec![("content-type", "text/plain".to_owned())];
        Self { status, headers, body: body.into(), then: Then::End }
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, body.to_string()).with("content-type", "application/json")
    }

    pub fn xml(status: u16, body: impl Into<String>) -> Self {
        Self::text(status, body).with("content-type", "text/xml")
    }

    /// What a captive portal or a proxy says in the place of the service.
    pub fn html(status: u16) -> Self {
        let body = "<!DOCTYPE html><html><body>Please sign in to the network</body></html>";
        Self::text(status, body).with("content-type", "text/html")
    }

    /// Gigabytes of the same, for as long as somebody reads.
    pub fn endless(status: u16) -> Self {
        Self { then: Then::Repeat, ..Self::text(status, "endless ".repeat(1024)) }
    }

    /// A beginning that nothing follows.
    pub fn cut_short(self) -> Self {
        let half = self.body.len() / 2;
        let half = (0..=half).rev().find(|at| self.body.is_char_boundary(*at)).unwrap_or(0);
        Self { body: self.body[..half].to_owned(), ..self }
    }

    pub fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }

    /// Replaces the header.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(it, _)| *it != name);
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn into_response(self, date: HeaderValue) -> Response<Scripted> {
        let text = Bytes::from(self.body);
        let mut response = Response::new(Scripted { text, sent: false, then: self.then });
        *response.status_mut() = http::StatusCode::from_u16(self.status).unwrap_or_default();
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(name, value);
            }
        }
        response.headers_mut().entry(http::header::DATE).or_insert(date);
        response
    }
}

pub(crate) struct Scripted {
    text: Bytes,
    sent: bool,
    then: Then,
}

impl Body for Scripted {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.sent && self.then != Then::Repeat {
            return if self.then == Then::Hang { Poll::Pending } else { Poll::Ready(None) };
        }
        self.sent = true;
        Poll::Ready(Some(Ok(Frame::data(self.text.clone()))))
    }

    fn is_end_stream(&self) -> bool {
        self.then == Then::End && (self.sent || self.text.is_empty())
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        match self.then {
            Then::End if !self.sent => hyper::body::SizeHint::with_exact(self.text.len() as u64),
            Then::End => hyper::body::SizeHint::with_exact(0),
            Then::Repeat | Then::Hang => hyper::body::SizeHint::default(),
        }
    }
}
