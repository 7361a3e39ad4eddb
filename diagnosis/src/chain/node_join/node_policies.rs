//! The node role may make the calls that a node makes.

use super::of_account;
use crate::{
    chain::{Fault, Link, Look, Verdict, no_host},
    facts::{
        Compute, Facts, Missing, RoleObject, UserData,
        inputs::{ADDONS, LAUNCH_TEMPLATE, NODE_ROLE},
    },
};

mod data;
mod documents;
mod faults;

use documents::{Documents, short};
use faults::{
    BOUNDARY, DENIED, NO_CNI, NO_DESCRIBE_CLUSTER, NO_DESCRIBE_INSTANCES, NO_IPV6, NO_PULL,
};

pub(super) static LINK: Link = Link {
    id: "node-policies",
    title: "node role's policies",
    means: "The node role may do what a node does itself: learn its own name where nodeadm asks EC2 for it, learn its cluster where bootstrap.sh asks EKS, pull images from ECR, and manage addresses where aws-node has no role of its own.",
    judged: "By what its policies allow in effect, not by their names: each needed action is asked of all documents, within the boundary. Of AWS's own policies for nodes the documents are known by name; another one that was not read leaves it unknown only where it could give, or deny, what is needed. Pull-only, minimal, and a CNI with a role of its own are healthy. What goes beyond is a risk.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html",
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSWorkerNodePolicy.html",
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2ContainerRegistryPullOnly.html",
        "aws/amazon-vpc-cni-k8s docs/iam-policy.md, v1.23.1",
        "awslabs/amazon-eks-ami nodeadm/internal/api and templates/al2/runtime/bootstrap.sh, 2026-07",
    ],
    faults: &[
        &NO_DESCRIBE_INSTANCES,
        &NO_DESCRIBE_CLUSTER,
        &NO_CNI,
        &NO_IPV6,
        &NO_PULL,
        &BOUNDARY,
        &DENIED,
    ],
    signs: &[],
    host: no_host,
    look,
};

/// What is needed for one thing, and what is wrong where it is not allowed.
struct Needed {
    actions: &'static [&'static str],
    fault: &'static Fault,
}

static DESCRIBE_INSTANCES: Needed =
    Needed { actions: &["ec2:DescribeInstances"], fault: &NO_DESCRIBE_INSTANCES };
static DESCRIBE_CLUSTER: Needed =
    Needed { actions: &["eks:DescribeCluster"], fault: &NO_DESCRIBE_CLUSTER };
static CNI: Needed = Needed {
    actions: &[
        "ec2:DescribeNetworkInterfaces",
        "ec2:CreateNetworkInterface",
        "ec2:AttachNetworkInterface",
        "ec2:ModifyNetworkInterfaceAttribute",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
    ],
    fault: &NO_CNI,
};
static CNI_IPV6: Needed = Needed {
    actions: &[
        "ec2:DescribeNetworkInterfaces",
        "ec2:CreateNetworkInterface",
        "ec2:AssignIpv6Addresses",
    ],
    fault: &NO_IPV6,
};
static PULL: Needed = Needed {
    actions: &["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    fault: &NO_PULL,
};

fn look(facts: &Facts) -> Look {
    let (role, source) = facts.account.group.role.need(&NODE_ROLE)?;
    let RoleObject::Present(role) = role else {
        return Err(NODE_ROLE.missing("the node role does not exist"));
    };
    let documents = Documents::of(role);
    let mut open = None;
    for needed in needs(facts) {
        let needed = match needed {
            Ok(it) => it,
            Err((any, missing)) => {
                // Whichever of them it is.
                let all = any.iter().all(|it| matches!(documents.allow(facts, role, it), Ok(None)));
                open = open.or(Some(missing).filter(|_| !all));
                continue;
            }
        };
        match documents.allow(facts, role, needed) {
            Ok(None) => {}
            Ok(Some(broken)) => return Ok(broken),
            Err(missing) => open = open.or(Some(missing)),
        }
    }
    if let Some(missing) = open {
        return Err(missing);
    }
    let names = role.policies.iter().map(|it| short(&it.name)).collect::<Vec<_>>().join(", ");
    Ok(documents.risks(facts, role, Verdict::intact(names, source)))
}

/// One of several, with what would tell which.
type Unsure = (&'static [&'static Needed], Missing);

/// In the order in which a node needs it.
fn needs(facts: &Facts) -> Vec<Result<&'static Needed, Unsure>> {
    static JOINING: [&Needed; 2] = [&DESCRIBE_INSTANCES, &DESCRIBE_CLUSTER];
    static NETWORK: [&Needed; 1] = [&CNI];
    static NETWORK_IPV6: [&Needed; 1] = [&CNI_IPV6];
    let network = if is_ipv6(facts) { &NETWORK_IPV6 } else { &NETWORK };
    let mut all = Vec::new();
    if !of_account::is(facts, Compute::AutoMode) {
        all.extend(joining(facts).map_err(|it| (&JOINING[..], it)).transpose());
        all.extend(addresses(facts).map_err(|it| (&network[..], it)).transpose());
    }
    all.push(Ok(&PULL));
    all
}

/// What the node asks AWS before it joins.
fn joining(facts: &Facts) -> Result<Option<&'static Needed>, Missing> {
    let group = &facts.account.group;
    let data = group.user_data.value();
    let kind = of_account::nodegroup(facts).map_or("", |(it, _)| it.ami_type.as_str());
    let image = of_account::there(&group.image).map_or("", |(it, _)| it.name.as_str());
    Ok(match data {
        Some(UserData::NodeConfig(it)) => {
            let by_id = it.gates.iter().any(|it| it == "InstanceIdNodeName");
            (!by_id).then_some(&DESCRIBE_INSTANCES)
        }
        Some(UserData::Bootstrap { with_endpoint, .. }) => {
            (!with_endpoint).then_some(&DESCRIBE_CLUSTER)
        }
        Some(UserData::Settings { .. }) => None,
        // EKS writes it itself, and gives its images what they need to know of the cluster.
        _ if kind.starts_with("AL2023") => Some(&DESCRIBE_INSTANCES),
        _ if !kind.is_empty() && kind != "CUSTOM" => None,
        _ if image.contains("al2023") => Some(&DESCRIBE_INSTANCES),
        _ if image.starts_with("bottlerocket") || image.starts_with("Windows") => None,
        _ => return Err(LAUNCH_TEMPLATE.missing("by what its nodes join: image and user data")),
    })
}

/// The VPC CNI calls as the node, where nobody gave it a role of its own.
fn addresses(facts: &Facts) -> Result<Option<&'static Needed>, Missing> {
    let annotated = facts.cluster.annotated.value().into_iter().flatten();
    let mut own = annotated.filter(|it| it.namespace == "kube-system" && it.name == "aws-node");
    if own.any(|it| it.role_arn.is_some()) {
        return Ok(None);
    }
    let (addons, _) = facts.account.group.addons.need(&ADDONS)?;
    let Some(cni) = addons.iter().find(|it| it.addon_name == "vpc-cni") else {
        return Err(ADDONS.missing("vpc-cni is no add-on here: whether aws-node has its own role"));
    };
    if !cni.service_account_role_arn.is_empty() || !cni.pod_identity_associations.is_empty() {
        return Ok(None);
    }
    Ok(Some(if is_ipv6(facts) { &CNI_IPV6 } else { &CNI }))
}

fn is_ipv6(facts: &Facts) -> bool {
    let cluster = of_account::there(&facts.account.group.cluster);
    cluster.is_some_and(|(it, _)| it.kubernetes_network_config.ip_family == "ipv6")
}
