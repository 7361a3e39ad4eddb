//! Whether a group that may have no more nodes is asked for one. That it is full is no fault.

use super::AT_MAXIMUM;
use crate::{
    chain::{Verdict, node_join::of_account},
    facts::{
        Facts, Missing, NotScaled, Observed, WaitingPod,
        aws::Resource,
        inputs::{NOT_SCALED, WAITING_PODS},
    },
};

/// As the autoscaler says why it made no node, after the number of groups of which that is so.
const MAXIMUM: &str = "max node group size reached";

/// Err: it is full, and whether it is asked for more is not known.
pub(super) fn unmet(facts: &Facts) -> Result<Option<Verdict>, Missing> {
    let group = &facts.account.group;
    let Some(size) = group.size().filter(|it| it.is_full()) else { return Ok(None) };
    let cluster = &facts.cluster;
    let Some(it) = said(facts, |it| it.message.contains(MAXIMUM)) else {
        return match (&cluster.waiting_pods, &cluster.not_scaled) {
            (Observed::Skipped, _) | (_, Observed::Seen { .. }) => Ok(None),
            (Observed::Seen { value, .. }, _) if value.is_empty() => Ok(None),
            (Observed::Failed { .. }, _) => {
                cluster.waiting_pods.need(&WAITING_PODS)?;
                Ok(None)
            }
            (Observed::Seen { .. }, _) => {
                cluster.not_scaled.need(&NOT_SCALED)?;
                Ok(None)
            }
        };
    };
    let full = 1 + group.others.iter().filter(|it| it.full).count();
    let quote = it.source.quote(of_account::plain(&it.message));
    let told = told(&it.message);
    if told < full {
        let why =
            format!("{full} groups are full, and the autoscaler wanted more of {told} of them");
        return Err(NOT_SCALED.doubt(why, quote));
    }
    let detail = format!("{} of at most {}, and {} waits", size.in_service, size.most, it.pod);
    let scaling = of_account::scaling_group(facts).map(|(_, it)| it.quote("\"MaxSize\""));
    let managed = || of_account::nodegroup(facts).map(|(_, it)| it.quote("\"maxSize\""));
    let broken = Verdict::broken(&AT_MAXIMUM, detail, quote);
    Ok(Some(scaling.or_else(managed).into_iter().fold(broken, Verdict::and_evidence)))
}

/// That it is full, for whoever wonders why it does not grow.
pub(super) fn full(facts: &Facts) -> Option<String> {
    let size = facts.account.group.size().filter(|it| it.is_full())?;
    let waiting = facts.cluster.waiting_pods.value().map_or(0, Vec::len);
    let waiting = match waiting {
        0 => String::new(),
        count => format!("; {count} pods wait, none of them for its maximum"),
    };
    Some(format!("{} of at most {}{waiting}", size.in_service, size.most))
}

/// What an autoscaler said last of a pod that still waits for a node.
pub(super) fn said(facts: &Facts, is: impl Fn(&NotScaled) -> bool) -> Option<&Resource<NotScaled>> {
    let pods = facts.cluster.waiting_pods.value();
    let waits = |event: &NotScaled| {
        let same =
            |it: &Resource<WaitingPod>| it.name == event.pod && it.namespace == event.namespace;
        pods.is_none_or(|it| it.iter().any(same))
    };
    let all = facts.cluster.not_scaled.value()?.iter();
    all.filter(|it| is(it) && waits(it)).max_by(|a, b| a.at.cmp(&b.at))
}

/// Of how many groups: `pod didn't trigger scale-up: 2 max node group size reached`.
fn told(message: &str) -> usize {
    let before = message.split(MAXIMUM).next().unwrap_or_default();
    before.split_whitespace().next_back().and_then(|it| it.parse().ok()).unwrap_or(1)
}
