//! Instants as IAM writes them: ISO 8601 in the forms of the W3C note, or seconds since 1970.

/// Microseconds since 1970.
pub(super) fn instant(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    // Four digits alone are a year.
    if digits.len() != 4 && !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit()) {
        return text.parse::<i64>().ok().map(|it| i128::from(it) * 1_000_000);
    }
    let (date, clock) = match text.split_once('T') {
        Some((date, clock)) => (date, Some(clock)),
        None => (text, None),
    };
    let mut fields = date.split('-');
    let year = field(fields.next()?, 4)?;
    let month = fields.next().map_or(Some(1), |it| field(it, 2))?;
    let day = fields.next().map_or(Some(1), |it| field(it, 2))?;
    let whole = date.len() == 10;
    if fields.next().is_some() || !(1..=12).contains(&month) || day < 1 || day > days(year, month) {
        return None;
    }
    let midnight = i128::from(days_since_1970(year, month, day)) * 86_400_000_000;
    match clock {
        None => Some(midnight),
        Some(clock) if whole => Some(midnight + time_of_day(clock)?),
        Some(_) => None,
    }
}

fn time_of_day(text: &str) -> Option<i128> {
    let zone = text.find(['Z', '+', '-'])?;
    let (clock, zone) = text.split_at(zone);
    let mut fields = clock.split(':');
    let (hour, minute) = (field(fields.next()?, 2)?, field(fields.next()?, 2)?);
    let (second, micros) = match fields.next() {
        None => (0, 0),
        Some(text) => match text.split_once('.') {
            None => (field(text, 2)?, 0),
            Some((whole, part)) => (field(whole, 2)?, micros(part)?),
        },
    };
    if fields.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = hour * 3600 + minute * 60 + second - offset(zone)?;
    Some(i128::from(seconds) * 1_000_000 + i128::from(micros))
}

/// `Z`, `+hh:mm` or `-hh:mm`, in seconds.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes) = (field(hours, 2)?, field(minutes, 2)?);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

fn micros(part: &str) -> Option<i64> {
    let digits: String = part.chars().chain("000000".chars()).take(6).collect();
    let valid = !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    digits.parse().ok().filter(|_| valid)
}

fn field(text: &str, width: usize) -> Option<i64> {
    let valid = text.len() == width && text.bytes().all(|it| it.is_ascii_digit());
    text.parse().ok().filter(|_| valid)
}

fn days(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// The Gregorian calendar, years 0 to 9999.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let leaps = |year: i64| {
        (year + 3).div_euclid(4) - (year + 99).div_euclid(100) + (year + 399).div_euclid(400)
    };
    let before: i64 = (1..month).map(|it| days(year, it)).sum();
    year * 365 + leaps(year) + before + day - 1 - (1970 * 365 + leaps(1970))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_six_forms_of_the_w3c_note_and_epoch_seconds() {
        let same = 1_577_836_800_i128 * 1_000_000;
        for text in [
            "2020",
            "2020-01",
            "2020-01-01",
            "2020-01-01T00:00Z",
            "2020-01-01T00:00:00Z",
            "2020-01-01T02:00:00.000+02:00",
            "2019-12-31T19:00:00-05:00",
            "1577836800",
        ] {
            assert_eq!(instant(text), Some(same), "{text}");
        }
        assert_eq!(instant("1970-01-01T00:00:00.5Z"), Some(500_000));
        assert_eq!(instant("2000-03-01"), Some(951_868_800_000_000));
        for text in [
            "",
            "x",
            "2020-13",
            "2021-02-29",
            "2020-01-01T00:00",
            "2020-1-1",
            "2020T00:00Z",
            "2020-01-01T24:00Z",
            "-",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
    }
}
