//! What is known of a link, for a person, and the table of all links for README.

use std::io::{Result, Write};

use super::wrap::wrapped;
use crate::chain::{self, CHAINS, Chain, Link};

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
    wrapped(out, &format!("  {}", link.means), "  ")?;
    writeln!(out, "\n{judged}")?;
    wrapped(out, &format!("  {}", link.judged), "  ")?;
    writeln!(out, "\n{faults}")?;
    for fault in link.faults {
        writeln!(out, "  {} ({})\n    {}", fault.id, fault.plane.word(), fault.title)?;
        wrapped(out, &format!("    fix: {} ({})", fault.fix, fault.owner), "         ")?;
    }
    writeln!(out, "\n{sources}")?;
    link.sources.iter().try_for_each(|source| writeln!(out, "  {source}"))
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
