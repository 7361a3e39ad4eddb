//! `serve`: looks at the node periodically, holds the last reports, and answers over HTTP.
//!
//! The caller opens the doors, says how to look, and stops it by dropping it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use diagnosis::facts::Facts;
use diagnosis::report::Report;
use hyper::header::HeaderName;

mod accept;
mod allowance;
mod answer;
mod bearer;
mod beside;
mod body;
mod connection;
mod cycle;
mod listen;
mod metrics;
mod pods;
mod refusal;
mod reports;
mod review;
mod routes;
mod summary;
#[cfg(test)]
mod tests;
mod verdicts;

use accept::Slots;
pub(crate) use cycle::Pace;
pub(crate) use listen::{Addresses, Door, open};
use metrics::Metrics;
use reports::Reports;
pub(crate) use review::{ApiServer, Reviewer};
use summary::Summary;

/// Carries the outcome of the whole summary, so that `eks-triage summary` knows its exit code in
/// either form.
pub(crate) const OUTCOME: HeaderName = HeaderName::from_static("eks-triage-outcome");

/// All that is held.
pub(crate) struct Agent {
    node: Mutex<Option<Arc<Report>>>,
    reports: Reports,
    metrics: Metrics,
}

impl Agent {
    /// `node` is the name of its own node, as the API server has it.
    pub(crate) fn new(reviewer: Box<dyn Reviewer>, node: Option<String>) -> Self {
        Self {
            node: Mutex::default(),
            reports: Reports::new(reviewer, node),
            metrics: Metrics::new(),
        }
    }

    fn looked(&self, facts: &Facts, took: Duration, ended: SystemTime) {
        self.reports.looked(facts, Instant::now());
        let report = diagnosis::judge(facts);
        self.metrics.looked(&diagnosis::checklist(facts), took, ended);
        let before = lock(&self.node).replace(Arc::new(report.clone()));
        // A change is worth a line; a node that stays as it is does not repeat itself.
        if before.is_none_or(|it| (it.outcome, it.fault) != (report.outcome, report.fault)) {
            let Report { outcome, title, chain, link, fault, .. } = &report;
            tracing::info!(?outcome, chain, link, fault, %title, "The verdict on this node changed.");
        }
    }

    fn held(&self) -> Summary {
        let node = lock(&self.node).clone();
        Summary { node, pods: lock(&self.reports.pods).all(Instant::now()) }
    }
}

/// Never returns.
pub(crate) async fn run(
    agent: Agent,
    doors: Vec<Door>,
    pace: Pace,
    look: impl AsyncFn(tokio::time::Instant) -> Facts,
) {
    let agent = Arc::new(agent);
    let slots = Arc::<Slots>::default();
    for (side, listener) in doors {
        let (agent, slots) = (Arc::clone(&agent), Arc::clone(&slots));
        tokio::spawn(accept::accept(agent, slots, side, listener, connection::TIMES));
    }
    cycle::run(&agent, pace, look).await;
}

/// Nothing waits while it holds a lock, and no value is left half changed, so a poisoned one is as
/// good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
