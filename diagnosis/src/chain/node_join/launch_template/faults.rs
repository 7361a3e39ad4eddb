//! What may be wrong with what new instances are made of.

use crate::chain::{Common, Fault, Plane};

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the owner of the node group's launch template",
    impact: "new nodes of the group; those that are there are replaced only when somebody says so",
    verify: "eks-triage cluster <cluster> --region <region>, once a new instance was launched",
    expect: "launch template intact",
};

/// A new version, and the two ways to use it.
const NEW_VERSION: &str = "# correct it where it is written (Terraform, CloudFormation), or by hand as a new version\n\
     aws ec2 describe-launch-template-versions --launch-template-id <launch-template> --versions '<template-version>'\n\
     aws ec2 create-launch-template-version --launch-template-id <launch-template> --source-version '<template-version>' --launch-template-data file://changed.json\n\
     # a managed node group is then told to use it, another group's Auto Scaling group is refreshed:\n\
     aws eks update-nodegroup-version --cluster-name <cluster> --nodegroup-name <node-group> --launch-template id=<launch-template>,version=NEW\n\
     aws autoscaling start-instance-refresh --auto-scaling-group-name <scaling-group>";

pub(super) static ABSENT: Fault = OURS.fault(
    "absent",
    "the launch template of this group does not exist any more",
    "make the launch template again by whatever made it; a managed node group then takes a new group",
    "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=DeleteLaunchTemplate --max-items 5\n\
     # one that EKS made itself for a managed node group (eks-…) does not come back: make a new node group beside it",
);
pub(super) static VERSION_GONE: Fault = OURS.fault(
    "version-gone",
    "the launch template has no version <template-version>, which this group asks for",
    "let the group ask for a version that exists",
    "aws ec2 describe-launch-template-versions --launch-template-id <launch-template> --query 'LaunchTemplateVersions[].[VersionNumber,DefaultVersion,CreateTime]'\n\
     aws eks update-nodegroup-version --cluster-name <cluster> --nodegroup-name <node-group> --launch-template id=<launch-template>,version=EXISTING",
);
pub(super) static SOURCE_GONE: Fault = OURS.fault(
    "source-gone",
    "the launch template that <node-group> was given does not exist any more; EKS only has what it made of it",
    "make the node group anew with a launch template that exists: EKS cannot update this one",
    "aws eks describe-nodegroup --cluster-name <cluster> --nodegroup-name <node-group> --query nodegroup.launchTemplate\n\
     aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=DeleteLaunchTemplate --max-items 5",
);
pub(super) static CHANGED: Fault = OURS.fault(
    "changed-by-hand",
    "the Auto Scaling group of <node-group> was given another launch template version than EKS made",
    "give the Auto Scaling group back the version that EKS made, and change the node group through EKS",
    "aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names <scaling-group> --query 'AutoScalingGroups[].[LaunchTemplate,MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification]'\n\
     aws ec2 describe-launch-template-versions --launch-template-id <launch-template> --query 'LaunchTemplateVersions[].[VersionNumber,CreatedBy]'\n\
     aws autoscaling update-auto-scaling-group --auto-scaling-group-name <scaling-group> --launch-template 'LaunchTemplateId=<launch-template>,Version=BY_EKS'",
);
pub(super) static INVALID: Fault = OURS.fault(
    "invalid",
    "EKS cannot make nodes of the launch template that <node-group> was given",
    "take out of it what the issue's message names: EKS sets subnets, the profile and, beside a custom image, the user data itself",
    NEW_VERSION,
);
pub(super) static IMAGE_GONE: Fault = OURS.fault(
    "image-gone",
    "the image <ami> that nodes are made of does not exist, or is of another region",
    "name an image that exists in this region: the recommended one of the cluster's release",
    "aws ec2 describe-images --image-ids <ami>\n\
     aws ssm get-parameter --name /aws/service/eks/optimized-ami/VERSION/amazon-linux-2023/x86_64/standard/recommended/image_id    # VERSION of the cluster\n\
     aws ec2 describe-launch-template-versions --launch-template-id <launch-template> --versions '<template-version>'    # a new version names it",
);
pub(super) static IMAGE_NOT_AVAILABLE: Fault = OURS.fault(
    "image-not-available",
    "the image <ami> that nodes are made of is <status>, not available",
    "wait until it is available, or name another one",
    "aws ec2 describe-images --image-ids <ami> --query 'Images[].[State,StateReason]'\n\
     aws ec2 enable-image --image-id <ami>    # where it was disabled",
);
pub(super) static IMAGE_NOT_SHARED: Fault = Fault {
    owner: "the owner of the image",
    ..OURS.fault(
        "image-not-shared",
        "this account may not launch the image <ami> that nodes are made of",
        "share the image with this account, its snapshots and their key included, or name another one",
        "# in the account that owns the image:\n\
         aws ec2 modify-image-attribute --image-id <ami> --launch-permission 'Add=[{UserId=<account>}]'\n\
         # of an encrypted image: its snapshots (modify-snapshot-attribute), and the key's policy, too",
    )
};
pub(super) static WRONG_ARCHITECTURE: Fault = OURS.fault(
    "wrong-architecture",
    "the image <ami> is for another processor than <instance-type>",
    "name an image of the instance type's processor, or an instance type of the image's",
    NEW_VERSION,
);
pub(super) static SECURITY_GROUP_GONE: Fault = Fault {
    plane: Plane::Network,
    owner: "the owner of the node group's launch template, with the owner of the VPC",
    ..OURS.fault(
        "security-group-not-in-vpc",
        "the launch template names security group <security-group>, which the VPC <vpc> does not have",
        "name security groups of this VPC: the cluster's own, <cluster-security-group>, lets node and control plane talk",
        NEW_VERSION,
    )
};
pub(super) static OTHER_NETWORK: Fault = Fault {
    plane: Plane::Network,
    owner: "the owner of the node group's launch template, with the owner of the VPC",
    ..OURS.fault(
        "groups-and-subnets-differ",
        "the security groups and the subnets that nodes are launched with are of different VPCs",
        "name security groups and subnets of the cluster's VPC, <vpc>",
        "aws ec2 describe-security-groups --filters Name=vpc-id,Values=<vpc> --query 'SecurityGroups[].[GroupId,GroupName]'\n\
         aws ec2 describe-subnets --filters Name=vpc-id,Values=<vpc> --query 'Subnets[].[SubnetId,AvailabilityZone]'\n\
         # of Karpenter: the selector terms of its EC2NodeClass match those of another VPC, too",
    )
};
pub(super) static SUBNET_IN_TEMPLATE: Fault = Fault {
    plane: Plane::Network,
    ..OURS.fault(
        "subnet-in-template",
        "the launch template names a subnet in its interfaces, <subnet>, where a managed node group sets its own",
        "take the subnet out of the launch template's interfaces",
        NEW_VERSION,
    )
};
pub(super) static NO_PROFILE: Fault = OURS.fault(
    "no-instance-profile",
    "the launch template names no instance profile, so that its nodes have no AWS identity at all",
    "name the instance profile of the node role in it",
    "aws ec2 describe-launch-template-versions --launch-template-id <launch-template> --versions '<template-version>'\n\
     aws ec2 create-launch-template-version --launch-template-id <launch-template> --source-version '<template-version>' --launch-template-data '{\"IamInstanceProfile\": {\"Name\": \"PROFILE\"}}'\n\
     aws autoscaling start-instance-refresh --auto-scaling-group-name <scaling-group>    # once the group uses the new version",
);
pub(super) static METADATA_DISABLED: Fault = OURS.fault(
    "metadata-disabled",
    "the launch template switches the metadata service off, from which a node learns who it is",
    "leave the metadata service on, with tokens required",
    "# MetadataOptions: {\"HttpEndpoint\": \"enabled\", \"HttpTokens\": \"required\"} in a new version\n\
     aws ec2 describe-launch-template-versions --launch-template-id <launch-template> --versions '<template-version>'\n\
     aws ec2 create-launch-template-version --launch-template-id <launch-template> --source-version '<template-version>' --launch-template-data file://changed.json\n\
     # one that runs, at once:\n\
     aws ec2 modify-instance-metadata-options --instance-id INSTANCE --http-endpoint enabled",
);
