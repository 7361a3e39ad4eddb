//! What AWS's own policies for nodes allow, by their names: IAM hands out the name alone.
//!
//! Source: the managed policy reference, <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/>,
//! with the version that is written beside each.

/// The name of a managed policy of AWS, and its document.
pub(super) const KNOWN: &[(&str, &str)] = &[
    // v3
    (
        "AmazonEKSWorkerNodePolicy",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [
            "ec2:DescribeInstances", "ec2:DescribeInstanceTypes", "ec2:DescribeRouteTables",
            "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVolumes",
            "ec2:DescribeVolumesModifications", "ec2:DescribeVpcs", "eks:DescribeCluster",
            "eks-auth:AssumeRoleForPodIdentity"], "Resource": "*"}]}"#,
    ),
    // v1
    (
        "AmazonEKSWorkerNodeMinimalPolicy",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Action": ["eks-auth:AssumeRoleForPodIdentity"], "Resource": "*"}]}"#,
    ),
    // v6
    (
        "AmazonEKS_CNI_Policy",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [
            "ec2:AssignPrivateIpAddresses", "ec2:AttachNetworkInterface",
            "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeInstances",
            "ec2:DescribeTags", "ec2:DescribeNetworkInterfaces", "ec2:DescribeInstanceTypes",
            "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "ec2:DetachNetworkInterface",
            "ec2:ModifyNetworkInterfaceAttribute", "ec2:UnassignPrivateIpAddresses"],
            "Resource": "*"},
            {"Effect": "Allow", "Action": ["ec2:CreateTags"],
            "Resource": ["arn:aws:ec2:*:*:network-interface/*"]}]}"#,
    ),
    // v3
    (
        "AmazonEC2ContainerRegistryReadOnly",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [
            "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability",
            "ecr:GetDownloadUrlForLayer", "ecr:GetRepositoryPolicy", "ecr:DescribeRepositories",
            "ecr:ListImages", "ecr:DescribeImages", "ecr:BatchGetImage", "ecr:GetLifecyclePolicy",
            "ecr:GetLifecyclePolicyPreview", "ecr:ListTagsForResource",
            "ecr:DescribeImageScanFindings"], "Resource": "*"}]}"#,
    ),
    // v1
    (
        "AmazonEC2ContainerRegistryPullOnly",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [
            "ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer",
            "ecr:BatchImportUpstreamImage"], "Resource": "*"}]}"#,
    ),
    // v1
    (
        "AdministratorAccess",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#,
    ),
];

/// The name of a managed policy of AWS, by its ARN in any partition.
pub(super) fn of_aws(arn: &str) -> Option<&str> {
    arn.split_once(":iam::aws:policy/").map(|(_, name)| name.rsplit('/').next().unwrap_or(name))
}

pub(super) fn known(arn: &str) -> Option<&'static str> {
    let name = of_aws(arn)?;
    KNOWN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// Those that give a node far more than it needs. Every pod that reaches the metadata service may
/// do the same.
pub(super) fn is_wide(arn: &str) -> bool {
    of_aws(arn).is_some_and(|it| {
        it.ends_with("FullAccess") || matches!(it, "AdministratorAccess" | "PowerUserAccess")
    })
}

/// Policies of AWS take nothing away, but for those that say so.
pub(super) fn may_deny(arn: &str) -> bool {
    of_aws(arn).is_none_or(|it| it.contains("Deny") || it.contains("Quarantine"))
}
