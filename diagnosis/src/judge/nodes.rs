//! How many nodes a group has, and how many it should have, whoever says so.

use crate::{
    facts::{Facts, aws::Presence},
    report::Nodes,
};

pub(super) fn nodes(facts: &Facts) -> Option<Nodes> {
    let group = &facts.account.group;
    let managed = group.nodegroup.value().and_then(Presence::present);
    let scaling = group.scaling_group.value().and_then(Presence::present);
    let in_service = scaling
        .map(|it| it.instances.iter().filter(|it| it.lifecycle_state == "InService").count());
    let running = || {
        let all = group.instances.value()?;
        Some(all.iter().filter(|it| it.state.name == "running").count())
    };
    let desired =
        scaling.and_then(|it| it.desired_capacity).or_else(|| managed?.scaling_config.desired_size);
    let nodes = Nodes {
        in_service: in_service.or_else(running).and_then(|it| u32::try_from(it).ok()),
        desired: desired.and_then(|it| u32::try_from(it).ok()),
    };
    (nodes.in_service.is_some() || nodes.desired.is_some()).then_some(nodes)
}
