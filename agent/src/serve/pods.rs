//! The last report of each pod of this node, bounded in number, size, rate and age.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diagnosis::report::Report;

use super::review::Sender;

/// More pods than a node runs; more than that are pods that came and went.
const BOUND: usize = 512;

/// Of all reports together as JSON: some 15 KB for each of 110 pods, and a small part of the memory
/// that the agent's container gets.
const SIZE: usize = 2 << 20;

/// Of one report as JSON. An honest one has a tenth of it.
pub(super) const LARGEST: usize = 128 << 10;

/// A probe reports once; whoever reports more often is asked to wait.
const PAUSE: Duration = Duration::from_secs(2);

/// An older report says little about now.
const AGE: Duration = Duration::from_hours(1);

/// What one pod said, and who vouches that it was this pod.
#[derive(Debug)]
pub(super) struct PodReport {
    pub(super) sender: Sender,
    /// RFC 3339, by this node's clock.
    pub(super) received_at: String,
    pub(super) report: Report,
    /// As JSON, in bytes.
    pub(super) size: usize,
}

struct Entry {
    admitted: Instant,
    held: Option<(Instant, Arc<PodReport>)>,
}

/// By uid: a pod of the same name that was created anew is another pod.
#[derive(Default)]
pub(super) struct Pods(HashMap<String, Entry>);

impl Pods {
    /// Asked before a body is read. Err with the time after which the pod may report again.
    pub(super) fn admit(&mut self, uid: &str, now: Instant) -> Result<(), Duration> {
        if let Some(entry) = self.0.get_mut(uid) {
            let since = now.saturating_duration_since(entry.admitted);
            if since < PAUSE {
                return Err(PAUSE.saturating_sub(since));
            }
            entry.admitted = now;
            return Ok(());
        }
        self.expire(now);
        while self.0.len() >= BOUND {
            self.give_way(uid);
        }
        self.0.insert(uid.to_owned(), Entry { admitted: now, held: None });
        Ok(())
    }

    /// The last write of a pod wins.
    pub(super) fn hold(&mut self, report: PodReport, now: Instant) {
        let uid = report.sender.uid.clone();
        let entry = self.0.entry(uid.clone()).or_insert(Entry { admitted: now, held: None });
        entry.held = Some((now, Arc::new(report)));
        while self.0.len() > BOUND || self.size() > SIZE {
            if !self.give_way(&uid) {
                break;
            }
        }
    }

    /// What is held now, by namespace and name.
    pub(super) fn all(&mut self, now: Instant) -> Vec<Arc<PodReport>> {
        self.expire(now);
        let held = self.0.values().filter_map(|entry| entry.held.as_ref());
        let mut all: Vec<_> = held.map(|(_, report)| Arc::clone(report)).collect();
        all.sort_by(|a, b| {
            let key = |it: &PodReport| {
                let Sender { namespace, pod, uid, .. } = &it.sender;
                (namespace.clone(), pod.clone(), uid.clone())
            };
            key(a).cmp(&key(b))
        });
        all
    }

    fn size(&self) -> usize {
        self.0.values().filter_map(|entry| entry.held.as_ref()).map(|(_, it)| it.size).sum()
    }

    fn expire(&mut self, now: Instant) {
        let old = |since: Instant| now.saturating_duration_since(since) >= AGE;
        for entry in self.0.values_mut() {
            entry.held.take_if(|(received, _)| old(*received));
        }
        self.0.retain(|_, entry| entry.held.is_some() || !old(entry.admitted));
    }

    /// Drops the pod that was heard of longest ago, but not `kept`. Whether there was one.
    fn give_way(&mut self, kept: &str) -> bool {
        let others = self.0.iter().filter(|(uid, _)| *uid != kept);
        let oldest = others.min_by_key(|(_, entry)| entry.admitted).map(|(uid, _)| uid.clone());
        oldest.is_some_and(|uid| self.0.remove(&uid).is_some())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use diagnosis::facts::Facts;

    use super::*;

    pub(in crate::serve) fn report_of(namespace: &str, pod: &str) -> PodReport {
        let [namespace, service_account, pod, uid] =
            [namespace, "api", pod, &format!("{namespace}/{pod}")].map(str::to_owned);
        PodReport {
            sender: Sender { namespace, service_account, pod, uid },
            received_at: "2026-03-02T10:00:00Z".to_owned(),
            report: diagnosis::judge(&Facts::default()),
            size: 1000,
        }
    }

    fn names(pods: &mut Pods, now: Instant) -> Vec<String> {
        pods.all(now).iter().map(|it| it.sender.uid.clone()).collect()
    }

    #[test]
    fn a_pod_reports_at_most_every_two_seconds_and_the_last_one_stands() {
        let now = Instant::now();
        let mut pods = Pods::default();
        assert_eq!(pods.admit("prod/a", now), Ok(()));
        pods.hold(report_of("prod", "a"), now);
        let wait = pods.admit("prod/a", now + Duration::from_millis(500)).unwrap_err();
        assert_eq!(wait, Duration::from_millis(1500));
        assert_eq!(pods.admit("prod/b", now), Ok(()));
        let later = now + Duration::from_secs(2);
        assert_eq!(pods.admit("prod/a", later), Ok(()));
        let second = PodReport { received_at: "later".to_owned(), ..report_of("prod", "a") };
        pods.hold(second, later);
        let all = pods.all(later);
        assert_eq!(all.iter().map(|it| &*it.received_at).collect::<Vec<_>>(), ["later"]);
    }

    #[test]
    fn reports_are_ordered_by_namespace_and_name() {
        let now = Instant::now();
        let mut pods = Pods::default();
        for (namespace, name) in [("b", "a"), ("a", "z"), ("a", "b")] {
            pods.hold(report_of(namespace, name), now);
        }
        assert_eq!(names(&mut pods, now), ["a/b", "a/z", "b/a"]);
    }

    #[test]
    fn an_old_report_is_dropped_also_when_its_pod_keeps_knocking() {
        let now = Instant::now();
        let mut pods = Pods::default();
        pods.hold(report_of("prod", "a"), now);
        let before = now + Duration::from_mins(59);
        assert_eq!(pods.admit("prod/a", before), Ok(()));
        assert_eq!(names(&mut pods, before), ["prod/a"]);
        assert!(names(&mut pods, now + AGE).is_empty());
    }

    #[test]
    fn the_pod_heard_of_longest_ago_gives_way_and_nothing_grows() {
        let now = Instant::now();
        let mut pods = Pods::default();
        for index in 0..2000_u64 {
            let (uid, at) = (format!("prod/p{index}"), now + Duration::from_millis(index));
            assert_eq!(pods.admit(&uid, at), Ok(()));
            pods.hold(report_of("prod", &format!("p{index}")), at);
        }
        let left = names(&mut pods, now + Duration::from_secs(2));
        assert_eq!(left.len(), BOUND);
        assert!(left.contains(&"prod/p1999".to_owned()) && !left.contains(&"prod/p0".to_owned()));
    }

    #[test]
    fn large_reports_are_bounded_together() {
        let now = Instant::now();
        let mut pods = Pods::default();
        for index in 0..100_u64 {
            let at = now + Duration::from_millis(index);
            let report = PodReport { size: LARGEST, ..report_of("prod", &format!("p{index:02}")) };
            pods.hold(report, at);
        }
        let left = names(&mut pods, now + Duration::from_secs(1));
        assert_eq!(left.len(), SIZE / LARGEST);
        assert_eq!(left.last().unwrap(), "prod/p99");
    }
}
