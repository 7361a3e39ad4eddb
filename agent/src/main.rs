//! `eks-triage`: looks at a node, serves what it found, and explains what it knows.

use std::process::ExitCode;

use clap::Parser;
use diagnosis::report::Exit;

use crate::args::Args;

mod args;
mod collect;
mod command;
mod kubernetes;
mod launch;
mod logging;
mod output;
mod serve;
#[cfg(test)]
mod testing;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(told) => {
            // Help and version come as errors, too; nobody is left to hear that they are unwritable.
            let _ = told.print();
            return if told.use_stderr() { Exit::Usage } else { Exit::Healthy }.into();
        }
    };
    logging::start(args.global.log_level);
    run(args)
        .unwrap_or_else(|error| {
            output::complain(&*error);
            Exit::CouldNotRun
        })
        .into()
}

/// One thread waits for everything; what still hangs at the end is abandoned with the process.
fn run(Args { global, command }: Args) -> Result<Exit, Box<dyn std::error::Error>> {
    let net = reach::Net::new(global.net())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let exit = runtime.block_on(command::run(command, net));
    runtime.shutdown_background();
    Ok(exit)
}
