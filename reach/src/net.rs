//! What all measurements of a process share: the resolver, the trusted roots and the limits.

use std::fmt::{self, Debug, Formatter};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use crate::dns::Dns;
use crate::error::Error;
use crate::roots::Roots;

/// Long enough for two lost packets in a row, short enough that one silent endpoint leaves most
/// of the default deadline to the others.
const PHASE_LIMIT: Duration = Duration::from_secs(3);

/// Values only; whoever reads flags and environment fills them in.
#[derive(Clone, Debug)]
pub struct Options {
    /// Asked instead of the servers in `/etc/resolv.conf`; `/etc/hosts` is then not read either.
    pub resolver: Option<SocketAddr>,
    /// Where to connect instead, after the name was resolved.
    pub connect_to: Vec<ConnectTo>,
    /// The longest that each single phase may take.
    pub phase_limit: Duration,
    /// PEM certificates that are trusted in addition to the machine's own (`AWS_CA_BUNDLE`).
    pub ca_bundle: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { resolver: None, connect_to: Vec::new(), phase_limit: PHASE_LIMIT, ca_bundle: None }
    }
}

/// Sends connections that are meant for one address to another. Reports keep showing `from`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectTo {
    /// `None`, written `*`, is every address that no entry before it names.
    pub from: Option<SocketAddr>,
    pub to: SocketAddr,
}

impl FromStr for ConnectTo {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let error = || Error::ConnectTo(text.to_owned());
        let (from, to) = text.split_once('=').ok_or_else(error)?;
        let address = |it: &str| it.trim().parse().map_err(|_| error());
        let from = if from.trim() == "*" { None } else { Some(address(from)?) };
        Ok(Self { from, to: address(to)? })
    }
}

/// Built once and cloned freely. Nothing is opened or read before the first measurement, except
/// the CA bundle, whose mistakes the caller should hear of at once.
#[derive(Clone)]
pub struct Net(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) dns: Dns,
    pub(crate) roots: Roots,
    pub(crate) connect_to: Vec<ConnectTo>,
    pub(crate) phase_limit: Duration,
}

impl Net {
    pub fn new(options: Options) -> Result<Self, Error> {
        let Options { resolver, connect_to, phase_limit, ca_bundle } = options;
        Ok(Self(Arc::new(Shared {
            dns: Dns::new(resolver, phase_limit),
            roots: Roots::new(ca_bundle)?,
            connect_to,
            phase_limit,
        })))
    }

    pub fn phase_limit(&self) -> Duration {
        self.0.phase_limit
    }
}

impl Debug for Net {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Net")
    }
}

impl Shared {
    pub(crate) fn target(&self, address: SocketAddr) -> SocketAddr {
        let mut entries = self.connect_to.iter();
        let entry = entries.find(|it| it.from.is_none_or(|from| from == address));
        entry.map_or(address, |it| it.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connect_to_reads_both_families() {
        let read: ConnectTo = "[fd00:ec2::254]:80=127.0.0.1:8080".parse().unwrap();
        assert_eq!(read.from, Some("[fd00:ec2::254]:80".parse().unwrap()));
        assert_eq!(read.to, "127.0.0.1:8080".parse().unwrap());
    }

    #[test]
    fn a_star_takes_what_no_entry_before_it_names() {
        let read = |text: &str| text.parse::<ConnectTo>().unwrap();
        let connect_to = vec![read("10.0.0.1:443=127.0.0.1:1"), read("*=127.0.0.1:2")];
        let Net(shared) = Net::new(Options { connect_to, ..Options::default() }).unwrap();
        let target = |text: &str| shared.target(text.parse().unwrap()).to_string();
        assert_eq!(target("10.0.0.1:443"), "127.0.0.1:1");
        assert_eq!(target("10.0.0.1:80"), "127.0.0.1:2");
        assert_eq!(target("[::1]:443"), "127.0.0.1:2");
    }

    #[test]
    fn connect_to_quotes_what_it_cannot_read() {
        for text in ["", "10.0.0.1:443", "10.0.0.1=127.0.0.1:1", "sts:443=127.0.0.1:1"] {
            let error = text.parse::<ConnectTo>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{text}` is not of the form")), "{error}");
        }
    }

    #[test]
    fn a_bundle_that_cannot_be_read_is_named() {
        let options =
            Options { ca_bundle: Some("/nonexistent/ca.pem".into()), ..Options::default() };
        let error = Net::new(options).unwrap_err().to_string();
        assert!(
            error.contains("/nonexistent/ca.pem") && error.contains("AWS_CA_BUNDLE"),
            "{error}"
        );
    }
}
