//! Which records could matter: one pass for the anchors of all signs.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};

use crate::{
    chain::{self, ladder},
    pattern,
};

/// What no sign knows is told all the same.
const MARKERS: [&str; 10] = [
    "AccessDenied",
    "not authorized to perform",
    "assumed-role/",
    "WebIdentity",
    "NoCredentialProviders",
    "Unable to locate credentials",
    "ExpiredToken",
    "InvalidClientTokenId",
    "AuthFailure",
    "SignatureDoesNotMatch",
];

/// Shorter texts stand in any log.
const DISTINCT: usize = 10;

fn signs() -> impl Iterator<Item = &'static str> {
    let signs = chain::links().flat_map(|(_, link)| link.signs).chain(chain::NOISE);
    let recoveries = chain::RECOVERIES.iter().map(|it| it.text);
    let signs = signs.chain(chain::HELD).map(|it| it.text);
    signs.chain(ladder::WIRE.iter().map(|it| it.text)).chain(recoveries)
}

/// What is looked for: all of it reads the same however often a logger escapes it.
pub fn anchors() -> Vec<String> {
    let (mut signs, markers) = all();
    signs.extend(markers);
    signs
}

/// Of the signs, and the markers that are none of these.
fn all() -> (Vec<String>, Vec<String>) {
    let signs: BTreeSet<String> = signs().map(pattern::anchor).flat_map(escaped).collect();
    let markers = MARKERS.iter().map(|it| (*it).to_owned());
    let markers = markers.filter(|it| !signs.contains(it)).collect();
    (signs.into_iter().collect(), markers)
}

/// The part that nobody escapes, or all ways to write it where that is too short to tell anything.
fn escaped(anchor: &'static str) -> Vec<String> {
    // JSON escapes quotes; for the sake of HTML, some escape more.
    let escapes = |it: char| !it.is_ascii() || "\"\\<>&'=/".contains(it);
    let plain = anchor.split(escapes);
    match plain.max_by_key(|it| it.len()) {
        Some(plain) if plain.len() >= DISTINCT => vec![plain.to_owned()],
        _ => {
            let escape = |it: &String| Some(it.replace('\\', "\\\\").replace('"', "\\\""));
            std::iter::successors(Some(anchor.to_owned()), escape).take(3).collect()
        }
    }
}

struct Scanner {
    automaton: AhoCorasick,
    /// The patterns from here on are markers.
    markers: usize,
}

/// The patterns are ours and few; without a scanner everything would matter.
fn scanner() -> Option<&'static Scanner> {
    static SCANNER: OnceLock<Option<Scanner>> = OnceLock::new();
    let build = || {
        let (signs, others) = all();
        let markers = signs.len();
        let mut builder = AhoCorasick::builder();
        builder.kind(Some(AhoCorasickKind::DFA)).match_kind(MatchKind::LeftmostLongest);
        let automaton = builder.build(signs.into_iter().chain(others)).ok()?;
        Some(Scanner { automaton, markers })
    };
    SCANNER.get_or_init(build).as_ref()
}

/// An anchor that was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Which one it is.
    pub(super) anchor: usize,
}

/// How many bytes an anchor has at most.
pub(super) fn longest() -> usize {
    scanner().map_or(0, |it| it.automaton.max_pattern_len())
}

/// The first anchor that begins in `text` at `from` or later.
pub(super) fn find(text: &[u8], from: usize) -> Option<Hit> {
    let Some(scanner) = scanner() else {
        let hit = Hit { start: from, end: text.len(), anchor: 0 };
        return (from < text.len()).then_some(hit);
    };
    let found = scanner.automaton.find(Input::new(text).range(from.min(text.len())..))?;
    Some(Hit { start: found.start(), end: found.end(), anchor: found.pattern().as_usize() })
}

/// Of a record and its first anchor, what decides: the last one, and a marker only where there is no
/// other.
pub(super) fn last(record: &[u8], first: Hit) -> Hit {
    let markers = scanner().map_or(0, |it| it.markers);
    let all = std::iter::successors(Some(first), |it| find(record, it.end));
    all.fold(
        first,
        |last, it| if it.anchor < markers || last.anchor >= markers { it } else { last },
    )
}

/// Whether a sign could be in it, or AWS is at fault in words that no sign knows.
pub fn matters(text: &[u8]) -> bool {
    scanner().is_none_or(|it| it.automaton.is_match(text))
}

/// How many signs and words of the wire can be read in it.
pub(super) fn readable(text: &str) -> usize {
    signs().filter(|sign| pattern::read(sign, text).is_some()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `tests/bench/diagnose` gives them to grep.
    #[test]
    fn prints_its_anchors() {
        for anchor in anchors() {
            assert!(!anchor.trim().is_empty() && !anchor.contains('\n'), "{anchor}");
            println!("anchor: {anchor}");
        }
    }

    #[test]
    fn an_anchor_is_found_however_it_is_escaped() {
        let once = |it: &str| it.replace('\\', "\\\\").replace('"', "\\\"");
        for anchor in signs().map(pattern::anchor) {
            for text in [anchor.to_owned(), once(anchor), once(&once(anchor))] {
                assert!(matters(text.as_bytes()), "{text}");
            }
        }
    }

    #[test]
    fn a_marker_after_a_sign_does_not_decide() {
        let text =
            b"Caused by: x: no such host lookup <> no basic auth credentials\n\tat a.WebIdentity";
        let last = last(text, find(text, 0).unwrap());
        assert!(last.end < text.len() - "WebIdentity".len(), "{last:?}");
    }
}
