//! What was made or changed shortly before the first failure, by the times that the account has. That
//! one came after the other says no more than that: nothing here is called a cause.

use crate::{
    facts::{Facts, Group, RoleObject, Source, aws::Presence, seconds},
    report::{Change, Evidence},
};

mod failure;

/// How long before the failure, in seconds.
const DAY: i64 = 24 * 60 * 60;

/// Those nearest to it; what is further away has had its time to fail.
const MOST: usize = 8;

/// The first failure, and what changed before it, the newest first.
pub(super) fn changes(facts: &Facts) -> (Option<Change>, Vec<Change>) {
    let group = &facts.account.group;
    let Some(first) = failure::first(group) else { return (None, Vec::new()) };
    let before = |it: &Change| {
        let known = it.evidence.source == first.evidence.source && it.at == first.at;
        seconds(&it.at, &first.at).is_some_and(|past| (0..=DAY).contains(&past)) && !known
    };
    let mut changes: Vec<Change> = all(group).into_iter().filter(before).collect();
    changes.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.what.cmp(&b.what)));
    changes.truncate(MOST);
    (Some(first), changes)
}

fn all(group: &Group) -> Vec<Change> {
    let mut all = of_nodes(group);
    all.extend(of_access(group));
    all.extend(of_network(group));
    all.extend(of_creator(group));
    all
}

/// The group itself, and what its instances are made of.
fn of_nodes(group: &Group) -> Vec<Change> {
    let mut all = Vec::new();
    if let Some((Presence::Present(it), source)) = seen(&group.nodegroup) {
        let what = |done: &str| format!("node group {} was {done}", it.nodegroup_name);
        all.extend(made(source, "\"createdAt\"", it.created_at.as_ref(), what("made")));
        if it.modified_at != it.created_at {
            all.extend(made(source, "\"modifiedAt\"", it.modified_at.as_ref(), what("changed")));
        }
    }
    if let Some((Presence::Present(it), source)) = seen(&group.scaling_group) {
        let what = format!("Auto Scaling group {} was made", it.auto_scaling_group_name);
        all.extend(made(source, "\"CreatedTime\"", it.created_time.as_ref(), what));
    }
    if let Some((Presence::Present(it), source)) = seen(&group.launch_template) {
        let by = it.created_by.rsplit(':').next().filter(|by| !by.is_empty());
        let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
        let what = format!(
            "version {} of launch template {} was made{by}",
            it.version_number, it.launch_template_id
        );
        all.extend(made(source, "\"CreateTime\"", it.create_time.as_ref(), what));
    }
    all
}

/// As whom its nodes come.
fn of_access(group: &Group) -> Vec<Change> {
    let mut all = Vec::new();
    let managed = group.nodegroup.value().and_then(Presence::present).map(|it| &*it.node_role);
    let mut role = managed.and_then(|it| it.rsplit('/').next()).unwrap_or_default();
    if let Some((RoleObject::Present(it), source)) = seen(&group.role) {
        role = it.arn.rsplit('/').next().unwrap_or(role);
        let what = format!("role {role} was made");
        all.extend(made(source, "\"CreateDate\"", it.created.as_ref(), what));
    }
    if let Some((Presence::Present(it), source)) = seen(&group.instance_profile) {
        let what = format!("instance profile {} was made", it.instance_profile_name);
        all.extend(made(source, "\"CreateDate\"", it.create_date.as_ref(), what));
    }
    for it in group.access_entries.value().into_iter().flatten() {
        let name = it.principal_arn.rsplit('/').next().unwrap_or_default();
        // Of others than nodes it says nothing about these.
        if name.is_empty() || name != role {
            continue;
        }
        let what = |done: &str| format!("the access entry of role {name} was {done}");
        all.extend(made(&it.source, "\"createdAt\"", it.created_at.as_ref(), what("made")));
        if it.modified_at != it.created_at {
            all.extend(made(
                &it.source,
                "\"modifiedAt\"",
                it.modified_at.as_ref(),
                what("changed"),
            ));
        }
    }
    all
}

fn of_network(group: &Group) -> Vec<Change> {
    let endpoint = group.vpc_endpoints.value().into_iter().flatten().filter_map(|it| {
        let what = format!("VPC endpoint {} of {} was made", it.vpc_endpoint_id, it.service_name);
        made(&it.source, "\"CreationTimestamp\"", it.creation_timestamp.as_ref(), what)
    });
    let gateway = group.nat_gateways.value().into_iter().flatten().filter_map(|it| {
        let what = format!("NAT gateway {} was made", it.nat_gateway_id);
        made(&it.source, "\"CreateTime\"", it.create_time.as_ref(), what)
    });
    endpoint.chain(gateway).collect()
}

fn of_creator(group: &Group) -> Vec<Change> {
    let mut all = Vec::new();
    if let Some((Presence::Present(it), source)) = seen(&group.cluster) {
        let what = format!("cluster {} was made", it.name);
        all.extend(made(source, "\"createdAt\"", it.created_at.as_ref(), what));
    }
    for it in group.stacks.value().into_iter().flatten() {
        let what = |done: &str| format!("stack {} was {done}", it.stack_name);
        all.extend(made(&it.source, "\"CreationTime\"", it.creation_time.as_ref(), what("made")));
        let updated = it.last_updated_time.as_ref();
        all.extend(made(&it.source, "\"LastUpdatedTime\"", updated, what("updated")));
    }
    all
}

fn seen<T>(fact: &crate::facts::Observed<T>) -> Option<(&T, &Source)> {
    match fact {
        crate::facts::Observed::Seen { value, source } => Some((value, source)),
        _ => None,
    }
}

fn made(source: &Source, needle: &str, at: Option<&String>, what: String) -> Option<Change> {
    Some(Change { at: at?.clone(), what, evidence: quote(source, needle) })
}

/// What a source does not have in its own words, as a role's text is its trust policy, it only
/// answers for.
fn quote(source: &Source, needle: &str) -> Evidence {
    if source.text.contains(needle) {
        return source.quote(needle);
    }
    let line = (source.line > 0).then_some(source.line);
    Evidence { quote: String::new(), source: source.place.clone(), line }
}

#[cfg(test)]
mod tests;
