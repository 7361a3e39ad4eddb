//! `eks-triage check`: one look at this node, and the verdict.

use diagnosis::report::Exit;
use reach::Net;

use crate::args::Check;
use crate::collect::{self, Options};
use crate::output;

mod boot;
mod console;

pub(crate) async fn run(args: Check, net: Net) -> Exit {
    let Check { look, form, boot } = args;
    let time = boot::Time::start(&boot, look.node.deadline);
    // Only at boot anything may be late.
    let settled =
        if boot.wait.is_some() || boot.gate { Box::pin(time.settled(&net)).await } else { None };
    let deadline = time.look();
    let facts = Box::pin(collect::node(&net, &Options::from(look), deadline)).await;
    let report = diagnosis::judge(&facts);
    match &boot.console {
        None => output::report(&report, &facts, form),
        Some(path) => console::print(&report, &facts, path).await,
    }
    match settled {
        _ if !boot.gate => report.outcome.into(),
        Some(boot::Identity::None) if diagnosis::without_identity(&facts) => Exit::Decided,
        _ => Exit::Healthy,
    }
}
