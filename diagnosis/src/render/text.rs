//! For a person at 3 a.m.: the answer in the first line, the proof under it, nothing to scroll past.

use std::io::{Result, Write};

use super::wrap::{WIDTH, printable, wrapped};
use crate::report::{Cause, ChainView, Evidence, LinkView, Outcome, Report, State};

/// A longer quote is cut in its middle.
const QUOTE: usize = 600;

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
    if !report.evidence.is_empty() {
        writeln!(out)?;
        quotes(&report.evidence, "  ", out)?;
    }
    possible(&report.possible, out)?;
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
    if !report.also.is_empty() {
        writeln!(out, "\nalso")?;
    }
    for it in &report.also {
        let title = format!("  {}: {} ({}/{})", it.plane.word(), it.title, it.chain, it.link);
        wrapped(out, &title, "      ")?;
        quotes(&it.evidence, "    ", out)?;
    }
    if !report.risks.is_empty() {
        writeln!(out, "\nworks, but is too wide")?;
    }
    for it in &report.risks {
        wrapped(out, &format!("  {}", it.title), "    ")?;
        quotes(&it.evidence, "    ", out)?;
    }
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

/// A refusal can have two dozen causes, most of them at one link: one line each would bury the rest.
fn possible(causes: &[Cause], out: &mut impl Write) -> Result<()> {
    let place = |it: &Cause| format!("{}: {}/{}", it.plane.word(), it.chain, it.link);
    let groups = causes.chunk_by(|a, b| place(a) == place(b));
    let told = groups.map(|group| match group {
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
    });
    section(out, "possible", told)
}

fn checklist(chain: &ChainView, out: &mut impl Write) -> Result<()> {
    // Cut at the end, where the host is that the title names already.
    let cut = |text: String| match text.char_indices().nth(WIDTH - 3) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    };
    let link = |it: &LinkView| cut(format!("{} {:26} {}", glyph(it.state), it.title, it.detail));
    writeln!(out)?;
    line(out, &format!("{}   {}", chain.id, chain.title))?;
    let blocked = |it: &LinkView| it.state == State::Blocked;
    for group in chain.links.chunk_by(|a, b| blocked(a) && blocked(b)) {
        match group {
            [first, _, _, ..] if blocked(first) => {
                // Of what nobody came to, the names alone are to be read.
                let titles: Vec<_> = group.iter().map(|it| it.title).collect();
                let text = format!("  · {:26} {}", first.detail, titles.join(", "));
                wrapped(out, &text, &" ".repeat(31))?;
            }
            _ => group.iter().try_for_each(|it| line(out, &format!("  {}", link(it))))?,
        }
    }
    Ok(())
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
    writeln!(out, "\nverify")?;
    verify.command.lines().try_for_each(|command| writeln!(out, "  {command}"))?;
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

/// A quote that fits stands beside its source, else under it, whole: it is what decides. One that
/// begins with its own source, as a measured endpoint's does, is not told twice.
fn quotes(evidence: &[Evidence], indent: &str, out: &mut impl Write) -> Result<()> {
    let width = evidence.iter().map(|it| place(it).chars().count()).max().unwrap_or(0);
    for it in evidence {
        let (place, quote) = (place(it), cut(&it.quote));
        let beside = format!("{indent}{place:width$}  {quote}");
        if place.is_empty() {
            wrapped(out, &format!("{indent}{quote}"), &format!("{indent}  "))?;
        } else if beside.chars().count() <= WIDTH {
            wrapped(out, &beside, "")?;
        } else {
            wrapped(out, &format!("{indent}{place}"), &format!("{indent}  "))?;
            wrapped(out, &format!("{indent}  {quote}"), &format!("{indent}  "))?;
        }
    }
    Ok(())
}

fn place(it: &Evidence) -> String {
    let host = it.source.split_once("://").map_or(it.source.as_str(), |(_, rest)| rest);
    match it.line {
        _ if it.quote.starts_with(host.split('/').next().unwrap_or(host)) => String::new(),
        Some(line) => format!("{}:{line}", it.source),
        None => it.source.clone(),
    }
}

/// The JSON form has all of a longer one. Its reason is mostly at its end.
fn cut(quote: &str) -> String {
    let chars: Vec<char> = quote.chars().collect();
    if chars.len() <= QUOTE {
        return quote.to_owned();
    }
    let (head, tail) = (&chars[..QUOTE / 3], &chars[chars.len() - QUOTE * 2 / 3..]);
    format!("{}…{}", head.iter().collect::<String>(), tail.iter().collect::<String>())
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
