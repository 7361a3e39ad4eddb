//! Takes connections, as many as can be served at once, and never stops for an error.

use std::collections::HashMap;
use std::io::{Error, ErrorKind};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpListener;

use super::connection::{self, Times};
use super::routes::Side;
use super::{Agent, lock};

/// Far more than kubelet, Prometheus and the probes of a full node need at once.
pub(super) const TOTAL: usize = 256;

/// A source cannot take all of them.
pub(super) const PER_SOURCE: usize = 16;

/// What only this node itself can take: however many others call, the kubelet's health checks and
/// the summary are answered.
const RESERVED: usize = 32;

/// Between two attempts while the process has no file descriptor left.
const PAUSE: Duration = Duration::from_millis(200);

/// Counts the open connections of all listeners.
#[derive(Default)]
pub(super) struct Slots(Mutex<HashMap<IpAddr, usize>>);

/// One open connection.
pub(super) struct Slot {
    slots: Arc<Slots>,
    source: IpAddr,
}

impl Slots {
    /// `own` says that the source is this node.
    fn take(self: &Arc<Self>, source: IpAddr, own: bool) -> Option<Slot> {
        let mut open = lock(&self.0);
        let total: usize = open.values().sum();
        let limit = if own { TOTAL } else { TOTAL - RESERVED };
        let of_source = open.entry(source).or_default();
        if total >= limit || *of_source >= PER_SOURCE {
            if *of_source == 0 {
                open.remove(&source);
            }
            return None;
        }
        *of_source += 1;
        Some(Slot { slots: Arc::clone(self), source })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = lock(&self.slots.0);
        if let Some(of_source) = open.get_mut(&self.source) {
            *of_source -= 1;
            if *of_source == 0 {
                open.remove(&self.source);
            }
        }
    }
}

/// Never returns.
pub(super) async fn accept(
    agent: Arc<Agent>,
    slots: Arc<Slots>,
    side: Side,
    listener: TcpListener,
    times: Times,
) {
    let mut failing = false;
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) if of_one_connection(&error) => continue,
            Err(error) => {
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!(%error, "No connection can be accepted; trying again.");
                }
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        failing = false;
        let source = whole(peer.ip().to_canonical());
        let own = source.is_loopback()
            || stream.local_addr().is_ok_and(|it| it.ip().to_canonical() == source);
        let Some(slot) = slots.take(source, own) else {
            tracing::debug!(%source, "Too many connections; closed the newest.");
            continue;
        };
        let agent = Arc::clone(&agent);
        tokio::spawn(async move {
            connection::serve(agent, side, stream, peer, times).await;
            drop(slot);
        });
    }
}

/// Every process on this node has all of 127.0.0.0/8 to call from.
fn whole(source: IpAddr) -> IpAddr {
    if source.is_loopback() { Ipv4Addr::LOCALHOST.into() } else { source }
}

/// The connection was gone before it was accepted; the listener is well.
fn of_one_connection(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(index: usize) -> IpAddr {
        Ipv4Addr::from_bits(0x0a00_0000 + u32::try_from(index).unwrap()).into()
    }

    #[test]
    fn a_source_has_its_share_and_gets_it_back() {
        let slots = Arc::<Slots>::default();
        let mut held: Vec<_> = (0..100).filter_map(|_| slots.take(source(1), true)).collect();
        assert_eq!(held.len(), PER_SOURCE);
        held.pop();
        assert!(slots.take(source(1), true).is_some());
        drop(held);
        assert!(lock(&slots.0).is_empty());
    }

    #[test]
    fn loopback_is_one_source() {
        let sources = ["127.0.0.1", "127.9.9.9", "::1", "10.0.0.1"].map(|it| it.parse().unwrap());
        assert_eq!(sources.map(whole).map(|it| it.to_string())[..3], ["127.0.0.1"; 3]);
        assert_eq!(whole(sources[3]), sources[3]);
    }

    #[test]
    fn others_leave_room_for_this_node() {
        let slots = Arc::<Slots>::default();
        let held: Vec<_> = (0..1000).filter_map(|it| slots.take(source(it), false)).collect();
        assert_eq!(held.len(), TOTAL - RESERVED);
        let own: Vec<_> = (0..1000).filter_map(|it| slots.take(source(5000 + it), true)).collect();
        assert_eq!(own.len(), RESERVED);
        assert_eq!(lock(&slots.0).len(), TOTAL, "who was turned away leaves nothing behind");
    }
}
