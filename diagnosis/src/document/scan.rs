//! Which records could matter: one pass for the anchors of all signs.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

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

fn signs() -> impl Iterator<Item = &'static str> {
    let signs = chain::links().flat_map(|(_, link)| link.signs).chain(chain::NOISE);
    signs.map(|it| it.text).chain(ladder::WIRE.iter().map(|it| it.text))
}

/// The patterns are ours and few; without a scanner everything would matter.
fn scanner() -> Option<&'static AhoCorasick> {
    static SCANNER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let build = || {
        let anchors = signs().map(pattern::anchor).chain(MARKERS);
        AhoCorasick::builder().kind(Some(aho_corasick::AhoCorasickKind::DFA)).build(anchors).ok()
    };
    SCANNER.get_or_init(build).as_ref()
}

/// Where the last anchor ends: what decides stands at a record's end. `None`: it cannot matter.
pub(super) fn last(text: &[u8]) -> Option<usize> {
    match scanner() {
        Some(scanner) => scanner.find_iter(text).last().map(|it| it.end()),
        None => Some(text.len()),
    }
}

/// Whether a sign could be in it, or AWS is at fault in words that no sign knows.
pub fn matters(text: &[u8]) -> bool {
    scanner().is_none_or(|it| it.is_match(text))
}

/// How many signs and words of the wire can be read in it.
pub(super) fn readable(text: &str) -> usize {
    signs().filter(|sign| pattern::read(sign, text).is_some()).count()
}
