//! Takes the connections of one address, does at each what the stand-in's door says, and lets the
//! stand-in answer what comes through.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use ::http::{HeaderMap, HeaderValue, Request, Response};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::LazyConfigAcceptor;

use crate::config::{Config, Door};
use crate::journal::{self, Journal};
use crate::pki::Pki;
use crate::reply::{Reply, Scripted};
use crate::token::Mint;
use crate::world::Standin;
use crate::{Error, standin};

/// More than any request that a stand-in has to understand.
const MAX_REQUEST: usize = 1 << 20;

/// What all stand-ins of a lab share.
pub(crate) struct Shared {
    config: Mutex<Config>,
    pub(crate) journal: Journal,
    pub(crate) mint: Mint,
    pub(crate) pods: standin::Pods,
    pub(crate) events: standin::Events,
    pki: Pki,
    tls: Mutex<BTreeMap<(Standin, TlsFace), Arc<ServerConfig>>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum TlsFace {
    Good,
    Untrusted,
    WrongName,
    Expired,
}

/// Who answers at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    One(Standin),
    /// Whomever the client's TLS greeting names.
    ByName,
    /// Nobody: whatever comes here was not foreseen.
    Stray,
}

/// A request with all that a stand-in looks at.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    pub(crate) config: &'a Config,
    pub(crate) shared: &'a Shared,
}

impl Asked<'_> {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// This instant by the stand-ins' clock.
    pub(crate) fn now(&self) -> i64 {
        crate::token::now() + self.config.clock_offset
    }
}

impl Shared {
    pub(crate) fn new(config: Config, pki: Pki) -> Result<Self, Error> {
        let (journal, mint, pods) = (Journal::default(), Mint::new()?, standin::Pods::default());
        let (events, tls) = (standin::Events::default(), Mutex::new(BTreeMap::new()));
        Ok(Self { config: Mutex::new(config), journal, mint, pods, events, pki, tls })
    }

    pub(crate) fn pki(&self) -> &Pki {
        &self.pki
    }

    pub(crate) fn config(&self) -> MutexGuard<'_, Config> {
        self.config.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn door(&self, who: Who) -> Door {
        match who {
            Who::One(standin) => self.config().door_of(standin),
            Who::ByName | Who::Stray => Door::Open,
        }
    }

    fn tls(&self, standin: Standin, door: Door) -> Result<Arc<ServerConfig>, Error> {
        let face = match door {
            Door::Untrusted => TlsFace::Untrusted,
            Door::WrongName => TlsFace::WrongName,
            Door::Expired => TlsFace::Expired,
            _ => TlsFace::Good,
        };
        let mut made = self.tls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = made.get(&(standin, face)) {
            return Ok(Arc::clone(config));
        }
        let config = self.pki.server(standin, door)?;
        made.insert((standin, face), Arc::clone(&config));
        Ok(config)
    }
}

pub(crate) async fn accept(listener: TcpListener, who: Who, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, from)) => {
                tokio::spawn(connection(stream, from, who, Arc::clone(&shared)));
            }
            // Out of descriptors, or a peer that is gone already: the next one may do better.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

/// A failing connection is the client's to report.
async fn connection(stream: TcpStream, from: SocketAddr, who: Who, shared: Arc<Shared>) {
    let _ = match who {
        Who::Stray => {
            shared.journal.stray(from);
            Ok(())
        }
        Who::One(standin) if !standin.speaks_tls() => plain(stream, standin, &shared).await,
        Who::One(_) | Who::ByName => secure(stream, who, &shared).await,
    };
}

async fn plain(mut stream: TcpStream, standin: Standin, shared: &Arc<Shared>) -> io::Result<()> {
    shared.journal.connection(standin);
    match shared.door(Who::One(standin)) {
        Door::Silent | Door::Mute => swallow(stream).await,
        Door::Reset => reset(&stream),
        Door::Garbage => garbage(stream).await,
        _ if standin == Standin::IpamdGrpc => {
            stream.write_all(standin::GRPC_GREETING).await?;
            swallow(stream).await
        }
        _ => serve(stream, standin, shared).await,
    }
}

async fn secure(stream: TcpStream, who: Who, shared: &Arc<Shared>) -> io::Result<()> {
    if let Who::One(standin) = who {
        shared.journal.connection(standin);
        match shared.door(who) {
            Door::Silent => return swallow(stream).await,
            Door::Reset => return reset(&stream),
            Door::Garbage => return garbage(stream).await,
            _ => {}
        }
    }
    let greeting = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), stream).await?;
    let named = greeting.client_hello().server_name().and_then(Standin::by_host);
    let ((Who::One(standin), _) | (_, Some(standin))) = (who, named) else {
        return Err(io::Error::other("nobody of this name is played here"));
    };
    let door = shared.door(Who::One(standin));
    if who == Who::ByName {
        shared.journal.connection(standin);
        // What should have happened before TLS is as near to it as it can be by now.
        if matches!(door, Door::Refused | Door::BlackHole | Door::Silent) {
            return std::future::pending().await;
        }
    }
    let config = shared.tls(standin, door).map_err(io::Error::other)?;
    let stream = greeting.into_stream(config).await?;
    match door {
        Door::Mute => swallow(stream).await,
        _ => serve(stream, standin, shared).await,
    }
}

async fn serve<S>(stream: S, standin: Standin, shared: &Arc<Shared>) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let answer = service_fn(|request| answer(request, standin, shared));
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
    served.await.map_err(io::Error::other)
}

async fn answer(
    request: Request<Incoming>,
    standin: Standin,
    shared: &Arc<Shared>,
) -> Result<Response<Scripted>, Infallible> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, MAX_REQUEST).collect().await;
    let body = body.map(http_body_util::Collected::to_bytes);
    let config = shared.config().clone();
    let (method, path) = (head.method.as_str(), head.uri.path());
    let scripted = config.rules.iter().find_map(|rule| rule.take(standin, method, path));
    let reply = match (scripted, body) {
        (Some(reply), _) => reply,
        (None, Ok(body)) => ask(standin, &head, &body, &config, shared),
        (None, Err(_)) => Reply::text(413, "too much"),
    };
    let (method, path) = (method.to_owned(), path.to_owned());
    let (signed, status) = (signed(&head), reply.status);
    shared.journal.request(journal::Request { standin, method, path, status, signed });
    Ok(reply.into_response(date(config.clock_offset)))
}

/// By SigV4, in a header or in the query, or an action of an API that some take unsigned.
fn signed(head: &::http::request::Parts) -> bool {
    let authorization = head.headers.get("authorization").map(HeaderValue::as_bytes);
    let query = head.uri.query().unwrap_or_default();
    authorization.is_some_and(|it| it.starts_with(b"AWS4-"))
        || head.headers.contains_key("x-amz-target")
        || ["X-Amz-Signature=", "Action="].iter().any(|it| query.contains(it))
}

fn ask(
    standin: Standin,
    head: &::http::request::Parts,
    body: &Bytes,
    config: &Config,
    shared: &Arc<Shared>,
) -> Reply {
    let asked = Asked {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        headers: &head.headers,
        body,
        config,
        shared,
    };
    standin::answer(standin, &asked)
}

/// Reads, so that the kernel does not reset the connection, and never answers.
async fn swallow<S: AsyncRead + Unpin>(mut stream: S) -> io::Result<()> {
    let mut dropped = [0; 4096];
    while stream.read(&mut dropped).await? > 0 {}
    std::future::pending().await
}

async fn garbage(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(b"220 mail.example.com ESMTP ready\r\n").await?;
    stream.shutdown().await?;
    let mut dropped = [0; 4096];
    while stream.read(&mut dropped).await? > 0 {}
    Ok(())
}

/// A close with zero linger sends RST in the place of FIN.
fn reset(stream: &TcpStream) -> io::Result<()> {
    stream.set_zero_linger()
}

/// By the stand-ins' clock, which is so many seconds off.
fn date(offset: i64) -> HeaderValue {
    let (now, by) = (SystemTime::now(), Duration::from_secs(offset.unsigned_abs()));
    let time = if offset < 0 { now - by } else { now + by };
    HeaderValue::try_from(httpdate::fmt_http_date(time))
        .unwrap_or(HeaderValue::from_static("invalid"))
}
