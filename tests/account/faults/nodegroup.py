"""The node group, and how many instances it wants."""

from faults.fault import (
    GONE,
    GROUP,
    NO_INSTANCES,
    POLICIES,
    PROFILE,
    ROLE,
    TEMPLATE,
    Fault,
    change,
    failed_launch,
    issue,
)

FAULTS = [
    # The node group.
    Fault("group-template-gone", "node", "launch-template", "absent", "Ec2LaunchTemplateNotFound",
        "AttributeValue=DeleteLaunchTemplate",
        NO_INSTANCES + issue(
        "Ec2LaunchTemplateNotFound", "Launch template lt-0eks was not found", "DEGRADED", ("lt-0eks",)
    ) + [(TEMPLATE, "", GONE)], guide=True),
    Fault("group-asg-gone", "node", "node-group", "scaling-group-gone", "AutoScalingGroupNotFound",
        "aws eks delete-nodegroup --cluster-name prod --nodegroup-name workers",
        NO_INSTANCES + issue(
        "AutoScalingGroupNotFound", "We couldn't find the Auto Scaling group associated with the managed node group",
        "DEGRADED",
    ) + [("describe-auto-scaling-groups", "AutoScalingGroups", [])], guide=True),
    Fault("group-subnet-gone", "network", "node-group", "subnet-gone", "subnet-0gone",
        "aws eks delete-nodegroup --cluster-name prod --nodegroup-name workers",
        issue(
        "Ec2SubnetNotFound", "The subnet ID 'subnet-0gone' does not exist", "DEGRADED", ("subnet-0gone",)
    ) + change(GROUP, nodegroup__subnets=["subnet-0gone"])),
    Fault("group-subnet-elsewhere", "network", "node-group", "subnet-in-another-vpc", "subnet-0far",
        "aws eks delete-nodegroup --cluster-name prod --nodegroup-name workers",
        NO_INSTANCES + change(
        GROUP, nodegroup__subnets=["subnet-0far"], nodegroup__status="CREATE_FAILED"
    ) + [
        ("describe-auto-scaling-groups", "AutoScalingGroups.0.VPCZoneIdentifier", "subnet-0far"),
        ("describe-subnets", "Subnets.-", {
            "AvailabilityZone": "us-west-2a", "AvailableIpAddressCount": 200, "CidrBlock": "10.9.0.0/24",
            "MapPublicIpOnLaunch": False, "State": "available", "SubnetId": "subnet-0far", "VpcId": "vpc-0other",
            "OwnerId": "111122223333", "Tags": [],
        }),
    ]),
    Fault("group-profile-gone", "node", "instance-profile", "absent", "IamInstanceProfileNotFound",
        "aws iam create-instance-profile --instance-profile-name eks-workers-profile",
        NO_INSTANCES + issue(
        "IamInstanceProfileNotFound", "We couldn't find the IAM instance profile for your managed node group", "DEGRADED"
    ) + [(PROFILE, "", GONE)]),
    Fault("group-node-role-gone", "node", "node-role", "absent", "IamNodeRoleNotFound",
        "aws iam create-role --role-name eks-node",
        NO_INSTANCES + issue(
        "IamNodeRoleNotFound", "We couldn't find the IAM role for your managed node group", "DEGRADED", (ROLE,)
    ) + [("get-role-eks-node", "", GONE), (POLICIES, "", GONE), ("list-role-policies-eks-node", "", GONE)]),
    # Scaling.
    Fault("scaling-zero", "node", "scaling", "desired-zero", "\": 0", "desiredSize=1", NO_INSTANCES + change(
        GROUP, nodegroup__scalingConfig={"minSize": 0, "maxSize": 4, "desiredSize": 0}
    ) + change("describe-auto-scaling-groups", AutoScalingGroups__0__DesiredCapacity=0, AutoScalingGroups__0__MinSize=0),
        guide=True),
    Fault("scaling-suspended", "node", "scaling", "launch-suspended", "\"ProcessName\": \"Launch\"", "resume-processes", NO_INSTANCES + change(
        "describe-auto-scaling-groups",
        AutoScalingGroups__0__SuspendedProcesses=[
            {"ProcessName": "Launch", "SuspensionReason": "User suspended at 2026-03-01T09:00:00Z"}
        ],
    )),
    Fault("scaling-capacity", "node", "scaling", "no-capacity", "InsufficientInstanceCapacity",
        "Name=instance-type,Values=m6i.large",
        failed_launch(
        "We currently do not have sufficient m6i.large capacity in the Availability Zone you requested (us-west-2a)."
        " InsufficientInstanceCapacity."
    )),
    Fault("scaling-quota", "node", "scaling", "quota", "vCPU",
        "aws service-quotas request-service-quota-increase --service-code ec2",
        failed_launch(
        "VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket that"
        " the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request"
        " an adjustment to this limit."
    )),
]
