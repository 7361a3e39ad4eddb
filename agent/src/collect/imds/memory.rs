//! What the metadata service said of things that do not change while an instance runs, kept from
//! look to look: the service closes the connection after every answer, and its budget of packets is
//! shared with DNS.
//!
//! Nothing that is secret, and nothing that a link looks out for: those are asked for in each look.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::session::Answer;

/// Then it is asked for again, for what should not change, and does.
const LASTS: Duration = Duration::from_mins(10);

/// More than all of these keys of an instance with twenty interfaces.
const BOUND: usize = 256;

const OF_THE_INSTANCE: [&str; 4] = [
    "dynamic/instance-identity/document",
    "meta-data/local-hostname",
    "meta-data/services/domain",
    "meta-data/services/partition",
];

const INTERFACES: &str = "meta-data/network/interfaces/macs/";

/// Of an interface, for as long as it is attached.
const OF_AN_INTERFACE: [&str; 6] = [
    "interface-id",
    "device-number",
    CARD,
    "subnet-id",
    "subnet-ipv4-cidr-block",
    "vpc-ipv4-cidr-blocks",
];

/// Types with one card never have it; the absence of anything else may pass.
const CARD: &str = "network-card";

/// Shared by all looks of a process.
#[derive(Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<Kept>>);

/// By base and path, each until when.
type Kept = HashMap<(&'static str, String), (Answer, Instant)>;

impl Memory {
    pub(super) fn recall(&self, base: &'static str, path: &str, now: Instant) -> Option<Answer> {
        key(path)?;
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (answer, until) = kept.get(&(base, path.to_owned()))?;
        (now < *until).then(|| answer.clone())
    }

    pub(super) fn keep(&self, base: &'static str, path: &str, answer: &Answer, now: Instant) {
        let Some(key) = key(path).filter(|it| answer.body.is_some() || *it == CARD) else { return };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= BOUND {
            kept.retain(|_, (_, until)| now < *until);
        }
        if kept.len() >= BOUND {
            return;
        }
        tracing::trace!(key, "kept");
        let mut answer = answer.clone();
        // An old date would be a clock that is off.
        answer.reach.server_date = None;
        kept.insert((base, path.to_owned()), (answer, now + LASTS));
    }
}

/// The answers are not for everybody's eyes.
impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memory")
    }
}

/// The last part of a path that may be kept.
fn key(path: &str) -> Option<&'static str> {
    let whole = OF_THE_INSTANCE.iter().find(|it| **it == path);
    let of_an_interface = || {
        let (_, key) = path.strip_prefix(INTERFACES)?.split_once('/')?;
        OF_AN_INTERFACE.iter().find(|it| **it == key)
    };
    whole.or_else(of_an_interface).copied()
}

#[cfg(test)]
mod tests {
    use diagnosis::facts::{Ended, Reach};
    use zeroize::Zeroizing;

    use super::*;

    const MAC: &str = "meta-data/network/interfaces/macs/02:00:00:00:00:01/";

    fn answer(body: Option<&str>) -> Answer {
        let reach = Reach {
            host: "169.254.169.254".to_owned(),
            port: 80,
            addresses: Vec::new(),
            phases: Vec::new(),
            ended: Ended::Answered(200),
            error: String::new(),
            issuer: None,
            server_date: Some("2026-03-01T10:00:00Z".to_owned()),
            via: None,
        };
        let body = body.map(|it| Zeroizing::new(it.as_bytes().to_vec()));
        Answer { place: String::new(), at: "earlier".to_owned(), reach, body }
    }

    #[test]
    fn only_what_stays_is_kept_and_not_for_ever() {
        let (memory, now) = (Memory::default(), Instant::now());
        let kept = |path: &str, body| {
            memory.keep("b", path, &answer(body), now);
            memory.recall("b", path, now).is_some()
        };
        for path in OF_THE_INSTANCE {
            assert!(!kept(path, None), "{path}");
            assert!(kept(path, Some("x")), "{path}");
        }
        assert!(kept(&format!("{MAC}{CARD}"), None) && kept(&format!("{MAC}subnet-id"), Some("x")));
        for path in [
            "meta-data/iam/info",
            "meta-data/iam/security-credentials/",
            "meta-data/iam/security-credentials/eks-node",
            "meta-data/network/interfaces/macs/",
            &format!("{MAC}local-ipv4s"),
            &format!("{MAC}ipv4-prefix"),
            "user-data",
        ] {
            assert!(!kept(path, Some("x")), "{path}");
        }
        let recalled = |path, after| memory.recall("b", path, now + after);
        let identity = recalled(OF_THE_INSTANCE[0], Duration::ZERO).unwrap();
        assert_eq!((&*identity.at, identity.reach.server_date), ("earlier", None));
        assert!(recalled(OF_THE_INSTANCE[0], LASTS).is_none());
        assert!(memory.recall("another", OF_THE_INSTANCE[0], now).is_none());
    }

    #[test]
    fn interfaces_that_come_and_go_do_not_fill_it() {
        let (memory, mut now) = (Memory::default(), Instant::now());
        for index in 0..4 * BOUND {
            now += Duration::from_secs(5);
            let path = format!("meta-data/network/interfaces/macs/{index}/subnet-id");
            memory.keep("b", &path, &answer(Some("x")), now);
            assert!(memory.recall("b", &path, now).is_some(), "{index}");
        }
        assert!(memory.0.lock().unwrap().len() <= BOUND);
    }
}
