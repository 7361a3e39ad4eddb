//! Which lines belong together: stack traces, wrapped errors, and what a runtime cut in parts.

use memchr::{memchr, memrchr};

use super::super::{raw, stamp};

/// So much of a line tells whether it goes on.
const HEAD: usize = 160;

/// Where the record begins in which this byte stands. What stands before `floor` is another one's.
pub(super) fn begin(text: &[u8], floor: usize, at: usize) -> usize {
    let mut start = line_start(text, floor, at);
    while start > floor {
        let before = line_start(text, floor, start - 1);
        if !continues(&text[before..start - 1], &text[start..line_end(text, start)]) {
            break;
        }
        start = before;
    }
    start
}

/// Where the record ends in which this byte stands, without its line end.
pub(super) fn end(text: &[u8], floor: usize, at: usize) -> usize {
    let mut start = line_start(text, floor, at);
    let mut end = line_end(text, at);
    while end + 1 < text.len() {
        let next = line_end(text, end + 1);
        if !continues(&text[start..end], &text[end + 1..next]) {
            break;
        }
        (start, end) = (end + 1, next);
    }
    end
}

/// Up to where whole records stand in a text that goes on; 0 where not even the first one is whole.
pub(super) fn whole(text: &[u8]) -> usize {
    let mut start = line_start(text, 0, text.len());
    // Of the last line too little may have come to tell what it is.
    let mut unsure = text.len() - start < HEAD;
    while start > 0 {
        let before = line_start(text, 0, start - 1);
        let line = &text[start..line_end(text, start)];
        if !unsure && !continues(&text[before..start - 1], line) {
            return start;
        }
        (start, unsure) = (before, false);
    }
    0
}

pub(super) fn line_start(text: &[u8], floor: usize, at: usize) -> usize {
    memrchr(b'\n', &text[floor..at]).map_or(floor, |it| floor + it + 1)
}

fn line_end(text: &[u8], at: usize) -> usize {
    memchr(b'\n', &text[at..]).map_or(text.len(), |it| at + it)
}

/// Whether a line goes on with what the line before it began.
fn continues(before: &[u8], line: &[u8]) -> bool {
    let (before, line) = (head(before), head(line));
    let own = stamp::without(line);
    if is_continuation(own) || raw::is_part(before.as_bytes()) {
        return true;
    }
    // Each line of a container may carry the same names in front.
    let Some((name, rest)) = own.split_once(' ') else { return false };
    let shared = stamp::without(before).strip_prefix(name).is_some_and(|it| it.starts_with(' '));
    shared && FRAMES.iter().any(|it| rest.contains(it))
}

/// Behind a prefix, only what nobody writes otherwise.
const FRAMES: [&str; 5] = ["\tat ", "    at ", "Caused by: ", "\t... ", "  File \""];

fn is_continuation(line: &str) -> bool {
    let inner = line.trim_start_matches([' ', '\t']);
    if inner.len() < line.len() {
        // A table of events or a log is pasted with an indent, too; some loggers pad the level.
        let word = inner.split(' ').next().unwrap_or_default();
        let level = (4..9).contains(&word.len()) && word.bytes().all(|it| it.is_ascii_uppercase());
        let event = ["Normal", "Warning"].contains(&word);
        return !level && !event && !stamp::begins(inner);
    }
    let begin = line.get(..9).unwrap_or(line);
    begin.eq_ignore_ascii_case("caused by")
        || line.starts_with(['}', ']'])
        || line.starts_with("--- End of ")
        || line.starts_with("---> ")
        // Kubernetes' list of rules that a grant lacks.
        || line.starts_with("{APIGroups:")
}

/// As far as it is text.
fn head(line: &[u8]) -> &str {
    let line = &line[..line.len().min(HEAD)];
    match std::str::from_utf8(line) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&line[..error.valid_up_to()]).unwrap_or_default(),
    }
}
