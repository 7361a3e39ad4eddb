//! The contract for scripts.

use std::io::{Result, Write};

use crate::report::Report;

pub fn json(report: &Report, out: &mut impl Write) -> Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}
