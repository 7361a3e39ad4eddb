//! The stacks that made the cluster or the group, and what failed in them.

use std::collections::BTreeSet;

use crate::document::account::{Answers, GroupId, names};
use crate::facts::aws::{Resource, cloudformation};
use crate::facts::{Group, Observed};

/// What the end of a stack's tag calls its node group, and its cluster.
const NODEGROUP: &str = "nodegroup-name";
const CLUSTER: &str = "cluster-name";

impl Answers {
    pub(super) fn stacks_of(
        &self,
        group: &GroupId,
    ) -> Observed<Vec<Resource<cloudformation::Stack>>> {
        self.list(&self.stacks, "cloudformation:DescribeStacks", |it| self.is_stack(group, it))
    }

    fn is_stack(&self, group: &GroupId, it: &cloudformation::Stack) -> bool {
        let tagged =
            |end: &str| it.tags.iter().find(|it| it.key.ends_with(end)).map(|it| &*it.value);
        match (tagged(NODEGROUP), tagged(CLUSTER)) {
            (Some(name), cluster) => {
                name == group.name && cluster.is_none_or(|it| it == self.cluster_name())
            }
            (None, Some(cluster)) => cluster == self.cluster_name(),
            (None, None) => self.is_named(group, &it.stack_name),
        }
    }

    fn groups_named(&self) -> impl Iterator<Item = &str> {
        let described = self.nodegroups.all.iter().map(|it| &*it.value.nodegroup_name);
        self.nodegroup_names.names().chain(described)
    }

    /// After the group, or after the cluster and no other group of it.
    fn is_named(&self, group: &GroupId, stack: &str) -> bool {
        let has = |name: &str| names::within(stack, name);
        let other = self
            .nodegroups
            .all
            .iter()
            .any(|it| it.nodegroup_name != group.name && has(&it.nodegroup_name));
        has(&group.name) || (has(self.cluster_name()) && !other)
    }

    /// Failed ones, the first failure first.
    pub(super) fn events_of(
        &self,
        group: &GroupId,
        it: &Group,
    ) -> Observed<Vec<Resource<cloudformation::StackEvent>>> {
        let known: BTreeSet<&str> =
            it.stacks.value().into_iter().flatten().map(|it| &*it.stack_name).collect();
        let only: BTreeSet<&str> =
            self.stack_events.all.iter().map(|it| &*it.value.stack_name).collect();
        let own = |it: &cloudformation::StackEvent| {
            let stack = known.contains(&*it.stack_name)
                || (!self.stacks.is_given()
                    && (only.len() == 1 || self.is_named(group, &it.stack_name)));
            let others =
                |name: &str| name != group.name && self.groups_named().any(|it| it == name);
            let of_other = it.resource_type == "AWS::EKS::Nodegroup"
                && it.physical_resource_id.rsplit_once('/').is_some_and(|(_, it)| others(it));
            it.resource_status.ends_with("_FAILED") && stack && !of_other
        };
        let action = "cloudformation:DescribeStackEvents";
        match self.some(&self.stack_events, action, "", own) {
            Observed::Seen { mut value, source } => {
                value.sort_by(|a, b| a.timestamp.cmp(&b.timestamp));
                Observed::seen(value, source)
            }
            other => other,
        }
    }
}
