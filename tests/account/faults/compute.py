"""Who was refused what, as CloudTrail alone tells it; and access entries of other kinds of nodes."""

import json

from faults.creator import failed_stack
from faults.fault import CLUSTER, ENTRY, NOT_JOINED, ROLE, Fault, change

ACCOUNT = "111122223333"
DEPLOYER = f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/ci"


def refused(name, source, code, message, request):
    """Nothing was made, and only CloudTrail knows that somebody tried."""
    return nothing([event(name, source, code, message, request)])


def nothing(events):
    return [
        *(edit for edit in failed_stack("", "") if not edit[0].startswith("describe-stack")),
        ("lookup-events", "", {"Events": events}),
    ]


def event(name, source, code, message, request):
    at = "2026-03-01T09:00:10Z"
    told = {
        "eventVersion": "1.11",
        "userIdentity": {"type": "AssumedRole", "arn": DEPLOYER, "accessKeyId": "ASIAPLANTED"},
        "eventTime": at,
        "eventSource": source,
        "eventName": name,
        "awsRegion": "us-west-2",
        "sourceIPAddress": "198.51.100.7",
        "requestParameters": request,
    }
    if code:
        told |= {"errorCode": code, "errorMessage": message}
    return {
        "EventId": f"{name}-1",
        "EventName": name,
        "EventTime": at,
        "EventSource": source,
        "Username": "ci",
        "CloudTrailEvent": json.dumps(told),
    }


def denied(action, resource):
    return (
        f"User: {DEPLOYER} is not authorized to perform: {action} on resource: {resource}"
        f" because no identity-based policy allows the {action} action"
    )


def of_type(kind):
    return NOT_JOINED + change(ENTRY, accessEntry__type=kind)


CLUSTER_ARN = f"arn:aws:eks:us-west-2:{ACCOUNT}:cluster/prod"
FAULTS = [
    Fault("trail-nodegroup", "iam", "creator", "not-allowed", "eks:CreateNodegroup", "eks:CreateNodegroup", refused(
        "CreateNodegroup", "eks.amazonaws.com", "AccessDenied", denied("eks:CreateNodegroup", CLUSTER_ARN),
        {"name": "prod", "nodegroupName": "workers"},
    )),
    Fault("trail-pass-role", "iam", "creator", "may-not-pass-role", "iam:PassRole", "iam:PassRole", refused(
        "CreateNodegroup", "eks.amazonaws.com", "AccessDenied", denied("iam:PassRole", ROLE),
        {"name": "prod", "nodegroupName": "workers", "nodeRole": ROLE},
    )),
    Fault("trail-scp", "iam", "creator", "organization-denies", "service control policy", "list-policies-for-target", refused(
        "RunInstances", "ec2.amazonaws.com", "Client.UnauthorizedOperation",
        f"You are not authorized to perform this operation. User: {DEPLOYER} is not authorized to perform:"
        f" ec2:RunInstances on resource: arn:aws:ec2:us-west-2:{ACCOUNT}:instance/* with an explicit deny in a"
        " service control policy.",
        {"tagSpecificationSet": {"items": [{"resourceType": "instance", "tags": [
            {"key": "kubernetes.io/cluster/prod", "value": "owned"}
        ]}]}, "userData": "<sensitiveDataRemoved>"},
    )),
    Fault("entry-of-hybrid", "node", "access", "wrong-type", "HYBRID_LINUX", "--type EC2_LINUX", of_type("HYBRID_LINUX")),
    Fault("entry-of-hyperpod", "node", "access", "wrong-type", "HYPERPOD_LINUX", "delete-access-entry", of_type("HYPERPOD_LINUX")),
    Fault("entry-of-fargate", "node", "access", "wrong-type", "FARGATE_LINUX", "--type EC2_LINUX", of_type("FARGATE_LINUX")),
    Fault("entry-of-auto-mode", "node", "access", "wrong-type", '"type": "EC2"', "--type EC2_LINUX", of_type("EC2")),
    Fault("entry-standard-in-api-mode", "node", "access", "wrong-type", "STANDARD", "--type EC2_LINUX", of_type(
        "STANDARD"
    ) + change(CLUSTER, cluster__accessConfig__authenticationMode="API")),
]
