//! What is known of a link, for a person, and the table of all links for README.

use std::{
    collections::BTreeSet,
    io::{Result, Write},
};

use super::wrap::wrapped;
use crate::chain::{self, CHAINS, Chain, Link, Sign, Way};

/// The headings that every explanation has.
pub const HEADINGS: &[&str] = &["What must hold", "How it is judged", "Faults", "Sources"];

/// Explains the link with this id (`link` or `chain/link`), or lists all without one.
/// `false` when there is no such link.
pub fn explain(id: Option<&str>, out: &mut impl Write) -> Result<bool> {
    let Some(id) = id else {
        return list(out).map(|()| true);
    };
    let named = |(chain, link): &(&Chain, &Link)| {
        id == link.id || id.split_once('/') == Some((chain.id, link.id))
    };
    match chain::links().find(named) {
        Some((chain, link)) => one(chain, link, out).map(|()| true),
        None => Ok(false),
    }
}

fn list(out: &mut impl Write) -> Result<()> {
    for chain in CHAINS {
        writeln!(out, "{}   {}", chain.id, chain.title)?;
        for link in chain.links {
            writeln!(out, "  {:22} {}", link.id, link.title)?;
        }
    }
    writeln!(
        out,
        "\neks-triage explain LINK tells what must hold, how it is judged, and its faults"
    )
}

fn one(chain: &Chain, link: &Link, out: &mut impl Write) -> Result<()> {
    writeln!(out, "{}/{}   {}", chain.id, link.id, link.title)?;
    let [holds, judged, faults, sources] = [0, 1, 2, 3].map(|index| HEADINGS[index]);
    writeln!(out, "\n{holds}")?;
    lines(out, link.means, "  ")?;
    writeln!(out, "\n{judged}")?;
    lines(out, link.judged, "  ")?;
    writeln!(out, "\n{faults}")?;
    let mut shown = "";
    for fault in link.faults {
        writeln!(out, "  {} ({})", fault.id, fault.plane.word())?;
        wrapped(out, &format!("    {}", fault.title), "    ")?;
        wrapped(out, &format!("    fix: {} ({})", fault.fix, fault.owner), "         ")?;
        // Faults that are mended in one way have one change, which is shown with the first of them.
        if fault.change != shown {
            lines(out, fault.change, "      ")?;
        }
        shown = fault.change;
    }
    if !link.signs.is_empty() {
        writeln!(out, "\nIn a log")?;
    }
    for sign in link.signs {
        wrapped(out, &format!("  {}", sign.sample), "    ")?;
        writeln!(out, "    {}", says(link, sign))?;
    }
    writeln!(out, "\n{sources}")?;
    link.sources.iter().try_for_each(|source| writeln!(out, "  {source}"))
}

/// Text that has lines of its own, each of which is kept apart.
fn lines(out: &mut impl Write, text: &str, indent: &str) -> Result<()> {
    let deeper = format!("{indent}  ");
    let mut first = true;
    text.lines().try_for_each(|line| {
        // A paragraph goes on at its own indent, what can be pasted is seen to go on.
        let next = if first { indent } else { &deeper };
        first = false;
        wrapped(out, &format!("{indent}{line}"), next)
    })
}

/// What a line means: one fault is a proof, several of a link are one word, more is a question.
fn says(link: &Link, sign: &Sign) -> String {
    match sign.could_be {
        [] => "→ nothing".to_owned(),
        [Way(of, fault)] if std::ptr::eq(*of, link) => format!("→ {}", fault.id),
        [Way(of, fault)] => format!("→ {} of {}", fault.id, of.id),
        ways => {
            let links: BTreeSet<&str> = ways.iter().map(|way| way.0.id).collect();
            let links: Vec<&str> = links.into_iter().collect();
            format!("→ one of {} faults, of {}", ways.len(), links.join(", "))
        }
    }
}

/// The table of links in Markdown.
pub fn table() -> String {
    let mut text = "| chain | link | what must hold | faults |\n|---|---|---|---|\n".to_owned();
    for (chain, link) in chain::links() {
        let faults: Vec<_> = link.faults.iter().map(|fault| fault.id).collect();
        let row = [chain.id, link.id, link.title, &faults.join(", ")].join(" | ");
        text.extend(["| ", &row, " |\n"]);
    }
    text
}
