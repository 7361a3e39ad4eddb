//! `GET /metrics`: OpenMetrics text. Labels come from our own lists, never from what was observed.

use std::sync::atomic::AtomicU64;
use std::time::{Duration, SystemTime};

use diagnosis::report::State;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::event::Key;
use super::standing::Change;

pub(super) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What can come of a report; [`super::refusal::Refusal::label`] gives all but the first.
const RESULTS: [&str; 6] =
    ["accepted", "unauthenticated", "refused", "invalid", "throttled", "unavailable"];

const STATES: [(State, &str); 5] = [
    (State::Intact, "intact"),
    (State::Broken, "broken"),
    (State::Unknown, "unknown"),
    (State::Blocked, "blocked"),
    (State::NotApplicable, "not-applicable"),
];

/// What can come of a reported fault.
const CHANGES: [&str; 3] = ["reported", "cleared", "expired"];

/// What can come of an event: taken, told before, refused; given up for newer ones while the API
/// server could not be reached; too many; without a name of the node.
const EVENTS: [&str; 6] = ["sent", "known", "refused", "dropped", "throttled", "nameless"];

/// Seconds. A look that nothing delays takes a tenth; one that hangs ends at its deadline.
const DURATIONS: [f64; 8] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LinkLabels {
    chain: &'static str,
    link: &'static str,
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResultLabels {
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FaultLabels {
    plane: &'static str,
    chain: &'static str,
    link: &'static str,
    fault: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ChangeLabels {
    change: &'static str,
}

pub(super) struct Metrics {
    registry: Registry,
    links: Family<LinkLabels, Gauge>,
    duration: Histogram,
    last_run: Gauge<f64, AtomicU64>,
    faults: Family<FaultLabels, Gauge>,
    changes: Family<ChangeLabels, Counter>,
    events: Family<ResultLabels, Counter>,
    waiting: Gauge,
    reports: Family<ResultLabels, Counter>,
    pods: Gauge,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("eks_triage");
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The version of this agent", build);
        let links = Family::default();
        registry.register(
            "link_state",
            "1 for the state in which a link of this node was last seen",
            Family::clone(&links),
        );
        let duration = Histogram::new(DURATIONS);
        registry.register(
            "check_duration_seconds",
            "How long a look at this node took",
            duration.clone(),
        );
        let last_run = Gauge::default();
        registry.register(
            "check_last_run_timestamp_seconds",
            "When the last look at this node ended, 0 before the first",
            Gauge::clone(&last_run),
        );
        let faults = Family::default();
        registry.register(
            "fault",
            "1 for each fault of this node that is reported, 0 once it is not any more",
            Family::clone(&faults),
        );
        let changes = Family::<ChangeLabels, Counter>::default();
        registry.register(
            "fault_changes",
            "Faults that were reported or taken back",
            changes.clone(),
        );
        for change in CHANGES {
            drop(changes.get_or_create(&ChangeLabels { change }));
        }
        let events = Family::<ResultLabels, Counter>::default();
        registry.register("events", "Kubernetes Events, by what came of them", events.clone());
        for result in EVENTS {
            drop(events.get_or_create(&ResultLabels { result }));
        }
        let waiting = Gauge::default();
        registry.register(
            "events_waiting",
            "Events that could not be sent yet",
            Gauge::clone(&waiting),
        );
        let reports = Family::<ResultLabels, Counter>::default();
        registry.register("reports", "Reports of pods, by what came of them", reports.clone());
        for result in RESULTS {
            drop(reports.get_or_create(&ResultLabels { result }));
        }
        let pods = Gauge::default();
        registry.register("pods", "Pods of which a report is held", Gauge::clone(&pods));
        Self {
            registry,
            links,
            duration,
            last_run,
            faults,
            changes,
            events,
            waiting,
            reports,
            pods,
        }
    }

    pub(super) fn looked(
        &self,
        checklist: &[(&'static str, &'static str, State)],
        took: Duration,
        ended: SystemTime,
    ) {
        for (chain, link, now) in checklist {
            for (state, word) in STATES {
                let labels = LinkLabels { chain, link, state: word };
                self.links.get_or_create(&labels).set(i64::from(state == *now));
            }
        }
        self.duration.observe(took.as_secs_f64());
        let since = ended.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.last_run.set(since.as_secs_f64());
    }

    pub(super) fn reported(&self, result: &'static str) {
        self.reports.get_or_create(&ResultLabels { result }).inc();
    }

    pub(super) fn changed(&self, change: &Change<Key>) {
        let Key { plane, chain, link, fault } = change.key();
        let labels = FaultLabels { plane: plane.word(), chain, link, fault };
        self.faults.get_or_create(&labels).set(i64::from(matches!(change, Change::Reported(_))));
        let change = match change {
            Change::Reported(_) => "reported",
            Change::Cleared(_) => "cleared",
            Change::Expired(_) => "expired",
        };
        self.changes.get_or_create(&ChangeLabels { change }).inc();
    }

    pub(super) fn event(&self, result: &'static str) {
        self.events.get_or_create(&ResultLabels { result }).inc();
    }

    pub(super) fn text(&self, pods: usize, waiting: usize) -> Result<String, std::fmt::Error> {
        self.pods.set(i64::try_from(pods).unwrap_or(i64::MAX));
        self.waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use diagnosis::facts::{Ended, Facts};

    use super::*;
    use crate::serve::event::tests::look;
    use crate::serve::refusal::{Denied, Refusal};

    #[test]
    fn every_link_has_every_state_and_exactly_one_is_true() {
        let metrics = Metrics::new();
        let checklist = diagnosis::checklist(&Facts::default());
        metrics.looked(&checklist, Duration::from_millis(90), SystemTime::now());
        let text = metrics.text(0, 0).unwrap();
        let series: Vec<_> =
            text.lines().filter(|it| it.starts_with("eks_triage_link_state{")).collect();
        assert_eq!(series.len(), checklist.len() * STATES.len());
        let set = series.iter().filter(|it| it.ends_with(" 1"));
        assert_eq!(set.count(), checklist.len());
    }

    #[test]
    fn a_second_look_replaces_the_first_and_adds_no_series() {
        let metrics = Metrics::new();
        for state in [State::Broken, State::Intact] {
            metrics.looked(&[("irsa", "token", state)], Duration::ZERO, SystemTime::now());
        }
        let text = metrics.text(0, 0).unwrap();
        assert!(text.contains(r#"link="token",state="intact"} 1"#), "{text}");
        assert!(text.contains(r#"link="token",state="broken"} 0"#), "{text}");
    }

    #[test]
    fn the_names_are_those_that_dashboards_use() {
        let metrics = Metrics::new();
        metrics.looked(&[], Duration::from_millis(90), SystemTime::UNIX_EPOCH);
        metrics.reported("accepted");
        let text = metrics.text(3, 2).unwrap();
        for line in [
            concat!("eks_triage_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
            "eks_triage_check_duration_seconds_bucket{le=\"0.1\"} 1",
            "eks_triage_check_last_run_timestamp_seconds 0.0",
            "eks_triage_reports_total{result=\"accepted\"} 1",
            "eks_triage_reports_total{result=\"throttled\"} 0",
            "eks_triage_pods 3",
            "eks_triage_events_waiting 2",
            "eks_triage_events_total{result=\"sent\"} 0",
            "eks_triage_fault_changes_total{change=\"expired\"} 0",
            "# EOF",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn a_fault_is_one_series_which_goes_back_to_zero() {
        let metrics = Metrics::new();
        let report = diagnosis::judge(&look(Ended::ConnectRefused));
        let key = Key::of(&report).unwrap();
        let series = r#"eks_triage_fault{plane="node",chain="node-join",link="kubelet",fault="not-running"}"#;
        for (change, value) in [(Change::Reported(key), 1), (Change::Cleared(key), 0)] {
            metrics.changed(&change);
            let text = metrics.text(0, 0).unwrap();
            assert!(text.lines().any(|it| it == format!("{series} {value}")), "{text}");
            assert_eq!(text.matches("eks_triage_fault{").count(), 1);
        }
    }

    #[test]
    fn each_refusal_is_one_of_the_results() {
        let refusals = [
            Refusal::Denied(Denied::Unauthenticated("")),
            Refusal::Denied(Denied::Refused("")),
            Refusal::Throttled(Duration::ZERO),
            Refusal::Unavailable(""),
            Refusal::TooLarge,
            Refusal::TooSlow,
            Refusal::Invalid(String::new()),
        ];
        for refusal in refusals {
            assert!(RESULTS.contains(&refusal.label()), "{}", refusal.label());
        }
    }
}
