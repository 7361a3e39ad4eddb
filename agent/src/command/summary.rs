//! `eks-triage summary`.

use diagnosis::report::Exit;
use reach::Net;

use crate::args::Summary;

#[expect(clippy::unused_async, reason = "the other commands wait for something")]
pub(crate) async fn run(_args: Summary, _net: Net) -> Exit {
    crate::output::talk("`summary` is not built yet");
    Exit::CouldNotRun
}
