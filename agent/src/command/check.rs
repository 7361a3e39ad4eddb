//! `eks-triage check`: one look at this node, and the verdict.

use diagnosis::report::Exit;
use reach::Net;
use tokio::time::Instant;

use crate::args::{Check, Output};
use crate::collect::{self, Options};
use crate::output;

pub(crate) async fn run(args: Check, net: Net) -> Exit {
    let deadline = Instant::now() + args.look.node.deadline;
    let facts = Box::pin(collect::node(&net, &Options::from(args.look), deadline)).await;
    let report = diagnosis::judge(&facts);
    output::data(|mut out| match args.output {
        Output::Text => diagnosis::render::text(&report, &mut out),
        Output::Json => diagnosis::render::json(&report, &mut out),
    });
    report.outcome.into()
}
