//! When it began: the first failure that has a time.

use super::{made, seen};
use crate::{
    facts::{
        Group,
        aws::{Presence, Resource, autoscaling::Activity},
    },
    report::Change,
};

/// How an instance ends that somebody ended, or that was lent.
const NO_FAILURE: [&str; 3] =
    ["Client.UserInitiated", "Server.SpotInstance", "Client.ScheduledStop"];

pub(super) fn first(group: &Group) -> Option<Change> {
    let all = activities(group).into_iter().chain(events(group)).chain(instances(group));
    all.chain(health(group)).min_by(|a, b| a.at.cmp(&b.at))
}

/// Of those since the group last could launch an instance.
fn activities(group: &Group) -> Vec<Change> {
    let all = || group.activities.value().into_iter().flatten();
    let launched = |it: &&Resource<Activity>| {
        it.status_code == "Successful" && it.description.starts_with("Launching")
    };
    let last = all().filter(launched).filter_map(|it| it.start_time.clone()).max();
    let failed = |it: &&Resource<Activity>| it.status_code == "Failed" && it.start_time > last;
    let told = |it: &Resource<Activity>| {
        let what = format!("a scaling activity failed: {}", it.description);
        made(&it.source, "\"StartTime\"", it.start_time.as_ref(), what)
    };
    all().filter(failed).filter_map(told).collect()
}

fn events(group: &Group) -> Vec<Change> {
    let failed = group.stack_events.value().into_iter().flatten();
    let failed = failed.filter(|it| it.resource_status.ends_with("_FAILED"));
    let told = failed.filter_map(|it| {
        let what = format!(
            "{} of {} in stack {}",
            it.resource_status, it.logical_resource_id, it.stack_name
        );
        made(&it.source, "\"Timestamp\"", it.timestamp.as_ref(), what)
    });
    told.collect()
}

/// Those that ended by themselves.
fn instances(group: &Group) -> Vec<Change> {
    let gone = group.instances.value().into_iter().flatten().filter(|it| {
        let code = &it.state_reason.code;
        let ended = matches!(&*it.state.name, "terminated" | "shutting-down" | "stopped");
        ended && !code.is_empty() && !NO_FAILURE.iter().any(|it| code.starts_with(it))
    });
    let told = gone.filter_map(|it| {
        let what = format!("instance {} ended: {}", it.instance_id, it.state_reason.code);
        made(&it.source, "\"Code\"", ended(&it.state_transition_reason).as_ref(), what)
    });
    told.collect()
}

/// `User initiated (2026-03-01 10:00:00 GMT)`
fn ended(reason: &str) -> Option<String> {
    let (_, tail) = reason.rsplit_once('(')?;
    let at = tail.strip_suffix(" GMT)")?;
    let at = format!("{}Z", at.replacen(' ', "T", 1));
    crate::facts::seconds(&at, &at).map(|_| at)
}

/// An issue has no time of its own; a group that fails was last changed when it began to.
fn health(group: &Group) -> Option<Change> {
    let (group, source) = seen(&group.nodegroup)?;
    let it = Presence::present(group)?;
    let failing = matches!(&*it.status, "CREATE_FAILED" | "DEGRADED" | "DELETE_FAILED");
    let issue = it.health.issues.first().filter(|_| failing)?;
    let what = format!("node group {} is {}: {}", it.nodegroup_name, it.status, issue.code);
    made(source, "\"modifiedAt\"", it.modified_at.as_ref(), what)
}
