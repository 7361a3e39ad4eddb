//! How long a look at boot waits, and what it waits for.

use std::process;
use std::thread;
use std::time::Duration;

use diagnosis::report::Exit;
use reach::Net;
use tokio::time::{Instant, sleep};

use crate::args::Boot;
use crate::collect;
use crate::output;

/// With a gate everything ends by then, and passes.
const GATE: Duration = Duration::from_secs(10);

/// Of a gate's time, how long the metadata service may be late; the rest is for looking.
const LATE: Duration = Duration::from_secs(4);

/// By then a gate's looks end, so that the block can still be printed.
const LOOKED: Duration = Duration::from_secs(9);
const PRINT: Duration = Duration::from_secs(1);

/// For about two seconds after a launch the service knows no role even where there is one.
const SETTLES: Duration = Duration::from_secs(3);
const AGAIN: Duration = Duration::from_millis(500);

/// As the metadata service's documents have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// For as long as it takes to be sure.
    None,
    /// There is one, or nobody knows.
    Other,
}

pub(super) struct Time {
    wait: Instant,
    deadline: Duration,
    /// With a gate.
    end: Option<Instant>,
}

impl Time {
    pub(super) fn start(boot: &Boot, deadline: Duration) -> Self {
        let start = Instant::now();
        if !boot.gate {
            let wait = start + boot.wait.unwrap_or_default();
            return Self { wait, deadline, end: None };
        }
        watch();
        let wait = boot.wait.unwrap_or(LATE).min(LATE);
        Self { wait: start + wait, deadline, end: Some(start + LOOKED) }
    }

    /// By when a look that begins now has to end.
    pub(super) fn look(&self) -> Instant {
        let deadline = Instant::now() + self.deadline;
        self.end.map_or(deadline, |end| end.min(deadline))
    }

    /// Waits for the service, and until what it says of the role will not change by itself; `None`
    /// where it does not answer.
    pub(super) async fn settled(&self, net: &Net) -> Option<Identity> {
        if !collect::appears(net, self.wait).await {
            output::talk("the metadata service does not answer yet; looking all the same");
            return None;
        }
        let first = Instant::now();
        loop {
            let facts = Box::pin(collect::documents(net, self.look())).await;
            if !diagnosis::without_identity(&facts) {
                return Some(Identity::Other);
            }
            if first.elapsed() >= SETTLES {
                return Some(Identity::None);
            }
            if self.end.is_some_and(|end| Instant::now() + AGAIN + PRINT > end) {
                return Some(Identity::Other);
            }
            sleep(AGAIN).await;
        }
    }
}

/// Waiting ends by itself. Should a file system or a terminal hang all the same, the boot goes on.
fn watch() {
    thread::spawn(|| {
        thread::sleep(GATE);
        #[expect(clippy::exit, reason = "whatever hangs cannot be told to end")]
        process::exit(Exit::Healthy as i32);
    });
}
