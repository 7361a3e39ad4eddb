//! The node's own files, units, clock and kernel, as far as this process may look.

use std::path::Path;

use diagnosis::facts::Host;
use reach::Net;
use tokio::time::Instant;

/// `root` is where the host's file system is seen.
#[expect(clippy::unused_async, reason = "what it asks will have to be waited for")]
pub(super) async fn look(_net: &Net, _root: &Path, _deadline: Instant) -> Host {
    Host::default()
}
