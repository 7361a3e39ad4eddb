//! How many unknown tokens the API server may be asked about: a bucket for each source, which
//! refills with time, and one over all of them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// A probe needs one; a source behind which many pods hide needs a few at once.
const SOURCE: Rate = Rate { burst: 10.0, per_second: 1.0 };

/// Every pod of a full node starts its probe at once, and then the API server has peace.
const ALL: Rate = Rate { burst: 120.0, per_second: 10.0 };

/// Sources that are remembered. One that has refilled is forgotten, which changes nothing for it.
const BOUND: usize = 1024;

#[derive(Clone, Copy)]
pub(super) struct Rate {
    pub(super) burst: f64,
    pub(super) per_second: f64,
}

pub(super) struct Bucket {
    left: f64,
    at: Instant,
}

pub(super) struct Allowance {
    all: Bucket,
    sources: HashMap<IpAddr, Bucket>,
}

impl Allowance {
    pub(super) fn new(now: Instant) -> Self {
        Self { all: Bucket::full(ALL, now), sources: HashMap::new() }
    }

    /// Err with the time after which it is worth asking again.
    pub(super) fn take(&mut self, source: IpAddr, now: Instant) -> Result<(), Duration> {
        if self.sources.len() >= BOUND && !self.sources.contains_key(&source) {
            self.sources.retain(|_, bucket| bucket.refilled(SOURCE, now) < SOURCE.burst);
            if self.sources.len() >= BOUND {
                return Err(Duration::from_secs(5));
            }
        }
        self.sources
            .entry(source)
            .or_insert_with(|| Bucket::full(SOURCE, now))
            .take(SOURCE, now)?;
        self.all.take(ALL, now)
    }
}

impl Bucket {
    pub(super) fn full(rate: Rate, now: Instant) -> Self {
        Self { left: rate.burst, at: now }
    }

    fn refilled(&self, rate: Rate, now: Instant) -> f64 {
        let elapsed = now.saturating_duration_since(self.at).as_secs_f64();
        (self.left + elapsed * rate.per_second).min(rate.burst)
    }

    pub(super) fn take(&mut self, rate: Rate, now: Instant) -> Result<(), Duration> {
        self.left = self.refilled(rate, now);
        self.at = self.at.max(now);
        if self.left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - self.left) / rate.per_second));
        }
        self.left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn source(index: u32) -> IpAddr {
        Ipv4Addr::from_bits(0x0a00_0000 + index).into()
    }

    #[test]
    fn a_source_has_a_burst_and_then_one_a_second() {
        let now = Instant::now();
        let mut allowance = Allowance::new(now);
        let taken = (0..100).filter(|_| allowance.take(source(1), now).is_ok()).count();
        assert_eq!(taken, 10);
        assert!(allowance.take(source(2), now).is_ok(), "another source pays for this one");
        let wait = allowance.take(source(1), now).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(1), "{wait:?}");
        let later = now + Duration::from_secs(1);
        assert!(allowance.take(source(1), later).is_ok());
        assert!(allowance.take(source(1), later).is_err());
    }

    #[test]
    fn many_sources_share_one_allowance() {
        let now = Instant::now();
        let mut allowance = Allowance::new(now);
        let taken = (0..500).filter(|it| allowance.take(source(*it), now).is_ok()).count();
        assert_eq!(taken, 120);
    }

    #[test]
    fn sources_are_bounded_and_forgotten_when_they_refilled() {
        let now = Instant::now();
        let mut allowance = Allowance::new(now);
        for index in 0..5000 {
            let _ = allowance.take(source(index), now);
        }
        assert_eq!(allowance.sources.len(), BOUND);
        let later = now + Duration::from_mins(1);
        assert!(allowance.take(source(9999), later).is_ok());
        assert_eq!(allowance.sources.len(), 1);
    }

    #[test]
    fn a_clock_that_stands_still_or_steps_back_gives_nothing_away() {
        let now = Instant::now();
        let mut allowance = Allowance::new(now + Duration::from_secs(9));
        let taken = (0..100).filter(|_| allowance.take(source(1), now).is_ok()).count();
        assert_eq!(taken, 10);
    }
}
