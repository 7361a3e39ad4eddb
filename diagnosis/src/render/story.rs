//! What every form for people tells in the same words: a renderer only dresses it.

use crate::report::{
    Cause, ChainView, Change, Evidence, LinkView, Outcome, Report, SetAside, State,
};

/// The answer in a word: the plane where one is decided.
pub(super) fn head(report: &Report) -> String {
    let plane = report.plane.map(|plane| plane.word().to_uppercase());
    match (report.outcome, plane) {
        (Outcome::Decided, Some(plane)) => plane,
        (Outcome::Healthy, _) => "HEALTHY".to_owned(),
        (_, Some(plane)) => format!("UNDECIDED, within {plane}"),
        _ => "UNDECIDED".to_owned(),
    }
}

/// Whom it is about, and when, where that is known; nothing where nobody is.
pub(super) fn subject(report: &Report) -> Option<String> {
    let it = &report.subject;
    let name = match it.namespace.as_str() {
        "" => it.name.clone(),
        namespace => format!("{namespace}/{}", it.name),
    };
    let at = [", ", &report.taken_at].concat();
    let at = if report.taken_at.is_empty() { "" } else { &at };
    let seen = report.instance.as_ref().map(|it| format!(", as {it} saw it")).unwrap_or_default();
    (!it.kind.is_empty()).then(|| format!("{} {name}{at}{seen}", it.kind))
}

/// A refusal can have two dozen causes, most of them at one link: one line each would bury the rest.
pub(super) fn possible(causes: &[Cause]) -> impl Iterator<Item = String> {
    let place = |it: &Cause| format!("{}: {}/{}", it.plane.word(), it.chain, it.link);
    let groups = causes.chunk_by(move |a, b| place(a) == place(b));
    groups.map(move |group| match group {
        [one] => format!("{} {}", place(one), one.fault),
        [first, rest @ ..] => {
            format!(
                "{} {} or {} more; eks-triage explain {}",
                place(first),
                first.fault,
                rest.len(),
                first.link
            )
        }
        [] => String::new(),
    })
}

/// What a checklist tells in one row.
pub(super) enum Told<'a> {
    One(&'a LinkView),
    /// Of these the names are to be read; why is the same for all.
    Many {
        state: State,
        why: &'a str,
        links: &'a [LinkView],
    },
}

/// The rows of a chain. What nobody came to, and what does not apply for one reason, is told at once;
/// so is what was not looked at, where something is decided, and in a chain that the answer is not
/// about.
pub(super) fn rows<'a>(report: &Report, chain: &'a ChainView) -> Vec<Told<'a>> {
    let possible = report.possible.iter().any(|it| it.chain == chain.id);
    let about = report.chain == Some(chain.id) || possible;
    let aside = !about && (report.chain.is_some() || !report.possible.is_empty());
    // From a desk nobody looks at a node.
    let of_group = report.subject.is_group();
    let decided = report.outcome == Outcome::Decided;
    let aside = aside || of_group || decided;
    // What was looked at in vain is told, where it keeps the answer open.
    let vain = |it: &LinkView| of_group && !decided && !it.detail.starts_with("needs: ");
    let aside = |it: &LinkView| aside && !vain(it);
    let same = |a: &LinkView, b: &LinkView| {
        why(a, aside(a)).is_some_and(|it| Some(it) == why(b, aside(b)))
    };
    let told = chain.links.chunk_by(same).flat_map(|links| match links {
        [first, _, _, ..] => {
            let why = why(first, aside(first)).unwrap_or_default();
            vec![Told::Many { state: first.state, why, links }]
        }
        _ => links.iter().map(Told::One).collect(),
    });
    told.collect()
}

/// What may stand once for several links.
fn why(link: &LinkView, aside: bool) -> Option<&str> {
    match link.state {
        State::Blocked | State::NotApplicable => Some(&link.detail),
        State::Unknown if aside && link.evidence.is_empty() => Some("not looked at"),
        _ => None,
    }
}

/// Which moment is taken as the first failure, and what changed shortly before it.
pub(super) fn changes(report: &Report) -> Option<(String, Vec<String>)> {
    let first = report.first_failure.as_ref().filter(|_| !report.changes.is_empty())?;
    let told = |it: &Change| format!("{}  {}", it.at, it.what);
    let first = format!("the first failure that is known: {}, {}", first.at, first.what);
    Some((first, report.changes.iter().map(told).collect()))
}

pub(super) fn titles(links: &[LinkView]) -> String {
    links.iter().map(|it| it.title).collect::<Vec<_>>().join(", ")
}

/// What is set aside for one reason: its first line, and the reason with how many lines it has.
pub(super) fn aside(all: &[SetAside]) -> Vec<(&Evidence, String)> {
    let mut reasons: Vec<(&SetAside, usize)> = Vec::new();
    for it in all {
        match reasons.iter_mut().find(|(known, _)| known.why == it.why) {
            Some((_, count)) => *count += 1,
            None => reasons.push((it, 1)),
        }
    }
    let told = |(it, count): (&SetAside, usize)| match count {
        1 => it.why.clone(),
        _ => format!("{} (so {} lines)", it.why, count),
    };
    reasons.into_iter().map(|(it, count)| (&it.evidence, told((it, count)))).collect()
}

pub(super) const fn glyph(state: State) -> char {
    match state {
        State::Intact => '✓',
        State::Broken => '✗',
        State::Unknown => '?',
        State::Blocked => '·',
        State::NotApplicable => '-',
    }
}

pub(super) const fn word(state: State) -> &'static str {
    match state {
        State::Intact => "intact",
        State::Broken => "broken",
        State::Unknown => "unknown",
        State::Blocked => "not reached",
        State::NotApplicable => "does not apply",
    }
}

/// Where a quote stands; nothing for one that begins with its own source, as a measured endpoint's
/// does.
pub(super) fn place(it: &Evidence) -> String {
    let host = it.source.split_once("://").map_or(it.source.as_str(), |(_, rest)| rest);
    let host = host.split('/').next().filter(|host| !host.is_empty());
    match it.line {
        _ if host.is_some_and(|host| it.quote.starts_with(host)) => String::new(),
        Some(line) => format!("{}:{line}", it.source),
        None => it.source.clone(),
    }
}

/// Cuts a long quote in its middle: its place is at its begin, its reason mostly at its end.
/// The JSON form has all of it.
pub(super) fn cut(quote: &str, limit: usize) -> String {
    let chars: Vec<char> = quote.chars().collect();
    if chars.len() <= limit {
        return quote.to_owned();
    }
    let (head, tail) = (&chars[..limit / 3], &chars[chars.len() - limit * 2 / 3..]);
    format!("{}…{}", head.iter().collect::<String>(), tail.iter().collect::<String>())
}

/// What only a reader's eye is deceived by: marks of direction and characters without a width.
pub(super) const fn unseen(char: char) -> bool {
    matches!(
        char,
        '\u{ad}' | '\u{a0}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    )
}
