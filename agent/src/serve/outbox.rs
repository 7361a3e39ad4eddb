//! Events that wait to be sent: a bounded queue, and a limit on how many are begun.

use std::collections::VecDeque;
use std::sync::Mutex;

use tokio::sync::Notify;

use super::event::Event;
use super::lock;

/// A node whose verdict changes once a minute fills it in an hour, by when events are forgotten by
/// the API server, too.
const BOUND: usize = 64;

#[derive(Default)]
pub(super) struct Outbox {
    waiting: Mutex<VecDeque<Event>>,
    arrived: Notify,
}

impl Outbox {
    /// Whether an older one had to go for it.
    pub(super) fn put(&self, event: Event) -> bool {
        let mut waiting = lock(&self.waiting);
        let full = waiting.len() >= BOUND;
        if full {
            waiting.pop_front();
        }
        waiting.push_back(event);
        self.arrived.notify_one();
        full
    }

    /// The oldest, as soon as there is one. It stays until [`Self::done`].
    pub(super) async fn next(&self) -> Event {
        loop {
            let first = lock(&self.waiting).front().cloned();
            match first {
                Some(event) => return event,
                None => self.arrived.notified().await,
            }
        }
    }

    /// It may have gone for a newer one meanwhile.
    pub(super) fn done(&self, event: &Event) {
        let mut waiting = lock(&self.waiting);
        if waiting.front().is_some_and(|it| it.name == event.name) {
            waiting.pop_front();
        }
    }

    pub(super) fn len(&self) -> usize {
        lock(&self.waiting).len()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::*;
    use crate::serve::event::Kind;

    pub(in crate::serve) fn event(name: usize) -> Event {
        let text = || name.to_string();
        Event {
            name: text(),
            node: "n".to_owned(),
            kind: Kind::Warning,
            reason: text(),
            message: text(),
            at: String::new(),
        }
    }

    #[tokio::test]
    async fn they_come_out_in_order_and_stay_until_they_are_done() {
        let outbox = Outbox::default();
        assert!(!outbox.put(event(1)) && !outbox.put(event(2)));
        assert_eq!(outbox.next().await.name, "1");
        assert_eq!(outbox.next().await.name, "1");
        outbox.done(&event(1));
        outbox.done(&event(1));
        assert_eq!((&*outbox.next().await.name, outbox.len()), ("2", 1));
        outbox.done(&event(2));
        let waits = tokio::time::timeout(Duration::from_millis(20), outbox.next());
        assert!(waits.await.is_err());
    }

    #[tokio::test]
    async fn the_oldest_goes_when_it_is_full() {
        let outbox = Outbox::default();
        let gone = (0..BOUND + 3).filter(|it| outbox.put(event(*it))).count();
        assert_eq!((gone, outbox.len()), (3, BOUND));
        outbox.done(&event(0));
        assert_eq!(outbox.next().await.name, "3");
    }
}
