//! `lab`: shows what the real programs say about a world that is broken on purpose. Or serves that
//! world to others at addresses of their choice.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use lab::Error;

mod args;
mod list;
mod serve;
mod show;

use args::{Args, Command};

fn main() -> ExitCode {
    let done = match Args::parse() {
        Args { command: Some(Command::Serve(serve)), .. } => serve::run(serve),
        Args { list: true, output, .. } => list::print(output),
        Args { fault, output, .. } => show::run(fault.as_deref(), output),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where nobody reads, the exit code says it.
            let _ = writeln!(io::stderr(), "lab: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The scenario of this name, or an error that says where the names are.
fn scenario(id: &str) -> Result<&'static lab::Scenario, Error> {
    lab::Scenario::named(id)
        .ok_or_else(|| format!("no scenario is called `{id}`; `lab --list` names all").into())
}
