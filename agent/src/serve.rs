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
mod event;
mod listen;
mod metrics;
mod notices;
mod outbox;
mod pods;
mod refusal;
mod reports;
mod review;
mod routes;
mod send;
mod standing;
mod summary;
#[cfg(test)]
mod tests;
mod verdicts;

use accept::Slots;
pub(crate) use cycle::Pace;
use event::Key;
pub(crate) use listen::{Addresses, Door, open};
use metrics::Metrics;
use notices::Notices;
use outbox::Outbox;
use reports::Reports;
pub(crate) use review::{ApiServer, Reviewer};
pub(crate) use send::Recorder;
use standing::Change;
pub(crate) use standing::Rule;
use summary::Summary;

/// Carries the outcome of the whole summary, so that `eks-triage summary` knows its exit code in
/// either form.
pub(crate) const OUTCOME: HeaderName = HeaderName::from_static("eks-triage-outcome");

/// All that is held.
pub(crate) struct Agent {
    node: Mutex<Option<Arc<Report>>>,
    reports: Reports,
    metrics: Metrics,
    notices: Mutex<Notices>,
    outbox: Outbox,
    /// Without one no events are sent.
    recorder: Option<Box<dyn Recorder>>,
}

impl Agent {
    /// `node` is the name of its own node, as the API server has it.
    pub(crate) fn new(
        reviewer: Box<dyn Reviewer>,
        recorder: Option<Box<dyn Recorder>>,
        node: Option<String>,
        rule: Rule,
    ) -> Self {
        Self {
            node: Mutex::default(),
            notices: Mutex::new(Notices::new(rule, node.clone(), Instant::now())),
            reports: Reports::new(reviewer, node),
            metrics: Metrics::new(),
            outbox: Outbox::default(),
            recorder,
        }
    }

    fn looked(&self, facts: &Facts, took: Duration, ended: SystemTime) {
        self.reports.looked(facts, Instant::now());
        let report = diagnosis::judge(facts);
        let checklist = diagnosis::checklist(facts);
        self.metrics.looked(&checklist, took, ended);
        let mut notices = lock(&self.notices);
        if let Some(name) = facts.node.name.value() {
            notices.named(name);
        }
        let changes = notices.look(Some((&report, &checklist)));
        self.tell(&mut notices, &changes, Some(&report));
        *lock(&self.node) = Some(Arc::new(report));
    }

    /// A look that brought nothing.
    fn missed(&self) {
        let mut notices = lock(&self.notices);
        let changes = notices.look(None);
        self.tell(&mut notices, &changes, None);
    }

    fn tell(&self, notices: &mut Notices, changes: &[Change<Key>], report: Option<&Report>) {
        for change in changes {
            self.metrics.changed(change);
            match notices.event(change, report, Instant::now(), SystemTime::now()) {
                _ if self.recorder.is_none() => {}
                Ok(Some(event)) => {
                    if self.outbox.put(event) {
                        self.metrics.event("dropped");
                    }
                }
                Ok(None) => {}
                Err(why) => self.metrics.event(why),
            }
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
    match &agent.recorder {
        Some(recorder) => {
            let send = send::run(&agent.outbox, &**recorder, &agent.metrics, send::PAUSES);
            tokio::join!(send, cycle::run(&agent, pace, look));
        }
        None => cycle::run(&agent, pace, look).await,
    }
}

/// Nothing waits while it holds a lock, and no value is left half changed, so a poisoned one is as
/// good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
