//! With custom networking each node finds the ENIConfig of its zone.

use super::allocating;
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::Facts,
};

pub(super) static LINK: Link = Link {
    id: "custom-networking",
    title: "ENIConfig of the zone",
    means: "With AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true, the ENIConfig that the node's label or annotation names exists, and its subnet is in the node's own zone.",
    judged: "Intact while ipamd has an address to give; where aws-node has it off, it does not apply. What is wrong is in ipamd's log.",
    sources: &[
        "aws/amazon-vpc-cni-k8s pkg/eniconfig/eniconfig.go, v1.23.1",
        "https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network-tutorial.html",
    ],
    faults: &[&ABSENT, &ANOTHER_ZONE, &WRONG_SUBNET],
    signs: &[
        Sign::new(
            "eniconfig: eniconfig is not available",
            r#"{"level":"error","caller":"ipamd/ipamd.go:649","msg":"Failed to get pod ENI config: eniconfig: eniconfig is not available"}"#,
            "aws/amazon-vpc-cni-k8s pkg/eniconfig/eniconfig.go, v1.23.1",
            &[Way(&LINK, &ABSENT)],
        ),
        Sign::new(
            "No ENIConfig could be found for this node",
            r#"{"level":"error","caller":"ipamd/ipamd.go:649","msg":"No ENIConfig could be found for this node"}"#,
            "aws/amazon-vpc-cni-k8s pkg/ipamd/ipamd.go, v1.23.1",
            &[Way(&LINK, &ABSENT)],
        ),
        Sign::new(
            "error while retrieving eniconfig: ",
            r#"{"level":"error","caller":"eniconfig/eniconfig.go:87","msg":"error while retrieving eniconfig: ENIConfig.crd.k8s.amazonaws.com \"us-west-2a\" not found"}"#,
            "aws/amazon-vpc-cni-k8s pkg/eniconfig/eniconfig.go, v1.23.1",
            &[Way(&LINK, &ABSENT)],
        ),
        Sign::new(
            "You may not attach a network interface to an instance if they are not in the same availability zone",
            "Failed to attach ENI eni-1: InvalidParameterCombination: You may not attach a network interface to an instance if they are not in the same availability zone",
            "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html",
            &[Way(&LINK, &ANOTHER_ZONE)],
        ),
        Sign::new(
            "Failed to CreateNetworkInterface <>InvalidSubnetID.NotFound",
            "Failed to CreateNetworkInterface operation error EC2: CreateNetworkInterface, https response error StatusCode: 400, RequestID: 1, api error InvalidSubnetID.NotFound: The subnet ID 'subnet-1' does not exist for subnet subnet-1",
            "aws/amazon-vpc-cni-k8s pkg/awsutils/awsutils.go, v1.23.1",
            &[Way(&LINK, &WRONG_SUBNET)],
        ),
        Sign::new(
            "Failed to CreateNetworkInterface <>InvalidGroup.NotFound",
            "Failed to CreateNetworkInterface operation error EC2: CreateNetworkInterface, https response error StatusCode: 400, RequestID: 1, api error InvalidGroup.NotFound: The security group 'sg-1' does not exist for subnet subnet-1",
            "aws/amazon-vpc-cni-k8s pkg/awsutils/awsutils.go, v1.23.1",
            &[Way(&LINK, &WRONG_SUBNET)],
        ),
    ],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the administrator of the cluster",
    impact: "new interfaces of the nodes of this zone; running pods keep their addresses",
    verify: "kubectl get eniconfigs -o yaml; eks-triage check, on a node of the zone",
    expect: "ENIConfig of the zone intact",
};

static ABSENT: Fault = OURS.fault(
    "absent",
    "custom networking is on, but there is no ENIConfig for this node",
    "create the one ENIConfig that this node's label asks for",
    "kubectl -n kube-system get daemonset aws-node -o yaml | grep -A1 -E 'CUSTOM_NETWORK_CFG|ENI_CONFIG_(LABEL|ANNOTATION)_DEF'\n\
     kubectl get node <node> -L topology.kubernetes.io/zone; kubectl get eniconfigs\n\
     # the label's value is the name of the ENIConfig: one for each zone, with the subnet of that zone",
);
static ANOTHER_ZONE: Fault = OURS.fault(
    "another-zone",
    "the ENIConfig of this node names a subnet in another zone",
    "let each ENIConfig name a subnet of its own zone",
    "kubectl get eniconfigs -o custom-columns=NAME:.metadata.name,SUBNET:.spec.subnet\n\
     aws ec2 describe-subnets --query 'Subnets[].[SubnetId,AvailabilityZone]' --output text\n\
     # correct spec.subnet of the one ENIConfig that differs",
);
static WRONG_SUBNET: Fault = OURS.fault(
    "subnet-or-group-absent",
    "the ENIConfig of this node names a subnet or security group that does not exist",
    "correct the subnet or security group in that one ENIConfig",
    "kubectl get eniconfigs -o yaml | grep -A8 'spec:'\n\
     aws ec2 describe-subnets --query 'Subnets[].SubnetId' --output text\n\
     aws ec2 describe-security-groups --query 'SecurityGroups[].[GroupId,VpcId]' --output text",
);

fn look(facts: &Facts) -> Look {
    let set = facts.cluster.cni.value().and_then(|it| it.custom_networking);
    match allocating(facts) {
        Err(_) if set == Some(false) => Ok(Verdict::not_applicable("custom networking is off")),
        seen => seen,
    }
}
