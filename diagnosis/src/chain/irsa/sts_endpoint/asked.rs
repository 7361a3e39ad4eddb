//! Which host of STS the workload's own client asks, by what its log says of it.

use super::{super::workload::physical, GLOBAL_CHOSEN, REGIONAL_CHOSEN};
use crate::{
    aws::STS_GLOBAL,
    chain::{Verdict, ladder::WIRE},
    facts::{Facts, Observed, Reach},
    pattern,
    report::Evidence,
};

/// The host that is configured answers; the workload asks the other one, which does not.
pub(super) fn the_other(
    facts: &Facts,
    configured: &Reach,
    other: &Observed<Reach>,
) -> Option<Verdict> {
    let Observed::Seen { value, source } = other else { return None };
    let said = failed_at(facts, &value.host).filter(|_| value.status().is_none())?;
    let fault = if value.host == STS_GLOBAL { &GLOBAL_CHOSEN } else { &REGIONAL_CHOSEN };
    let detail = format!("{}; {}: {}", value.ended, configured.host, configured.ended);
    let broken = Verdict::broken(fault, detail, said).with("host", &value.host);
    Some(broken.and_evidence(source.quote(&value.host)))
}

fn failed_at(facts: &Facts, host: &str) -> Option<Evidence> {
    facts.lines.iter().rev().find_map(|line| {
        WIRE.iter().find_map(|wire| {
            let (at, names) = pattern::read(wire.text, &line.text)?;
            (names.get("host")? == host).then(|| physical(line, at))
        })
    })
}
