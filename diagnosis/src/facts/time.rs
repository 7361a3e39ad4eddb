//! Times in Facts are text; this is what lies between two of them.

use std::time::Duration;

use humantime::parse_rfc3339;

/// Seconds from `a` to `b`; `None` where one of them is no time.
pub fn seconds(a: &str, b: &str) -> Option<i64> {
    let (a, b) = (parse_rfc3339(a).ok()?, parse_rfc3339(b).ok()?);
    let seconds = |it: Duration| i64::try_from(it.as_secs()).unwrap_or(i64::MAX);
    Some(match b.duration_since(a) {
        Ok(later) => seconds(later),
        Err(earlier) => -seconds(earlier.duration()),
    })
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn seconds_have_a_sign_and_want_two_times() {
        let (a, b) = ("2026-03-01T10:00:00Z", "2026-03-01T10:06:30Z");
        assert_eq!((seconds(a, b), seconds(b, a)), (Some(390), Some(-390)));
        assert_eq!(seconds("yesterday", b), None);
    }
}
