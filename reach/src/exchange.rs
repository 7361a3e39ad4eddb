//! The HTTP phase: one HTTP/1.1 request and its answer, over a stream that is already open.

use std::error::Error;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::task::Poll;
use std::time::SystemTime;

use diagnosis::facts::Ended;
use http::header::{CONNECTION, CONTENT_LENGTH, DATE, HOST, TRANSFER_ENCODING, USER_AGENT, VIA};
use http::{HeaderMap, HeaderValue, Method, Request as HttpRequest, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::clock::rfc3339;
use crate::error::Failure;
use crate::request::Request;

const PRODUCT: &str = concat!("eks-triage/", env!("CARGO_PKG_VERSION"));

/// Room for all headers of an answer; hyper refuses more than a hundred of them as well.
const MAX_HEAD: usize = 64 * 1024;

/// Filled while the answer comes in, so that what arrived survives a deadline.
#[derive(Default)]
pub(crate) struct Answer {
    pub(crate) status: Option<StatusCode>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) truncated: bool,
}

/// The connection lives and dies with this future; no task outlasts it.
pub(crate) async fn exchange<S>(
    stream: S,
    request: &Request,
    answer: &mut Answer,
) -> Result<StatusCode, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let outgoing = outgoing(request).map_err(|error| failed(&error))?;
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .handshake::<_, Full<Bytes>>(TokioIo::new(stream))
        .await
        .map_err(|error| failed(&error))?;
    let receive = async {
        let incoming = sender.send_request(outgoing).await.map_err(|error| failed(&error))?;
        let status = incoming.status();
        answer.status = Some(status);
        answer.headers.clone_from(incoming.headers());
        read(incoming.into_body(), request.max_body, answer).await?;
        Ok(status)
    };
    drive(connection, receive).await
}

/// The `Date` header in RFC 3339.
pub(crate) fn server_date(headers: &HeaderMap) -> Option<String> {
    let date = headers.get(DATE)?.to_str().ok()?;
    httpdate::parse_http_date(date).ok().map(|it: SystemTime| rfc3339(it))
}

/// Which proxy passed the answer on, in the words of its `Via` header.
pub(crate) fn via(headers: &HeaderMap) -> Option<String> {
    const LONGEST: usize = 100;
    let via = headers.get(VIA)?.to_str().ok()?;
    Some(via.chars().take(LONGEST).collect())
}

fn outgoing(request: &Request) -> Result<HttpRequest<Full<Bytes>>, http::Error> {
    let mut outgoing = HttpRequest::builder()
        .method(request.method.clone())
        .uri(&*request.path)
        .body(Full::new(request.body.clone()))?;
    let headers = outgoing.headers_mut();
    headers.clone_from(&request.headers);
    if !headers.contains_key(HOST) {
        headers.insert(HOST, HeaderValue::try_from(request.authority())?);
    }
    headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(PRODUCT));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    // hyper leaves this out where a body could be but is not, and some servers insist on it.
    if request.body.is_empty() && matches!(request.method, Method::PUT | Method::POST) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    Ok(outgoing)
}

async fn read<B>(body: B, limit: usize, answer: &mut Answer) -> Result<(), Failure>
where
    B: Body<Data = Bytes, Error = hyper::Error>,
{
    let mut body = pin!(body);
    while let Some(frame) = body.frame().await {
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) if ends_by_close(&answer.headers) && is_eof(&error) => break,
            Err(error) => return Err(failed(&error)),
        };
        let Ok(data) = frame.into_data() else { continue };
        let room = limit - answer.body.len();
        answer.body.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            answer.truncated = true;
            break;
        }
    }
    Ok(())
}

/// Servers that mark the end of a body by closing seldom take leave of TLS first. Whoever cuts
/// such a body short could only change a measurement.
fn ends_by_close(headers: &HeaderMap) -> bool {
    !headers.contains_key(CONTENT_LENGTH) && !headers.contains_key(TRANSFER_ENCODING)
}

fn is_eof(error: &hyper::Error) -> bool {
    error
        .source()
        .and_then(|it| it.downcast_ref::<io::Error>())
        .is_some_and(|it| it.kind() == io::ErrorKind::UnexpectedEof)
}

/// Polls the connection beside the work that needs it. An error of the connection reaches the
/// work by itself, so only the work's result counts.
async fn drive<T>(connection: impl Future, work: impl Future<Output = T>) -> T {
    let mut connection = pin!(connection);
    let mut work = pin!(work);
    let mut closed = false;
    poll_fn(|context| {
        if !closed {
            closed = connection.as_mut().poll(context).is_ready();
        }
        match work.as_mut().poll(context) {
            // What the work just asked for may be there already.
            Poll::Pending if !closed => {
                closed = connection.as_mut().poll(context).is_ready();
                if closed { work.as_mut().poll(context) } else { Poll::Pending }
            }
            other => other,
        }
    })
    .await
}

/// hyper says what it was doing, its source says what happened.
fn failed(error: &dyn Error) -> Failure {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.ends_with(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        source = inner.source();
    }
    Failure::new(Ended::HttpFailed, text)
}
