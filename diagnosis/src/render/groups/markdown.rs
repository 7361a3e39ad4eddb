//! A table in a fence, then the reports.

use std::io::{Result, Write};

use crate::{
    render::{
        markdown::{self as one, code, commands, fenced, prose, quotes, read},
        story,
    },
    report::{Groups, Outcome},
};

pub fn markdown(groups: &Groups, out: &mut impl Write) -> Result<()> {
    writeln!(out, "**CLUSTER {}** — {}\n", code(&groups.cluster), prose(&super::head(groups)))?;
    let rows = super::rows(groups);
    let name = rows.iter().map(|it| it.group.chars().count()).max().unwrap_or_default();
    let nodes = rows.iter().map(|it| it.nodes.len()).max().unwrap_or_default();
    let row = |it: &super::Row| {
        let glyph = story::glyph(it.state);
        let row = format!("{glyph} {:name$}  {:>nodes$}  {}", it.group, it.nodes, it.verdict);
        row.replace('\n', " ")
    };
    fenced(&rows.iter().map(row).collect::<Vec<_>>().join("\n"), out)?;
    for super::Told { report, .. } in super::told(groups) {
        writeln!(out, "\n---\n")?;
        match report.outcome {
            Outcome::Decided => one::markdown(&report, out)?,
            _ => one::head(&report, out)?,
        }
    }
    for (risk, names) in super::risks(groups) {
        let title = prose(&risk.title);
        writeln!(out, "\n**works, but is too wide** {}: {title}", code(&names))?;
        quotes(&risk.evidence, out)?;
    }
    read(&groups.inputs, out)?;
    commands(&groups.more, groups.grant.as_ref(), out)
}
