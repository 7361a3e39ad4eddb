"""Whoever creates it is refused."""

from faults.fault import GONE, GROUP, NO_INSTANCES, ROLE, TEMPLATE, Fault, failed_launch, gone, issue


def failed_stack(resource, reason):
    """eksctl's stack of the node group did not come to be: there is no group."""
    stack = {
        "StackId": "arn:aws:cloudformation:us-west-2:111122223333:stack/eksctl-prod-nodegroup-workers/2",
        "StackName": "eksctl-prod-nodegroup-workers",
        "CreationTime": "2026-03-01T08:59:00+00:00",
        "StackStatus": "ROLLBACK_COMPLETE",
        "StackStatusReason": "The following resource(s) failed to create: [ManagedNodeGroup]. ",
        "Tags": [{"Key": "alpha.eksctl.io/cluster-name", "Value": "prod"}],
    }
    event = {
        "StackId": stack["StackId"],
        "EventId": "ManagedNodeGroup-CREATE_FAILED-1",
        "StackName": stack["StackName"],
        "LogicalResourceId": "ManagedNodeGroup",
        "PhysicalResourceId": "",
        "ResourceType": resource,
        "Timestamp": "2026-03-01T09:00:10.100000+00:00",
        "ResourceStatus": "CREATE_FAILED",
        "ResourceStatusReason": reason,
    }
    return NO_INSTANCES + [
        ("describe-stacks", "Stacks.-", stack),
        ("describe-stack-events-eksctl-prod-nodegroup-workers", "", {"StackEvents": [event]}),
        (GROUP, "", GONE),
        ("list-nodegroups", "nodegroups", []),
        ("describe-auto-scaling-groups", "AutoScalingGroups", []),
        (TEMPLATE, "", GONE),
    ]


FAULTS = [
    # Whoever creates it.
    Fault("creator-scp", "iam", "creator", "organization-denies", "service control policy",
        "aws organizations list-policies-for-target --target-id 111122223333",
        failed_launch(
        "You are not authorized to perform this operation. User: arn:aws:sts::111122223333:assumed-role/"
        "AWSServiceRoleForAutoScaling/AutoScaling is not authorized to perform: ec2:RunInstances on resource:"
        " arn:aws:ec2:us-west-2:111122223333:instance/* with an explicit deny in a service control policy."
    )),
    Fault("creator-pass-role", "iam", "creator", "may-not-pass-role", "iam:PassRole", "iam:PassRole", failed_stack(
        "AWS::EKS::Nodegroup",
        "Resource handler returned message: \"User: arn:aws:sts::111122223333:assumed-role/deployer/ci is not"
        f" authorized to perform: iam:PassRole on resource: {ROLE} because no identity-based policy allows the"
        " iam:PassRole action (Service: Eks, Status Code: 403, Request ID: 1)\"",
    )),
    Fault("creator-volume-key", "iam", "creator", "volume-key", "Client.InternalError", "kms", gone(
        "Client.InternalError", "Client.InternalError: Client error on launch"
    ), guide=True),
    Fault("creator-template", "iam", "creator", "launch-template-not-allowed", "launch template", "--dry-run", issue(
        "AccessDenied", "You are not authorized to use launch template: lt-0eks", ids=("lt-0eks",)
    ) + NO_INSTANCES),
]
