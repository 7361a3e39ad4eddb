//! `eks-triage cluster`: why the nodes of a cluster do not join, from what the account says. One
//! verdict for each group of nodes.

use diagnosis::report::Exit;
use reach::Net;

use crate::args::Cluster;
use crate::output;

#[cfg(feature = "account")]
mod look;
#[cfg(feature = "account")]
mod reports;
#[cfg(feature = "account")]
mod save;

#[cfg_attr(
    not(feature = "account"),
    expect(clippy::unused_async, reason = "with the feature there is something to wait for")
)]
pub(crate) async fn run(args: Cluster, net: Net) -> Exit {
    #[cfg(feature = "account")]
    let done = Box::pin(look::run(&args, &net)).await;
    #[cfg(not(feature = "account"))]
    let done: Result<Exit, String> = {
        let _ = (args, net);
        Err("this build has no account side; `cargo build --release -p eks-triage --features \
             account` makes one that has"
            .to_owned())
    };
    done.unwrap_or_else(|why| {
        output::talk(&why);
        Exit::CouldNotRun
    })
}
