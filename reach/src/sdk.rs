//! Lets AWS SDK clients speak through the same ladder: the same resolver, roots, limits and
//! rewritten addresses, and a [`Reach`] for each of their requests.

use std::error::Error;
use std::fmt::{self, Debug, Display, Formatter};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use diagnosis::facts::{Ended, Reach};
use http_body_util::BodyExt;
use tokio::time::Instant;

use crate::measure::Measured;
use crate::net::Net;
use crate::request::Request;

/// More than most answers of the calls that are made here; a longer one is an error, never cut.
const MAX_BODY: usize = 1024 * 1024;

/// DNS, TCP, TLS, HTTP.
const PHASES: u32 = 4;

/// Goes into an SDK configuration as its `http_client`. Clones share what was reached last.
#[derive(Clone)]
pub struct SdkHttp {
    net: Net,
    deadline: Option<Instant>,
    max_body: usize,
    last: Arc<Mutex<Option<Reach>>>,
}

/// Why the SDK got no answer. It is the source of the SDK's own error.
#[derive(Clone, Debug)]
pub struct Unreached(pub Reach);

impl SdkHttp {
    /// Each request ends within the limits of its phases.
    pub fn new(net: Net) -> Self {
        Self { net, deadline: None, max_body: MAX_BODY, last: Arc::default() }
    }

    /// No request outlasts this either.
    pub fn until(self, deadline: Instant) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    /// For answers that may be longer.
    pub fn at_most(self, max_body: usize) -> Self {
        Self { max_body, ..self }
    }

    /// How far the latest request that ended came, also when it was answered.
    pub fn last(&self) -> Option<Reach> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn send(
        self,
        request: HttpRequest,
        longest: Duration,
    ) -> Result<HttpResponse, ConnectorError> {
        let request = convert(request).await?.max_body(self.max_body);
        let end = Instant::now() + longest;
        let deadline = self.deadline.map_or(end, |it| it.min(end));
        let measured = self.net.measure(&request, deadline).await;
        let reach = measured.reach.clone();
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(reach);
        answer(measured, self.max_body)
    }
}

impl Unreached {
    /// How far the request came that `error` is about, when it is about one that got no answer.
    pub fn find<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Reach> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(Self(reach)) = error.downcast_ref() {
                return Some(reach);
            }
            cause = error.source();
        }
        None
    }
}

async fn convert(request: HttpRequest) -> Result<Request, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(ConnectorError::user)?.to_bytes();
    let mut request = Request::from_uri(parts.method, &parts.uri)
        .ok_or_else(|| ConnectorError::user("the endpoint is no http or https URL".into()))?;
    request.headers = parts.headers;
    request.body = body;
    Ok(request)
}

fn answer(measured: Measured, max_body: usize) -> Result<HttpResponse, ConnectorError> {
    let Measured { reach, headers, body, truncated } = measured;
    let status = match reach.ended {
        Ended::Answered(status) => status,
        Ended::NameUnanswered | Ended::ConnectTimedOut | Ended::TlsTimedOut => {
            return Err(ConnectorError::timeout(Unreached(reach).into()).never_connected());
        }
        Ended::HttpTimedOut => return Err(ConnectorError::timeout(Unreached(reach).into())),
        Ended::HttpFailed => return Err(ConnectorError::io(Unreached(reach).into())),
        _ => return Err(ConnectorError::io(Unreached(reach).into()).never_connected()),
    };
    if truncated {
        let error = format!("the answer is longer than {max_body} bytes");
        return Err(ConnectorError::other(error.into(), None));
    }
    let mut response = http::Response::new(SdkBody::from(body));
    *response.status_mut() = http::StatusCode::from_u16(status)
        .map_err(|error| ConnectorError::other(error.into(), None))?;
    *response.headers_mut() = headers;
    response.try_into().map_err(|error| ConnectorError::other(Box::new(error), None))
}

impl HttpClient for SdkHttp {
    /// Of the SDK's own timeouts, connecting and reading are one here: they end the request.
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let longest = self.net.phase_limit() * PHASES;
        let longest = match (settings.connect_timeout(), settings.read_timeout()) {
            (Some(connect), Some(read)) => longest.min(connect + read),
            _ => longest,
        };
        SharedHttpConnector::new(Connector { http: self.clone(), longest })
    }
}

#[derive(Debug)]
struct Connector {
    http: SdkHttp,
    longest: Duration,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.http.clone().send(request, self.longest))
    }
}

impl Debug for SdkHttp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("SdkHttp")
    }
}

impl Display for Unreached {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

impl Error for Unreached {}
