"""The launch template, and the instances made by it."""

from faults.fault import NOT_JOINED, TEMPLATE, Fault, failed_launch, gone, instances

FAULTS = [
    # The launch template.
    Fault("template-image-gone", "node", "launch-template", "image-gone", "ami-0al2023",
        "/aws/service/eks/optimized-ami/",
        failed_launch(
        "The image id '[ami-0al2023]' does not exist."
    ) + [("describe-images", "Images", [])]),
    Fault("template-group-gone", "network", "launch-template", "security-group-not-in-vpc", "sg-0gone",
        "aws ec2 create-launch-template-version --launch-template-id lt-0eks",
        failed_launch(
        "The security group 'sg-0gone' does not exist in VPC 'vpc-0prod'."
    ) + [(TEMPLATE, "LaunchTemplateVersions.0.LaunchTemplateData.SecurityGroupIds", ["sg-0gone"])]),
    Fault("template-architecture", "node", "launch-template", "wrong-architecture", "arm64",
        "aws ec2 create-launch-template-version --launch-template-id lt-0eks",
        failed_launch(
        "The architecture 'x86_64' of the specified instance type does not match the architecture 'arm64' of the"
        " specified AMI."
    ) + [("describe-images", "Images.0.Architecture", "arm64")]),
    # The instances.
    Fault("instance-stopped", "node", "instance", "stopped", "Client.UserInitiatedShutdown",
        "aws ec2 start-instances --instance-ids i-0bbb",
        instances(
        "State", {"Code": 80, "Name": "stopped"}
    ) + instances("StateReason", {
        "Code": "Client.UserInitiatedShutdown", "Message": "Client.UserInitiatedShutdown: User initiated shutdown"
    }) + [("describe-instance-status", "InstanceStatuses", [])], guide=True),
    Fault("instance-gone", "node", "instance", "shut-down-from-within", "Client.InstanceInitiatedShutdown",
        "aws ec2 get-console-output --latest --instance-id i-0bbb",
        NOT_JOINED + gone(
        "Client.InstanceInitiatedShutdown", "Client.InstanceInitiatedShutdown: Instance initiated shutdown"
    ), guide=True),
    Fault("instance-impaired", "node", "instance", "host-impaired", "impaired",
        "aws ec2 terminate-instances --instance-ids i-0aaa",
        [
        ("describe-instance-status", f"InstanceStatuses.{place}.SystemStatus", {
            "Status": "impaired", "Details": [{"Name": "reachability", "Status": "failed"}]
        }) for place in (0, 1)
    ]),
]
