//! What may be wrong with the instances of a group.

use crate::chain::{Common, Fault, Plane};

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the owner of the node group",
    impact: "this instance alone; its group launches another one",
    verify: "aws ec2 describe-instance-status --include-all-instances --filters Name=instance-state-name,Values=pending,running --query 'InstanceStatuses[].[InstanceId,InstanceState.Name,InstanceStatus.Status,SystemStatus.Status]'",
    expect: "an instance of the group, running, ok, ok",
};

pub(super) static VOLUME_LIMIT: Fault = Fault {
    owner: "the administrator of the account",
    impact: "new instances of the account; nothing restarts",
    ..OURS.fault(
        "volume-limit",
        "<instance> ended while it was launched: the account's quota for EBS storage is used up",
        "delete volumes that nothing uses, or have the quota raised",
        "aws ec2 describe-volumes --filters Name=status,Values=available --query 'Volumes[].[VolumeId,Size,VolumeType,CreateTime]'\n\
         aws service-quotas list-service-quotas --service-code ebs --query 'Quotas[].[QuotaName,Value]'",
    )
};
pub(super) static SNAPSHOT_GONE: Fault = OURS.fault(
    "snapshot-gone",
    "<instance> ended while it was launched: a snapshot of its image or launch template does not exist",
    "name an image, or a volume in the launch template, whose snapshot exists",
    "aws ec2 describe-images --image-ids <ami> --query 'Images[].BlockDeviceMappings[].Ebs.SnapshotId'\n\
     aws ec2 describe-launch-template-versions --launch-template-id <launch-template> --versions '<template-version>' --query 'LaunchTemplateVersions[].LaunchTemplateData.BlockDeviceMappings'",
);
pub(super) static TERMINATED_AT_ONCE: Fault = OURS.fault(
    "ended-while-imaged",
    "<instance> was ended or restarted while an image was made of it",
    "make images of other instances than those of a node group",
    "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=CreateImage --max-items 5",
);
pub(super) static SHUT_DOWN_FROM_WITHIN: Fault = OURS.fault(
    "shut-down-from-within",
    "<instance> was shut down by its own operating system",
    "find what shuts it down: its user data, its image, or somebody on it",
    "# kept for about an hour after the instance ended\n\
     aws ec2 get-console-output --latest --instance-id <instance> --output text | tail -n 60\n\
     # the user data ends with shutdown, poweroff or reboot? a script of the image does?",
);
pub(super) static SPOT_INTERRUPTED: Fault = OURS.fault(
    "spot-interrupted",
    "<instance> was a Spot Instance, which EC2 took back before it became a node",
    "let the group have more instance types and zones, or On-Demand instances for what must stay",
    "aws ec2 describe-spot-instance-requests --filters Name=instance-id,Values=<instance> --query 'SpotInstanceRequests[].Status'\n\
     aws ec2 get-spot-placement-scores --target-capacity 2 --region-names <region> --instance-types <instance-type>",
);
pub(super) static RETIRED: Fault = OURS.fault(
    "scheduled-stop",
    "EC2 stopped <instance>, because its hardware is retired",
    "end the instance, so that its group launches one on other hardware",
    "aws ec2 terminate-instances --instance-ids <instance>",
);
pub(super) static STOPPED: Fault = OURS.fault(
    "stopped",
    "<instance> is stopped: somebody stopped it, and nobody started it again",
    "end it, so that its group launches another one, or start it",
    "aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue=<instance> --max-items 10 --query 'Events[].[EventTime,EventName,Username]'\n\
     aws ec2 start-instances --instance-ids <instance>    # a schedule that stops instances at night? then it stops it again",
);
pub(super) static HOST_IMPAIRED: Fault = OURS.fault(
    "host-impaired",
    "the hardware under <instance> is impaired",
    "end the instance, so that its group launches one on other hardware",
    "aws ec2 describe-instance-status --instance-ids <instance>\n\
     aws ec2 terminate-instances --instance-ids <instance>",
);
pub(super) static IMPAIRED: Fault = OURS.fault(
    "impaired",
    "<instance> does not pass EC2's own check: its system does not boot, or its network does not answer",
    "see how far it boots, then mend its image or its user data",
    "aws ec2 get-console-output --latest --instance-id <instance> --output text | tail -n 60\n\
     aws ec2 describe-instance-status --instance-ids <instance>",
);
pub(super) static NO_CLUSTER_TAG: Fault = OURS.fault(
    "no-cluster-tag",
    "<instance> lacks the tag <key>, by which the cluster knows its own instances",
    "tag the instances of the group, and let it tag new ones",
    "aws ec2 create-tags --resources <instance> --tags Key=<key>,Value=owned\n\
     aws autoscaling create-or-update-tags --tags ResourceId=<scaling-group>,ResourceType=auto-scaling-group,Key=<key>,Value=owned,PropagateAtLaunch=true",
);
