//! What the first answers name, and the next calls ask for.

use std::collections::BTreeSet;

use diagnosis::facts::aws::autoscaling::AutoScalingGroup;
use diagnosis::facts::aws::ec2::{Instance, LaunchTemplateVersion};
use diagnosis::facts::aws::eks::{Cluster, Nodegroup};
use diagnosis::facts::aws::{Tag, tag};

/// What of the groups is looked at closely.
pub(super) struct Own {
    pub(super) nodegroups: Vec<Nodegroup>,
    pub(super) groups: Vec<AutoScalingGroup>,
}

impl Own {
    pub(super) fn of(
        only: Option<&str>,
        nodegroups: &[Nodegroup],
        groups: &[AutoScalingGroup],
    ) -> Self {
        let Some(only) = only else {
            return Self { nodegroups: nodegroups.to_vec(), groups: groups.to_vec() };
        };
        let own = |it: &&AutoScalingGroup| {
            it.auto_scaling_group_name == only || tag(&it.tags, "eks:nodegroup-name") == Some(only)
        };
        Self {
            nodegroups: nodegroups.iter().filter(|it| it.nodegroup_name == only).cloned().collect(),
            groups: groups.iter().filter(own).cloned().collect(),
        }
    }

    /// Those that their nodes are in, or will be.
    pub(super) fn subnets<'a>(&'a self, instances: &'a [Instance]) -> BTreeSet<&'a str> {
        let named = self.nodegroups.iter().flat_map(|it| &it.subnets).map(String::as_str);
        let zones = self.groups.iter().flat_map(|it| it.vpc_zone_identifier.split(','));
        // Of a NodePool only its instances tell.
        let pooled = instances.iter().filter(|it| tag(&it.tags, "karpenter.sh/nodepool").is_some());
        named.chain(zones).chain(pooled.map(|it| &*it.subnet_id)).collect()
    }
}

pub(super) fn images<'a>(
    instances: &'a [Instance],
    templates: &'a [LaunchTemplateVersion],
) -> Vec<&'a str> {
    let of_templates = templates.iter().map(|it| &*it.launch_template_data.image_id);
    let all: BTreeSet<&str> =
        instances.iter().map(|it| &*it.image_id).chain(of_templates).collect();
    // A template may have the name of a parameter that holds the id.
    all.into_iter().filter(|it| it.starts_with("ami-")).collect()
}

/// As CloudFormation tags what it makes.
pub(super) fn stack_names<'a>(
    cluster: &'a Cluster,
    nodegroups: &'a [Nodegroup],
    groups: &'a [AutoScalingGroup],
    instances: &'a [Instance],
) -> BTreeSet<&'a str> {
    const KEY: &str = "aws:cloudformation:stack-name";
    let maps = nodegroups.iter().map(|it| &it.tags).chain([&cluster.tags]);
    let lists = groups.iter().map(|it| &it.tags).chain(instances.iter().map(|it| &it.tags));
    let of_lists = lists.filter_map(|it: &Vec<Tag>| tag(it, KEY));
    maps.filter_map(|it| it.get(KEY)).map(String::as_str).chain(of_lists).collect()
}
