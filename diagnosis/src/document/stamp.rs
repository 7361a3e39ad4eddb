//! When a line was written, where it says so beyond doubt: a time without its zone, or without its
//! year as klog writes it, is none that could be compared.

use std::time::{Duration, UNIX_EPOCH};

/// A time further in belongs to what the line tells, not to the line.
pub(super) const WITHIN: usize = 160;

/// Of seconds since 1970 in a log of this kind of program: 2001 to 2286.
const EPOCH: std::ops::Range<u64> = 1_000_000_000..10_000_000_000;

/// In UTC with whole seconds, like every time in Facts.
pub(super) fn of(line: &str) -> Option<String> {
    let head = &line[..line.floor_char_boundary(WITHIN)];
    let years = head.match_indices("20").map(|(at, _)| at);
    let mut fresh = years.filter(|at| !head[..*at].ends_with(|it: char| it.is_ascii_digit()));
    fresh.find_map(|at| rfc3339(&line[at..])).or_else(|| epoch(line))
}

/// A number as AWS writes times in JSON.
pub(super) fn since_1970(seconds: f64) -> Option<String> {
    let time = UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
    // Beyond the year 9999 there is no RFC 3339.
    (seconds < 253_402_300_800.0).then(|| humantime::format_rfc3339_seconds(time).to_string())
}

/// Without what kubectl and container runtimes put in front of every line: `[pod/api/app]`, a stamp,
/// and the stream with `F` or `P`.
pub(super) fn without(line: &str) -> &str {
    let named = line.strip_prefix("[pod/").and_then(|it| it.split_once("] "));
    let line = named.map_or(line, |(_, rest)| rest);
    match line.split_once(' ') {
        Some((stamp, rest)) if stamp.len() >= 20 && is_moment(stamp) => {
            let stream = rest.strip_prefix("stderr ").or(rest.strip_prefix("stdout "));
            let part = stream.and_then(|it| it.strip_prefix("F ").or(it.strip_prefix("P ")));
            part.unwrap_or(rest)
        }
        _ => line,
    }
}

/// Whether a logger began it: with a time, or a level as klog writes it.
pub(super) fn begins(line: &str) -> bool {
    let klog = |it: &[u8]| matches!(it, [b'I' | b'W' | b'E' | b'F', rest @ ..] if rest.iter().all(u8::is_ascii_digit));
    is_moment(line.trim_start_matches('['))
        || line.split(' ').next().is_some_and(|it| it.len() == 5 && klog(it.as_bytes()))
}

/// `2026-03-01T10:05:00`, and what follows it.
fn is_moment(text: &str) -> bool {
    let shape = |(at, byte): (usize, &u8)| match at {
        4 | 7 => *byte == b'-',
        10 => matches!(byte, b'T' | b' '),
        13 | 16 => *byte == b':',
        _ => byte.is_ascii_digit(),
    };
    text.as_bytes().get(..19).is_some_and(|it| it.iter().enumerate().all(shape))
}

fn rfc3339(text: &str) -> Option<String> {
    let (date, rest) = text.split_at_checked(19)?;
    if !is_moment(date) {
        return None;
    }
    let fraction = rest.strip_prefix(['.', ',']).unwrap_or(rest);
    let zone = fraction.trim_start_matches(|it: char| it.is_ascii_digit());
    let time = humantime::parse_rfc3339(&format!("{}T{}Z", &date[..10], &date[11..])).ok()?;
    let time = if zone.starts_with('Z') {
        time
    } else {
        let (sign, offset) = (zone.get(..1)?, zone.get(1..)?);
        let digits: String = offset.chars().take(5).filter(char::is_ascii_digit).collect();
        let (hours, minutes) = digits.split_at_checked(2)?;
        let (hours, minutes): (u64, u64) = (hours.parse().ok()?, minutes.parse().ok()?);
        let offset = Duration::from_secs(hours * 3600 + minutes * 60);
        match sign {
            "+" => time.checked_sub(offset)?,
            "-" => time.checked_add(offset)?,
            _ => return None,
        }
    };
    Some(humantime::format_rfc3339_seconds(time).to_string())
}

/// Loggers that write JSON mostly count seconds, with or without a fraction, or milliseconds.
fn epoch(line: &str) -> Option<String> {
    let names = ["\"ts\":", "\"time\":", "\"timestamp\":", "\"@timestamp\":"];
    let after = names.iter().find_map(|name| line.split_once(name).map(|(_, after)| after))?;
    let after = after.trim_start();
    let digits = &after[..after.find(|it: char| !it.is_ascii_digit()).unwrap_or(after.len())];
    let number: u64 = digits.parse().ok()?;
    let seconds = [number, number / 1000].into_iter().find(|it| EPOCH.contains(it))?;
    let time = UNIX_EPOCH + Duration::from_secs(seconds);
    Some(humantime::format_rfc3339_seconds(time).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_with_its_zone_is_read_wherever_loggers_put_it() {
        for (line, at) in [
            ("2026-03-01T10:05:00.123456789Z listening", "2026-03-01T10:05:00Z"),
            ("[2026-03-01 12:05:00,123 +0200] x", ""),
            ("2026-03-01T12:05:00.5+02:00 x", "2026-03-01T10:05:00Z"),
            ("2026-03-01T05:05:00-0500 x", "2026-03-01T10:05:00Z"),
            ("time=\"2026-03-01T10:05:00Z\" level=error msg=x", "2026-03-01T10:05:00Z"),
            ("{\"level\":\"error\",\"ts\":\"2026-03-01T10:05:00.000Z\"}", "2026-03-01T10:05:00Z"),
            ("{\"level\":\"error\",\"ts\":1772359500.25}", "2026-03-01T10:05:00Z"),
            ("{\"time\":1772359500250}", "2026-03-01T10:05:00Z"),
            ("E0301 10:05:00.123456    1 main.go:1] x", ""),
            ("2026-03-01 10:05:00,123 ERROR x", ""),
            ("2026-13-41T99:99:99Z", ""),
            ("2026-03-01T10:05:00+", ""),
            ("12026-03-01T10:05:00Z", ""),
            ("é2026", ""),
        ] {
            assert_eq!(of(line).unwrap_or_default(), at, "{line}");
        }
    }

    #[test]
    fn only_a_stamp_of_its_own_is_taken_off() {
        assert_eq!(without("2026-03-01T10:05:00.1Z   at x"), "  at x");
        assert_eq!(without("2026-03-01 10:05:00"), "2026-03-01 10:05:00");
        assert_eq!(without("listening on 8080"), "listening on 8080");
    }
}
