//! From looks to what is told: which faults stand, in the log and as events.
//!
//! The verdict is the one that the report decides. Whether one that was reported still stands, its
//! own link says: broken by it, intact, or, when the link is unknown or behind another that is
//! broken, nothing. The summary shows the last look as it is.

use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime};

use diagnosis::report::{Report, State};

use super::allowance::{Bucket, Rate};
use super::event::{self, Event, Key, Kind, Occurrence};
use super::standing::{Change, EXPIRES, Rule, Sight, Standing};

/// Faults that are begun to be told, as much as the kubelet's own recorder lets through.
const EVENTS: Rate = Rate { burst: 25.0, per_second: 1.0 / 300.0 };

/// The API server keeps events so long, unless it was told otherwise.
const KEPT: Duration = Duration::from_hours(1);

type Checklist = [(&'static str, &'static str, State)];

pub(super) struct Notices {
    standing: Standing<Key>,
    rule: Rule,
    /// Counted as far as the first that can report something.
    looks: u8,
    node: Option<String>,
    allowance: Bucket,
    told: HashMap<Key, Told>,
}

/// What was said of a fault when it was reported.
struct Told {
    title: String,
    /// One that was not told is not taken back either.
    by_event: bool,
}

impl Notices {
    pub(super) fn new(rule: Rule, node: Option<String>, now: Instant) -> Self {
        let (standing, allowance) = (Standing::new(rule), Bucket::full(EVENTS, now));
        Self { standing, rule, looks: 0, node, allowance, told: HashMap::new() }
    }

    /// The name that a look saw, where nobody said it from the beginning.
    pub(super) fn named(&mut self, name: &str) {
        self.node.get_or_insert_with(|| name.to_owned());
    }

    /// `None` is a look that brought nothing.
    pub(super) fn look(&mut self, seen: Option<(&Report, &Checklist)>) -> Vec<Change<Key>> {
        self.looks = self.looks.saturating_add(1);
        let Some((report, checklist)) = seen else {
            return self.standing.look(None, |_| Sight::Unseen);
        };
        let decided = report.fix.as_ref().and_then(|_| Key::of(report));
        self.standing.look(decided, |key| sight(key, report, checklist))
    }

    /// What is to be sent, if anything; `Err` names what came of it instead.
    pub(super) fn event(
        &mut self,
        change: &Change<Key>,
        report: Option<&Report>,
        now: Instant,
        time: SystemTime,
    ) -> Result<Option<Event>, &'static str> {
        let key = change.key();
        let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let mut occurrence = Occurrence::At { nanos: since.as_nanos() };
        let (kind, message) = match change {
            Change::Reported(_) => {
                let title = report.map(|it| it.title.clone()).unwrap_or_default();
                let (chain, link, fault) = (key.chain, key.link, key.fault);
                tracing::warn!(chain, link, fault, %title, "This node has a fault.");
                let by_event = self.allowance.take(EVENTS, now).is_ok();
                self.told.insert(key, Told { title, by_event });
                if !by_event {
                    return Err("throttled");
                }
                if self.looks <= self.rule.of() {
                    occurrence = Occurrence::Found { hour: since.as_secs() / KEPT.as_secs() };
                }
                (Kind::Warning, report.map(event::broken).unwrap_or_default())
            }
            Change::Cleared(_) | Change::Expired(_) => {
                let Some(Told { title, by_event }) = self.told.remove(&key) else {
                    return Ok(None);
                };
                let (chain, link, fault) = (key.chain, key.link, key.fault);
                let expired = matches!(change, Change::Expired(_));
                let message = if expired {
                    tracing::warn!(
                        chain,
                        link,
                        fault,
                        "Whether this fault holds is not known any more."
                    );
                    event::expired(&title, EXPIRES)
                } else {
                    tracing::info!(chain, link, fault, "This node's fault is gone.");
                    event::cleared(&title)
                };
                if !by_event {
                    return Ok(None);
                }
                (Kind::Normal, message)
            }
        };
        let node = self.node.as_deref().ok_or("nameless")?;
        Ok(Some(Event::new(node, &key, kind, &occurrence, message)))
    }
}

fn sight(key: Key, report: &Report, checklist: &Checklist) -> Sight {
    let here = |chain, link| (chain, link) == (key.chain, key.link);
    let decided = Key::of(report).into_iter().map(|it| (it.chain, it.link, it.fault));
    let also = report.also.iter().map(|it| (it.chain, it.link, it.fault));
    let known = decided.chain(also).find(|(chain, link, _)| here(*chain, *link));
    let state = checklist.iter().find(|(chain, link, _)| here(*chain, *link)).map(|it| it.2);
    match (state, known) {
        (Some(State::Broken), Some((.., fault))) if fault == key.fault => Sight::Present,
        (Some(State::Broken), Some(_)) | (Some(State::Intact | State::NotApplicable), _) => {
            Sight::Gone
        }
        _ => Sight::Unseen,
    }
}

#[cfg(test)]
mod tests {
    use diagnosis::facts::{Ended, Facts, Observed, Profile, Source};

    use super::*;
    use crate::serve::event::tests::look;

    struct Watched {
        notices: Notices,
        now: Instant,
        time: SystemTime,
    }

    impl Watched {
        fn new(node: Option<&str>) -> Self {
            let now = Instant::now();
            let notices = Notices::new(Rule::default(), node.map(str::to_owned), now);
            Self { notices, now, time: SystemTime::UNIX_EPOCH + KEPT * 1000 }
        }

        fn looked(&mut self, facts: &Facts) -> Vec<Result<Option<Event>, &'static str>> {
            self.time += Duration::from_mins(1);
            let (report, checklist) = (diagnosis::judge(facts), diagnosis::checklist(facts));
            let changes = self.notices.look(Some((&report, &checklist)));
            let tell = |it| self.notices.event(it, Some(&report), self.now, self.time);
            changes.iter().map(tell).collect()
        }

        /// Seen twice and gone again.
        fn episode(&mut self) -> Vec<Event> {
            let (down, up) = (look(Ended::ConnectRefused), look(Ended::Answered(200)));
            let looks = [&down, &down, &up];
            looks.iter().flat_map(|it| self.looked(it)).flatten().flatten().collect()
        }
    }

    #[test]
    fn a_fault_is_told_once_and_taken_back_once() {
        let events = Watched::new(Some("n")).episode();
        let told: Vec<_> = events.iter().map(|it| (it.kind, &*it.reason)).collect();
        assert_eq!(
            told,
            [(Kind::Warning, "KubeletNotRunning"), (Kind::Normal, "KubeletNotRunning")]
        );
        assert!(events[1].message.starts_with("No longer seen: "), "{}", events[1].message);
    }

    #[test]
    fn the_next_process_tells_the_same_fault_by_the_same_event_and_a_new_one_anew() {
        let (mut one, mut other) = (Watched::new(Some("n")), Watched::new(Some("n")));
        let first = one.episode();
        assert_eq!(other.episode()[0].name, first[0].name);
        let again = one.episode();
        assert_eq!(again.len(), 2);
        assert!(again.iter().all(|it| first.iter().all(|earlier| earlier.name != it.name)));
    }

    #[test]
    fn what_flaps_is_told_so_many_times_and_what_was_told_is_always_taken_back() {
        let mut watched = Watched::new(Some("n"));
        let events: Vec<_> = (0..100).flat_map(|_| watched.episode()).collect();
        let of = |kind| events.iter().filter(|it| it.kind == kind).count();
        assert_eq!((of(Kind::Warning), of(Kind::Normal)), (25, 25));
        watched.now += Duration::from_mins(5);
        assert_eq!(watched.episode().len(), 2);
    }

    #[test]
    fn without_a_name_there_is_no_node_to_tell_of_until_a_look_sees_one() {
        let mut watched = Watched::new(None);
        let down = look(Ended::ConnectRefused);
        assert!(watched.looked(&down).is_empty());
        assert_eq!(watched.looked(&down), [Err("nameless")]);
        watched.notices.named("n");
        let up = watched.looked(&look(Ended::Answered(200)));
        assert!(matches!(&up[..], [Ok(Some(event))] if event.node == "n"), "{up:?}");
    }

    #[test]
    fn a_link_that_cannot_be_seen_keeps_its_verdict_until_it_expires() {
        let mut watched = Watched::new(Some("n"));
        let down = look(Ended::ConnectRefused);
        assert!(watched.looked(&down).is_empty());
        assert_eq!(watched.looked(&down).len(), 1);
        let dark: Vec<_> = (0..EXPIRES).map(|_| watched.looked(&Facts::default()).len()).collect();
        assert_eq!(dark.iter().sum::<usize>(), 1);
        assert_eq!(dark.last(), Some(&1));
    }

    #[test]
    fn a_fault_behind_another_one_is_not_gone() {
        let mut both = look(Ended::ConnectRefused);
        let mut watched = Watched::new(Some("n"));
        watched.looked(&both);
        assert_eq!(watched.looked(&both).len(), 1);
        both.node.profile = Observed::seen(Profile::None, Source::default());
        let told: Vec<_> = (0..3).flat_map(|_| watched.looked(&both)).flatten().flatten().collect();
        let told: Vec<_> = told.iter().map(|it| (it.kind, &*it.reason)).collect();
        assert_eq!(told, [(Kind::Warning, "InstanceProfileNoneAttached")]);
    }
}
