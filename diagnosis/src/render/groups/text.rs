//! A table, then the reports.

use std::io::{Result, Write};

use crate::{
    render::{
        story,
        text::{self as one, commands, line},
        wrap::{WIDTH, wrapped},
    },
    report::{Groups, Outcome},
};

/// Plain text of at most 100 columns, as that of one report.
pub fn text(groups: &Groups, out: &mut impl Write) -> Result<()> {
    let head = format!("{}   {}", super::subject(groups), super::head(groups));
    wrapped(out, &head, "      ")?;
    writeln!(out)?;
    let rows = super::rows(groups);
    let name = rows.iter().map(|it| it.group.chars().count()).max().unwrap_or_default();
    let nodes = rows.iter().map(|it| it.nodes.len()).max().unwrap_or_default().max("nodes".len());
    line(out, &format!("    {:name$}  {:>nodes$}  verdict", "group", "nodes"))?;
    for it in &rows {
        let glyph = story::glyph(it.state);
        let row = format!("  {glyph} {:name$}  {:>nodes$}  {}", it.group, it.nodes, it.verdict);
        // The verdict's end is told again below.
        let cut = row.char_indices().nth(WIDTH - 1).filter(|_| row.chars().count() > WIDTH);
        line(out, &cut.map_or(row.clone(), |(at, _)| format!("{}…", &row[..at])))?;
    }
    for super::Told { report, .. } in super::told(groups) {
        writeln!(out, "\n{}\n", "─".repeat(WIDTH))?;
        match report.outcome {
            Outcome::Decided => one::text(&report, out)?,
            _ => one::head(&report, out)?,
        }
    }
    let risks = super::risks(groups);
    if !(risks.is_empty() && groups.more.is_empty() && groups.grant.is_none()) {
        writeln!(out, "\n{}", "─".repeat(WIDTH))?;
    }
    if !risks.is_empty() {
        writeln!(out, "\nworks, but is too wide")?;
    }
    for (risk, names) in risks {
        wrapped(out, &format!("  {names}: {}", risk.title), "    ")?;
        one::quotes(&risk.evidence, "    ", out)?;
    }
    commands(&groups.more, groups.grant.as_ref(), out)
}
