//! `eks-triage explain`: what a link means, how it is judged and how it breaks.

use diagnosis::report::Exit;

use crate::args::Explain;
use crate::output;

pub(crate) fn run(args: &Explain) -> Exit {
    let mut known = true;
    output::data(|mut out| {
        known = diagnosis::render::explain(args.link.as_deref(), &mut out)?;
        Ok(())
    });
    if known {
        return Exit::Healthy;
    }
    let link = args.link.as_deref().unwrap_or_default();
    output::talk(&format!("`{link}` is no link; `eks-triage explain` lists them all"));
    Exit::Usage
}
