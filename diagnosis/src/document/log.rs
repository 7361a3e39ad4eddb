//! A log of any length into the records that could matter, in bounded memory: lines with those that
//! continue them, by their true numbers. Looks at whole blocks; only what was found is taken apart.

use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr_iter, memrchr};

use super::redact::Clean;
use super::{raw, scan, stamp};
use crate::facts::Line;

mod kept;
mod name;
mod shape;
#[cfg(test)]
mod tests;

use kept::{Kept, Record};

pub use name::name;

/// Read at once.
const BLOCK: usize = 256 << 10;

/// A record that is longer is read in parts: no logger writes one that is.
const RECORD: usize = 1 << 20;

/// Kept of one record, in bytes, around what decides.
const KEPT: usize = 8 << 10;

/// How much of them follows what decides.
const AFTER: usize = 1 << 10;

/// What was read of one log.
#[derive(Debug, Default)]
pub struct Log {
    pub lines: Vec<Line>,
    /// Physical lines in all.
    pub read: u32,
    /// Records that could matter, but are too many to be kept.
    pub dropped: u32,
}

/// Reads to the end; the reader's own errors are all that can fail.
pub fn read(place: &str, input: &mut impl Read) -> io::Result<Log> {
    let mut block = vec![0; BLOCK];
    let mut scratch = Vec::new();
    let mut records = Records { line: 1, kept: Kept::default() };
    // How many bytes there are, and how many of them were looked at as the end of an endless line.
    let (mut length, mut seen) = (0, 0);
    let mut ended = true;
    loop {
        let more = fill(input, &mut block, &mut length)?;
        if length > 0 {
            ended = block[length - 1] == b'\n';
        }
        let text = &block[..length];
        // The end of an endless line is looked at again, with what follows it.
        let (end, sure, keep) = match if more { shape::whole(text) } else { length } {
            0 if more && length < RECORD => {
                block.resize(length * 2, 0);
                continue;
            }
            0 if more => match memrchr(b'\n', text) {
                Some(at) => (at + 1, at + 1, at + 1),
                None => (length, length - AFTER, length - KEPT),
            },
            whole => (whole, whole, whole),
        };
        let mut decides = raw::cleaned(&text[..seen])..usize::MAX;
        if sure < end {
            decides.end = raw::cleaned(&text[..sure]);
        }
        records.part(raw::clean(&text[..end], &mut scratch), decides);
        records.line = records.line.saturating_add(newlines(&text[..keep]));
        if !more {
            let read = records.line - u32::from(ended);
            return Ok(records.finish(place, read));
        }
        block.copy_within(keep..length, 0);
        (length, seen) = (length - keep, sure - keep);
    }
}

/// Until the block is full; false at the end of all.
fn fill(input: &mut impl Read, block: &mut [u8], length: &mut usize) -> io::Result<bool> {
    while *length < block.len() {
        match input.read(&mut block[*length..]) {
            Ok(0) => return Ok(false),
            Ok(more) => *length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

fn newlines(text: &[u8]) -> u32 {
    u32::try_from(memchr_iter(b'\n', text).count()).unwrap_or(u32::MAX)
}

struct Records {
    /// The number of the line with which the next part begins.
    line: u32,
    kept: Kept,
}

impl Records {
    /// Whole records with an anchor that ends within this range: others are another part's.
    fn part(&mut self, text: &[u8], ends: Range<usize>) {
        let (mut line, mut counted, mut done) = (self.line, 0, 0);
        let mut from = ends.start.saturating_sub(scan::longest());
        while let Some(first) = scan::find(text, from).filter(|it| it.end <= ends.end) {
            if first.end <= ends.start {
                from = first.end;
                continue;
            }
            let begin = shape::begin(text, done, first.start);
            let end = shape::end(text, begin, first.end);
            line = line.saturating_add(newlines(&text[counted..begin]));
            let decides = scan::last(&text[..end.min(ends.end)], first);
            self.keep(line, &text[begin..end], decides.end - begin, decides.anchor);
            (counted, done, from) = (begin, end, end);
        }
    }

    fn keep(&mut self, line: u32, text: &[u8], decides: usize, anchor: usize) {
        let mut record = self.kept.fresh();
        let window = window(text, decides);
        let before = &text[..window.start];
        if !before.is_empty() {
            let first = before.split(|it| *it == b'\n').next().unwrap_or_default();
            record.head.extend(&first[..first.len().min(stamp::WITHIN)]);
        }
        record.text.extend(&text[window.clone()]);
        record.line = line.saturating_add(newlines(before));
        record.anchor = anchor;
        self.kept.add(record);
    }

    fn finish(self, place: &str, read: u32) -> Log {
        let dropped = self.kept.dropped;
        let lines = self.kept.into_records().map(|it| line(place, &it)).collect();
        Log { lines, read, dropped }
    }
}

/// The part around what decides.
fn window(text: &[u8], decides: usize) -> Range<usize> {
    if text.len() <= KEPT {
        return 0..text.len();
    }
    let mut end = decides.saturating_add(AFTER).min(text.len());
    let mut start = end.saturating_sub(KEPT);
    // No character is cut in two.
    let within = |at: usize| text.get(at).is_some_and(|it| it & 0xc0 == 0x80);
    (0..3).for_each(|_| start += usize::from(within(start)));
    (0..3).for_each(|_| end -= usize::from(within(end)));
    start..end
}

fn line(place: &str, record: &Record) -> Line {
    let lines: Vec<String> = record.text.split(|it| *it == b'\n').map(raw::line).collect();
    let head = if record.head.is_empty() { None } else { Some(raw::line(&record.head)) };
    let at = stamp::of(head.as_ref().unwrap_or(&lines[0]));
    let verbatim = lines.join("\n");
    let clean = |text: &str| Clean::new(text).into_text();
    let (text, verbatim) = match raw::meant(&verbatim) {
        Some(text) => (clean(&text), clean(&verbatim)),
        None => (clean(&verbatim), String::new()),
    };
    Line { place: place.to_owned(), line: record.line, at, text, verbatim, ..Line::default() }
}
