//! The names that an account gives to what a group of nodes needs.

use super::{Redactor, mask::long};
use crate::facts::{
    Facts, RoleObject,
    aws::{Presence, Tag},
};

pub(super) fn learn(redactor: &mut Redactor, facts: &Facts) {
    match &*facts.subject.kind {
        "nodegroup" | "autoscaling-group" | "nodepool" => {
            redactor.name("nodegroup", &facts.subject.name);
        }
        "cluster" => redactor.name("cluster", &facts.subject.name),
        _ => {}
    }
    let group = &facts.account.group;
    if let Some(it) = group.cluster.value().and_then(Presence::present) {
        redactor.name("cluster", &it.name);
    }
    if let Some(it) = group.nodegroup.value().and_then(Presence::present) {
        redactor.name("cluster", &it.cluster_name);
        redactor.name("nodegroup", &it.nodegroup_name);
        let template = it.launch_template.as_ref();
        redactor.name("template", template.map_or("", |it| &it.name));
        for it in &it.resources.auto_scaling_groups {
            redactor.name("scaling-group", &it.name);
        }
    }
    for it in &group.others {
        redactor.name("nodegroup", &it.name);
        redactor.name("role", it.role_arn.rsplit('/').next().unwrap_or_default());
    }
    if let Some(it) = group.scaling_group.value().and_then(Presence::present) {
        redactor.name("scaling-group", &it.auto_scaling_group_name);
        tags(redactor, &it.tags);
    }
    if let Some(it) = group.launch_template.value().and_then(Presence::present) {
        redactor.name("template", &it.launch_template_name);
    }
    if let Some(it) = group.instance_profile.value().and_then(Presence::present) {
        redactor.name("profile", &it.instance_profile_name);
    }
    if let Some(it) = group.role.value().and_then(RoleObject::present) {
        redactor.name("role", it.arn.rsplit('/').next().unwrap_or_default());
        it.policies.iter().for_each(|it| redactor.name("policy", &it.name));
    }
    for it in facts.cluster.node_classes.value().into_iter().flatten() {
        redactor.name("role", &it.role);
    }
    for it in group.stacks.value().into_iter().flatten() {
        redactor.name("stack", &it.stack_name);
        tags(redactor, &it.tags);
    }
    for it in group.stack_events.value().into_iter().flatten() {
        redactor.name("stack", &it.stack_name);
    }
    for it in group.security_groups.value().into_iter().flatten() {
        other(redactor, "sg", &it.group_name);
        tags(redactor, &it.tags);
    }
    for it in group.subnets.value().into_iter().flatten() {
        tags(redactor, &it.tags);
    }
    for it in group.instances.value().into_iter().flatten() {
        tags(redactor, &it.tags);
    }
    if let Some(it) = group.vpc.value() {
        tags(redactor, &it.tags);
    }
}

/// What people call a resource.
fn tags(redactor: &mut Redactor, tags: &[Tag]) {
    for it in tags.iter().filter(|it| it.key == "Name") {
        other(redactor, "name", &it.value);
    }
}

/// A word of a language that is a name here only would be missed in every sentence.
fn other(redactor: &mut Redactor, label: &'static str, name: &str) {
    if long(name) {
        redactor.name(label, name);
    }
}
