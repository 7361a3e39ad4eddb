//! Something asks for nodes, and nothing keeps them from being launched.

use super::of_account;
use crate::{
    chain::{Fault, Link, Look, Sign, Verdict, Way, no_host},
    facts::{
        Compute, Facts,
        aws::Presence,
        inputs::{ACTIVITIES, NODEGROUP, SCALING_GROUP},
    },
    report::Evidence,
};

mod demand;
mod faults;
mod pool;

use faults::{
    AT_MAXIMUM, CLASS_NOT_READY, CLASS_WITHOUT_GROUPS, CLASS_WITHOUT_IMAGE, CLASS_WITHOUT_SUBNETS,
    DESIRED_ZERO, FLEET_QUOTA, FREE_TIER, GONE, LAUNCH_SUSPENDED, NO_ADDRESSES, NO_CAPACITY,
    POOL_LIMIT, QUOTA, RESERVATION, SPOT_PRICE, SPOT_QUOTA, TYPE_IN_ZONE,
};

pub(super) static LINK: Link = Link {
    id: "scaling",
    title: "scaling and capacity",
    means: "Somebody wants at least one node, the group may have it, Auto Scaling or Karpenter may launch it, and EC2 has quota, capacity and addresses for it.",
    judged: "From desired, minimum and maximum, the suspended processes, and the newest launch: what failed and went well later is over. Of Karpenter and Auto Mode from the conditions of the NodePool, of the node class that it refers to, and of its newest NodeClaim. A group that has as many nodes as it may can be as wanted: it is broken only where the autoscaler says of a pod that still waits that a maximum kept it from making a node, and of as many groups as are full.",
    sources: &[
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-capacity.html",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
        "aws/karpenter-provider-aws pkg/errors/errors.go, v1.14",
        "aws/karpenter-provider-aws pkg/controllers/nodeclass/{subnet,securitygroup,ami,validation}.go, 2026-08",
        "kubernetes/autoscaler cluster-autoscaler/core/scaleup/orchestrator/skippedreasons.go",
        "kubernetes-sigs/karpenter pkg/controllers/nodepool/readiness/controller.go and pkg/controllers/nodeclaim/lifecycle, 2026-11",
    ],
    faults: &[
        &DESIRED_ZERO,
        &AT_MAXIMUM,
        &GONE,
        &LAUNCH_SUSPENDED,
        &NO_CAPACITY,
        &QUOTA,
        &SPOT_QUOTA,
        &SPOT_PRICE,
        &TYPE_IN_ZONE,
        &NO_ADDRESSES,
        &RESERVATION,
        &FREE_TIER,
        &FLEET_QUOTA,
        &CLASS_WITHOUT_SUBNETS,
        &CLASS_WITHOUT_GROUPS,
        &CLASS_WITHOUT_IMAGE,
        &CLASS_NOT_READY,
        &POOL_LIMIT,
    ],
    signs: &[
        Sign::new(
            "max node group size reached",
            "Normal  NotTriggerScaleUp  cluster-autoscaler  pod didn't trigger scale-up: 1 max node group size reached",
            "kubernetes/autoscaler cluster-autoscaler/core/scaleup/orchestrator/skippedreasons.go",
            &[Way(&LINK, &AT_MAXIMUM)],
        ),
        Sign::new(
            "SetDesiredCapacity value <> is above max value",
            "static_autoscaler.go:245] Failed to scale up: failed to increase node group size: ValidationError: New SetDesiredCapacity value 3 is above max value 2 for the AutoScalingGroup.",
            "https://github.com/kubernetes/autoscaler/issues/943",
            &[Way(&LINK, &AT_MAXIMUM)],
        ),
        Sign::new(
            "all available instance types exceed limits for nodepool",
            "Warning  FailedScheduling  karpenter  Failed to schedule pod, all available instance types exceed limits for nodepool (NodePool=default)",
            "kubernetes-sigs/karpenter pkg/controllers/provisioning/scheduling/scheduler.go, 2026-11",
            &[Way(&LINK, &POOL_LIMIT)],
        ),
        Sign::new(
            "VcpuLimitExceeded",
            "AsgInstanceLaunchFailures: Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket that the specified instance type belongs to.",
            EC2,
            &[Way(&LINK, &QUOTA)],
        ),
        Sign::new(
            "MaxSpotInstanceCountExceeded",
            "Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded. Launching EC2 instance failed.",
            EC2,
            &[Way(&LINK, &SPOT_QUOTA)],
        ),
        Sign::new(
            "UnfulfillableCapacity",
            "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Please adjust your request and try again. Launching EC2 instance failed.",
            "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
            &[Way(&LINK, &NO_CAPACITY)],
        ),
        Sign::new(
            "We currently do not have sufficient <instance-type> capacity in the Availability Zone you requested",
            "InsufficientInstanceCapacity: We currently do not have sufficient m6i.large capacity in the Availability Zone you requested (us-west-2a). Our system will be working on provisioning additional capacity.",
            EC2,
            &[Way(&LINK, &NO_CAPACITY)],
        ),
        Sign::new(
            "is not supported in your requested Availability Zone",
            "Your requested instance type (m5zn.xlarge) is not supported in your requested Availability Zone (us-west-2d). Please retry your request by not specifying an Availability Zone or choosing us-west-2a, us-west-2b, us-west-2c.",
            "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html",
            &[Way(&LINK, &TYPE_IN_ZONE)],
        ),
    ],
    host: no_host,
    look,
};

const EC2: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html";

/// Codes of EC2, of EKS and of Karpenter, each with what they are about. The first that stands in a
/// text decides: a quota before what is said of capacity.
static BY_WORDS: &[(&str, &Fault)] = &[
    ("VcpuLimitExceeded", &QUOTA),
    ("VCPULimitExceeded", &QUOTA),
    ("InstanceLimitExceeded", &QUOTA),
    ("MaxSpotInstanceCountExceeded", &SPOT_QUOTA),
    ("SpotQuotaExceeded", &SPOT_QUOTA),
    ("MaxFleetCountExceeded", &FLEET_QUOTA),
    ("FleetQuotaExceeded", &FLEET_QUOTA),
    ("SpotMaxPriceTooLow", &SPOT_PRICE),
    ("ReservationCapacityExceeded", &RESERVATION),
    ("not eligible for Free Tier", &FREE_TIER),
    ("FreeTierIneligible", &FREE_TIER),
    ("InsufficientFreeAddresses", &NO_ADDRESSES),
    ("not enough free addresses in subnet", &NO_ADDRESSES),
    ("is not supported in your requested Availability Zone", &TYPE_IN_ZONE),
    ("InsufficientInstanceCapacity", &NO_CAPACITY),
    ("UnfulfillableCapacity", &NO_CAPACITY),
    ("We currently do not have sufficient", &NO_CAPACITY),
    ("no capacity availab", &NO_CAPACITY),
];

fn by_words(text: &str) -> Option<&'static Fault> {
    BY_WORDS.iter().find(|(word, _)| text.contains(word)).map(|(_, fault)| *fault)
}

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = of_account::owned_by_aws(facts) {
        // What its NodePools and node classes say is the customer's own.
        return Ok(pool::broken(facts)?.unwrap_or(verdict));
    }
    if let Some((fault, text, evidence)) = failed(facts) {
        return Ok(named(facts, Verdict::broken(fault, text, evidence)));
    }
    if of_account::is(facts, Compute::Karpenter) {
        return pool::look(facts);
    }
    let group = &facts.account.group;
    let managed = of_account::nodegroup(facts);
    let (desired, max, source) = match (of_account::scaling_group(facts), managed) {
        (Some((it, source)), _) => (it.desired_capacity, it.max_size, source),
        (None, Some((it, source))) if it.scaling_config.desired_size.is_some() => {
            (it.scaling_config.desired_size, it.scaling_config.max_size, source)
        }
        _ if matches!(group.scaling_group.value(), Some(Presence::Absent)) => {
            let (_, source) = group.scaling_group.need(&SCALING_GROUP)?;
            let quote = source.quote("AutoScalingGroups");
            return Ok(Verdict::broken(&GONE, "there is none of this name", quote));
        }
        _ => {
            let managed = of_account::is(facts, Compute::Managed);
            let why = group.scaling_group.need(&SCALING_GROUP).err();
            let input = if managed { &NODEGROUP } else { &SCALING_GROUP };
            return Err(why.unwrap_or_else(|| input.missing("how many nodes are wanted")));
        }
    };
    if desired == Some(0) {
        let quote = desired_quote(source);
        return Ok(named(facts, Verdict::broken(&DESIRED_ZERO, "desired: 0", quote)));
    }
    group.scaling_group.need(&SCALING_GROUP)?;
    let (scaling, source) = of_account::scaling_group(facts)
        .ok_or_else(|| SCALING_GROUP.missing("which of its processes are suspended"))?;
    let launch = scaling.suspended_processes.iter().find(|it| it.process_name == "Launch");
    if let Some(it) = launch {
        let quote = source.quote("\"ProcessName\": \"Launch\"");
        return Ok(Verdict::broken(&LAUNCH_SUSPENDED, &it.suspension_reason, quote));
    }
    if let Some(broken) = demand::unmet(facts)? {
        return Ok(named(facts, broken));
    }
    group.activities.need(&ACTIVITIES)?;
    if let Some((it, source)) = of_account::failed_launch(facts) {
        let why = format!("its newest launch failed: {}", it.status_message);
        return Err(ACTIVITIES.doubt(why, of_account::message(source)));
    }
    let number = |it: Option<i32>| it.map_or_else(|| "?".to_owned(), |it| it.to_string());
    let detail = demand::full(facts)
        .unwrap_or_else(|| format!("{} wanted, {} at most", number(desired), number(max)));
    Ok(Verdict::intact(detail, source))
}

fn desired_quote(source: &crate::facts::Source) -> Evidence {
    let key = ["\"DesiredCapacity\"", "\"desiredSize\""];
    let key = key.into_iter().find(|it| source.text.contains(it)).unwrap_or("desired");
    source.quote(key)
}

/// What keeps the newest launch from its instance.
fn failed(facts: &Facts) -> Option<(&'static Fault, &str, Evidence)> {
    let launch = of_account::failed_launch(facts)
        .map(|(it, source)| (it.status_message.as_str(), of_account::message(source)));
    // What EKS keeps saying of an old failure, a launch that went well refutes.
    let old = of_account::failed_launch(facts).is_none()
        && of_account::successful_launch(facts).is_some();
    let issues = of_account::issues(facts).filter(|(it, _)| !old || it.code != ASG_FAILURES);
    let issues = issues.flat_map(|(issue, source)| {
        let (code, message) = of_account::quoted(issue, source);
        [(issue.code.as_str(), code), (issue.message.as_str(), message)]
    });
    let claim = of_account::not_launched(facts)
        .map(|(_, it, source)| (it.reason.as_str(), source.quote(&it.reason)));
    let gone = of_account::gone(facts)
        .filter(|it| it.state_reason.code == "Server.InsufficientInstanceCapacity")
        .map(|it| (it.state_reason.code.as_str(), it.source.quote(&it.state_reason.code)));
    let mut all = launch.into_iter().chain(issues).chain(claim).chain(gone);
    all.find_map(|(text, evidence)| Some((by_words(text)?, text, evidence)))
}

const ASG_FAILURES: &str = "AsgInstanceLaunchFailures";

fn named(facts: &Facts, verdict: Verdict) -> Verdict {
    let types = of_account::nodegroup(facts).map(|(it, _)| it.instance_types.join(" "));
    match types.filter(|it| !it.is_empty()) {
        Some(types) => verdict.with("instance-type", types),
        None => verdict,
    }
}
