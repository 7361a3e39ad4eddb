//! What may be wrong with a cluster, by its status and by the codes of its health.

use crate::chain::{Common, Fault, Plane};

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the owner of cluster <cluster>",
    impact: "the whole cluster; nodes that joined go on as far as its control plane does",
    verify: "aws eks describe-cluster --name <cluster> --query 'cluster.[status,health.issues]'",
    expect: "ACTIVE, and no issues",
};

pub(super) static ABSENT: Fault = OURS.fault(
    "absent",
    "there is no EKS cluster of this name in this account and region",
    "ask for the cluster by its right name, in its own account and region",
    "aws sts get-caller-identity --query Account --output text    # whose account is asked\n\
     aws eks list-clusters    # and with --region for each region where it may be",
);
pub(super) static BEING_CREATED: Fault = OURS.fault(
    "being-created",
    "the control plane of <cluster> is not there yet",
    "wait until it is active, then let the nodes join: make the node groups depend on the cluster",
    "aws eks wait cluster-active --name <cluster>",
);
pub(super) static DELETING: Fault = OURS.fault(
    "deleting",
    "cluster <cluster> is being deleted",
    "let the nodes join another cluster; what is being deleted does not come back",
    "# who deleted it, and when:\n\
     aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=DeleteCluster --max-items 5",
);
pub(super) static FAILED: Fault = OURS.fault(
    "failed",
    "the control plane of <cluster> could not be made",
    "see what its creation said, then delete and create it again",
    "aws eks describe-cluster --name <cluster> --query cluster.health.issues\n\
     aws eks list-updates --name <cluster>\n\
     aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=CreateCluster --max-items 5",
);
pub(super) static ROLE_DENIED: Fault = Fault {
    plane: Plane::Iam,
    owner: "the owner of the cluster's role",
    ..OURS.fault(
        "role-denied",
        "EKS may not do with the cluster's role what it needs to (AccessDenied)",
        "let the cluster's role trust EKS, and have the cluster policy that AWS manages",
        "aws eks describe-cluster --name <cluster> --query cluster.roleArn --output text\n\
         # its trust must allow eks.amazonaws.com to sts:AssumeRole, and its policies must hold AmazonEKSClusterPolicy:\n\
         aws iam get-role --role-name CLUSTER_ROLE --query Role.AssumeRolePolicyDocument\n\
         aws iam attach-role-policy --role-name CLUSTER_ROLE --policy-arn arn:<partition>:iam::aws:policy/AmazonEKSClusterPolicy\n\
         # both right? the issue's message names the call; a boundary or the organization's policy denies it",
    )
};
pub(super) static ROLE_GONE: Fault = Fault {
    plane: Plane::Iam,
    owner: "the owner of the cluster's role",
    ..OURS.fault(
        "role-gone",
        "the role of cluster <cluster> does not exist any more",
        "make the role anew under the same name, with its trust in EKS and the cluster policy",
        "aws eks describe-cluster --name <cluster> --query cluster.roleArn --output text\n\
         # a role of that very name and path, trusted by eks.amazonaws.com, then\n\
         aws iam attach-role-policy --role-name CLUSTER_ROLE --policy-arn arn:<partition>:iam::aws:policy/AmazonEKSClusterPolicy",
    )
};
pub(super) static VPC_GONE: Fault = Fault {
    plane: Plane::Network,
    owner: "the owner of the VPC, with the cluster's",
    ..OURS.fault(
        "vpc-gone",
        "the VPC of cluster <cluster> does not exist any more",
        "make a new cluster in a VPC that exists: a cluster cannot change its VPC",
        "aws ec2 describe-vpcs --vpc-ids <vpc>\n\
         aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=DeleteVpc --max-items 5",
    )
};
pub(super) static SUBNET_GONE: Fault = Fault {
    plane: Plane::Network,
    owner: "the owner of the VPC, with the cluster's",
    ..OURS.fault(
        "subnet-gone",
        "a subnet of the control plane does not exist any more: <resource>",
        "give the cluster subnets that exist, in at least two zones that it already uses",
        "aws ec2 describe-subnets --filters Name=vpc-id,Values=<vpc> --query 'Subnets[].[SubnetId,AvailabilityZone,AvailableIpAddressCount]'\n\
         aws eks update-cluster-config --name <cluster> --resources-vpc-config subnetIds=SUBNET_A,SUBNET_B",
    )
};
pub(super) static SECURITY_GROUP_GONE: Fault = Fault {
    plane: Plane::Network,
    owner: "the owner of the VPC, with the cluster's",
    ..OURS.fault(
        "security-group-gone",
        "a security group of the control plane does not exist any more: <resource>",
        "give the cluster additional security groups that exist; where its own is gone, a new cluster",
        "aws eks describe-cluster --name <cluster> --query 'cluster.resourcesVpcConfig.[clusterSecurityGroupId,securityGroupIds]'\n\
         aws eks update-cluster-config --name <cluster> --resources-vpc-config securityGroupIds=GROUP    # those that exist",
    )
};
pub(super) static NO_ADDRESSES: Fault = Fault {
    plane: Plane::Network,
    owner: "the owner of the VPC, with the cluster's",
    ..OURS.fault(
        "no-free-addresses",
        "the control plane's subnets have too few free addresses for its interfaces: <resource>",
        "free addresses there, or give the cluster other subnets; EKS wants at least six free in each",
        "aws ec2 describe-subnets --filters Name=vpc-id,Values=<vpc> --query 'Subnets[].[SubnetId,AvailabilityZone,AvailableIpAddressCount]'\n\
         aws eks update-cluster-config --name <cluster> --resources-vpc-config subnetIds=SUBNET_A,SUBNET_B",
    )
};
pub(super) static STS_DISABLED: Fault = Fault {
    plane: Plane::Iam,
    owner: "the administrator of the account",
    ..OURS.fault(
        "sts-disabled",
        "STS is not activated in <region> for this account, so that the cluster can judge no node's token",
        "activate STS in <region>",
        "# IAM console, Account settings, Security Token Service (STS): activate <region>; it has no API.\n\
         # an opt-in region must be enabled first:\n\
         aws account get-region-opt-status --region-name <region>",
    )
};
pub(super) static EC2_NOT_SUBSCRIBED: Fault = Fault {
    plane: Plane::Iam,
    owner: "the administrator of the account",
    ..OURS.fault(
        "ec2-not-subscribed",
        "the account is not subscribed to EC2",
        "finish the account's sign-up",
        "aws ec2 describe-instances --max-items 1    # OptInRequired: the account's sign-up is not finished; AWS Support helps",
    )
};

const KEY: Common = Common {
    plane: Plane::Iam,
    owner: "the owner of the KMS key of cluster <cluster>",
    impact: "the whole cluster: without its key it reads none of its secrets",
    ..OURS
};

pub(super) static KEY_DISABLED: Fault = KEY.fault(
    "key-disabled",
    "the KMS key of the cluster's secrets is disabled: <resource>",
    "enable the key again",
    "aws eks describe-cluster --name <cluster> --query 'cluster.encryptionConfig[].provider.keyArn'\n\
     aws kms enable-key --key-id <resource>",
);
pub(super) static KEY_DELETION: Fault = KEY.fault(
    "key-marked-for-deletion",
    "the KMS key of the cluster's secrets is about to be deleted: <resource>",
    "cancel its deletion now, then enable it: once it is gone the cluster cannot be mended",
    "aws kms cancel-key-deletion --key-id <resource>\n\
     aws kms enable-key --key-id <resource>",
);
pub(super) static KEY_GONE: Fault = KEY.fault(
    "key-gone",
    "the KMS key of the cluster's secrets does not exist any more: <resource>",
    "make a new cluster and restore its objects: no other key opens what this one closed",
    "aws kms describe-key --key-id <resource>    # PendingDeletion? then it can still be kept: cancel-key-deletion",
);
pub(super) static KEY_GRANT: Fault = KEY.fault(
    "key-grant-revoked",
    "the cluster's grant on the KMS key of its secrets was revoked: <resource>",
    "make a new cluster and restore its objects: EKS does not give itself the grant again; let nobody revoke grants of EKS",
    "aws kms list-grants --key-id <resource> --query 'Grants[].[GranteePrincipal,Name]'\n\
     aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=RevokeGrant --max-items 5",
);
pub(super) static UNSUPPORTED_VERSION: Fault = OURS.fault(
    "unsupported-version",
    "EKS does not support the cluster's release any more",
    "update the control plane, one minor release at a time, then its node groups",
    "aws eks list-insights --cluster-name <cluster> --query 'insights[?insightStatus.status!=`PASSING`].name'\n\
     aws eks update-cluster-version --name <cluster> --kubernetes-version NEXT",
);
pub(super) static LIMIT: Fault = Fault {
    owner: "the administrator of the account",
    ..OURS.fault(
        "resource-limit",
        "the cluster needs more of something than the account may have: <resource>",
        "have the quota that the issue's message names raised, or give back what is not needed",
        "aws eks describe-cluster --name <cluster> --query cluster.health.issues\n\
         aws service-quotas list-service-quotas --service-code eks --query 'Quotas[].[QuotaName,Value]'",
    )
};
