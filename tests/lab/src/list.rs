//! `lab --list`

use std::io::{self, Write};

use lab::{Error, Scenario};
use serde_json::json;

use crate::args::Output;

pub(crate) fn print(output: Output) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    match output {
        Output::Json => {
            let all = Scenario::all().map(|it| {
                json!({
                    "id": it.id, "title": it.title, "command": it.program.typed(),
                    "verdict": it.expect.words(),
                })
            });
            writeln!(out, "{:#}", json!(all.collect::<Vec<_>>()))?;
        }
        Output::Text => {
            let width = Scenario::all().map(|it| it.id.len()).max().unwrap_or_default();
            for Scenario { id, title, program, expect, .. } in Scenario::all() {
                let (command, verdict) = (program.typed(), expect.words());
                writeln!(out, "{id:width$}  {title}")?;
                writeln!(out, "{:width$}  {command} → {verdict}", "")?;
            }
        }
    }
    Ok(())
}
