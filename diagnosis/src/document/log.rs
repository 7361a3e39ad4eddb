//! A log of any length into the records that could matter, in bounded memory: lines with those that
//! continue them, by their true numbers.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use super::redact::Clean;
use super::{raw, scan, stamp};
use crate::facts::Line;

/// A record that is longer is cut: no logger writes one that is.
const RECORD: usize = 4 << 20;

/// Kept of one record, in bytes, around what decides.
const KEPT: usize = 8 << 10;

/// How much of them follows what decides.
const AFTER: usize = 1 << 10;

/// The first and the last of a flood: how it began, and how it stands.
const FIRST: usize = 100;
const LAST: usize = 400;

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
pub fn read(place: &str, input: &mut impl BufRead) -> io::Result<Log> {
    let mut records = Records::new(place);
    let mut line = Vec::new();
    loop {
        line.clear();
        if !next(input, &mut line)? {
            return Ok(records.finish());
        }
        records.line(&line);
    }
}

/// One line without its end, cut where it is longer than any record; false at the end of all.
fn next(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    let mut any = false;
    loop {
        let buffer = match input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            return Ok(any);
        }
        any = true;
        let end = buffer.iter().position(|it| *it == b'\n');
        let part = &buffer[..end.unwrap_or(buffer.len())];
        line.extend(&part[..part.len().min(RECORD.saturating_sub(line.len()))]);
        let used = end.map_or(buffer.len(), |it| it + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

struct Records<'a> {
    place: &'a str,
    number: u32,
    /// The record that may go on, and the number of its first line.
    open: Vec<u8>,
    began: u32,
    first: Vec<Line>,
    last: VecDeque<Line>,
    dropped: u32,
}

impl<'a> Records<'a> {
    fn new(place: &'a str) -> Self {
        let (open, first, last) = (Vec::new(), Vec::new(), VecDeque::new());
        Self { place, number: 0, open, began: 0, first, last, dropped: 0 }
    }

    fn line(&mut self, line: &[u8]) {
        self.number = self.number.saturating_add(1);
        let goes_on = self.began > 0 && continues(line);
        if goes_on && self.open.len() + line.len() < RECORD {
            self.open.push(b'\n');
            self.open.extend(line);
            return;
        }
        self.close();
        self.began = self.number;
        self.open.extend(line);
    }

    fn close(&mut self) {
        if let Some(line) = self.record() {
            if self.first.len() < FIRST {
                self.first.push(line);
            } else {
                if self.last.len() == LAST {
                    self.last.pop_front();
                    self.dropped = self.dropped.saturating_add(1);
                }
                self.last.push_back(line);
            }
        }
        self.open.clear();
    }

    fn record(&self) -> Option<Line> {
        let escaped = self.open.contains(&b'\\') || self.open.contains(&b'\x1b');
        if !escaped && !scan::matters(&self.open) {
            return None;
        }
        let lines: Vec<String> = self.open.split(|it| *it == b'\n').map(raw::line).collect();
        let text = lines.join("\n");
        let at = stamp::of(&lines[0]);
        let (text, skipped) = window(meant(text)?);
        let line = self.began.saturating_add(skipped);
        Some(Line { place: self.place.to_owned(), line, at, text: Clean::new(&text).into_text() })
    }

    fn finish(mut self) -> Log {
        self.close();
        let lines = self.first.into_iter().chain(self.last).collect();
        Log { lines, read: self.number, dropped: self.dropped }
    }
}

/// As it stands, or without its escapes where more of it can be read then.
fn meant(text: String) -> Option<String> {
    match raw::unescaped(&text).filter(|inner| scan::matters(inner.as_bytes())) {
        Some(inner) if scan::readable(&inner) > scan::readable(&text) => Some(inner),
        _ => scan::matters(text.as_bytes()).then_some(text),
    }
}

/// The part around what decides, and how many lines were left out before it.
fn window(text: String) -> (String, u32) {
    if text.len() <= KEPT {
        return (text, 0);
    }
    let end = scan::last(text.as_bytes()).unwrap_or(0).saturating_add(AFTER).min(text.len());
    let end = text.floor_char_boundary(end);
    let start = text.ceil_char_boundary(end.saturating_sub(KEPT));
    let before = text[..start].matches('\n').count();
    (text[start..end].to_owned(), u32::try_from(before).unwrap_or(u32::MAX))
}

/// Stack traces and wrapped errors go on like this, and Kubernetes' list of rules that a grant lacks.
fn continues(line: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&line[..line.len().min(80)]);
    let line = stamp::without(&head);
    let begin = line.get(..9).unwrap_or(line).to_ascii_lowercase();
    line.starts_with([' ', '\t', '}', ']'])
        || begin == "caused by"
        || line.starts_with("{APIGroups:")
}

#[cfg(test)]
mod tests;
