//! What failed and went through later: told, and decides nothing.

use super::{Record, Said};
use crate::{
    chain::{RECOVERIES, Recovery},
    pattern,
};

pub(super) struct Recovered<'a> {
    /// Its place among the records.
    index: usize,
    record: &'a Record,
    recovery: &'static Recovery,
    /// What a failure must tell, too.
    same: Option<String>,
}

pub(super) fn recoveries(records: &[Record]) -> Vec<Recovered<'_>> {
    let of = |(index, record)| {
        RECOVERIES.iter().find_map(move |recovery| recovered(index, record, recovery))
    };
    records.iter().enumerate().filter_map(of).collect()
}

fn recovered<'a>(
    index: usize,
    record: &'a Record,
    recovery: &'static Recovery,
) -> Option<Recovered<'a>> {
    let (_, mut names) = pattern::read(recovery.text, &record.text)?;
    let same = match recovery.same {
        Some(name) => Some(names.remove(name)?),
        None => None,
    };
    Some(Recovered { index, record, recovery, same })
}

impl Recovered<'_> {
    /// Every way of the failure is over, and it was told before. What an API told the collector
    /// itself is never old.
    pub(super) fn ends(&self, index: usize, said: &Said) -> bool {
        let over = |link| self.recovery.of.links.iter().any(|it| std::ptr::eq(*it, link));
        let same = || self.same.as_ref().is_none_or(|it| said.record.text.contains(it.as_str()));
        !said.record.answer
            && !said.could_be.is_empty()
            && said.could_be.iter().all(|way| over(way.0))
            && self.after(index, said.record)
            && same()
    }

    /// By time where both have one, else as they follow each other in one place.
    fn after(&self, index: usize, failed: &Record) -> bool {
        match (&self.record.at, &failed.at) {
            (Some(at), Some(failed)) if at != failed => at > failed,
            _ => self.record.place == failed.place && self.index > index,
        }
    }

    pub(super) fn told(&self) -> String {
        match self.record.line {
            0 => format!("it went through later, as {} says", self.record.place),
            line => format!("it went through later, as {}:{line} says", self.record.place),
        }
    }
}
