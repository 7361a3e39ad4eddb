//! `eks-triage check`: one look at this node, and the verdict.

use diagnosis::report::Exit;
use reach::Net;
use tokio::time::Instant;

use crate::args::Check;
use crate::collect::{self, Options};
use crate::output;

pub(crate) async fn run(args: Check, net: Net) -> Exit {
    let deadline = Instant::now() + args.look.node.deadline;
    let facts = Box::pin(collect::node(&net, &Options::from(args.look), deadline)).await;
    let report = diagnosis::judge(&facts);
    output::report(&report, &facts, args.form);
    report.outcome.into()
}
