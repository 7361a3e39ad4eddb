//! An instance runs, and EC2 sees nothing wrong with it.

use super::of_account;
use crate::{
    chain::{Fault, Link, Look, Verdict, no_host},
    facts::{
        Compute, Facts, Missing,
        aws::{Resource, ec2::Instance, tag},
        inputs::{CONSOLE_OUTPUT, INSTANCE_STATUS, INSTANCES, NODE_POOLS},
    },
};

mod faults;

use faults::{
    HOST_IMPAIRED, IMPAIRED, NO_CLUSTER_TAG, RETIRED, SHUT_DOWN_FROM_WITHIN, SNAPSHOT_GONE,
    SPOT_INTERRUPTED, STOPPED, TERMINATED_AT_ONCE, VOLUME_LIMIT,
};

pub(super) static LINK: Link = Link {
    id: "instance",
    title: "instance",
    means: "At least one instance of the group runs, with a private address, passes EC2's status checks, and has the tag by which the cluster's cloud provider knows it.",
    judged: "From ec2:DescribeInstances and ec2:DescribeInstanceStatus. Where none is there, from the state reason of the newest one that EC2 still knows. That somebody ended it through the API only sums up: EKS and Karpenter do so themselves after about 15 minutes without a node, so it is quoted, and another link decides.",
    sources: &[
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
        "kubernetes-sigs/karpenter pkg/controllers/nodeclaim/lifecycle, 2026-11",
    ],
    faults: &[
        &VOLUME_LIMIT,
        &SNAPSHOT_GONE,
        &TERMINATED_AT_ONCE,
        &SHUT_DOWN_FROM_WITHIN,
        &SPOT_INTERRUPTED,
        &RETIRED,
        &STOPPED,
        &HOST_IMPAIRED,
        &IMPAIRED,
        &NO_CLUSTER_TAG,
    ],
    signs: &[],
    host: no_host,
    look,
};

/// Codes of EC2 that name a cause; others are judged with the creator, with the capacity, or not.
static BY_REASON: &[(&str, &Fault)] = &[
    ("Client.VolumeLimitExceeded", &VOLUME_LIMIT),
    ("Client.InvalidSnapshot.NotFound", &SNAPSHOT_GONE),
    ("Client.InstanceInitiatedShutdown", &SHUT_DOWN_FROM_WITHIN),
    ("Client.InstanceTerminated", &TERMINATED_AT_ONCE),
    ("Server.SpotInstanceTermination", &SPOT_INTERRUPTED),
    ("Server.SpotInstanceShutdown", &SPOT_INTERRUPTED),
    ("Server.ScheduledStop", &RETIRED),
];

fn look(facts: &Facts) -> Look {
    let (all, source) = facts.account.group.instances.need(&INSTANCES)?;
    if let Some(it) = of_account::gone(facts) {
        return gone(it);
    }
    if all.is_empty() {
        let none = || INSTANCES.missing("EC2 knows none of this group");
        return Err(unregistered(facts).unwrap_or_else(none));
    }
    let running: Vec<_> =
        of_account::alive(facts).filter(|it| it.state.name == "running").collect();
    let Some(first) = running.first() else {
        return Err(INSTANCES.missing("none of them runs yet"));
    };
    if let Some(it) = running.iter().find(|it| it.private_ip_address.is_empty()) {
        let why = format!("{} runs without a private address", it.instance_id);
        return Err(INSTANCES.doubt(why, it.source.quote(&it.instance_id)));
    }
    if let Some(broken) = untagged(facts, &running) {
        return Ok(broken);
    }
    if let Some(broken) = checks(facts)? {
        return Ok(broken);
    }
    if let Some(doubt) = unregistered(facts) {
        return Err(doubt);
    }
    let detail = format!("{} runs, {} in all", first.instance_id, running.len());
    Ok(Verdict::intact(detail, source))
}

fn gone(it: &Resource<Instance>) -> Look {
    let Instance { instance_id, state, state_reason, state_transition_reason, .. } = &it.value;
    let code = state_reason.code.as_str();
    let quote = || {
        let needle = if code.is_empty() { "\"State\"" } else { code };
        it.source.quote(needle)
    };
    let fault = match state.name.as_str() {
        "stopped" | "stopping" if code != "Server.ScheduledStop" => Some(&STOPPED),
        _ => BY_REASON.iter().find(|(reason, _)| *reason == code).map(|(_, fault)| *fault),
    };
    if let Some(fault) = fault {
        let broken = Verdict::broken(fault, format!("{instance_id}: {code}"), quote());
        let broken = broken.with("instance-type", &it.instance_type);
        return Ok(broken.with("instance", instance_id));
    }
    let told = if code.is_empty() { state_transition_reason } else { code };
    let why = format!(
        "the newest one, {instance_id}, is {}: {told}; its console is kept for about an hour",
        state.name
    );
    Err(CONSOLE_OUTPUT.doubt(why, quote()))
}

/// The cloud provider knows an instance by it; EKS and Karpenter tag theirs themselves.
fn untagged(facts: &Facts, running: &[&Resource<Instance>]) -> Option<Verdict> {
    let (cluster, _) = of_account::there(&facts.account.group.cluster)?;
    let key = format!("kubernetes.io/cluster/{}", cluster.name);
    let it = running.iter().find(|it| tag(&it.tags, &key).is_none())?;
    if !of_account::is(facts, Compute::SelfManaged) {
        return None;
    }
    let broken = Verdict::broken(&NO_CLUSTER_TAG, &it.instance_id, it.source.quote("\"Tags\""));
    Some(broken.with("instance", &it.instance_id).with("key", key))
}

fn checks(facts: &Facts) -> Result<Option<Verdict>, Missing> {
    let (statuses, _) = facts.account.group.statuses.need(&INSTANCE_STATUS)?;
    let bad = statuses.iter().find_map(|it| {
        let (system, own) = (&it.system_status.status, &it.instance_status.status);
        let fault = match (system.as_str(), own.as_str()) {
            ("impaired", _) => &HOST_IMPAIRED,
            (_, "impaired") => &IMPAIRED,
            _ => return None,
        };
        let needle = if system == "impaired" { "\"SystemStatus\"" } else { "\"InstanceStatus\"" };
        let broken = Verdict::broken(fault, &it.instance_id, it.source.quote("\"impaired\""));
        let broken = broken.and_evidence(it.source.quote(needle));
        Some(broken.with("instance", &it.instance_id))
    });
    Ok(bad)
}

/// What Karpenter says of a NodeClaim with an instance that is no node: it names no cause.
fn unregistered(facts: &Facts) -> Option<Missing> {
    let (claim, source) = of_account::newest_claim(facts)?;
    let states = ["Launched", "Registered", "Initialized"];
    let open = states.iter().find_map(|kind| {
        of_account::condition(&claim.conditions, kind)
            .filter(|it| it.status != "True" && !it.reason.is_empty())
    })?;
    let why = format!("{} is not {}: {}", claim.name, open.kind.to_lowercase(), open.message);
    let needle = if open.message.is_empty() { &open.reason } else { &open.message };
    Some(NODE_POOLS.doubt(why, source.quote(of_account::plain(needle))))
}
