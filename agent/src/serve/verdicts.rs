//! What became known of tokens, by their hash, for a while. The token itself is never kept.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use ring::digest::{SHA256, digest};

use super::refusal::Denied;
use super::review::Sender;

/// More than the pods of a node; a bound against whoever sends a new token each time.
const BOUND: usize = 512;

/// After this long the API server is asked again, whatever it said: pods and tokens get deleted.
const LONGEST: Duration = Duration::from_mins(1);

/// Stands for a token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Hash([u8; 32]);

impl Hash {
    pub(super) fn of(token: &str) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(hash)
    }
}

pub(super) type Verdict = Result<Sender, Denied>;

#[derive(Default)]
pub(super) struct Verdicts(HashMap<Hash, (Verdict, Instant)>);

impl Verdicts {
    pub(super) fn get(&self, hash: Hash, now: Instant) -> Option<Verdict> {
        let (verdict, until) = self.0.get(&hash)?;
        (now < *until).then(|| verdict.clone())
    }

    /// `remaining` is how long the token itself is valid, which limits what speaks for it.
    pub(super) fn put(&mut self, hash: Hash, verdict: Verdict, remaining: Duration, now: Instant) {
        let lasts = if verdict.is_ok() { remaining.min(LONGEST) } else { LONGEST };
        if self.0.len() >= BOUND {
            self.0.retain(|_, (_, until)| now < *until);
        }
        if self.0.len() >= BOUND {
            self.give_way();
        }
        self.0.insert(hash, (verdict, now + lasts));
    }

    /// A denial goes before a vouched pod, so that a flood of bad tokens costs only the bad ones;
    /// then the one that would end first.
    fn give_way(&mut self) {
        let rank = |(_, (verdict, until)): &(&Hash, &(Verdict, Instant))| (verdict.is_ok(), *until);
        if let Some(hash) = self.0.iter().min_by_key(rank).map(|(hash, _)| *hash) {
            self.0.remove(&hash);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    const DENIED: Verdict = Err(Denied::Unauthenticated("no"));

    fn known() -> Sender {
        let [namespace, service_account, pod, uid] = ["prod", "api", "api-1", "u1"].map(Into::into);
        Sender { namespace, service_account, pod, uid }
    }

    #[test]
    fn a_verdict_ends_with_its_token_and_at_the_latest_after_a_minute() {
        let now = Instant::now();
        let seconds = |it| now + Duration::from_secs(it);
        let cases = [
            (Ok(known()), HOUR, 60),
            (Ok(known()), Duration::from_secs(10), 10),
            (DENIED, Duration::from_secs(10), 60),
        ];
        for (verdict, remaining, lasts) in cases {
            let mut verdicts = Verdicts::default();
            verdicts.put(Hash::of("t"), verdict.clone(), remaining, now);
            assert_eq!(verdicts.get(Hash::of("t"), seconds(lasts - 1)), Some(verdict));
            assert_eq!(verdicts.get(Hash::of("t"), seconds(lasts)), None);
            assert_eq!(verdicts.get(Hash::of("u"), now), None);
        }
    }

    #[test]
    fn a_flood_of_bad_tokens_neither_grows_it_nor_drives_a_good_one_out() {
        let now = Instant::now();
        let mut verdicts = Verdicts::default();
        verdicts.put(Hash::of("good"), Ok(known()), HOUR, now);
        for index in 0..10 * BOUND {
            verdicts.put(Hash::of(&format!("bad {index}")), DENIED, HOUR, now);
        }
        assert_eq!(verdicts.0.len(), BOUND);
        assert_eq!(verdicts.get(Hash::of("good"), now), Some(Ok(known())));
        assert_eq!(verdicts.get(Hash::of(&format!("bad {}", 10 * BOUND - 1)), now), Some(DENIED));
    }

    #[test]
    fn what_ended_makes_room_first() {
        let now = Instant::now();
        let mut verdicts = Verdicts::default();
        for index in 0..BOUND {
            verdicts.put(Hash::of(&index.to_string()), Ok(known()), Duration::from_secs(1), now);
        }
        verdicts.put(Hash::of("next"), Ok(known()), HOUR, now + Duration::from_secs(2));
        assert_eq!(verdicts.0.len(), 1);
    }
}
