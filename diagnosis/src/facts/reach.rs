//! How far a connection to one endpoint came, and what an API said at its end.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

/// One measured attempt. That nothing answered is an observation too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reach {
    /// The name or literal address that was asked for; for a unix socket its path.
    pub host: String,
    /// 0 for a unix socket.
    pub port: u16,
    /// What the name resolved to, as the resolver ordered it.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// The phases that began, in order. A phase that does not apply (DNS of a literal address) is absent.
    #[serde(default)]
    pub phases: Vec<Timing>,
    pub ended: Ended,
    /// The error in the words of the layer that gave it; empty after an answer.
    #[serde(default)]
    pub error: String,
    /// The issuer of the certificate that was presented, when TLS came so far.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The `Date` header of the answer, RFC 3339.
    #[serde(default)]
    pub server_date: Option<String>,
    /// The `Via` header of the answer: which proxy passed it on.
    #[serde(default)]
    pub via: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    pub phase: Phase,
    /// Milliseconds from the phase's begin to its end, or to where it was abandoned.
    pub millis: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    Dns,
    Tcp,
    Tls,
    Http,
}

/// Where the attempt ended. One value for each cause that has a remedy of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// An HTTP answer with this status, whatever it is.
    Answered(u16),
    /// Connected, and nothing was asked: a door that speaks no HTTP.
    Connected,
    /// NXDOMAIN, or the name has no address.
    NameNotFound,
    /// No resolver answered in time.
    NameUnanswered,
    /// The resolver answered SERVFAIL or REFUSED.
    NameRefused,
    ConnectTimedOut,
    ConnectRefused,
    /// No route to the network or host; on a unix socket, no such file.
    Unreachable,
    /// This process may not open the socket.
    Forbidden,
    TlsTimedOut,
    /// The certificate's issuer is not trusted.
    TlsUntrusted,
    TlsWrongName,
    /// Expired, or not yet valid.
    TlsExpired,
    /// Not TLS at all, an alert, a reset.
    TlsFailed,
    HttpTimedOut,
    /// Connected, but what came back is not HTTP.
    HttpFailed,
}

impl Reach {
    /// For a checklist: `HTTP 401 (dns 2, tcp 3, tls 9, http 7 ms) host`.
    pub fn brief(&self) -> String {
        let phase = |it: &Timing| format!("{} {}", it.phase.word(), it.millis);
        let phases: Vec<_> = self.phases.iter().map(phase).collect();
        match phases.join(", ") {
            none if none.is_empty() => format!("{} {}", self.ended, self.host),
            times => format!("{} ({times} ms) {}", self.ended, self.host),
        }
    }

    pub fn status(&self) -> Option<u16> {
        match self.ended {
            Ended::Answered(status) => Some(status),
            _ => None,
        }
    }
}

/// One line, which is what a report quotes: `host:443 (10.0.3.11) dns 2 ms, tcp 2000 ms: connect timed out`.
impl Display for Reach {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.port {
            0 => f.write_str(&self.host)?,
            port if self.host.contains(':') => write!(f, "[{}]:{port}", self.host)?,
            port => write!(f, "{}:{port}", self.host)?,
        }
        // A literal address resolves to itself, which nobody needs to read twice.
        let addresses: Vec<_> = self.addresses.iter().filter(|it| **it != self.host).collect();
        if let Some(first) = addresses.first() {
            write!(f, " ({first}")?;
            if addresses.len() > 1 {
                write!(f, " and {} more", addresses.len() - 1)?;
            }
            f.write_str(")")?;
        }
        for (index, Timing { phase, millis }) in self.phases.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma} {} {millis} ms", phase.word())?;
        }
        write!(f, ": {}", self.ended)?;
        if !self.error.is_empty() {
            write!(f, " ({})", self.error)?;
        }
        if let Some(via) = &self.via {
            write!(f, ", via {via}")?;
        }
        Ok(())
    }
}

impl Phase {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Http => "http",
        }
    }
}

impl Display for Ended {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answered(status) => return write!(f, "HTTP {status}"),
            Self::Connected => "connected",
            Self::NameNotFound => "no such name",
            Self::NameUnanswered => "the resolver did not answer",
            Self::NameRefused => "the resolver refused",
            Self::ConnectTimedOut => "connect timed out",
            Self::ConnectRefused => "connection refused",
            Self::Unreachable => "unreachable",
            Self::Forbidden => "permission denied",
            Self::TlsTimedOut => "TLS handshake timed out",
            Self::TlsUntrusted => "certificate of an unknown issuer",
            Self::TlsWrongName => "certificate for another name",
            Self::TlsExpired => "certificate outside its validity",
            Self::TlsFailed => "TLS handshake failed",
            Self::HttpTimedOut => "no HTTP answer in time",
            Self::HttpFailed => "not an HTTP answer",
        })
    }
}

/// What an AWS API, or the Pod Identity agent, answered. Never holds what it handed out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The error code, such as `InvalidIdentityToken`; empty on success.
    pub code: String,
    /// The error message, verbatim, or what came in its place; empty on success.
    pub message: String,
    /// On success, what may be shown of it, such as the ARN of the assumed role.
    pub detail: String,
}

impl Answer {
    pub fn accepted(&self) -> bool {
        self.code.is_empty() && self.message.is_empty() && (200..300).contains(&self.status)
    }
}
