//! The report as a block for the node's console: what a person at it must know, and behind that the
//! facts that it follows from, for `diagnose`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use miniz_oxide::deflate::compress_to_vec;

use super::story;
use crate::console::{BEGIN, END, LIMIT, MARK, PART, TEXT, WIDTH, checksum, stamp};
use crate::facts::Facts;
use crate::report::{Outcome, Report, State};

mod fitting;

/// Bytes of the lines for people, as they are sent. What is cut stands in the facts.
const TOLD: usize = 1500;

/// Characters of a quote.
const QUOTE: usize = 300;

/// Level of compression: the best, for a few kilobytes.
const BEST: u8 = 10;

/// At most 4 KiB, with line ends of two bytes. Where the facts do not fit, those that the verdict
/// does not follow from are left out.
pub fn console(report: &Report, facts: &Facts) -> String {
    let mut told = Vec::new();
    for line in lines(report) {
        wrap(&ascii(&line), &mut told);
    }
    let mut sent = 0;
    told.retain(|line| {
        sent += line.len() + 2;
        sent <= TOLD
    });
    let room = LIMIT - 2 * (WIDTH + 2) - told.iter().map(|it| it.len() + 2).sum::<usize>();
    let line = MARK.len() + "00: ".len() + PART + 2;
    let packed = fitting::packed(report, facts, room / line * (PART / 4 * 3));
    let data = STANDARD.encode(&packed);
    let crc = checksum(&packed);
    let at: String = ascii(&report.taken_at).split(' ').collect();
    let at = if at.is_empty() { "-" } else { &at[..at.len().min(20)] };
    let parts = data.as_bytes().chunks(PART).enumerate();
    let parts =
        parts.map(|(index, it)| format!("{MARK}{index:02}: {}", String::from_utf8_lossy(it)));
    let mut lines = vec![format!("{MARK}{BEGIN}{at} bytes {} crc {crc:08x}", packed.len())];
    lines.extend(told);
    lines.extend(parts);
    lines.push(format!("{MARK}{END}{crc:08x}\n"));
    lines.join("\n")
}

fn pack(facts: &[u8]) -> Vec<u8> {
    compress_to_vec(facts, BEST)
}

/// The most important first: the end is what is cut.
fn lines(report: &Report) -> Vec<String> {
    let mut lines = vec![format!("{}   {}", story::head(report), report.title)];
    lines.extend(story::subject(report));
    for it in report.evidence.iter().take(3) {
        let (place, quote) = (story::place(it), story::cut(&it.quote, QUOTE));
        lines.push(format!("  {place}  {}", quote.replace('\n', " ")));
    }
    lines.extend(report.also.iter().take(3).map(|it| format!("also  {}", it.title)));
    if let Some(fix) = &report.fix {
        lines.push(format!("fix  {}", fix.summary));
        lines.extend(fix.change.lines().map(|it| format!("  {it}")));
    }
    if report.outcome != Outcome::Healthy {
        lines.extend(report.needs.iter().take(3).map(|it| format!("needs  {}", it.how)));
    }
    for chain in &report.chains {
        let of = |state: State| {
            let all = chain.links.iter().filter(move |it| it.state == state);
            all.map(|it| it.id).collect::<Vec<_>>().join(" ")
        };
        let said =
            [State::Broken, State::Unknown, State::Intact].map(|it| (story::word(it), of(it)));
        let said = said.iter().filter(|(_, ids)| !ids.is_empty());
        let said: Vec<_> = said.map(|(word, ids)| format!("{word} {ids}")).collect();
        lines.push(format!("{}: {}", chain.id, said.join("; ")));
    }
    lines
}

/// What every console shows, and nothing that looks like the kernel's.
fn ascii(text: &str) -> String {
    let mut ascii = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            ' '..='~' => ascii.push(char),
            '\t' => ascii.push(' '),
            '…' => ascii.push_str("..."),
            _ => ascii.push('?'),
        }
    }
    while let Some(at) = stamp(&ascii) {
        ascii.replace_range(at..=at, "(");
    }
    ascii
}

fn wrap(line: &str, into: &mut Vec<String>) {
    let head = [MARK, TEXT].concat();
    let width = WIDTH - head.len();
    let indent = line.len() - line.trim_start().len();
    let mut rest = line.trim_end();
    let mut first = true;
    while !rest.is_empty() {
        let hang = if first { 0 } else { indent + 2 };
        let width = width - hang;
        let end = if rest.len() <= width {
            rest.len()
        } else {
            // Behind the indent, for a line must hold something.
            rest[indent + 1..=width].rfind(' ').map_or(width, |at| at + indent + 1)
        };
        into.push(format!("{head}{}{}", " ".repeat(hang), rest[..end].trim_end()));
        rest = rest[end..].trim_start();
        first = false;
    }
}
