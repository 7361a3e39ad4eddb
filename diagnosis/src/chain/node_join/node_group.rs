//! The managed node group is there, and EKS found nothing wrong with it.

use super::of_account;
use crate::{
    chain::{Fault, Link, Look, Verdict, no_host},
    facts::{
        Compute, Facts, Missing, Observed,
        aws::{Presence, eks::Nodegroup},
        inputs::{NODEGROUP, NODEGROUPS, VPC_SUBNETS},
    },
};

mod faults;

use faults::{
    ABSENT, API_THROTTLED, CLUSTER_GROUP_GONE, DELETE_FAILED, DELETING, EVICTION_FAILED,
    INSTANCE_REFRESH, LABEL, LIMIT, NO_IPV6, NO_PUBLIC_ADDRESS, NODE_MANAGER,
    SCALING_GROUP_CHANGED, SCALING_GROUP_GONE, SECURITY_GROUP_NOT_DELETED, SUBNET_GONE,
    SUBNET_IN_ANOTHER_VPC, TEMPLATE_LIMIT, TEMPLATE_NOT_DELETED, TERMINATION_FAILED,
    TOO_MANY_SUBNETS, TYPE_UNKNOWN,
};

pub(super) static LINK: Link = Link {
    id: "node-group",
    title: "node group",
    means: "The managed node group is there and not being deleted, EKS reports no issue with its Auto Scaling group, quotas, labels and rights in the cluster, and its subnets are subnets of the cluster's VPC.",
    judged: "From eks:DescribeNodegroup: the status, and each code of its health by its cause; a code that is about capacity, the launch template, the profile, the role or the creator is judged there. NodeCreationFailure, ClusterUnreachable and InternalFailure only sum up: they are quoted, and another link decides. Subnets are missed only in a whole list of the VPC's.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_Issue.html",
        "aws-sdk-eks 1.160, NodegroupIssueCode",
        "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html",
    ],
    faults: &[
        &ABSENT,
        &DELETING,
        &DELETE_FAILED,
        &NODE_MANAGER,
        &SCALING_GROUP_GONE,
        &SCALING_GROUP_CHANGED,
        &INSTANCE_REFRESH,
        &API_THROTTLED,
        &LIMIT,
        &TEMPLATE_LIMIT,
        &TEMPLATE_NOT_DELETED,
        &SECURITY_GROUP_NOT_DELETED,
        &CLUSTER_GROUP_GONE,
        &TYPE_UNKNOWN,
        &LABEL,
        &TERMINATION_FAILED,
        &EVICTION_FAILED,
        &NO_PUBLIC_ADDRESS,
        &NO_IPV6,
        &TOO_MANY_SUBNETS,
        &SUBNET_GONE,
        &SUBNET_IN_ANOTHER_VPC,
    ],
    signs: &[],
    host: no_host,
    look,
};

/// Codes of `NodegroupIssueCode` whose cause is here.
static BY_CODE: &[(&str, &Fault)] = &[
    ("AutoScalingGroupNotFound", &SCALING_GROUP_GONE),
    ("AutoScalingGroupInvalidConfiguration", &SCALING_GROUP_CHANGED),
    ("AutoScalingGroupInstanceRefreshActive", &INSTANCE_REFRESH),
    ("AutoScalingGroupRateLimitExceeded", &API_THROTTLED),
    ("IamThrottling", &API_THROTTLED),
    ("IamLimitExceeded", &LIMIT),
    ("LimitExceeded", &LIMIT),
    ("Ec2LaunchTemplateMaxLimitExceeded", &TEMPLATE_LIMIT),
    ("Ec2LaunchTemplateVersionMaxLimitExceeded", &TEMPLATE_LIMIT),
    ("Ec2LaunchTemplateDeletionFailure", &TEMPLATE_NOT_DELETED),
    ("Ec2SecurityGroupDeletionFailure", &SECURITY_GROUP_NOT_DELETED),
    ("Ec2SecurityGroupNotFound", &CLUSTER_GROUP_GONE),
    ("Ec2InstanceTypeDoesNotExist", &TYPE_UNKNOWN),
    ("KubernetesLabelInvalid", &LABEL),
    ("NodeTerminationFailure", &TERMINATION_FAILED),
    ("PodEvictionFailure", &EVICTION_FAILED),
    ("Ec2SubnetInvalidConfiguration", &NO_PUBLIC_ADDRESS),
    ("Ec2SubnetMissingIpv6Assignment", &NO_IPV6),
    ("Ec2SubnetListTooLong", &TOO_MANY_SUBNETS),
    ("Ec2SubnetNotFound", &SUBNET_GONE),
];

/// And those that another link judges.
const ELSEWHERE: [&str; 12] = [
    "AmiIdNotFound",
    "AsgInstanceLaunchFailures",
    "AutoScalingGroupOptInRequired",
    "Ec2LaunchTemplateInvalidConfiguration",
    "Ec2LaunchTemplateNotFound",
    "Ec2LaunchTemplateVersionMismatch",
    "IamInstanceProfileNotFound",
    "IamNodeRoleNotFound",
    "InstanceLimitExceeded",
    "InsufficientFreeAddresses",
    "SourceEc2LaunchTemplateNotFound",
    "AccessDenied",
];

fn look(facts: &Facts) -> Look {
    let group = &facts.account.group;
    if facts.subject.kind == "cluster" && matches!(group.nodegroup, Observed::Failed { .. }) {
        group.nodegroup.need(&NODEGROUPS)?;
    }
    if group.compute.value().is_some() && !of_account::is(facts, Compute::Managed) {
        return Ok(Verdict::not_applicable("EKS manages no node group here"));
    }
    let (value, source) = group.nodegroup.need(&NODEGROUP)?;
    let Presence::Present(group) = value else {
        let quote = source.quote("ResourceNotFoundException");
        return Ok(Verdict::broken(&ABSENT, "EKS knows no such node group", quote));
    };
    for (issue, source) in of_account::issues(facts) {
        let known = BY_CODE.iter().find(|(code, _)| *code == issue.code).map(|(_, fault)| *fault);
        let denied = issue.code == "AccessDenied" && of_the_api_server(&issue.message);
        if let Some(fault) = known.or(denied.then_some(&NODE_MANAGER)) {
            let (code, message) = of_account::quoted(issue, source);
            let broken = Verdict::broken(fault, &issue.code, code).and_evidence(message);
            let resource = issue.resource_ids.first().unwrap_or(&group.nodegroup_name);
            let broken = broken.with("resource", resource);
            return Ok(match group.instance_types.first() {
                Some(it) => broken.with("instance-type", it),
                None => broken,
            });
        }
    }
    let quote = || source.quote(&format!("\"status\": \"{}\"", group.status));
    match group.status.as_str() {
        "DELETING" => return Ok(Verdict::broken(&DELETING, "DELETING", quote())),
        "DELETE_FAILED" => return Ok(Verdict::broken(&DELETE_FAILED, "DELETE_FAILED", quote())),
        _ => {}
    }
    let stray = stray(facts, group);
    if let Ok(Some((subnet, fault))) = stray {
        let broken = Verdict::broken(fault, subnet, source.quote(&format!("\"{subnet}\"")));
        return Ok(broken.with("subnet", subnet));
    }
    let summed = of_account::issues(facts).find(|(it, _)| !ELSEWHERE.contains(&it.code.as_str()));
    if let Some((issue, source)) = summed {
        let (_, message) = of_account::quoted(issue, source);
        return Err(NODEGROUP.doubt(format!("its health says {}", issue.code), message));
    }
    match group.status.as_str() {
        "ACTIVE" | "UPDATING" => {
            stray?;
            Ok(Verdict::intact(format!("{}, {}", group.nodegroup_name, group.status), source))
        }
        "CREATING" => Err(NODEGROUP.missing("it is being created")),
        status => Err(NODEGROUP.doubt(format!("its status is {status}"), quote())),
    }
}

/// Not one of an AWS API, but one of the cluster's: the rights of `eks:node-manager` in it.
fn of_the_api_server(message: &str) -> bool {
    let text = message.to_lowercase();
    !text.contains("authorized to perform: ")
        && ["api server", "node-manager", "clusterrole"].iter().any(|it| text.contains(it))
}

/// A subnet of the group that the list of the VPC's subnets lacks, or that says it is of another.
fn stray<'a>(
    facts: &Facts,
    group: &'a Nodegroup,
) -> Result<Option<(&'a str, &'static Fault)>, Missing> {
    let (subnets, _) = facts.account.group.subnets.need(&VPC_SUBNETS)?;
    let cluster = of_account::there(&facts.account.group.cluster).map(|(it, _)| it);
    let listed = |id: &String| subnets.iter().any(|it| it.subnet_id == *id);
    let own = cluster.map_or(&[][..], |it| &it.resources_vpc_config.subnet_ids);
    if !own.iter().filter(|it| !group.subnets.contains(it)).all(listed)
        || !group.subnets.iter().any(listed)
    {
        return Err(VPC_SUBNETS.missing("the list of the VPC's subnets is not whole"));
    }
    let vpc = cluster.map(|it| it.resources_vpc_config.vpc_id.as_str());
    let found =
        group.subnets.iter().find_map(|id| match subnets.iter().find(|it| it.subnet_id == *id) {
            None => Some((id.as_str(), &SUBNET_GONE)),
            Some(it) if vpc.is_some_and(|vpc| !it.vpc_id.is_empty() && it.vpc_id != vpc) => {
                Some((id.as_str(), &SUBNET_IN_ANOTHER_VPC))
            }
            Some(_) => None,
        });
    Ok(found)
}
