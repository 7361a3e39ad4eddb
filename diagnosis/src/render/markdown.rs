//! For a chat or a ticket: the story of the text form.
//!
//! What was read stands in code only, where no reader of Markdown makes a link, a mention or HTML of
//! it. A backslash would not do: mentions and bare links are found after escapes are gone.

use std::io::{Result, Write};

use super::{
    story::{self, Told},
    wrap::printable,
};
use crate::report::{ChainView, Evidence, Grant, Recognised, Report};

/// A longer quote is cut in its middle.
const QUOTE: usize = 2000;

/// Only quotes are shortened, never a fix.
pub fn markdown(report: &Report, out: &mut impl Write) -> Result<()> {
    head(report, out)?;
    report.chains.iter().try_for_each(|chain| checklist(report, chain, out))?;
    fix(report, out)?;
    for it in &report.also {
        let place = code(&format!("{}: {}/{}", it.plane.word(), it.chain, it.link));
        writeln!(out, "\n**also** {} ({place})", prose(&it.title))?;
        quotes(&it.evidence, out)?;
    }
    for it in &report.risks {
        writeln!(out, "\n**works, but is too wide** {}", prose(&it.title))?;
        quotes(&it.evidence, out)?;
    }
    if let Some((first, changes)) = story::changes(report) {
        let lines = std::iter::once(first).chain(changes);
        section("changed shortly before", lines.map(|it| code(&it)), out)?;
    }
    let aside = story::aside(&report.set_aside).into_iter();
    let aside =
        aside.map(|(it, why)| format!("{} ({})", code(&story::cut(&it.quote, QUOTE)), prose(&why)));
    section("set aside", aside, out)?;
    read(&report.inputs, out)?;
    commands(&report.more, report.grant.as_ref(), out)
}

/// What is known, without the way to it.
pub(super) fn head(report: &Report, out: &mut impl Write) -> Result<()> {
    writeln!(out, "**{}** — {}", story::head(report), prose(&report.title))?;
    if let Some(subject) = story::subject(report) {
        writeln!(out, "\n{}", code(&subject))?;
    }
    quotes(&report.evidence, out)?;
    section("possible", story::possible(&report.possible).map(|it| code(&it)), out)?;
    let needs = report.needs.iter().map(|it| format!("{}: {}", it.input, code(&it.how)));
    section("needs", needs, out)
}

pub(super) fn read(inputs: &[Recognised], out: &mut impl Write) -> Result<()> {
    let inputs = inputs.iter();
    let inputs = inputs.map(|it| format!("{}: {}", code(&it.source), prose(&it.recognised_as)));
    section("read", inputs, out)
}

pub(super) fn commands(more: &[String], grant: Option<&Grant>, out: &mut impl Write) -> Result<()> {
    if !more.is_empty() {
        writeln!(out, "\n**not seen yet**\n")?;
        fenced(&more.join("\n"), out)?;
    }
    let Some(grant) = grant else { return Ok(()) };
    writeln!(out, "\n**rights to ask for**\n")?;
    fenced(&grant.text(), out)
}

pub(super) fn section(
    title: &str,
    lines: impl Iterator<Item = String>,
    out: &mut impl Write,
) -> Result<()> {
    for (index, line) in lines.enumerate() {
        if index == 0 {
            writeln!(out, "\n**{title}**\n")?;
        }
        writeln!(out, "- {line}")?;
    }
    Ok(())
}

pub(super) fn quotes(evidence: &[Evidence], out: &mut impl Write) -> Result<()> {
    for it in evidence {
        writeln!(out)?;
        let place = story::place(it);
        if !place.is_empty() {
            writeln!(out, "{}\n", code(&place))?;
        }
        fenced(&story::cut(&it.quote, QUOTE), out)?;
    }
    Ok(())
}

/// Aligned, as columns of a table would break at a bar and wrap in a chat.
fn checklist(report: &Report, chain: &ChainView, out: &mut impl Write) -> Result<()> {
    let row = |glyph: char, title: &str, detail: &str| {
        let line = format!("{glyph} {title:26} {}", one_line(detail));
        line.trim_end().to_owned()
    };
    let told = |told: Told| match told {
        Told::One(it) => row(story::glyph(it.state), it.title, &it.detail),
        Told::Many { state, why, links } => row(story::glyph(state), why, &story::titles(links)),
    };
    let rows: Vec<String> = story::rows(report, chain).into_iter().map(told).collect();
    writeln!(out, "\n**{}** {}\n", chain.id, prose(chain.title))?;
    fenced(&rows.join("\n"), out)
}

fn fix(report: &Report, out: &mut impl Write) -> Result<()> {
    let (Some(fix), Some(verify)) = (&report.fix, &report.verify) else {
        return Ok(());
    };
    writeln!(out, "\n**fix** {}\n", prose(&fix.summary))?;
    fenced(&fix.change, out)?;
    writeln!(out, "\nby {}; {}", prose(&fix.owner), prose(&fix.impact))?;
    writeln!(out, "\n**verify**\n")?;
    fenced(&verify.command, out)?;
    writeln!(out, "\nexpect {}", prose(&verify.expect))
}

/// A fence is closed by a run of as many backticks alone, so it has more than any run inside.
pub(super) fn fenced(text: &str, out: &mut impl Write) -> Result<()> {
    let fence = "`".repeat((longest_run(text) + 1).max(3));
    writeln!(out, "{fence}text")?;
    for line in text.lines() {
        writeln!(out, "{}", line.chars().map(shown).collect::<String>())?;
    }
    writeln!(out, "{fence}")
}

/// A code span, which no backtick inside can end.
pub(super) fn code(text: &str) -> String {
    let text = one_line(text);
    if text.trim().is_empty() {
        return text;
    }
    let mark = "`".repeat(longest_run(&text) + 1);
    // One space at either end is taken off again; without it, a backtick would join the mark.
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{mark}{pad}{text}{pad}{mark}")
}

/// Our own sentence with names in it: each word that could be more than a word becomes code, and so
/// does what stands between backticks.
pub(super) fn prose(text: &str) -> String {
    let text = one_line(text);
    let pieces = text.split('`').enumerate();
    let dress = |(index, piece): (usize, &str)| match index % 2 {
        1 => code(piece),
        _ => piece.split(' ').map(word).collect::<Vec<_>>().join(" "),
    };
    pieces.map(dress).collect()
}

fn word(text: &str) -> String {
    let begin = text.trim_start_matches('(');
    let core = begin.trim_end_matches([',', '.', ';', ':', ')', '?']);
    let plain = |char: char| char.is_alphanumeric() || matches!(char, '-' | '/' | '\'' | '%');
    // A dash or a number alone could begin a list, but no sentence of ours does.
    if core.chars().all(plain) {
        return text.to_owned();
    }
    format!("{}{}{}", "(".repeat(text.len() - begin.len()), code(core), &begin[core.len()..])
}

fn longest_run(text: &str) -> usize {
    text.split(|char| char != '`').map(str::len).max().unwrap_or(0)
}

fn one_line(text: &str) -> String {
    let text = text.trim().chars();
    text.map(|char| if matches!(char, '\n' | '\t') { ' ' } else { shown(char) }).collect()
}

/// Neither a control character nor a mark of direction reaches whoever reads it.
fn shown(char: char) -> char {
    match char {
        '\t' => '\t',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        other => printable(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_keeps_its_words_and_hides_all_that_could_act() {
        for (text, expected) in [
            ("no kubelet listens on this node", "no kubelet listens on this node"),
            ("role api-reader (of prod/api), twice.", "role api-reader (of prod/api), twice."),
            ("ask @here about #1", "ask `@here` about `#1`"),
            ("at https://example.com/x, now", "at `https://example.com/x`, now"),
            ("(www.example.com)", "(`www.example.com`)"),
            ("says `a b`, has `c`", "says `a b`, has `c`"),
            ("a ` b <img src=x>", "a `b <img src=x>`"),
            ("a\n# b", "a `#` b"),
        ] {
            assert_eq!(prose(text), expected);
        }
    }

    #[test]
    fn no_backtick_ends_a_span_or_a_fence() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``"), "``` `` ```");
        let mut out = Vec::new();
        fenced("x\n````\n@channel", &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "`````text\nx\n````\n@channel\n`````\n");
    }
}
