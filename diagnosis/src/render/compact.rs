//! The report in one line of bounded length, for a termination message.

use crate::report::{Evidence, Report};

/// Quotes are cut to this many characters before anything is left out.
const QUOTE: usize = 300;

/// Compact JSON of at most `limit` bytes, still a report of the same schema.
///
/// Only the last 4,096 bytes of a termination message are kept, which would cut the verdict off;
/// so what a reader can do without goes first: details, then healthy chains, then lists.
pub fn compact(report: &Report, limit: usize) -> String {
    let mut report = report.clone();
    let steps: &[fn(&mut Report)] = &[
        |_| {},
        |it| it.evidence.iter_mut().for_each(shorten),
        |it| links(it).for_each(|link| link.needs = None),
        |it| links(it).for_each(|link| link.evidence.clear()),
        |it| it.also.iter_mut().for_each(|also| also.evidence.clear()),
        |it| links(it).for_each(|link| link.detail.clear()),
        |it| it.set_aside.clear(),
        |it| it.possible.truncate(8),
        |it| it.chains.retain(|chain| Some(chain.id) == it.chain),
        |it| it.possible.truncate(4),
        |it| it.also.truncate(4),
        |it| it.needs.truncate(4),
        |it| it.evidence.truncate(2),
        |it| it.chains.clear(),
        |it| it.also.clear(),
        |it| it.verify = None,
        |it| it.fix = None,
        |it| it.evidence.clear(),
    ];
    let mut text = String::new();
    for step in steps {
        step(&mut report);
        text = serde_json::to_string(&report).unwrap_or_default();
        if text.len() <= limit {
            break;
        }
    }
    text
}

fn links(report: &mut Report) -> impl Iterator<Item = &mut crate::report::LinkView> {
    report.chains.iter_mut().flat_map(|chain| &mut chain.links)
}

fn shorten(evidence: &mut Evidence) {
    if let Some((at, _)) = evidence.quote.char_indices().nth(QUOTE) {
        evidence.quote.truncate(at);
        evidence.quote.push('…');
    }
}
