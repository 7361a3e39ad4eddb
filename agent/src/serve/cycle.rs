//! Looks at the node again and again, never in step with other nodes.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime};

use diagnosis::facts::Facts;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::Agent;

/// How often, and how long at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) period: Duration,
    pub(crate) deadline: Duration,
}

/// Enough to part the nodes of a new DaemonSet, and short for somebody who waits for `/readyz`.
const LONGEST_START: Duration = Duration::from_secs(5);

/// A look that reaches its deadline has its facts by then, this much later at the latest.
const GRACE: Duration = Duration::from_secs(1);

/// Never returns. What it judges is held by the agent.
pub(super) async fn run(agent: &Agent, pace: Pace, look: impl AsyncFn(Instant) -> Facts) {
    let mut next = Instant::now() + start(pace.period, random());
    loop {
        sleep_until(next).await;
        let begin = Instant::now();
        let deadline = begin + pace.deadline;
        if let Ok(mut facts) = timeout_at(deadline + GRACE, look(deadline)).await {
            "serve".clone_into(&mut facts.collector.command);
            agent.looked(&facts, begin.elapsed(), SystemTime::now());
        } else {
            tracing::warn!("A look did not end at its deadline; the last report stands.");
            agent.missed();
        }
        // From begin to begin; a look that took longer than its period, or a process that was
        // stopped for a while, is followed by one look and not by those that were missed.
        next = (begin + pause(pace.period, random())).max(Instant::now());
    }
}

fn start(period: Duration, random: f64) -> Duration {
    (period / 10).min(LONGEST_START).mul_f64(random)
}

/// The period, give or take a tenth.
fn pause(period: Duration, random: f64) -> Duration {
    period.mul_f64(0.9 + 0.2 * random)
}

/// In 0..1. The hasher's keys are random in each process and for each state, which is all that
/// scattering needs.
fn random() -> f64 {
    let [.., a, b] = RandomState::new().hash_one(0).to_be_bytes();
    f64::from(u16::from_be_bytes([a, b])) / f64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(it: u64) -> Duration {
        Duration::from_secs(it)
    }

    #[test]
    fn the_first_look_comes_soon() {
        assert_eq!(start(seconds(60), 1.0), seconds(5));
        assert_eq!(start(seconds(20), 1.0), seconds(2));
        assert_eq!(start(seconds(60), 0.0), seconds(0));
    }

    #[test]
    fn later_ones_keep_within_a_tenth_of_the_period() {
        assert_eq!(pause(seconds(60), 0.0), seconds(54));
        assert_eq!(pause(seconds(60), 1.0), seconds(66));
    }

    #[test]
    fn the_phase_is_spread_over_its_range() {
        let all: Vec<_> = (0..1000).map(|_| random()).collect();
        assert!(all.iter().all(|it| (0.0..=1.0).contains(it)));
        let low = all.iter().filter(|it| **it < 0.5).count();
        assert!((300..700).contains(&low), "{low} of 1000 in the lower half");
    }
}
