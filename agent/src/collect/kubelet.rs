//! Whether the kubelet of this node calls itself healthy.

use std::time::Duration;

use diagnosis::facts::{Observed, Reach};
use reach::{Net, Request};
use tokio::time::Instant;

use super::ask;

const HEALTHZ: &str = "http://127.0.0.1:10248/healthz";

/// It is on this machine; a kubelet that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(2);

pub(super) async fn look(net: &Net, deadline: Instant) -> Observed<Reach> {
    let place = format!("GET {HEALTHZ}");
    ask::reach(net, &place, Request::get(HEALTHZ), ask::within(LIMIT, deadline)).await
}
