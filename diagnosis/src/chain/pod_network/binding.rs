//! Which of the limits on the number of a node's pods is the least.

use super::blocks;
use crate::facts::{Facts, NodeObject, Source, Subnet, inputs::NODE_CHECK};

/// Pods that use the host's network, which the VPC CNI's figures allow for.
const HOST_NETWORK: u32 = 2;

const PER_BLOCK: u32 = 16;

/// What the Node advertises, else what the kubelet was told.
pub(super) fn max_pods(facts: &Facts) -> Option<(u32, &Source)> {
    if let Ok((NodeObject::Registered(it), source)) = facts.cluster.node.need(&NODE_CHECK) {
        return Some((it.max_pods?, source));
    }
    let (it, source) = facts.node.host.kubelet_config.need(&NODE_CHECK).ok()?;
    Some((it.max_pods?, source))
}

/// `seen`, and the least of those that are known. `by_type` is not there with prefix delegation.
pub(super) fn named(facts: &Facts, by_type: Option<u32>, seen: &str) -> String {
    let max_pods = max_pods(facts).map(|it| it.0);
    let told = max_pods.map_or_else(String::new, |it| format!("; {it} pods"));
    let all = [
        (by_type, "the type"),
        (max_pods, "maxPods"),
        (by_subnet(facts), "the addresses left in the subnets"),
        (by_blocks(facts), "the /28 blocks left in the subnets"),
    ];
    let known = all.iter().filter_map(|(count, name)| Some(((*count)?, *name)));
    match known.clone().min_by_key(|(count, _)| *count) {
        Some((count, name)) if known.count() > 1 => {
            format!("{seen}{told}; {name} binds at {count}")
        }
        _ => format!("{seen}{told}"),
    }
}

/// Those that ipamd has, and those that it could still get, one by one.
fn by_subnet(facts: &Facts) -> Option<u32> {
    let books = facts.node.ipamd.value().filter(|it| !it.prefix_delegation)?;
    let free: Option<Vec<u32>> = own(facts)?.iter().map(|it| it.free).collect();
    Some(sum(free?).saturating_add(books.total).saturating_add(HOST_NETWORK))
}

fn by_blocks(facts: &Facts) -> Option<u32> {
    let books = facts.node.ipamd.value().filter(|it| it.prefix_delegation)?;
    let free: Option<Vec<u32>> = own(facts)?.iter().map(|it| blocks::at_most(facts, it)).collect();
    let left = sum(free?).saturating_mul(PER_BLOCK);
    Some(left.saturating_add(books.total).saturating_add(HOST_NETWORK))
}

/// The subnets of the node's interfaces; `None` unless each was seen.
fn own(facts: &Facts) -> Option<Vec<&Subnet>> {
    let all = facts.account.subnets.value()?;
    let interfaces = facts.node.interfaces.value()?;
    let mut ids: Vec<&str> = interfaces.iter().map(|it| &*it.subnet_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.iter().map(|id| all.iter().find(|it| it.id == *id)).collect()
}

fn sum(all: Vec<u32>) -> u32 {
    all.into_iter().fold(0, u32::saturating_add)
}
