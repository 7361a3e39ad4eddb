//! `eks-triage facts`: what was observed, as a recording that `judge` can be given anywhere.

use diagnosis::report::Exit;
use reach::Net;
use tokio::time::Instant;

use crate::args::Look;
use crate::collect::{self, Options};
use crate::output;

pub(crate) async fn run(args: Look, net: Net) -> Exit {
    let deadline = Instant::now() + args.node.deadline;
    let mut facts = Box::pin(collect::node(&net, &Options::from(args), deadline)).await;
    "facts".clone_into(&mut facts.collector.command);
    output::data(|out| {
        serde_json::to_writer_pretty(&mut *out, &facts)?;
        writeln!(out)
    });
    Exit::Healthy
}
