"""What a fault is, and how it changes the healthy folder."""

import copy
from dataclasses import dataclass

ROLE = "arn:aws:iam::111122223333:role/eks-node"
CLUSTER, GROUP, TEMPLATE = "describe-cluster", "describe-nodegroup-workers", "describe-launch-template-versions-lt-0eks"
ACTIVITIES = "describe-scaling-activities-eks-workers-0ac1"
ENTRY, POLICIES = "describe-access-entry-eks-node", "list-attached-role-policies-eks-node"
PROFILE, ROUTES = "get-instance-profile-eks-workers-profile", "describe-route-tables"
GONE = object()


@dataclass
class Fault:
    """One of them: its edits are (file, path, value), and `path[-]` appends."""

    name: str
    plane: str
    link: str
    fault: str
    quote: str
    change: str
    edits: list
    chain: str = "node-join"
    # What of it the commands of the worker-node guide show.
    guide: bool = False

    def inject(self, healthy):
        documents = copy.deepcopy(healthy)
        for stem, path, value in self.edits:
            name = f"{stem}.json"
            if value is GONE and not path:
                del documents[name]
            elif not path:
                documents[name] = copy.deepcopy(value)
            else:
                edit(documents[name], path.split("."), value)
        return documents


def edit(node, path, value):
    *parents, last = [int(part) if part.isdigit() else part for part in path]
    for part in parents:
        node = node[part]
    if last == "-":
        node.append(copy.deepcopy(value))
    elif value is GONE:
        del node[last]
    else:
        node[last] = copy.deepcopy(value)


def change(stem, **values):
    """Edits of one file; `__` stands for a dot."""
    return [(stem, path.replace("__", "."), value) for path, value in values.items()]


def instances(path, value):
    """The same change of both instances."""
    return [("describe-instances", f"Reservations.{place}.Instances.0.{path}", value) for place in (0, 1)]


NO_INSTANCES = [
    ("describe-instances", "Reservations", []),
    ("describe-instance-status", "InstanceStatuses", []),
    ("describe-auto-scaling-groups", "AutoScalingGroups.0.Instances", []),
    (ACTIVITIES, "Activities", []),
]


def issue(code, message, status="CREATE_FAILED", ids=("eks-workers-0ac1",)):
    """What EKS says of the node group's health."""
    return [
        (GROUP, "nodegroup.status", status),
        (GROUP, "nodegroup.health.issues", [{"code": code, "message": message, "resourceIds": list(ids)}]),
    ]


def failed_launch(message):
    """Auto Scaling tries in vain."""
    told = f"{message} Launching EC2 instance failed."
    activity = {
        "ActivityId": "act-9",
        "AutoScalingGroupName": "eks-workers-0ac1",
        "Description": f"Launching a new EC2 instance.  Status Reason: {told}",
        "Cause": "At 2026-03-01T09:40:00Z an instance was started in response to a difference between desired and"
        " actual capacity, increasing the capacity from 0 to 2.",
        "StartTime": "2026-03-01T09:40:02.100000+00:00",
        "EndTime": "2026-03-01T09:40:02+00:00",
        "StatusCode": "Failed",
        "StatusMessage": told,
        "Progress": 100,
        "Details": "{}",
    }
    said = f"Could not launch On-Demand Instances. {told}"
    return NO_INSTANCES + [(ACTIVITIES, "Activities", [activity])] + issue("AsgInstanceLaunchFailures", said, "DEGRADED")


def gone(code, message):
    """Both instances ended before they joined."""
    return (
        instances("State", {"Code": 48, "Name": "terminated"})
        + instances("StateReason", {"Code": code, "Message": message})
        + instances("StateTransitionReason", "User initiated (2026-03-01 09:20:00 GMT)")
        + [("describe-instance-status", "InstanceStatuses", [])]
        + [("describe-auto-scaling-groups", "AutoScalingGroups.0.Instances", [])]
    )


# The public endpoint alone: nodes leave through the NAT gateway.
PUBLIC_ONLY = change(CLUSTER, cluster__resourcesVpcConfig__endpointPrivateAccess=False)
def by_ipv6(state, gateway="eigw-0a"):
    """Both families in the nodes' subnets, and IPv6 alone has a way out of them."""
    routes = [
        {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"},
        {
            "DestinationIpv6CidrBlock": "2600:1f14:a:b00::/56",
            "GatewayId": "local",
            "Origin": "CreateRouteTable",
            "State": "active",
        },
        {
            "DestinationIpv6CidrBlock": "::/0",
            "EgressOnlyInternetGatewayId": gateway,
            "Origin": "CreateRoute",
            "State": state,
        },
    ]
    edits = [(ROUTES, "RouteTables.0.Routes", routes)]
    for place in (0, 1):
        block = {
            "AssociationId": f"subnet-cidr-assoc-0{place}",
            "Ipv6CidrBlock": f"2600:1f14:a:b0{place}::/64",
            "Ipv6CidrBlockState": {"State": "associated"},
        }
        edits += [
            ("describe-subnets", f"Subnets.{place}.Ipv6CidrBlockAssociationSet", [block]),
            ("describe-subnets", f"Subnets.{place}.AssignIpv6AddressOnCreation", True),
            ("describe-subnets", f"Subnets.{place}.Ipv6Native", False),
            ("describe-subnets", f"Subnets.{place}.EnableDns64", False),
            ("describe-instances", f"Reservations.{place}.Instances.0.Ipv6Address", f"2600:1f14:a:b0{place}::10"),
        ]
    for egress in (False, True):
        rule = {"Ipv6CidrBlock": "::/0", "Egress": egress, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 101}
        edits.append(("describe-network-acls", "NetworkAcls.0.Entries.-", rule))
    everywhere = [{"CidrIpv6": "::/0"}]
    edits.append(("describe-security-groups", "SecurityGroups.0.IpPermissionsEgress.0.Ipv6Ranges", everywhere))
    return edits


NOT_JOINED = issue(
    "NodeCreationFailure", "Instances failed to join the kubernetes cluster", "CREATE_FAILED", ("i-0aaa", "i-0bbb")
)
