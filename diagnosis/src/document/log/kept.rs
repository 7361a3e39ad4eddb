//! What is kept of a flood: its begin, its end, and something of each kind between.

use std::collections::{BTreeMap, VecDeque};

/// How it began, and how it stands.
pub(super) const FIRST: usize = 100;
pub(super) const LAST: usize = 400;

/// Of each anchor, between the two: what is rare must not drown.
pub(super) const EACH: usize = 2;

/// The part of one record around what decides, as it was written.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// The number of its first line, and of the first line that is kept.
    pub(super) line: u32,
    /// What was found in it.
    pub(super) anchor: usize,
    /// Its begin, where that is not among what is kept.
    pub(super) head: Vec<u8>,
    pub(super) text: Vec<u8>,
}

#[derive(Debug, Default)]
pub(super) struct Kept {
    first: Vec<Record>,
    between: Vec<Record>,
    last: VecDeque<Record>,
    counts: BTreeMap<usize, usize>,
    pub(super) dropped: u32,
    /// Its memory serves the next one.
    spare: Option<Record>,
}

impl Kept {
    /// Empty, to be filled and given to `add`.
    pub(super) fn fresh(&mut self) -> Record {
        let mut record = self.spare.take().unwrap_or_default();
        record.head.clear();
        record.text.clear();
        record
    }

    pub(super) fn add(&mut self, record: Record) {
        if self.first.len() < FIRST {
            self.first.push(record);
            return;
        }
        self.last.push_back(record);
        if self.last.len() <= LAST {
            return;
        }
        let Some(old) = self.last.pop_front() else { return };
        let count = self.counts.entry(old.anchor).or_default();
        if *count < EACH {
            *count += 1;
            self.between.push(old);
        } else {
            self.dropped = self.dropped.saturating_add(1);
            self.spare = Some(old);
        }
    }

    pub(super) fn into_records(self) -> impl Iterator<Item = Record> {
        self.first.into_iter().chain(self.between).chain(self.last)
    }
}
