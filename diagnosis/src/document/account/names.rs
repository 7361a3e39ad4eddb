//! The calls that give the documents, and how the CLI names them.

pub(super) struct Known {
    /// As IAM names it.
    pub(super) action: &'static str,
    /// The keys of the answer's first level that tell it.
    pub(super) keys: &'static [&'static str],
}

const fn known(action: &'static str, keys: &'static [&'static str]) -> Known {
    Known { action, keys }
}

pub(super) static ALL: [Known; 45] = [
    known("sts:GetCallerIdentity", &[]),
    known("eks:DescribeCluster", &["cluster"]),
    known("eks:ListClusters", &["clusters"]),
    known("eks:ListNodegroups", &["nodegroups"]),
    known("eks:DescribeNodegroup", &["nodegroup"]),
    known("eks:ListAccessEntries", &["accessEntries"]),
    known("eks:DescribeAccessEntry", &["accessEntry"]),
    known("eks:ListAddons", &["addons"]),
    known("eks:DescribeAddon", &["addon"]),
    known("eks:ListInsights", &["insights"]),
    known("eks:DescribeInsight", &["insight"]),
    known("ec2:DescribeInstances", &["Reservations"]),
    known("ec2:DescribeInstanceStatus", &["InstanceStatuses"]),
    known("ec2:DescribeLaunchTemplateVersions", &["LaunchTemplateVersions"]),
    known("ec2:DescribeImages", &["Images"]),
    known("ec2:DescribeVpcs", &["Vpcs"]),
    known("ec2:DescribeVpcAttribute", &["EnableDnsSupport", "EnableDnsHostnames"]),
    known("ec2:DescribeDhcpOptions", &["DhcpOptions"]),
    known("ec2:DescribeSubnets", &["Subnets"]),
    known("ec2:GetSubnetCidrReservations", &["SubnetIpv4CidrReservations"]),
    known("ec2:DescribeRouteTables", &["RouteTables"]),
    known("ec2:DescribeNatGateways", &["NatGateways"]),
    known("ec2:DescribeInternetGateways", &["InternetGateways"]),
    known("ec2:DescribeNetworkAcls", &["NetworkAcls"]),
    known("ec2:DescribeSecurityGroups", &["SecurityGroups"]),
    known("ec2:DescribeVpcEndpoints", &["VpcEndpoints"]),
    known("ec2:DescribeNetworkInterfaces", &["NetworkInterfaces"]),
    known("ec2:GetConsoleOutput", &["Output"]),
    known("autoscaling:DescribeAutoScalingGroups", &["AutoScalingGroups"]),
    known("autoscaling:DescribeScalingActivities", &["Activities"]),
    known("cloudformation:DescribeStacks", &["Stacks"]),
    known("cloudformation:DescribeStackEvents", &["StackEvents"]),
    known("cloudtrail:LookupEvents", &["Events"]),
    known("iam:GetRole", &["Role"]),
    known("iam:GetInstanceProfile", &["InstanceProfile"]),
    known("iam:ListInstanceProfiles", &["InstanceProfiles"]),
    known("iam:ListAttachedRolePolicies", &["AttachedPolicies"]),
    known("iam:ListRolePolicies", &["PolicyNames"]),
    known("iam:GetRolePolicy", &["PolicyDocument"]),
    known("iam:GetPolicy", &["Policy"]),
    known("iam:GetPolicyVersion", &["PolicyVersion"]),
    known("iam:ListOpenIDConnectProviders", &["OpenIDConnectProviderList"]),
    known("iam:GetOpenIDConnectProvider", &["ClientIDList"]),
    known("kubernetes:NodePools", &[]),
    known("kubernetes:NodeClaims", &[]),
];

/// Whether the begin of a JSON document is that of an answer that is read here.
pub(in crate::document) fn is_known(text: &str) -> bool {
    let first = text.split('"').nth(1).unwrap_or_default();
    text.starts_with('{') && first.len() > 3 && of_key(first).is_some()
}

/// By its name without the service.
pub(super) fn of_operation(operation: &str) -> Option<&'static Known> {
    ALL.iter().find(|it| it.action.split_once(':').is_some_and(|(_, it)| it == operation))
}

/// By one of the keys that begin its answer.
pub(super) fn of_key(key: &str) -> Option<&'static Known> {
    ALL.iter().find(|it| it.keys.contains(&key))
}

/// Whether the text has this name, which is not merely a part of another one.
pub(super) fn has(text: &str, name: &str) -> bool {
    at(text, name, |before| !part(before))
}

/// Whether a file is named after it, as `list-role-policies-eks-node.json` is.
pub(super) fn named_after(place: &str, name: &str) -> bool {
    let file = place.rsplit('/').next().unwrap_or(place);
    at(file, name, |before| !part(before) || before == Some('-'))
}

fn part(it: Option<char>) -> bool {
    it.is_some_and(|it| it.is_alphanumeric() || it == '-' || it == '_')
}

fn at(text: &str, name: &str, begins: impl Fn(Option<char>) -> bool) -> bool {
    let mut all = text.match_indices(name).filter(|_| !name.is_empty());
    all.any(|(at, _)| {
        let after = text[at + name.len()..].chars().next();
        begins(text[..at].chars().next_back()) && !part(after)
    })
}

/// Whether a command or a file is about this name.
pub(super) fn in_place(place: &str, name: &str) -> bool {
    if place.starts_with("aws ") { has(place, name) } else { named_after(place, name) }
}

/// What an ARN is the ARN of.
pub(super) fn last(arn: &str) -> &str {
    if arn.starts_with("arn:") { arn.rsplit(['/', ':']).next().unwrap_or_default() } else { arn }
}

/// Behind the last slash.
pub(super) fn last_part(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or_default()
}

/// Whether a name is made of others and this one, with dashes between them.
pub(super) fn within(made: &str, name: &str) -> bool {
    let apart = |it: Option<char>| it.is_none_or(|it| !it.is_alphanumeric() && it != '_');
    !name.is_empty()
        && made.match_indices(name).any(|(at, _)| {
            apart(made[..at].chars().next_back()) && apart(made[at + name.len()..].chars().next())
        })
}
