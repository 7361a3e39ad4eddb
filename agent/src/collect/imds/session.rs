//! A session token, and what can be asked with it.

use std::time::Duration;

use diagnosis::facts::{Ended, Observed, Reach, Source};
use reach::{Measured, Net, Request};
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::memory::Memory;
use crate::collect::ask::{self, Missed, seen};

pub(super) const PLACE: &str = "instance metadata service";

const IPV4: &str = "http://169.254.169.254";
const IPV6: &str = "http://[fd00:ec2::254]";

/// IMDS answers in a millisecond, from the machine's own hypervisor. What takes a second will not
/// come, and others wait for it.
const LIMIT: Duration = Duration::from_secs(1);

/// Six hours, the longest there is; the token is dropped after the look anyway.
const TOKEN_TTL: &str = "21600";

/// A real token has 56 characters.
const TOKEN_LIMIT: usize = 1024;

const DOCUMENT_LIMIT: usize = 64 * 1024;

pub(super) struct Session<'a> {
    net: &'a Net,
    memory: &'a Memory,
    base: &'static str,
    token: Token,
    deadline: Instant,
}

/// Reads the role's credentials, so it is never shown: no `Debug`, no `Serialize`.
struct Token(Zeroizing<String>);

/// An answer of 200 or, without a body, 404.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) place: String,
    /// When it came, which may be in an earlier look.
    pub(super) at: String,
    pub(super) reach: Reach,
    pub(super) body: Option<Zeroizing<Vec<u8>>>,
}

/// What was asked for a token, and the session that came of it.
pub(super) struct Opened<'a> {
    pub(super) ipv4: Observed<Reach>,
    /// Skipped where IPv4 gave a token: on most nodes it is switched off, which says nothing.
    pub(super) ipv6: Observed<Reach>,
    pub(super) session: Option<Session<'a>>,
}

/// By IPv4, as every client of IMDS asks unless it is told otherwise; where that fails by IPv6, too.
pub(super) async fn open<'a>(net: &'a Net, memory: &'a Memory, deadline: Instant) -> Opened<'a> {
    let (reach, token) = put(net, IPV4, deadline).await;
    let ipv4 = seen(reach, &place(IPV4));
    if let Some(token) = token {
        let session = Some(Session { net, memory, base: IPV4, token, deadline });
        return Opened { ipv4, ipv6: Observed::Skipped, session };
    }
    let (reach, token) = put(net, IPV6, deadline).await;
    let ipv6 = seen(reach, &place(IPV6));
    let session = token.map(|token| Session { net, memory, base: IPV6, token, deadline });
    Opened { ipv4, ipv6, session }
}

fn place(base: &str) -> String {
    format!("PUT {base}/latest/api/token")
}

/// Whether it answers at all, as it does not before the network is up, or not yet.
pub(super) async fn answers(net: &Net, deadline: Instant) -> bool {
    let here = |reach: &Reach| reach.status().is_some_and(|it| it < 500);
    let (reach, _) = put(net, IPV4, deadline).await;
    here(&reach) || (reach.ended == Ended::Unreachable && here(&put(net, IPV6, deadline).await.0))
}

async fn put(net: &Net, base: &str, deadline: Instant) -> (Reach, Option<Token>) {
    let request = Request::put(&format!("{base}/latest/api/token"))
        .and_then(|it| it.header("x-aws-ec2-metadata-token-ttl-seconds", TOKEN_TTL));
    let request = match request {
        Ok(request) => request.max_body(TOKEN_LIMIT),
        Err(error) => return (unsent(base, &error), None),
    };
    let measured = net.measure(&request, ask::within(LIMIT, deadline)).await;
    let Measured { mut reach, body, truncated, .. } = measured;
    let body = Zeroizing::new(body);
    if reach.ended != Ended::Answered(200) {
        return (reach, None);
    }
    let token = if truncated { None } else { token(&body) };
    if token.is_none() {
        reach.ended = Ended::HttpFailed;
        "HTTP 200, but the answer is not a token".clone_into(&mut reach.error);
    }
    (reach, token)
}

/// Printable and without markup, which is what a page of a proxy is full of.
fn token(body: &[u8]) -> Option<Token> {
    let text = str::from_utf8(body).ok()?.trim();
    let plausible = !text.is_empty() && text.bytes().all(|it| it.is_ascii_graphic() && it != b'<');
    plausible.then(|| Token(Zeroizing::new(text.to_owned())))
}

/// The constants make good requests; this keeps the observation honest should they not.
fn unsent(base: &str, error: &reach::Error) -> Reach {
    Reach {
        host: base.to_owned(),
        port: 80,
        addresses: Vec::new(),
        phases: Vec::new(),
        ended: Ended::HttpFailed,
        error: error.to_string(),
        issuer: None,
        server_date: None,
        via: None,
    }
}

impl Session<'_> {
    /// `path` below `/latest/`. A 404 is an answer; everything else but a whole 200 is missed.
    pub(super) async fn get(&self, path: &str) -> Result<Answer, Missed> {
        if let Some(answer) = self.memory.recall(self.base, path, Instant::now()) {
            return Ok(answer);
        }
        let answer = self.ask(path).await?;
        self.memory.keep(self.base, path, &answer, Instant::now());
        Ok(answer)
    }

    async fn ask(&self, path: &str) -> Result<Answer, Missed> {
        let url = format!("{}/latest/{path}", self.base);
        let place = format!("GET {url}");
        let request = Request::get(&url)
            .and_then(|it| it.secret("x-aws-ec2-metadata-token", &self.token.0))
            .map_err(|error| Missed::new(&place, error.to_string()))?
            .max_body(DOCUMENT_LIMIT);
        let mut measured = self.net.measure(&request, ask::within(LIMIT, self.deadline)).await;
        let absent = measured.reach.ended == Ended::Answered(404);
        let good = if absent { Ok(()) } else { ask::body(&place, &measured).map(|_| ()) };
        let body = Zeroizing::new(std::mem::take(&mut measured.body));
        let (at, reach) = (reach::now(), measured.reach);
        good.map(|()| Answer { place, at, reach, body: (!absent).then_some(body) })
    }

    /// A value of one or several lines; `None` where there is none.
    pub(super) async fn text(&self, path: &str) -> Result<Option<String>, Missed> {
        self.get(path).await?.text()
    }
}

impl Answer {
    pub(super) fn source(&self, text: impl Into<String>) -> Source {
        Source::new(self.place.clone(), self.at.clone(), text)
    }

    /// IMDS' plain values are short lines of printable ASCII, so a page of a proxy is none.
    pub(super) fn text(&self) -> Result<Option<String>, Missed> {
        let Some(body) = &self.body else { return Ok(None) };
        let text = str::from_utf8(body).ok().map(str::trim);
        let plain = |it: &&str| {
            it.bytes().all(|it| matches!(it, b' '..=b'~' | b'\r' | b'\n' | b'\t') && it != b'<')
        };
        match text.filter(plain) {
            Some(text) => Ok(Some(text.to_owned())),
            None => {
                Err(Missed::new(&self.place, "the answer is not what the metadata service says"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// A broadcast address: the kernel has no route for a connection to it, and sends nothing.
    const NOWHERE: &str = "255.255.255.255:80";

    /// Gives a token, and `answer` to everything else.
    async fn imds(answer: String) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let read = stream.read(&mut request).await.unwrap();
                let put = request[..read].starts_with(b"PUT /latest/api/token ");
                let token = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nTOKEN";
                let answer = if put { token } else { &answer };
                // Who stops reading in the middle closes the connection.
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        address
    }

    fn net(connect_to: &[String]) -> Net {
        let connect_to = connect_to.iter().map(|it| it.parse().unwrap()).collect();
        Net::new(reach::Options { connect_to, ..reach::Options::default() }).unwrap()
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(10)
    }

    #[tokio::test]
    async fn where_ipv4_fails_it_is_asked_by_ipv6() {
        let address = imds(String::new()).await;
        let nowhere = format!("169.254.169.254:80={NOWHERE}");
        let both = net(&[nowhere.clone(), format!("[fd00:ec2::254]:80={address}")]);
        let memory = Memory::default();
        let opened = open(&both, &memory, soon()).await;
        assert_eq!(opened.session.map(|it| it.base), Some(IPV6));
        assert_eq!(opened.ipv6.value().and_then(Reach::status), Some(200));
        assert_eq!(opened.ipv4.value().map(|it| it.ended), Some(Ended::Unreachable));

        let none = net(&[nowhere, format!("[fd00:ec2::254]:80={NOWHERE}")]);
        let opened = open(&none, &memory, soon()).await;
        assert!(opened.session.is_none());
        assert_eq!(opened.ipv4.value().map(|it| &*it.host), Some("169.254.169.254"));
        assert_eq!(opened.ipv6.value().map(|it| it.ended), Some(Ended::Unreachable));
    }

    #[tokio::test]
    async fn who_has_a_token_by_ipv4_does_not_ask_by_ipv6() {
        let address = imds(String::new()).await;
        let only = net(&[format!("169.254.169.254:80={address}")]);
        let memory = Memory::default();
        let opened = open(&only, &memory, soon()).await;
        assert!(matches!(opened.ipv6, Observed::Skipped) && opened.session.is_some());
    }

    async fn text(answer: &str) -> Result<Option<String>, String> {
        let address = imds(answer.to_owned()).await;
        let net = net(&[format!("169.254.169.254:80={address}")]);
        let memory = Memory::default();
        let opened = open(&net, &memory, soon()).await;
        opened.session.unwrap().text("meta-data/x").await.map_err(|it| it.why)
    }

    #[tokio::test]
    async fn what_does_not_change_is_asked_for_once_and_the_rest_in_each_look() {
        let memory = Memory::default();
        let mut said = Vec::new();
        for answer in ["one", "two"] {
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{answer}");
            let net = net(&[format!("169.254.169.254:80={}", imds(answer).await)]);
            let opened = open(&net, &memory, soon()).await;
            let session = opened.session.unwrap();
            for path in ["meta-data/local-hostname", "meta-data/iam/security-credentials/"] {
                said.extend(session.text(path).await.ok().flatten());
            }
        }
        assert_eq!(said, ["one", "one", "one", "two"]);
    }

    #[tokio::test]
    async fn what_the_service_would_not_say_is_missed_and_not_repeated() {
        let absent = "HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\n<planted>";
        assert_eq!(text(absent).await, Ok(None));
        let good = "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\na.b\r\nc\n";
        assert_eq!(text(good).await, Ok(Some("a.b\r\nc".to_owned())));

        let page = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n<planted>";
        let half = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nplanted";
        let refused = "HTTP/1.1 403 Forbidden\r\ncontent-length: 7\r\n\r\nplanted";
        let long = "planted".repeat(100_000);
        let long = format!("HTTP/1.1 200 OK\r\ncontent-length: 9999999\r\n\r\n{long}");
        for (answer, reason) in [
            (page, "not what the metadata service says"),
            (half, "http"),
            (refused, "HTTP 403"),
            (&long, "longer than 65536 bytes"),
        ] {
            let why = text(answer).await.unwrap_err();
            assert!(why.contains(reason) && !why.contains("planted"), "{why}");
        }
    }

    #[test]
    fn a_page_is_not_a_token() {
        assert!(token(b"AQAEAPr0gW2M-dBk3wXv8wz-planted==\n").is_some());
        for body in
            [&b"<html>sign in</html>"[..], b"sign in", b"", b" \r\n", &[0xff, 0xfe], b"a\0b"]
        {
            assert!(token(body).is_none(), "{body:?}");
        }
    }
}
