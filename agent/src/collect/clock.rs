//! This clock beside those of everybody who put a `Date` on an answer.

use diagnosis::facts::{Clock, Observed, Phase, Reach, Source, seconds};

use super::ask::{Missed, observed};

const PLACE: &str = "the Date of what answered";

/// One answer's date: how far this clock was ahead of it.
struct Beside<'a> {
    host: &'a str,
    offset: i64,
    date: &'a str,
    here: &'a str,
}

/// The median, so that one server, or a cache in between, that is wrong decides nothing.
pub(super) fn against(answers: &[&Observed<Reach>]) -> Observed<Clock> {
    let mut all: Vec<_> = answers.iter().filter_map(|it| beside(it)).collect();
    all.sort_by_key(|it| it.offset);
    let Some(middle) = all.get(all.len().saturating_sub(1) / 2) else {
        return observed(Err(Missed::new(PLACE, "nobody answered with one")));
    };
    let against = match all.len() {
        1 => middle.host.to_owned(),
        others => format!("{} and {} more", middle.host, others - 1),
    };
    let others = all.iter().filter(|it| it.host != middle.host);
    let text: Vec<_> = [middle].into_iter().chain(others).map(line).collect();
    let clock = Clock { offset_seconds: middle.offset, against };
    Observed::seen(clock, Source::new(PLACE, middle.here, text.join("\n")))
}

fn line(it: &Beside) -> String {
    let Beside { host, offset, date, here } = it;
    format!("{host}: Date {date}, this clock {here}: off by {offset} s")
}

/// Both are whole seconds; the server wrote its own half of the exchange earlier.
fn beside(answer: &Observed<Reach>) -> Option<Beside<'_>> {
    let Observed::Seen { value, source } = answer else { return None };
    let (date, here) = (value.server_date.as_deref()?, source.at.as_deref()?);
    let http = value.phases.iter().find(|it| it.phase == Phase::Http).map_or(0, |it| it.millis);
    let since = i64::try_from(http / 2 / 1000).unwrap_or(0);
    let offset = seconds(date, here)?.saturating_sub(since);
    Some(Beside { host: &value.host, offset, date, here })
}

#[cfg(test)]
mod tests {
    use diagnosis::facts::{Ended, Timing};

    use super::*;

    fn answer(host: &str, date: Option<&str>, http: u64) -> Observed<Reach> {
        let reach = Reach {
            host: host.to_owned(),
            port: 443,
            addresses: Vec::new(),
            phases: vec![Timing { phase: Phase::Http, millis: http }],
            ended: Ended::Answered(200),
            error: String::new(),
            issuer: None,
            server_date: date.map(str::to_owned),
            via: None,
        };
        Observed::seen(reach, Source::new("x", "2026-03-01T10:20:00Z", ""))
    }

    #[test]
    fn the_median_stands_and_its_answer_is_told_first() {
        let answers = [
            answer("far", Some("2026-03-01T09:00:00Z"), 5),
            answer("a", Some("2026-03-01T10:00:00Z"), 5),
            answer("b", Some("2026-03-01T10:00:01Z"), 5),
            answer("dateless", None, 5),
        ];
        let all: Vec<_> = answers.iter().collect();
        let Observed::Seen { value, source } = against(&all) else { panic!("not seen") };
        assert_eq!((value.offset_seconds, &*value.against), (1200, "a and 2 more"));
        assert_eq!(
            source.text.lines().next(),
            Some("a: Date 2026-03-01T10:00:00Z, this clock 2026-03-01T10:20:00Z: off by 1200 s")
        );
    }

    #[test]
    fn half_of_a_slow_exchange_is_not_the_clock_s() {
        let slow = answer("a", Some("2026-03-01T10:19:58Z"), 4000);
        assert_eq!(against(&[&slow]).value().map(|it| it.offset_seconds), Some(0));
    }

    #[test]
    fn without_any_date_nothing_is_known() {
        assert!(against(&[&answer("a", None, 1), &Observed::Skipped]).value().is_none());
    }
}
