//! Runs once in a pod, with the ServiceAccount of the workload whose AWS access is in question,
//! and says which link is broken. Needs no arguments and no permission, and changes nothing.

use std::process::ExitCode;

use clap::Parser;
use diagnosis::judge;
use diagnosis::report::Exit;
use reach::{Net, Options};
use tokio::time::Instant;

use args::Args;
use environment::Environment;
use output::say;

mod args;
mod collect;
mod deliver;
mod environment;
mod line;
mod output;
mod permission;
mod proxy;
mod secret;
#[cfg(test)]
mod testing;
mod token_file;

fn main() -> ExitCode {
    let begin = Instant::now();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // With stdout and stderr closed there is nobody to tell.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { ExitCode::SUCCESS };
        }
    };
    let environment = Environment::read();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return could_not_run(&error),
    };
    let net = match Net::new(options(&args, &environment)) {
        Ok(net) => net,
        Err(error) => return could_not_run(&error),
    };
    let exit = runtime.block_on(probe(&net, &args, &environment, begin));
    // Whatever still hangs is abandoned.
    runtime.shutdown_background();
    exit.into()
}

async fn probe(net: &Net, args: &Args, environment: &Environment, begin: Instant) -> Exit {
    let whole = begin + args.deadline;
    let pass = deliver::pass(&args.report_token).await;
    let deadline = match pass {
        Ok(_) => collect::deadline(begin, args.deadline, deliver::RESERVED),
        Err(_) => whole,
    };
    let reporter = pass.as_ref().ok().map(deliver::Pass::witness);
    let facts = collect::collect(net, environment, reporter, begin, deadline).await;
    let report = judge(&facts);
    if let Err(error) = output::print(&report, &facts, args.output) {
        say(&format!("failed to write the verdict to stdout: {error}"));
    }
    if let Err(error) = output::leave(&report, &args.termination_message) {
        let path = args.termination_message.display();
        say(&format!("failed to write the termination message to {path}: {error}"));
    }
    let host_ip = environment.host_ip.text();
    let delivered = match &pass {
        Ok(pass) => deliver::deliver(net, host_ip.as_deref(), pass, &facts, whole).await,
        Err(why) => Err(why.clone()),
    };
    match delivered {
        Ok(url) => say(&format!("report delivered to {url}")),
        Err(why) => say(&format!("report not delivered, the verdict stands: {why}")),
    }
    report.outcome.into()
}

fn options(args: &Args, environment: &Environment) -> Options {
    Options {
        resolver: args.resolver,
        connect_to: args.connect_to.clone(),
        ca_bundle: environment.ca_bundle.clone(),
        ..Options::default()
    }
}

/// The source is the last thing that somebody who mends it needs to know.
fn could_not_run(error: &dyn std::error::Error) -> ExitCode {
    let source = error.source().map(|it| format!(": {it}")).unwrap_or_default();
    say(&format!("{error}{source}"));
    Exit::CouldNotRun.into()
}
