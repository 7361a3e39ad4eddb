//! The TCP phase: opens one connection to one of the addresses of a name.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use diagnosis::facts::Ended;
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::error::Failure;

/// A name with dozens of addresses behind one broken route must not use up the phase.
const MAX_ADDRESSES: usize = 4;

/// How long an address may stay silent before the next one is tried beside it.
const STAGGER: Duration = Duration::from_millis(300);

/// Each address comes with where to really connect. The first connection that stands wins and
/// the others are abandoned; when all fail, the failure that says most is returned.
pub(crate) async fn connect(
    addresses: impl Iterator<Item = (SocketAddr, SocketAddr)>,
) -> Result<TcpStream, Failure> {
    let mut waiting = addresses.take(MAX_ADDRESSES).peekable();
    let mut running = JoinSet::new();
    let mut telling = Failure::new(Ended::Unreachable, "no address to connect to");
    loop {
        if let Some((address, target)) = waiting.next() {
            running.spawn(async move { (address, TcpStream::connect(target).await) });
        }
        let next = Instant::now() + STAGGER;
        tokio::select! {
            Some(ended) = running.join_next() => match ended {
                Ok((_, Ok(stream))) => return Ok(stream),
                Ok((address, Err(error))) => {
                    let failure = Failure::new(classify(&error), format!("{address}: {error}"));
                    if rank(failure.ended) >= rank(telling.ended) {
                        telling = failure;
                    }
                }
                Err(error) => telling.error = error.to_string(),
            },
            () = sleep_until(next), if waiting.peek().is_some() => {}
            else => return Err(telling),
        }
        if running.is_empty() && waiting.peek().is_none() {
            return Err(telling);
        }
    }
}

pub(crate) async fn connect_unix(path: &Path) -> Result<UnixStream, Failure> {
    UnixStream::connect(path)
        .await
        .map_err(|error| Failure::new(classify(&error), error.to_string()))
}

fn classify(error: &io::Error) -> Ended {
    match error.kind() {
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Ended::ConnectRefused,
        // A unix socket whose backlog is full says `would block`.
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Ended::ConnectTimedOut,
        ErrorKind::PermissionDenied => Ended::Forbidden,
        _ => Ended::Unreachable,
    }
}

/// An answer says more than silence, and silence more than a missing route: on a machine without
/// IPv6 every IPv6 address is unreachable, which explains nothing.
fn rank(ended: Ended) -> u8 {
    match ended {
        Ended::ConnectRefused => 3,
        Ended::ConnectTimedOut => 2,
        Ended::Forbidden => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_system_is_told_by_its_kind() {
        let cases = [
            (111, Ended::ConnectRefused),
            (110, Ended::ConnectTimedOut),
            (11, Ended::ConnectTimedOut),
            (13, Ended::Forbidden),
            (1, Ended::Forbidden),
            (101, Ended::Unreachable),
            (113, Ended::Unreachable),
            (2, Ended::Unreachable),
        ];
        for (errno, ended) in cases {
            assert_eq!(classify(&io::Error::from_raw_os_error(errno)), ended, "errno {errno}");
        }
    }
}
