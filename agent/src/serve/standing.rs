//! Which verdicts stand: one is reported once it was seen often enough, and taken back by the first
//! look that sees it gone.
//!
//! A look that cannot tell changes nothing by itself. It takes a place among the last looks, so
//! that what was seen long ago confirms nothing, and after [`EXPIRES`] of them in a row a verdict
//! that stands expires: nobody knows any more whether it holds.
//!
//! Knows neither time nor what a verdict says; it is told of each look once.

use std::collections::VecDeque;
use std::str::FromStr;

#[cfg(test)]
mod tests;

/// Ten minutes, looked at once a minute.
pub(super) const EXPIRES: u16 = 10;

/// Longer would be a latch: who wants an hour's quiet asks less often.
const LONGEST: u8 = 32;

/// In how many of the last looks a verdict must have been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    seen: u8,
    of: u8,
}

/// What a look says of a verdict that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    Present,
    Gone,
    /// It was not, or could not be, looked at well enough.
    Unseen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change<K> {
    Reported(K),
    Cleared(K),
    Expired(K),
}

pub(super) struct Standing<K> {
    rule: Rule,
    /// What each of the last looks decided, the newest last.
    last: VecDeque<Option<K>>,
    /// With the number of looks in a row that could not tell.
    held: Vec<(K, u16)>,
}

impl<K: Copy + PartialEq> Standing<K> {
    pub(super) fn new(rule: Rule) -> Self {
        Self { rule, last: VecDeque::new(), held: Vec::new() }
    }

    /// `decided` is the verdict of this look, if it has one; `sight` what it says of another.
    pub(super) fn look(
        &mut self,
        decided: Option<K>,
        sight: impl Fn(K) -> Sight,
    ) -> Vec<Change<K>> {
        let mut changes = Vec::new();
        self.held.retain_mut(|(key, unseen)| {
            match if decided == Some(*key) { Sight::Present } else { sight(*key) } {
                Sight::Present => *unseen = 0,
                Sight::Unseen if *unseen + 1 < EXPIRES => *unseen += 1,
                Sight::Unseen => changes.push(Change::Expired(*key)),
                Sight::Gone => changes.push(Change::Cleared(*key)),
            }
            changes.last().is_none_or(|it| it.key() != *key)
        });
        // What comes back has to be confirmed anew.
        for change in &changes {
            self.last.iter_mut().filter(|it| **it == Some(change.key())).for_each(|it| *it = None);
        }
        self.last.push_back(decided);
        while self.last.len() > usize::from(self.rule.of) {
            self.last.pop_front();
        }
        if let Some(key) = decided.filter(|key| !self.stands(*key)) {
            let seen = self.last.iter().filter(|it| **it == Some(key)).count();
            if seen >= usize::from(self.rule.seen) {
                self.held.push((key, 0));
                changes.push(Change::Reported(key));
            }
        }
        changes
    }

    fn stands(&self, key: K) -> bool {
        self.held.iter().any(|(it, _)| *it == key)
    }
}

impl<K: Copy> Change<K> {
    pub(super) fn key(&self) -> K {
        let (Self::Reported(key) | Self::Cleared(key) | Self::Expired(key)) = self;
        *key
    }
}

impl Rule {
    pub(super) fn of(self) -> u8 {
        self.of
    }
}

impl Default for Rule {
    fn default() -> Self {
        Self { seen: 2, of: 3 }
    }
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |it: &str| it.parse::<u8>().ok();
        match text.split_once('/').map(|(seen, of)| (number(seen), number(of))) {
            Some((Some(seen), Some(of))) if 1 <= seen && seen <= of && of <= LONGEST => {
                Ok(Self { seen, of })
            }
            _ => Err(format!("not N/M with 1 <= N <= M <= {LONGEST}")),
        }
    }
}
