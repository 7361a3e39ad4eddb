//! Which groups of nodes the answers tell of.

use std::collections::BTreeSet;

use super::{Answers, GroupId, names};
use crate::facts::aws::{Presence, Resource, autoscaling, ec2, eks, tag};
use crate::facts::{Compute, Observed, Source};

/// Tags by which an instance says of which group it is.
const NODEGROUP: &str = "eks:nodegroup-name";
const SCALING: &str = "aws:autoscaling:groupName";
const NODE_POOL: &str = "karpenter.sh/nodepool";

impl GroupId {
    pub(super) fn new(kind: &'static str, name: &str) -> Self {
        Self { kind, name: name.to_owned() }
    }
}

impl Answers {
    /// As the report's subject names them: `nodegroup/workers`.
    pub fn groups(&self) -> Vec<GroupId> {
        let mut all: Vec<GroupId> = Vec::new();
        let described = self.nodegroups.all.iter().map(|it| &*it.nodegroup_name);
        let managed: BTreeSet<&str> = self.nodegroup_names.names().chain(described).collect();
        all.extend(managed.into_iter().map(|it| GroupId::new("nodegroup", it)));
        let scaling = self.scaling_groups.all.iter().filter(|it| self.is_own(it));
        all.extend(
            scaling.map(|it| GroupId::new("autoscaling-group", &it.auto_scaling_group_name)),
        );
        all.extend(self.pools().into_iter().map(|it| GroupId::new("nodepool", it)));
        if all.is_empty() || self.instances.all.iter().any(|it| self.is_alone(it)) {
            let named = self.cluster_name();
            if !named.is_empty() || (all.is_empty() && self.instances.is_given()) {
                all.push(GroupId::new("cluster", named));
            }
        }
        all
    }

    /// One that somebody names. The cluster is one even where its nodes are in groups.
    pub fn select(&self, kind: &str, name: &str) -> Option<GroupId> {
        let found = self.groups().into_iter().find(|it| it.kind == kind && it.name == name);
        let cluster = || {
            let named = kind == "cluster" && name == self.cluster_name();
            named.then(|| GroupId::new("cluster", name))
        };
        found.or_else(cluster)
    }

    /// The cluster's name, whoever tells it.
    pub fn cluster_name(&self) -> &str {
        if let Some(it) = self.cluster_answer() {
            return &it.name;
        }
        if let Some(it) = self.nodegroups.all.first() {
            return &it.cluster_name;
        }
        let tags = self.instances.all.iter().flat_map(|it| &it.tags);
        let scaling = self.scaling_groups.all.iter().flat_map(|it| &it.tags);
        let tagged =
            tags.chain(scaling).find_map(|it| it.key.strip_prefix("kubernetes.io/cluster/"));
        let missed = || self.missed.iter().find_map(|it| after(&it.command, "--cluster-name"));
        tagged.or_else(missed).unwrap_or_default()
    }

    /// Of this cluster, and not of a managed node group.
    pub(super) fn is_own(&self, it: &autoscaling::AutoScalingGroup) -> bool {
        let name = self.cluster_name();
        let managed =
            tag(&it.tags, NODEGROUP).is_some() || self.manages(&it.auto_scaling_group_name);
        let own = tag(&it.tags, &format!("kubernetes.io/cluster/{name}")).is_some()
            || tag(&it.tags, &format!("k8s.io/cluster/{name}")).is_some();
        // Somebody who gives only one means it, whatever its tags say.
        let meant = self.scaling_groups.all.len() == 1
            && self.nodegroups.all.is_empty()
            && self.nodegroup_names.all.is_empty();
        !managed && (own && !name.is_empty() || meant)
    }

    fn manages(&self, scaling_group: &str) -> bool {
        let groups = self.nodegroups.all.iter();
        groups
            .flat_map(|it| &it.value.resources.auto_scaling_groups)
            .any(|it| it.name == scaling_group)
    }

    fn pools(&self) -> BTreeSet<&str> {
        let own = self.node_pools.all.iter().map(|it| &*it.name);
        let claims = self.node_claims.all.iter().map(|it| &*it.node_pool);
        let tagged = self.instances.all.iter().filter_map(|it| tag(&it.value.tags, NODE_POOL));
        let builtin = self.cluster_answer().filter(|it| it.compute_config.enabled == Some(true));
        let builtin = builtin.into_iter().flat_map(|it| &it.value.compute_config.node_pools);
        let all = own.chain(claims).chain(tagged).chain(builtin.map(String::as_str));
        all.filter(|it| !it.is_empty()).collect()
    }

    /// Of the cluster, and of no group.
    fn is_alone(&self, it: &ec2::Instance) -> bool {
        let grouped =
            [NODEGROUP, SCALING, NODE_POOL].iter().any(|key| tag(&it.tags, key).is_some());
        let of_group =
            |group: &Resource<autoscaling::AutoScalingGroup>| holds(group, &it.instance_id);
        let key = format!("kubernetes.io/cluster/{}", self.cluster_name());
        !grouped && tag(&it.tags, &key).is_some() && !self.scaling_groups.all.iter().any(of_group)
    }

    pub(super) fn compute(&self, group: &GroupId) -> Observed<Compute> {
        let auto = self.cluster_answer().filter(|it| it.compute_config.enabled == Some(true));
        let (compute, source) = match group.kind {
            "nodegroup" => {
                let listed = self.nodegroup_names.answers.first().cloned();
                (
                    Compute::Managed,
                    listed.or(self.nodegroup(&group.name).map(|it| it.source.clone())),
                )
            }
            "nodepool" => {
                let pool = self.node_pools.find(|it| it.name == group.name);
                let class = pool.map_or("", |it| &it.node_class);
                let compute = match auto {
                    Some(_) if !class.starts_with("EC2NodeClass/") => Compute::AutoMode,
                    _ => Compute::Karpenter,
                };
                let source = pool.map(|it| it.source.clone()).or(auto.map(|it| it.source.clone()));
                (compute, source)
            }
            "autoscaling-group" => (
                Compute::SelfManaged,
                self.scaling_group_named(&group.name).map(|it| it.source.clone()),
            ),
            _ if self.instances.all.is_empty() => return Observed::Skipped,
            _ => (Compute::SelfManaged, self.instances.answers.first().cloned()),
        };
        Observed::seen(compute, source.unwrap_or_else(|| self.instance_source()))
    }

    fn instance_source(&self) -> Source {
        self.instances.answers.first().cloned().unwrap_or_default()
    }

    pub(super) fn nodegroup(&self, name: &str) -> Option<&Resource<eks::Nodegroup>> {
        self.nodegroups.find(|it| it.nodegroup_name == name)
    }

    pub(super) fn scaling_group_named(
        &self,
        name: &str,
    ) -> Option<&Resource<autoscaling::AutoScalingGroup>> {
        self.scaling_groups.find(|it| it.auto_scaling_group_name == name)
    }

    /// The name of the group's Auto Scaling group.
    pub(super) fn scaling_name(&self, group: &GroupId) -> Option<&str> {
        match group.kind {
            "autoscaling-group" => {
                self.scaling_group_named(&group.name).map(|it| &*it.value.auto_scaling_group_name)
            }
            "nodegroup" => {
                let own = self.nodegroup(&group.name);
                let named = own.and_then(|it| it.value.resources.auto_scaling_groups.first());
                let tagged =
                    || self.scaling_groups.find(|it| tag(&it.tags, NODEGROUP) == Some(&group.name));
                named
                    .map(|it| &*it.name)
                    .or_else(|| tagged().map(|it| &*it.value.auto_scaling_group_name))
            }
            _ => None,
        }
    }

    pub(super) fn scaling_group(
        &self,
        group: &GroupId,
    ) -> Observed<Presence<autoscaling::AutoScalingGroup>> {
        const ACTION: &str = "autoscaling:DescribeAutoScalingGroups";
        let Some(name) = self.scaling_name(group) else { return Observed::Skipped };
        if let Some(it) = self.scaling_group_named(name) {
            return Observed::seen(Presence::Present(it.value.clone()), it.source.clone());
        }
        // The list is asked for by its tags.
        if let Some(failed) = self.failed(ACTION, name).or_else(|| self.failed(ACTION, "")) {
            return failed;
        }
        let mut others = self.nodegroups.all.iter().filter(|it| it.nodegroup_name != group.name);
        let all = others.clone().flat_map(|it| &it.value.resources.auto_scaling_groups);
        // A list that somebody asked for by other names does not say that this one is gone.
        let whole = if others.next().is_none() {
            self.scaling_groups.all.is_empty()
        } else {
            all.map(|it| &*it.name).all(|it| self.scaling_group_named(it).is_some())
        };
        let source = self.scaling_groups.answers.first();
        match source.filter(|_| whole && self.scaling_groups.is_whole()) {
            Some(source) => Observed::seen(Presence::Absent, source.clone()),
            None => Observed::Skipped,
        }
    }

    pub(super) fn own<'a>(&'a self, group: &'a GroupId) -> Own<'a> {
        let name = self.scaling_name(group);
        Own {
            answers: self,
            group,
            name,
            scaling: name.and_then(|it| self.scaling_group_named(it)),
            only: group.kind == "cluster" && self.groups().len() == 1,
        }
    }

    fn claimed(&self, pool: &str, instance: &str) -> bool {
        let own = self.node_claims.all.iter().filter(|it| it.node_pool == pool);
        own.map(|it| names::last_part(&it.value.provider_id)).any(|it| it == instance)
    }
}

/// What is a group's own.
#[derive(Clone, Copy)]
pub(super) struct Own<'a> {
    answers: &'a Answers,
    pub(super) group: &'a GroupId,
    /// Of its Auto Scaling group.
    pub(super) name: Option<&'a str>,
    scaling: Option<&'a Resource<autoscaling::AutoScalingGroup>>,
    /// There is no other group.
    only: bool,
}

impl Own<'_> {
    /// Whether the cluster has a node group of this name.
    pub(super) fn has_group(&self, name: &str) -> bool {
        let all = &self.answers.nodegroups.all;
        self.answers.nodegroup_names.names().any(|it| it == name)
            || all.iter().any(|it| it.value.nodegroup_name == name)
    }

    pub(super) fn instance(&self, it: &ec2::Instance) -> bool {
        let name = &*self.group.name;
        let says = |key: &str, name: &str| tag(&it.tags, key) == Some(name);
        let held = || self.scaling.is_some_and(|own| holds(own, &it.instance_id));
        let scaled = || self.name.is_some_and(|it_is| says(SCALING, it_is)) || held();
        match self.group.kind {
            "nodegroup" => says(NODEGROUP, name) || scaled(),
            "autoscaling-group" => scaled(),
            "nodepool" => says(NODE_POOL, name) || self.answers.claimed(name, &it.instance_id),
            // Somebody who gives instances of no group means them.
            _ => self.only || self.answers.is_alone(it),
        }
    }
}

fn holds(group: &autoscaling::AutoScalingGroup, instance: &str) -> bool {
    group.instances.iter().any(|it| it.instance_id == instance)
}

/// The word after an option.
fn after<'a>(command: &'a str, option: &str) -> Option<&'a str> {
    let mut words = command.split_whitespace().skip_while(|it| *it != option);
    words.nth(1).map(|it| it.trim_matches('\''))
}
