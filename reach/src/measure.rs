//! The ladder: phase after phase, each with its limit, until one fails or the answer is read.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use diagnosis::facts::{Ended, Phase, Reach, Timing};
use http::HeaderMap;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use crate::clock::millis_since;
use crate::error::Failure;
use crate::exchange::{Answer, exchange, server_date, via};
use crate::net::{Net, Shared};
use crate::request::{Request, Scheme, Trust};
use crate::tcp;
use crate::tls::{self, Presented};

/// How far a request came, and what was answered. Has no `Debug`, because a body can be a
/// credential.
pub struct Measured {
    pub reach: Reach,
    /// Of the answer; empty without one.
    pub headers: HeaderMap,
    /// What was read of the body, also when its end never came.
    pub body: Vec<u8>,
    /// The body went on beyond `max_body`.
    pub truncated: bool,
}

impl Net {
    /// Never fails, and never returns later than the deadline.
    pub async fn measure(&self, request: &Request, deadline: Instant) -> Measured {
        let mut ladder = Ladder::new(&self.0, deadline);
        let mut answer = Answer::default();
        // Boxed, so that callers who wait for a dozen of these need not box each.
        let outcome = Box::pin(ladder.climb(request, &mut answer)).await;
        let (host, port) = match &request.scheme {
            Scheme::Unix(path) => (path.display().to_string(), 0),
            _ => (request.host.clone(), request.port),
        };
        let (ended, error) = match outcome {
            Ok(ended) => (ended, String::new()),
            Err(Failure { ended, error }) => (ended, error),
        };
        let reach = Reach {
            host,
            port,
            addresses: ladder.addresses.iter().map(IpAddr::to_string).collect(),
            phases: ladder.phases,
            ended,
            error,
            issuer: ladder.presented.get().cloned().flatten(),
            server_date: server_date(&answer.headers),
            via: via(&answer.headers),
        };
        let Answer { headers, body, truncated, .. } = answer;
        Measured { reach, headers, body, truncated }
    }

    /// The DNS phase alone. A literal address is its own answer.
    pub async fn resolve(&self, host: &str, deadline: Instant) -> Result<Vec<IpAddr>, Failure> {
        Ladder::new(&self.0, deadline).resolve(host).await
    }

    /// The phases DNS and TCP alone, for a client that goes on by itself.
    pub async fn connect(
        &self,
        request: &Request,
        deadline: Instant,
    ) -> Result<TcpStream, Failure> {
        Ladder::new(&self.0, deadline).connect(request).await
    }
}

struct Ladder<'a> {
    shared: &'a Shared,
    deadline: Instant,
    addresses: Vec<IpAddr>,
    phases: Vec<Timing>,
    presented: Presented,
}

impl<'a> Ladder<'a> {
    fn new(shared: &'a Shared, deadline: Instant) -> Self {
        let presented = Presented::default();
        Self { shared, deadline, addresses: Vec::new(), phases: Vec::new(), presented }
    }

    async fn climb(&mut self, request: &Request, answer: &mut Answer) -> Result<Ended, Failure> {
        match &request.scheme {
            Scheme::Unix(path) => {
                let stream = self.connect_unix(path).await?;
                self.exchange(stream, request, answer).await
            }
            Scheme::Tcp => {
                self.connect(request).await?;
                Ok(Ended::Connected)
            }
            Scheme::Http => {
                let stream = self.connect(request).await?;
                self.exchange(stream, request, answer).await
            }
            Scheme::Https(trust) => {
                let stream = self.connect(request).await?;
                let stream = self.handshake(stream, request, trust).await?;
                self.exchange(stream, request, answer).await
            }
        }
    }

    async fn resolve(&mut self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        let dns = &self.shared.dns;
        self.phase(Phase::Dns, dns.resolve(host), |how| dns.unanswered(how)).await
    }

    async fn connect(&mut self, request: &Request) -> Result<TcpStream, Failure> {
        self.addresses = self.resolve(&request.host).await?;
        let shared = self.shared;
        let addresses: Vec<_> = self
            .addresses
            .iter()
            .map(|ip| SocketAddr::new(*ip, request.port))
            .map(|address| (address, shared.target(address)))
            .collect();
        let connect = tcp::connect(addresses.into_iter());
        self.phase(Phase::Tcp, connect, |how| Failure::new(Ended::ConnectTimedOut, how)).await
    }

    async fn connect_unix(&mut self, path: &Path) -> Result<tokio::net::UnixStream, Failure> {
        let connect = tcp::connect_unix(path);
        self.phase(Phase::Tcp, connect, |how| Failure::new(Ended::ConnectTimedOut, how)).await
    }

    async fn handshake(
        &mut self,
        stream: TcpStream,
        request: &Request,
        trust: &Trust,
    ) -> Result<tokio_rustls::client::TlsStream<TcpStream>, Failure> {
        // Reading the machine's roots is no part of the handshake's time.
        let trusted = self.shared.roots.trusted(trust);
        let presented = Arc::clone(&self.presented);
        let handshake = tls::handshake(stream, &request.host, trusted, presented);
        self.phase(Phase::Tls, handshake, |how| Failure::new(Ended::TlsTimedOut, how)).await
    }

    async fn exchange<S>(
        &mut self,
        stream: S,
        request: &Request,
        answer: &mut Answer,
    ) -> Result<Ended, Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let exchange = exchange(stream, request, answer);
        let ended =
            self.phase(Phase::Http, exchange, |how| Failure::new(Ended::HttpTimedOut, how)).await;
        match ended {
            Err(Failure { ended: Ended::HttpTimedOut, error }) if answer.status.is_some() => {
                let error = format!("the body did not end, {error}");
                Err(Failure { ended: Ended::HttpTimedOut, error })
            }
            other => other.map(|status| Ended::Answered(status.as_u16())),
        }
    }

    /// Runs one phase and writes down its time. When its limit or the deadline cuts it off,
    /// `cut` turns the words for that into its failure.
    async fn phase<T>(
        &mut self,
        phase: Phase,
        work: impl Future<Output = Result<T, Failure>>,
        cut: impl FnOnce(String) -> Failure,
    ) -> Result<T, Failure> {
        let begin = Instant::now();
        if begin >= self.deadline {
            self.phases.push(Timing { phase, millis: 0 });
            return Err(cut("gave up when its time was up".to_owned()));
        }
        let limit = begin + self.shared.phase_limit;
        let ended = timeout_at(limit.min(self.deadline), work).await;
        self.phases.push(Timing { phase, millis: millis_since(begin) });
        ended.unwrap_or_else(|_| {
            Err(cut(if limit < self.deadline {
                format!("gave up after {}", humantime::format_duration(self.shared.phase_limit))
            } else {
                "gave up when its time was up".to_owned()
            }))
        })
    }
}
