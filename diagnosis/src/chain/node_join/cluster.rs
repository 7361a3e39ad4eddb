//! The cluster is there, active, and well by its own account.

use super::of_account;
use crate::{
    chain::{Fault, Link, Look, Verdict, no_host},
    facts::{Facts, aws::Presence, inputs::CLUSTER_IDENTITY},
};

mod faults;

use faults::{
    ABSENT, BEING_CREATED, DELETING, EC2_NOT_SUBSCRIBED, FAILED, KEY_DELETION, KEY_DISABLED,
    KEY_GONE, KEY_GRANT, LIMIT, NO_ADDRESSES, ROLE_DENIED, ROLE_GONE, SECURITY_GROUP_GONE,
    STS_DISABLED, SUBNET_GONE, UNSUPPORTED_VERSION, VPC_GONE,
};

pub(super) static LINK: Link = Link {
    id: "cluster",
    title: "cluster",
    means: "A cluster of this name is there, its control plane is active, and EKS reports no issue with what it needs: its role, network, key and region.",
    judged: "From eks:DescribeCluster: the status, and each code of the cluster's health by its cause. A code that only sums up is quoted, and decides nothing.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_ClusterIssue.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html#cluster-health-status",
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html",
    ],
    faults: &[
        &ABSENT,
        &BEING_CREATED,
        &DELETING,
        &FAILED,
        &ROLE_DENIED,
        &ROLE_GONE,
        &VPC_GONE,
        &SUBNET_GONE,
        &SECURITY_GROUP_GONE,
        &NO_ADDRESSES,
        &STS_DISABLED,
        &EC2_NOT_SUBSCRIBED,
        &KEY_DISABLED,
        &KEY_DELETION,
        &KEY_GONE,
        &KEY_GRANT,
        &UNSUPPORTED_VERSION,
        &LIMIT,
    ],
    signs: &[],
    host: no_host,
    look,
};

/// Codes of `ClusterIssueCode` that name a cause; aws-sdk-eks 1.160.
static BY_CODE: &[(&str, &Fault)] = &[
    ("AccessDenied", &ROLE_DENIED),
    ("IamRoleNotFound", &ROLE_GONE),
    ("VpcNotFound", &VPC_GONE),
    ("Ec2SubnetNotFound", &SUBNET_GONE),
    ("Ec2SecurityGroupNotFound", &SECURITY_GROUP_GONE),
    ("InsufficientFreeAddresses", &NO_ADDRESSES),
    ("StsRegionalEndpointDisabled", &STS_DISABLED),
    ("Ec2ServiceNotSubscribed", &EC2_NOT_SUBSCRIBED),
    ("KmsKeyDisabled", &KEY_DISABLED),
    ("KmsKeyMarkedForDeletion", &KEY_DELETION),
    ("KmsKeyNotFound", &KEY_GONE),
    ("KmsGrantRevoked", &KEY_GRANT),
    ("UnsupportedVersion", &UNSUPPORTED_VERSION),
    ("ResourceLimitExceeded", &LIMIT),
];

fn look(facts: &Facts) -> Look {
    let (cluster, source) = facts.account.group.cluster.need(&CLUSTER_IDENTITY)?;
    let Presence::Present(cluster) = cluster else {
        let quote = source.quote("ResourceNotFoundException");
        // `No cluster found for name: prod.`
        let name = source.text.split_once("for name: ").map_or("", |(_, it)| it);
        let name = name.split([' ', '"', '\n']).next().unwrap_or_default().trim_end_matches('.');
        let broken = Verdict::broken(&ABSENT, "EKS knows no such cluster", quote);
        return Ok(if name.is_empty() { broken } else { broken.with("cluster", name) });
    };
    let issues = &cluster.health.issues;
    let known = |code: &str| BY_CODE.iter().find(|(it, _)| *it == code).map(|(_, fault)| *fault);
    if let Some((issue, fault)) = issues.iter().find_map(|it| Some((it, known(&it.code)?))) {
        let (code, message) = of_account::quoted(issue, source);
        let broken = Verdict::broken(fault, &issue.code, code).and_evidence(message);
        let resource = issue.resource_ids.first().map_or("", String::as_str);
        let named = if resource.is_empty() { &cluster.name } else { resource };
        return Ok(broken.with("resource", named));
    }
    let status = cluster.status.as_str();
    let quote = || source.quote(&format!("\"status\": \"{status}\""));
    let fault = match status {
        "CREATING" | "PENDING" => &BEING_CREATED,
        "DELETING" => &DELETING,
        "FAILED" => &FAILED,
        // An update leaves the control plane at work.
        "ACTIVE" | "UPDATING" => match issues.first() {
            None => return Ok(Verdict::intact(format!("{}, {status}", cluster.name), source)),
            Some(issue) => {
                let why = format!("its health says {}: {}", issue.code, issue.message);
                let (code, _) = of_account::quoted(issue, source);
                return Err(CLUSTER_IDENTITY.doubt(why, code));
            }
        },
        _ => {
            let why = format!("its status is {status}, which is not known");
            return Err(CLUSTER_IDENTITY.doubt(why, quote()));
        }
    };
    Ok(Verdict::broken(fault, status, quote()))
}
