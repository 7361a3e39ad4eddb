//! For a person at 3 a.m.: the answer in the first line, the proof under it, nothing to scroll past.

use std::io::{Result, Write};

use super::story::{self, Told};
use super::wrap::{WIDTH, printable, wrapped};
use crate::report::{ChainView, Evidence, Grant, LinkView, Report};

/// A longer quote is cut in its middle.
const QUOTE: usize = 600;

/// Plain text of at most 100 columns. Only quotes and details are shortened, never a fix.
pub fn text(report: &Report, out: &mut impl Write) -> Result<()> {
    head(report, out)?;
    for chain in &report.chains {
        checklist(report, chain, out)?;
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
    risks(report, out)?;
    changes(report, out)?;
    aside(report, out)?;
    commands(&report.more, report.grant.as_ref(), out)
}

/// What is known, without the way to it.
pub(super) fn head(report: &Report, out: &mut impl Write) -> Result<()> {
    wrapped(out, &format!("{}   {}", story::head(report), report.title), "      ")?;
    if let Some(subject) = story::subject(report) {
        wrapped(out, &subject, "  ")?;
    }
    if !report.evidence.is_empty() {
        writeln!(out)?;
        quotes(&report.evidence, "  ", out)?;
    }
    if !report.possible.is_empty() {
        writeln!(out, "\npossible")?;
    }
    for it in story::possible(&report.possible) {
        wrapped(out, &format!("  {it}"), "    ")?;
    }
    if !report.needs.is_empty() {
        writeln!(out, "\nneeds")?;
        for need in &report.needs {
            wrapped(out, &format!("  {}: {}", need.input, need.how), "    ")?;
        }
    }
    Ok(())
}

fn changes(report: &Report, out: &mut impl Write) -> Result<()> {
    let Some((first, changes)) = story::changes(report) else { return Ok(()) };
    writeln!(out, "\nchanged shortly before")?;
    wrapped(out, &format!("  {first}"), "    ")?;
    changes.iter().try_for_each(|it| wrapped(out, &format!("  {it}"), &" ".repeat(24)))
}

/// Pasted, so their lines stay as they are.
pub(super) fn commands(more: &[String], grant: Option<&Grant>, out: &mut impl Write) -> Result<()> {
    if !more.is_empty() {
        writeln!(out, "\nnot seen yet")?;
    }
    more.iter().try_for_each(|it| pasted(it, out))?;
    let Some(grant) = grant else { return Ok(()) };
    writeln!(out, "\nrights to ask for")?;
    grant.text().lines().try_for_each(|it| pasted(it, out))
}

fn pasted(text: &str, out: &mut impl Write) -> Result<()> {
    let shown: String = text.chars().map(printable).collect();
    writeln!(out, "  {shown}")
}

pub(super) fn risks(report: &Report, out: &mut impl Write) -> Result<()> {
    for it in &report.risks {
        wrapped(out, &format!("  {}", it.title), "    ")?;
        quotes(&it.evidence, "    ", out)?;
    }
    Ok(())
}

fn aside(report: &Report, out: &mut impl Write) -> Result<()> {
    if !report.set_aside.is_empty() {
        writeln!(out, "\nset aside")?;
    }
    for (it, why) in story::aside(&report.set_aside) {
        line(out, &format!("  {}  {}", story::place(it), it.quote))?;
        wrapped(out, &format!("    {why}"), "    ")?;
    }
    Ok(())
}

fn checklist(report: &Report, chain: &ChainView, out: &mut impl Write) -> Result<()> {
    // Cut at the end, where the host is that the title names already.
    let cut = |text: String| match text.char_indices().nth(WIDTH - 3) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    };
    let link =
        |it: &LinkView| cut(format!("{} {:26} {}", story::glyph(it.state), it.title, it.detail));
    writeln!(out)?;
    line(out, &format!("{}   {}", chain.id, chain.title))?;
    for row in story::rows(report, chain) {
        match row {
            Told::One(it) => line(out, &format!("  {}", link(it)))?,
            Told::Many { state, why, links } => {
                let text = format!("  {} {why:26} {}", story::glyph(state), story::titles(links));
                wrapped(out, &text, &" ".repeat(31))?;
            }
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

/// A quote that fits stands beside its source, else under it, whole: it is what decides. One that
/// begins with its own source, as a measured endpoint's does, is not told twice.
pub(super) fn quotes(evidence: &[Evidence], indent: &str, out: &mut impl Write) -> Result<()> {
    let width = evidence.iter().map(|it| story::place(it).chars().count()).max().unwrap_or(0);
    for it in evidence {
        let (place, quote) = (story::place(it), story::cut(&it.quote, QUOTE));
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

/// Shortens in the middle: a quote's place is at its begin, its reason mostly at its end.
pub(super) fn line(out: &mut impl Write, text: &str) -> Result<()> {
    let chars: Vec<char> = text.trim_end().chars().map(printable).collect();
    if chars.len() <= WIDTH {
        return writeln!(out, "{}", chars.iter().collect::<String>());
    }
    let head: String = chars[..WIDTH / 2].iter().collect();
    let tail: String = chars[chars.len() - (WIDTH - WIDTH / 2 - 1)..].iter().collect();
    writeln!(out, "{head}…{tail}")
}
