//! Lines of a log into the records that matter: a line with those that continue it, kept when a sign
//! of some link could be in it, or when AWS is at fault in words that no sign knows.

use diagnosis::facts::Line;
use serde_json::json;

use crate::kubernetes::time;
use diagnosis::document::{redact::Clean, scan};

/// The last ones of each log.
const KEPT: usize = 60;

/// Of one record, in bytes.
const LENGTH: usize = 8 << 10;

/// `text` has a time in front of each line, as the kubelet gives them on request.
pub(super) fn records(text: &str, place: &str) -> Vec<Line> {
    let mut records: Vec<(Option<String>, u32, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let (at, line) = stamped(line);
        match records.last_mut() {
            Some((_, _, record)) if continues(line) && record.len() < LENGTH => {
                record.push('\n');
                record.push_str(line);
            }
            _ => records.push((at, number, line.to_owned())),
        }
    }
    let mut kept: Vec<_> =
        records.into_iter().filter(|(.., text)| scan::matters(text.as_bytes())).collect();
    kept.drain(..kept.len().saturating_sub(KEPT));
    let line = |(at, _, text): (Option<String>, u32, String)| line_of(place, at, &text);
    kept.into_iter().map(line).collect()
}

/// The only way from a text of the cluster into a record. Its number means nothing: it counts from
/// wherever the tail began.
pub(crate) fn line_of(place: &str, at: Option<String>, text: &str) -> Line {
    let text = &text[..text.floor_char_boundary(LENGTH)];
    let text = Clean::new(text).into_text();
    Line { place: place.to_owned(), at, text, ..Line::default() }
}

/// On one line, so that it can forge no other; what cannot be seen is escaped.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::new();
    for letter in text.chars() {
        match letter {
            '"' | '\'' | '\\' => line.push(letter),
            _ => line.extend(letter.escape_debug()),
        }
    }
    line
}

fn stamped(line: &str) -> (Option<String>, &str) {
    let Some((stamp, rest)) = line.split_once(' ') else {
        return (None, line);
    };
    match serde_json::from_value(json!(stamp)) {
        Ok(stamp) => (Some(time(&stamp)), rest),
        Err(_) => (None, line),
    }
}

/// Stack traces and wrapped errors go on like this.
fn continues(line: &str) -> bool {
    let begin = line.get(..9).unwrap_or(line).to_ascii_lowercase();
    line.starts_with([' ', '\t', '}', ']']) || begin == "caused by"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_records_that_matter_are_kept_whole_and_with_their_time() {
        let log = "2026-03-01T10:05:00.123456789Z listening on 8080\n\
            2026-03-01T12:05:01.5+02:00 upload failed\n\
            2026-03-01T10:05:01.6Z   at S3.put\n\
            2026-03-01T10:05:01.7Z Caused by: An error occurred (AccessDenied) when calling PutObject\n\
            2026-03-01T10:05:02Z GET /healthz 200\n\
            without a time: AccessDenied";
        let records = records(log, "logs of prod/api-1/app");
        assert_eq!(records.len(), 2, "{records:?}");
        assert_eq!(records[0].at.as_deref(), Some("2026-03-01T10:05:01Z"));
        assert_eq!(records[0].text.lines().count(), 3, "{records:?}");
        assert_eq!(
            (records[1].at.as_deref(), &*records[1].text),
            (None, "without a time: AccessDenied")
        );
    }

    #[test]
    fn a_flood_leaves_its_end() {
        let log = (0..1000).map(|it| format!("{it} AccessDenied")).collect::<Vec<_>>().join("\n");
        let records = records(&log, "x");
        assert_eq!((records.len(), &*records[KEPT - 1].text), (KEPT, "999 AccessDenied"));
    }

    #[test]
    fn a_secret_of_a_log_does_not_enter() {
        let records = records("AccessDenied for AKIAIOSFODNN7EXAMPLE\n", "x");
        assert!(!records[0].text.contains("AKIA"), "{records:?}");
    }
}
