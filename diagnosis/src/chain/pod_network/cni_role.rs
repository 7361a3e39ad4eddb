//! EC2 lets aws-node manage interfaces and addresses.

use super::{allocating, refused};
use crate::{
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::Facts,
};

pub(super) static LINK: Link = Link {
    id: "cni-role",
    title: "role of aws-node",
    means: "The role of aws-node's own ServiceAccount may make the EC2 calls with which the VPC CNI gets interfaces and addresses.",
    judged: "Intact while ipamd has an address to give. With none, ipamd's metrics have what EC2 refused by which code, and where all of it is UnauthorizedOperation, that is why. A refusal is also in the event MissingIAMPermissions of the aws-node pod; ipamd's log has EC2's own words, which do not say whose call it was. The pods only say that they got no address.",
    sources: &[
        "aws/amazon-vpc-cni-k8s docs/iam-policy.md and pkg/awsutils/awsutils.go, v1.23.1",
        "https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html",
    ],
    faults: &[&DENIED],
    signs: &[Sign::new(
        "Unauthorized operation: failed to call <action> due to missing permissions",
        "Warning  MissingIAMPermissions  aws-node  Unauthorized operation: failed to call ec2:ModifyNetworkInterfaceAttribute due to missing permissions. Please refer https://github.com/aws/amazon-vpc-cni-k8s/blob/master/docs/iam-policy.md to attach relevant policy to IAM role",
        "aws/amazon-vpc-cni-k8s pkg/awsutils/awsutils.go, v1.23.1",
        &[Way(&LINK, &DENIED)],
    )],
    host: no_host,
    look,
};

/// Of a call that gets addresses: aws-node also makes some that it can do without.
fn look(facts: &Facts) -> Look {
    let getting = |call: &str| {
        ["Assign", "CreateNetwork", "Attach", "Describe"].iter().any(|it| call.starts_with(it))
    };
    match refused(facts, &["UnauthorizedOperation"]).filter(|(it, _)| getting(&it.call)) {
        Some((refusal, quote)) => {
            let action = format!("ec2:{}", refusal.call);
            Ok(Verdict::broken(&DENIED, &*action, quote).with("action", &*action))
        }
        None => allocating(facts),
    }
}

pub(super) static DENIED: Fault = Fault {
    id: "denied",
    plane: Plane::Iam,
    title: "EC2 refuses aws-node <action>: pods get no address, though the subnet may have some",
    fix: "give aws-node's own ServiceAccount a role with the stock CNI policy that AWS manages",
    change: "kubectl -n kube-system get serviceaccount aws-node -o yaml | grep role-arn    # none: it calls as the node\n\
     aws iam list-attached-role-policies --role-name <role>\n\
     # attach to that role, not to the node's, the CNI policy that AWS manages (for IPv6 its own); docs/iam-policy.md of\n\
     # aws/amazon-vpc-cni-k8s lists its actions. It is there already? a boundary or an organization's policy refuses <action>\n\
     kubectl -n kube-system rollout restart daemonset aws-node",
    owner: "the administrator of the role of aws-node",
    impact: "aws-node restarts; running pods keep their addresses",
    verify: "kubectl -n kube-system get events --field-selector reason=MissingIAMPermissions",
    expect: "No resources found",
};
