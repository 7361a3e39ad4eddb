//! Calls of AWS APIs in this node's own name: signed with the credentials that the metadata service
//! handed out, and with this machine's clock, as the node's own clients sign.
//!
//! Never with what an environment or a home directory holds: the kubelet does not have ours. One
//! attempt each, and only where `Options::on_demand` allows it.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as Keys;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningParams, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use diagnosis::facts::{Answer, Ended};
use reach::{HeaderMap, Method, Net, Request};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use super::ask::Missed;

mod refusal;

/// Of the node's role. Without `Debug` and `Serialize`; the keys are wiped when the last clone is
/// dropped.
#[derive(Clone)]
pub(crate) struct Credentials(Identity);

/// Empty until the metadata service has given the credentials, or has not.
pub(super) type Handed = Option<Result<Credentials, String>>;

/// Where and as what a call is signed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    /// As in a signature, such as `sts`.
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
}

/// What an API said. `answer.detail` is the caller's to fill.
pub(crate) struct Said {
    pub(crate) answer: Answer,
    /// Whole, of a success only: a refusal is in the answer.
    pub(crate) body: Zeroizing<Vec<u8>>,
}

impl Credentials {
    pub(super) fn new(id: &str, secret: &Zeroizing<String>, session: &Zeroizing<String>) -> Self {
        let session = (!session.is_empty()).then(|| (**session).clone());
        Self(Keys::new(id, (**secret).clone(), session, None, "imds").into())
    }
}

impl Said {
    /// One line, which is what a report quotes.
    pub(crate) fn text(&self) -> String {
        let Answer { status, code, message, detail } = &self.answer;
        match (self.answer.accepted(), code.is_empty()) {
            (true, _) => format!("HTTP {status}: {detail}"),
            (false, true) => format!("HTTP {status}: {message}"),
            (false, false) => format!("HTTP {status} {code}: {message}"),
        }
    }
}

/// Waits until the metadata service has given the credentials, or why it has not.
pub(super) async fn credentials(
    mut handed: watch::Receiver<Handed>,
    deadline: Instant,
) -> Result<Credentials, String> {
    match timeout_at(deadline, handed.wait_for(Option::is_some)).await {
        Ok(Ok(known)) => known.clone().unwrap_or_else(|| Err("no credentials came".to_owned())),
        _ => Err("the node's credentials did not come in time".to_owned()),
    }
}

/// One call. `place` names it, such as `sts:GetCallerIdentity in us-west-2`; what was not answered
/// with HTTP is missed, with how far it came.
pub(crate) async fn call(
    net: &Net,
    place: &str,
    credentials: &Credentials,
    scope: Scope<'_>,
    request: Request,
    deadline: Instant,
) -> Result<Said, Missed> {
    let signed = signed(credentials, scope, request, SystemTime::now());
    let request = signed.map_err(|why| Missed::new(place, why))?;
    send(net, place, &request, deadline).await
}

/// Sends what needs no signature, or has one, and reads the answer as one of an AWS API.
pub(crate) async fn send(
    net: &Net,
    place: &str,
    request: &Request,
    deadline: Instant,
) -> Result<Said, Missed> {
    let measured = net.measure(request, deadline).await;
    let Ended::Answered(status) = measured.reach.ended else {
        return Err(Missed::answer(place, &measured));
    };
    let body = Zeroizing::new(measured.body);
    if measured.truncated {
        let why = format!("the answer is longer than {} bytes", body.len());
        return Err(Missed::new(place, why));
    }
    if (200..300).contains(&status) {
        return Ok(Said { answer: Answer { status, ..Answer::default() }, body });
    }
    let answer = refusal::read(status, &measured.headers, &body);
    Ok(Said { answer, body: Zeroizing::default() })
}

/// A GET of `url` whose signature is in its query, together with these headers, which whoever sends
/// it must repeat. The result is as good as the credentials for what it asks: never shown.
pub(crate) fn presigned(
    credentials: &Credentials,
    scope: Scope<'_>,
    url: &str,
    headers: &[(&str, &str)],
    lasts: Duration,
) -> Result<Zeroizing<String>, String> {
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(lasts);
    let parameters = parameters(credentials, scope, settings, SystemTime::now())?;
    let signable = SignableRequest::new("GET", url, headers.iter().copied(), SignableBody::empty());
    let signed =
        signable.and_then(|it| sign(it, &parameters)).map_err(|error| error.to_string())?;
    let mut request = http::Request::get(url).body(()).map_err(|error| error.to_string())?;
    signed.into_parts().0.apply_to_request_http1x(&mut request);
    Ok(Zeroizing::new(request.uri().to_string()))
}

fn signed(
    credentials: &Credentials,
    scope: Scope<'_>,
    mut request: Request,
    now: SystemTime,
) -> Result<Request, String> {
    let parameters = parameters(credentials, scope, SigningSettings::default(), now)?;
    let url = format!("https://{}{}", request.host, request.path);
    let headers = readable(&request.headers);
    let body = SignableBody::Bytes(&request.body);
    let signable = SignableRequest::new(request.method.as_str(), url, headers.into_iter(), body);
    let signed =
        signable.and_then(|it| sign(it, &parameters)).map_err(|error| error.to_string())?;
    let (instructions, _) = signed.into_parts();
    for (name, value) in instructions.headers() {
        let mut value: http::HeaderValue =
            value.parse().map_err(|_| format!("the header {name} cannot be sent"))?;
        value.set_sensitive(true);
        let name: http::HeaderName =
            name.parse().map_err(|_| format!("the header {name} cannot be sent"))?;
        request.headers.insert(name, value);
    }
    Ok(request)
}

/// Those that are text; others are not ours.
fn readable(headers: &HeaderMap) -> Vec<(&str, &str)> {
    headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect()
}

fn parameters<'a>(
    Credentials(identity): &'a Credentials,
    scope: Scope<'a>,
    settings: SigningSettings,
    now: SystemTime,
) -> Result<SigningParams<'a>, String> {
    let parameters = v4::SigningParams::builder()
        .identity(identity)
        .region(scope.region)
        .name(scope.service)
        .time(now)
        .settings(settings)
        .build();
    parameters.map(SigningParams::from).map_err(|error| error.to_string())
}

/// A call of the query protocol, which STS and EC2 speak. Values are letters, digits, `-`, `_` and `.`
pub(crate) fn query(host: &str, form: &str) -> Result<Request, reach::Error> {
    Request::new(Method::POST, &format!("https://{host}/")).and_then(|it| {
        let it = it.header("content-type", "application/x-www-form-urlencoded; charset=utf-8")?;
        Ok(Request { body: form.to_owned().into(), ..it })
    })
}

#[cfg(test)]
mod tests;
