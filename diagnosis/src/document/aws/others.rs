//! Answers that no link reads: by their names, with why they are of no use.

use serde_json::Value;

use crate::document::paste::Document;

const UNREAD: &str = "no link reads it";

/// A client's own words name the pair that does not get through; a path is not computed from these.
const PATH: &str = "which pair does not get through, the client's own words and a probe tell";

/// What tells an answer: its first key, and one of what is in it where other answers have that key.
const KNOWN: [(&str, &str, &str); 39] = [
    ("Policy", "aws iam get-policy", "it has no document; give aws iam get-policy-version"),
    (
        "AttachedPolicies",
        "aws iam list-attached-role-policies",
        "it has names alone; give the document of each: aws iam get-policy-version",
    ),
    (
        "PolicyNames",
        "aws iam list-role-policies",
        "it has names alone; give the document of each: aws iam get-role-policy",
    ),
    ("Policies", "aws iam list-policies", "it has no documents; give aws iam get-policy-version"),
    (
        "Versions",
        "aws iam list-policy-versions",
        "it has no documents; give aws iam get-policy-version",
    ),
    (
        "InstanceProfile",
        "aws iam get-instance-profile",
        "what the node has of it, eks-triage check on the node tells",
    ),
    (
        "InstanceProfiles",
        "aws iam list-instance-profiles",
        "what the node has of it, eks-triage check on the node tells",
    ),
    (
        "accessEntry",
        "aws eks describe-access-entry",
        "one entry does not say that another is missing; give aws eks list-access-entries",
    ),
    (
        "associatedAccessPolicies",
        "aws eks list-associated-access-policies",
        "what is allowed, kubectl auth can-i tells",
    ),
    ("nodegroup", "aws eks describe-nodegroup", UNREAD),
    ("nodegroups", "aws eks list-nodegroups", UNREAD),
    ("addon", "aws eks describe-addon", UNREAD),
    ("addons", "aws eks list-addons", UNREAD),
    ("clusters", "aws eks list-clusters", "it has names alone; give aws eks describe-cluster"),
    ("fargateProfile", "aws eks describe-fargate-profile", UNREAD),
    ("insights", "aws eks list-insights", UNREAD),
    ("SecurityGroups", "aws ec2 describe-security-groups", PATH),
    ("SecurityGroupRules", "aws ec2 describe-security-group-rules", PATH),
    ("RouteTables", "aws ec2 describe-route-tables", PATH),
    ("VpcEndpoints", "aws ec2 describe-vpc-endpoints", PATH),
    ("NatGateways", "aws ec2 describe-nat-gateways", PATH),
    ("NetworkAcls", "aws ec2 describe-network-acls", PATH),
    ("InternetGateways", "aws ec2 describe-internet-gateways", PATH),
    ("Vpcs", "aws ec2 describe-vpcs", PATH),
    ("DhcpOptions", "aws ec2 describe-dhcp-options", UNREAD),
    ("FlowLogs", "aws ec2 describe-flow-logs", UNREAD),
    (
        "Reservations",
        "aws ec2 describe-instances",
        "what the node has, eks-triage check on the node tells",
    ),
    ("LaunchTemplateVersions", "aws ec2 describe-launch-template-versions", UNREAD),
    ("AutoScalingGroups", "aws autoscaling describe-auto-scaling-groups", UNREAD),
    ("policyText", "aws ecr get-repository-policy", "a resource's own policy is not judged yet"),
    (
        "repositories",
        "aws ecr describe-repositories",
        "which one was asked for, the pull's own error tells",
    ),
    (
        "imageDetails",
        "aws ecr describe-images",
        "which image was asked for, the pull's own error tells",
    ),
    ("imageIds", "aws ecr list-images", "which image was asked for, the pull's own error tells"),
    (
        "authorizationData",
        "aws ecr get-authorization-token",
        "it is a password, and nothing of it was read; rotate what was pasted",
    ),
    (
        "Credentials",
        "temporary credentials",
        "they are a secret, and nothing of them was read; let them expire",
    ),
    ("AccessKeys", "access keys", "they are a secret, and nothing of them was read"),
    ("AvailableCommands", "ipamd's list of paths", "give what it answers at /v1/enis"),
    ("StackEvents", "aws cloudformation describe-stack-events", UNREAD),
    ("Stacks", "aws cloudformation describe-stacks", UNREAD),
];

pub(super) fn read(value: &Value) -> Option<Document> {
    let is = |key: &str| {
        value.get(key).is_some_and(|it| it.is_array() || it.is_object() || key == "policyText")
    };
    let (_, what, why) = KNOWN.iter().find(|(key, ..)| is(key))?;
    Some(Document::Unused(format!("answer of {what}"), (*why).to_owned()))
}
