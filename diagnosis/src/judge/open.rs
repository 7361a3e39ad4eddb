//! Which links keep a group of nodes from being called healthy, though nothing speaks against them.
//!
//! Where the account was asked about a group, a link that its documents decide and that stays
//! unknown is open: the document may not be read, is cut or was not given, and may well have the
//! fault. What only the node itself could tell, such as its clock, is not asked of the account.
//!
//! Nodes that joined are a proof, too. Where every instance of the group that runs is a Ready Node,
//! what a kubelet uses at all times holds (`node_join::LASTING`). The path holds where there is such
//! a node in each of the group's subnets. What the next node needs, what was used only once, and what
//! others ask of a node, a Ready one does not show: the state of cluster, node group, scaling and
//! launch template, the policies of the role, the way to AWS, and the kubelet's port.

use std::collections::BTreeSet;

use super::{Board, Row};
use crate::{
    chain::{Link, node_join},
    facts::{Facts, Input, RegisteredNode, aws::ec2::Instance},
    report::State,
};

/// In causal order.
pub(super) fn links<'a>(facts: &Facts, board: &'a Board) -> Vec<&'a Row> {
    if !facts.subject.is_group() {
        return Vec::new();
    }
    let joined = Joined::of(facts);
    let open = |row: &&Row| {
        let it = &row.verdict;
        row.chain.id == "node-join"
            && it.state == State::Unknown
            && it.needs.is_some_and(Input::is_of_account)
            && !joined.as_ref().is_some_and(|it| it.shows(row))
    };
    board.in_view().filter(open).collect()
}

pub(super) fn title(open: &[&Row]) -> String {
    match open.len() {
        0 => "what was read holds, but not everything could be read".to_owned(),
        1 => "nothing broken in what could be read; 1 link could not be checked".to_owned(),
        all => format!("nothing broken in what could be read; {all} links could not be checked"),
    }
}

/// Every instance of the group that runs is a Ready Node.
struct Joined {
    in_every_subnet: bool,
}

impl Joined {
    fn of(facts: &Facts) -> Option<Self> {
        let group = &facts.account.group;
        let all = group.instances.value()?.iter();
        let running: Vec<&Instance> =
            all.map(|it| &it.value).filter(|it| it.state.name == "running").collect();
        let nodes = facts.cluster.nodes.value()?;
        let ready = |it: &&Instance| nodes.iter().any(|node| is_ready(node, it));
        if running.is_empty() || !running.iter().all(ready) {
            return None;
        }
        let subnets: BTreeSet<&str> = running.iter().map(|it| &*it.subnet_id).collect();
        let in_every_subnet = group.own_subnets().iter().all(|it| subnets.contains(it));
        Some(Self { in_every_subnet })
    }

    fn shows(&self, row: &Row) -> bool {
        let among = |all: &[&Link]| all.iter().any(|it| row.is(it));
        among(node_join::LASTING) || self.in_every_subnet && among(node_join::LASTING_BY_SUBNET)
    }
}

fn is_ready(node: &RegisteredNode, instance: &Instance) -> bool {
    let id = node.provider_id.rsplit('/').next().unwrap_or_default();
    id == instance.instance_id && node.ready.as_ref().is_some_and(|it| it.status == "True")
}
