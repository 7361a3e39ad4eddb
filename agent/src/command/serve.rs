//! `eks-triage serve`.

use diagnosis::report::Exit;
use reach::Net;

use crate::args::Serve;

#[expect(clippy::unused_async, reason = "the other commands wait for something")]
pub(crate) async fn run(_args: Serve, _net: Net) -> Exit {
    crate::output::talk("`serve` is not built yet");
    Exit::CouldNotRun
}
