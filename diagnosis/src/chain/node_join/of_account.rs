//! What the links that only the account can tell of ask it alike.

use crate::{
    chain::Verdict,
    facts::{
        Compute, Condition, Facts, NodeClaim, NodeClass, NodePool, Observed, RoleObject, Source,
        aws::{
            Presence, Resource,
            autoscaling::{Activity, AutoScalingGroup},
            ec2::Instance,
            eks::{Issue, Nodegroup},
        },
    },
    report::Evidence,
};

pub(super) const AWS_OWNS: &str = "AWS owns it on Auto Mode";

pub(super) fn is(facts: &Facts, compute: Compute) -> bool {
    facts.account.group.compute.value() == Some(&compute)
}

/// For what nobody but AWS can set there.
pub(super) fn owned_by_aws(facts: &Facts) -> Option<Verdict> {
    is(facts, Compute::AutoMode).then(|| Verdict::not_applicable(AWS_OWNS))
}

/// One of the things that were asked for by name, where it is there.
pub(super) fn there<T>(observed: &Observed<Presence<T>>) -> Option<(&T, &Source)> {
    match observed {
        Observed::Seen { value: Presence::Present(it), source } => Some((it, source)),
        _ => None,
    }
}

pub(super) fn nodegroup(facts: &Facts) -> Option<(&Nodegroup, &Source)> {
    there(&facts.account.group.nodegroup)
}

pub(super) fn scaling_group(facts: &Facts) -> Option<(&AutoScalingGroup, &Source)> {
    there(&facts.account.group.scaling_group)
}

/// What EKS says of the node group's health.
pub(super) fn issues(facts: &Facts) -> impl Iterator<Item = (&Issue, &Source)> {
    let group = nodegroup(facts).into_iter();
    group.flat_map(|(it, source)| it.health.issues.iter().map(move |issue| (issue, source)))
}

/// The line of the code, and the one of the message.
pub(super) fn quoted(issue: &Issue, source: &Source) -> (Evidence, Evidence) {
    let code = source.quote(&format!("\"code\": \"{}\"", issue.code));
    (code, source.quote(&format!("\"message\": \"{}", plain(&issue.message))))
}

/// As far as it stands in JSON as it is.
pub(super) fn plain(text: &str) -> &str {
    let end = text.find(|it: char| it == '"' || it == '\\' || it.is_control());
    &text[..end.unwrap_or(text.len())]
}

/// The newest attempt to launch an instance that failed, where none went well after it.
pub(super) fn failed_launch(facts: &Facts) -> Option<(&Activity, &Source)> {
    let all = facts.account.group.activities.value()?;
    let mut launches: Vec<&Resource<Activity>> = all.iter().filter(|it| launches(it)).collect();
    launches.sort_by(|a, b| b.start_time.cmp(&a.start_time));
    let ended = launches
        .into_iter()
        .find(|it| matches!(it.status_code.as_str(), "Successful" | "Failed" | "Cancelled"))?;
    (ended.status_code == "Failed").then_some((&ended.value, &ended.source))
}

pub(super) fn successful_launch(facts: &Facts) -> Option<(&Activity, &Source)> {
    let all = facts.account.group.activities.value()?;
    let mut good = all.iter().filter(|it| launches(it) && it.status_code == "Successful");
    good.next().map(|it| (&it.value, &it.source))
}

/// `Launching a new EC2 instance: i-0abc`, and `Launching a new EC2 instance.  Status Reason: …`
fn launches(it: &Activity) -> bool {
    it.description.starts_with("Launching a new EC2 instance")
}

pub(super) fn message(source: &Source) -> Evidence {
    source.quote("\"StatusMessage\"")
}

/// The instances of the group that are there, or come.
pub(super) fn alive(facts: &Facts) -> impl Iterator<Item = &Resource<Instance>> {
    let all = facts.account.group.instances.value().into_iter().flatten();
    all.filter(|it| matches!(it.state.name.as_str(), "running" | "pending"))
}

/// The newest of those that are gone, where none is there.
pub(super) fn gone(facts: &Facts) -> Option<&Resource<Instance>> {
    if alive(facts).next().is_some() {
        return None;
    }
    let all = facts.account.group.instances.value().into_iter().flatten();
    all.max_by(|a, b| a.launch_time.cmp(&b.launch_time))
}

/// Of the pool that the report is about, else all.
pub(super) fn claims(facts: &Facts) -> impl Iterator<Item = (&NodeClaim, &Source)> {
    let pool = (facts.subject.kind == "nodepool").then_some(facts.subject.name.as_str());
    let (claims, source) = match &facts.cluster.node_claims {
        Observed::Seen { value, source } => (value.as_slice(), Some(source)),
        _ => (&[][..], None),
    };
    let own = claims.iter().filter(move |it| pool.is_none_or(|pool| it.node_pool == pool));
    own.filter_map(move |it| Some((it, source?)))
}

/// The condition `Launched` of the newest NodeClaim, where it has no instance.
pub(super) fn not_launched(facts: &Facts) -> Option<(&NodeClaim, &Condition, &Source)> {
    let (claim, source) = newest_claim(facts)?;
    let launched = condition(&claim.conditions, "Launched")?;
    (launched.status != "True" && !launched.reason.is_empty()).then_some((claim, launched, source))
}

pub(super) fn newest_claim(facts: &Facts) -> Option<(&NodeClaim, &Source)> {
    claims(facts).max_by(|(a, _), (b, _)| a.created.cmp(&b.created))
}

pub(super) fn condition<'a>(conditions: &'a [Condition], kind: &str) -> Option<&'a Condition> {
    conditions.iter().find(|it| it.kind == kind)
}

/// The NodePool that the report is about, or the only one.
pub(super) fn pool(facts: &Facts) -> Option<&NodePool> {
    let pools = facts.cluster.node_pools.value()?;
    let named = pools.iter().find(|it| it.name == facts.subject.name);
    named.or(pools.first().filter(|_| pools.len() == 1))
}

/// The node class that the NodePool refers to.
pub(super) fn node_class(facts: &Facts) -> Option<&Resource<NodeClass>> {
    let wanted = &pool(facts)?.node_class;
    let all = facts.cluster.node_classes.value()?;
    all.iter().find(|it| format!("{}/{}", it.kind, it.name) == *wanted)
}

/// Conditions of a node class, the causes before what only follows them.
const CLASS: [&str; 8] = [
    "SubnetsReady",
    "SecurityGroupsReady",
    "AMIsReady",
    "InstanceProfileReady",
    "PlacementGroupReady",
    "CapacityReservationsReady",
    "ValidationSucceeded",
    "Ready",
];

/// What the node class says itself that keeps it from being used.
pub(super) fn class_fails(facts: &Facts) -> Option<(&Resource<NodeClass>, &Condition)> {
    let class = node_class(facts)?;
    let mut all = CLASS.iter().filter_map(|it| condition(&class.conditions, it));
    Some((class, all.find(|it| it.status == "False")?))
}

/// What Karpenter's controller may not do, says its creator's link; that its profile is gone, that of
/// the profile; that the cluster refuses the role, that of the access entry.
pub(super) fn class_refused(it: &Condition) -> bool {
    it.reason.ends_with(CHECK_FAILED) || [PROFILE_GONE, ROLE_REFUSED].contains(&it.reason.as_str())
}

/// As in `RunInstancesAuthCheckFailed`.
pub(super) const CHECK_FAILED: &str = "AuthCheckFailed";
pub(super) const PROFILE_GONE: &str = "InstanceProfileNotFound";
pub(super) const ROLE_REFUSED: &str = "UnauthorizedNodeRole";

/// Whether something of the group came to be: it is then no question of permission or capacity.
pub(super) fn created(facts: &Facts) -> Option<(String, &Source)> {
    if let Some(it) = alive(facts).find(|it| it.state.name == "running") {
        return Some((format!("{} runs", it.instance_id), &it.source));
    }
    if let Some((group, source)) = nodegroup(facts)
        && group.status == "ACTIVE"
    {
        return Some((format!("{} is ACTIVE", group.nodegroup_name), source));
    }
    if failed_launch(facts).is_none()
        && let Some((it, source)) = successful_launch(facts)
    {
        return Some((it.description.clone(), source));
    }
    let (claim, source) = newest_claim(facts)?;
    let launched = condition(&claim.conditions, "Launched")?;
    (launched.status == "True").then(|| (format!("{} was launched", claim.name), source))
}

/// The ARN of the role that the group's nodes have, path included.
pub(super) fn role_arn(facts: &Facts) -> Option<&str> {
    let group = &facts.account.group;
    let managed = nodegroup(facts).map(|(it, _)| it.node_role.as_str());
    let automatic = is(facts, Compute::AutoMode).then(|| there(&group.cluster)).flatten();
    let automatic = automatic.map(|(it, _)| it.compute_config.node_role_arn.as_str());
    let read = group.role.value().and_then(RoleObject::present).map(|it| it.arn.as_str());
    let profile = there(&group.instance_profile).and_then(|(it, _)| it.roles.first());
    let all = [managed, automatic, read, profile.map(|it| it.arn.as_str())];
    all.into_iter().flatten().find(|it| !it.is_empty())
}
