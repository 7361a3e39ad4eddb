//! `eks-triage probe`.

use diagnosis::report::Exit;
use reach::Net;

use crate::args::Probe;

#[expect(clippy::unused_async, reason = "the other commands wait for something")]
pub(crate) async fn run(_args: Probe, _net: Net) -> Exit {
    crate::output::talk("`probe` is not built yet");
    Exit::CouldNotRun
}
