//! Waiting for a metadata service that is late: early at boot there is no route to it yet.

use std::time::Duration;

use reach::Net;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::session;

/// What is lost on the way is asked again this soon; a kernel would wait a second.
const PACE: Duration = Duration::from_millis(250);

/// For one that answers, but slowly.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether it answered before this time. Asks at once, and not again once it has answered.
pub(crate) async fn appears(net: &Net, until: Instant) -> bool {
    let any = async {
        tokio::select! {
            () = knock(net, PACE) => {}
            () = knock(net, PATIENCE) => {}
        }
    };
    timeout_at(until, any).await.is_ok()
}

async fn knock(net: &Net, pace: Duration) {
    loop {
        let again = Instant::now() + pace;
        if session::answers(net, again).await {
            return;
        }
        sleep_until(again).await;
    }
}
