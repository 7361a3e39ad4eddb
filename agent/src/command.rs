//! One file per subcommand; each turns its arguments into an exit code.

use diagnosis::report::Exit;
use reach::Net;

use crate::args::Command;

mod check;
mod cluster;
mod diagnose;
mod explain;
mod facts;
mod probe;
mod serve;
mod summary;
mod why;

pub(crate) async fn run(command: Command, net: Net) -> Exit {
    match command {
        Command::Check(args) => Box::pin(check::run(args, net)).await,
        Command::Serve(args) => serve::run(args, net).await,
        Command::Summary(args) => summary::run(args, net).await,
        Command::Explain(args) => explain::run(&args),
        Command::Facts(args) => facts::run(args, net).await,
        Command::Probe(args) => probe::run(args, net).await,
        Command::Cluster(args) => Box::pin(cluster::run(args, net)).await,
        Command::Diagnose(args) => diagnose::run(&args),
        Command::Why(args) => Box::pin(why::run(args, net)).await,
    }
}
