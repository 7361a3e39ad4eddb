//! For a person at 3 a.m.: the answer in the first line, the proof under it, nothing to scroll past.

use std::io::{Result, Write};

use super::wrap::{WIDTH, printable, wrapped};
use crate::report::{ChainView, Evidence, LinkView, Outcome, Report, State};

/// Plain text of at most 100 columns. Only quotes and details are shortened, never a fix.
pub fn text(report: &Report, out: &mut impl Write) -> Result<()> {
    let plane = report.plane.map(|plane| plane.word().to_uppercase());
    let head = match (report.outcome, plane) {
        (Outcome::Decided, Some(plane)) => plane,
        (Outcome::Healthy, _) => "HEALTHY".to_owned(),
        (_, Some(plane)) => format!("UNDECIDED, within {plane}"),
        _ => "UNDECIDED".to_owned(),
    };
    wrapped(out, &format!("{head}   {}", report.title), "      ")?;
    subject(report, out)?;
    section(out, "", quotes(&report.evidence))?;
    let possible = report.possible.iter();
    section(
        out,
        "possible",
        possible.map(|it| format!("{}: {}/{} {}", it.plane.word(), it.chain, it.link, it.fault)),
    )?;
    if !report.needs.is_empty() {
        writeln!(out, "\nneeds")?;
        for need in &report.needs {
            wrapped(out, &format!("  {}: {}", need.input, need.how), "    ")?;
        }
    }
    for chain in &report.chains {
        checklist(chain, out)?;
    }
    fix(report, out)?;
    let also = report.also.iter().flat_map(|it| {
        let title = format!("{}: {} ({}/{})", it.plane.word(), it.title, it.chain, it.link);
        std::iter::once(title).chain(quotes(&it.evidence).map(|quote| format!("  {quote}")))
    });
    section(out, "also", also)?;
    let aside = report.set_aside.iter();
    section(out, "set aside", aside.map(|it| format!("{}  ({})", it.evidence.quote, it.why)))
}

fn subject(report: &Report, out: &mut impl Write) -> Result<()> {
    let it = &report.subject;
    if it.kind.is_empty() {
        return Ok(());
    }
    let name = match it.namespace.as_str() {
        "" => it.name.clone(),
        namespace => format!("{namespace}/{}", it.name),
    };
    line(out, &format!("{} {name}, {}", it.kind, report.taken_at))
}

fn checklist(chain: &ChainView, out: &mut impl Write) -> Result<()> {
    // Cut at the end, where the host is that the title names already.
    let cut = |text: String| match text.char_indices().nth(WIDTH - 3) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    };
    let link = |it: &LinkView| cut(format!("{} {:26} {}", glyph(it.state), it.title, it.detail));
    section(out, &format!("{}   {}", chain.id, chain.title), chain.links.iter().map(link))
}

fn fix(report: &Report, out: &mut impl Write) -> Result<()> {
    let (Some(fix), Some(verify)) = (&report.fix, &report.verify) else {
        return Ok(());
    };
    writeln!(out)?;
    wrapped(out, &format!("fix   {}", fix.summary), "      ")?;
    // A change is pasted, so its lines stay as they are.
    fix.change.lines().try_for_each(|change| writeln!(out, "  {change}"))?;
    wrapped(out, &format!("  by {}; {}", fix.owner, fix.impact), "     ")?;
    writeln!(out, "\nverify\n  {}", verify.command)?;
    wrapped(out, &format!("  expect  {}", verify.expect), "          ")
}

const fn glyph(state: State) -> char {
    match state {
        State::Intact => '✓',
        State::Broken => '✗',
        State::Unknown => '?',
        State::Blocked => '·',
        State::NotApplicable => '-',
    }
}

/// Sources in one column, so that the quotes begin at one place. A quote that begins with its own
/// source, as a measured endpoint's does, is not told twice.
fn quotes(evidence: &[Evidence]) -> impl Iterator<Item = String> {
    let told = |it: &Evidence| {
        let host = it.source.split_once("://").map_or(it.source.as_str(), |(_, rest)| rest);
        it.quote.starts_with(host.split('/').next().unwrap_or(host))
    };
    let place = move |it: &Evidence| match it.line {
        _ if told(it) => String::new(),
        Some(line) => format!("{}:{line}  ", it.source),
        None => format!("{}  ", it.source),
    };
    let width = evidence.iter().map(|it| place(it).chars().count()).max().unwrap_or(0);
    evidence.iter().map(move |it| match place(it) {
        place if place.is_empty() => it.quote.clone(),
        place => format!("{place:width$}{}", it.quote),
    })
}

fn section(out: &mut impl Write, title: &str, lines: impl Iterator<Item = String>) -> Result<()> {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return Ok(());
    }
    writeln!(out)?;
    if !title.is_empty() {
        line(out, title)?;
    }
    lines.try_for_each(|it| line(out, &format!("  {it}")))
}

/// Shortens in the middle: a quote's place is at its begin, its reason mostly at its end.
fn line(out: &mut impl Write, text: &str) -> Result<()> {
    let chars: Vec<char> = text.trim_end().chars().map(printable).collect();
    if chars.len() <= WIDTH {
        return writeln!(out, "{}", chars.iter().collect::<String>());
    }
    let head: String = chars[..WIDTH / 2].iter().collect();
    let tail: String = chars[chars.len() - (WIDTH - WIDTH / 2 - 1)..].iter().collect();
    writeln!(out, "{head}…{tail}")
}
