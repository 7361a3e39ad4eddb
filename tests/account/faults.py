"""What goes wrong in an account: each one a change of the healthy folder, and what must be said of it."""

import copy
import json
from dataclasses import dataclass, field

ROLE = "arn:aws:iam::111122223333:role/eks-node"
CLUSTER, GROUP, TEMPLATE = "describe-cluster", "describe-nodegroup-workers", "describe-launch-template-versions-lt-0eks"
ACTIVITIES = "describe-scaling-activities-eks-workers-0ac1"
STACK_EVENTS = "describe-stack-events-eksctl-prod-cluster"
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
    # Without this right the verdict may be undecided, but never another fault.
    without: str = ""

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
NO_ENDPOINTS = [
    ("describe-vpc-endpoints", "VpcEndpoints", []),
    (ROUTES, "RouteTables.0.Routes.2", GONE),
]
NOT_JOINED = issue(
    "NodeCreationFailure", "Instances failed to join the kubernetes cluster", "CREATE_FAILED", ("i-0aaa", "i-0bbb")
)


def policy_without(*names):
    """The role's managed policies without some of them."""
    all_of_them = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly", "AmazonEKS_CNI_Policy")
    attached = [
        {"PolicyName": name, "PolicyArn": f"arn:aws:iam::aws:policy/{name}"} for name in all_of_them if name not in names
    ]
    return [(POLICIES, "AttachedPolicies", attached)]


def trust(service):
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return [
        ("get-role-eks-node", "Role.AssumeRolePolicyDocument", document),
        (PROFILE, "InstanceProfile.Roles.0.AssumeRolePolicyDocument", document),
    ]


def acl(egress, first, last, action="deny", number=50):
    return {
        "CidrBlock": "0.0.0.0/0",
        "Egress": egress,
        "PortRange": {"From": first, "To": last},
        "Protocol": "6",
        "RuleAction": action,
        "RuleNumber": number,
    }


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
    Fault("creator-scp", "iam", "creator", "organization-denies", "service control policy", "", failed_launch(
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
    # The cluster.
    Fault("cluster-failed", "node", "cluster", "failed", "FAILED", "", change(CLUSTER, cluster__status="FAILED"), guide=True),
    Fault("cluster-deleting", "node", "cluster", "deleting", "DELETING", "", change(CLUSTER, cluster__status="DELETING")),
    Fault("cluster-sts-disabled", "iam", "cluster", "sts-disabled", "StsRegionalEndpointDisabled", "Security Token Service", change(
        CLUSTER,
        cluster__health__issues=[{
            "code": "StsRegionalEndpointDisabled",
            "message": "The STS regional endpoint is disabled for us-west-2",
            "resourceIds": [],
        }],
    )),
    Fault("cluster-role-gone", "iam", "cluster", "role-gone", "IamRoleNotFound", "", change(
        CLUSTER,
        cluster__health__issues=[{
            "code": "IamRoleNotFound",
            "message": "The cluster role was not found",
            "resourceIds": ["arn:aws:iam::111122223333:role/eks-cluster"],
        }],
    )),
    # Its endpoint.
    Fault("endpoint-cidrs", "network", "endpoint-access", "nat-not-in-allow-list", "203.0.113.10", "203.0.113.10/32", NOT_JOINED + PUBLIC_ONLY + change(
        CLUSTER, cluster__resourcesVpcConfig__publicAccessCidrs=["198.51.100.0/24"]
    ), guide=False, without="ec2:DescribeNatGateways"),
    # The control plane's interfaces.
    Fault("control-plane-subnet-gone", "network", "control-plane-network", "subnet-gone", "subnet-0gone", "", change(
        CLUSTER, cluster__resourcesVpcConfig__subnetIds=["subnet-0aa", "subnet-0gone"]
    ) + [("describe-network-interfaces", "NetworkInterfaces.1", GONE)]),
    Fault("control-plane-group-gone", "network", "control-plane-network", "added-group-gone", "sg-0extra", "", [
        ("describe-security-groups", "SecurityGroups.1", GONE)
    ]),
    # The node group.
    Fault("group-template-gone", "node", "launch-template", "absent", "Ec2LaunchTemplateNotFound", "", NO_INSTANCES + issue(
        "Ec2LaunchTemplateNotFound", "Launch template lt-0eks was not found", "DEGRADED", ("lt-0eks",)
    ) + [(TEMPLATE, "", GONE)], guide=True),
    Fault("group-asg-gone", "node", "node-group", "scaling-group-gone", "AutoScalingGroupNotFound", "", NO_INSTANCES + issue(
        "AutoScalingGroupNotFound", "We couldn't find the Auto Scaling group associated with the managed node group",
        "DEGRADED",
    ) + [("describe-auto-scaling-groups", "AutoScalingGroups", [])], guide=True),
    Fault("group-subnet-gone", "network", "node-group", "subnet-gone", "subnet-0gone", "", issue(
        "Ec2SubnetNotFound", "The subnet ID 'subnet-0gone' does not exist", "DEGRADED", ("subnet-0gone",)
    ) + change(GROUP, nodegroup__subnets=["subnet-0gone"])),
    Fault("group-subnet-elsewhere", "network", "node-group", "subnet-in-another-vpc", "subnet-0far", "", NO_INSTANCES + change(
        GROUP, nodegroup__subnets=["subnet-0far"], nodegroup__status="CREATE_FAILED"
    ) + [
        ("describe-auto-scaling-groups", "AutoScalingGroups.0.VPCZoneIdentifier", "subnet-0far"),
        ("describe-subnets", "Subnets.-", {
            "AvailabilityZone": "us-west-2a", "AvailableIpAddressCount": 200, "CidrBlock": "10.9.0.0/24",
            "MapPublicIpOnLaunch": False, "State": "available", "SubnetId": "subnet-0far", "VpcId": "vpc-0other",
            "OwnerId": "111122223333", "Tags": [],
        }),
    ]),
    Fault("group-profile-gone", "node", "instance-profile", "absent", "IamInstanceProfileNotFound", "", NO_INSTANCES + issue(
        "IamInstanceProfileNotFound", "We couldn't find the IAM instance profile for your managed node group", "DEGRADED"
    ) + [(PROFILE, "", GONE)]),
    Fault("group-node-role-gone", "node", "node-role", "absent", "IamNodeRoleNotFound", "", NO_INSTANCES + issue(
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
    Fault("scaling-capacity", "node", "scaling", "no-capacity", "InsufficientInstanceCapacity", "", failed_launch(
        "We currently do not have sufficient m6i.large capacity in the Availability Zone you requested (us-west-2a)."
        " InsufficientInstanceCapacity."
    )),
    Fault("scaling-quota", "node", "scaling", "quota", "vCPU", "", failed_launch(
        "VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket that"
        " the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request"
        " an adjustment to this limit."
    )),
    # The launch template.
    Fault("template-image-gone", "node", "launch-template", "image-gone", "ami-0al2023", "", failed_launch(
        "The image id '[ami-0al2023]' does not exist."
    ) + [("describe-images", "Images", [])]),
    Fault("template-group-gone", "network", "launch-template", "security-group-not-in-vpc", "sg-0gone", "", failed_launch(
        "The security group 'sg-0gone' does not exist in VPC 'vpc-0prod'."
    ) + [(TEMPLATE, "LaunchTemplateVersions.0.LaunchTemplateData.SecurityGroupIds", ["sg-0gone"])]),
    Fault("template-architecture", "node", "launch-template", "wrong-architecture", "arm64", "", failed_launch(
        "The architecture 'x86_64' of the specified instance type does not match the architecture 'arm64' of the"
        " specified AMI."
    ) + [("describe-images", "Images.0.Architecture", "arm64")]),
    # The instances.
    Fault("instance-stopped", "node", "instance", "stopped", "Client.UserInitiatedShutdown", "", instances(
        "State", {"Code": 80, "Name": "stopped"}
    ) + instances("StateReason", {
        "Code": "Client.UserInitiatedShutdown", "Message": "Client.UserInitiatedShutdown: User initiated shutdown"
    }) + [("describe-instance-status", "InstanceStatuses", [])], guide=True),
    Fault("instance-gone", "node", "instance", "shut-down-from-within", "Client.InstanceInitiatedShutdown", "", NOT_JOINED + gone(
        "Client.InstanceInitiatedShutdown", "Client.InstanceInitiatedShutdown: Instance initiated shutdown"
    ), guide=True),
    Fault("instance-impaired", "node", "instance", "host-impaired", "impaired", "", [
        ("describe-instance-status", f"InstanceStatuses.{place}.SystemStatus", {
            "Status": "impaired", "Details": [{"Name": "reachability", "Status": "failed"}]
        }) for place in (0, 1)
    ]),
    # The role and its profile.
    Fault("profile-of-another-role", "node", "instance-profile", "another-role", "role/web", "", NOT_JOINED + [
        (PROFILE, "InstanceProfile.Roles.0.RoleName", "web"),
        (PROFILE, "InstanceProfile.Roles.0.Arn", "arn:aws:iam::111122223333:role/web"),
    ]),
    Fault("profile-without-role", "node", "instance-profile", "without-role", "\"Roles\": []", "add-role-to-instance-profile",
        NOT_JOINED + [(PROFILE, "InstanceProfile.Roles", [])]),
    Fault("trust-of-another-service", "node", "node-role", "trust-refuses-ec2", "eks.amazonaws.com", "ec2.amazonaws.com",
        NOT_JOINED + trust("eks.amazonaws.com"), guide=True),
    Fault("worker-policy-missing", "node", "node-policies", "no-describe-instances", "AmazonEC2ContainerRegistryReadOnly",
        "AmazonEKSWorkerNodePolicy", NOT_JOINED + policy_without("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy")),
    Fault("registry-policy-missing", "node", "node-policies", "no-pull", "AmazonEKSWorkerNodePolicy",
        "AmazonEC2ContainerRegistry", NOT_JOINED + policy_without("AmazonEC2ContainerRegistryReadOnly")),
    Fault("network-policy-missing", "iam", "node-policies", "no-cni", "AmazonEKSWorkerNodePolicy",
        "vpc-cni", NOT_JOINED + policy_without("AmazonEKS_CNI_Policy")),
    Fault("boundary", "node", "node-policies", "boundary", "s3:GetObject", "", NOT_JOINED + [
        ("get-role-eks-node", "Role.PermissionsBoundary", {
            "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/narrow",
        }),
        ("get-policy-narrow", "", {"Policy": {
            "PolicyName": "narrow", "PolicyId": "ANPAEXAMPLE", "Arn": "arn:aws:iam::111122223333:policy/narrow",
            "Path": "/", "DefaultVersionId": "v1", "AttachmentCount": 0, "IsAttachable": True,
            "CreateDate": "2026-02-01T08:00:00+00:00", "UpdateDate": "2026-02-01T08:00:00+00:00",
        }}),
        ("get-policy-version-narrow", "", {"PolicyVersion": {
            "Document": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
            ]},
            "VersionId": "v1", "IsDefaultVersion": True, "CreateDate": "2026-02-01T08:00:00+00:00",
        }}),
    ]),
    # The VPC's names.
    Fault("dns-support-off", "network", "vpc-dns", "dns-support-off", "EnableDnsSupport", "enable-dns-support", NOT_JOINED + [
        ("describe-vpc-attribute-enableDnsSupport", "EnableDnsSupport.Value", False)
    ]),
    Fault("dns-hostnames-off", "network", "vpc-dns", "dns-hostnames-off", "EnableDnsHostnames", "enable-dns-hostnames", NOT_JOINED + [
        ("describe-vpc-attribute-enableDnsHostnames", "EnableDnsHostnames.Value", False)
    ]),
    # The way to the cluster.
    Fault("route-missing", "network", "path-to-cluster", "no-route", "rtb-0private", "rtb-0private", NOT_JOINED + PUBLIC_ONLY + [
        (ROUTES, "RouteTables.0.Routes.1", GONE)
    ], guide=True, without="ec2:DescribeRouteTables"),
    Fault("route-blackhole", "network", "path-to-cluster", "blackhole-route", "blackhole", "replace-route", NOT_JOINED + PUBLIC_ONLY + [
        (ROUTES, "RouteTables.0.Routes.1.State", "blackhole"), ("describe-nat-gateways", "NatGateways", [])
    ], guide=True, without="ec2:DescribeNatGateways"),
    Fault("nat-failed", "network", "path-to-cluster", "nat-gateway-failed", "\"State\": \"failed\"", "", NOT_JOINED + PUBLIC_ONLY + [
        ("describe-nat-gateways", "NatGateways.0.State", "failed"),
        ("describe-nat-gateways", "NatGateways.0.FailureCode", "InsufficientFreeAddressesInSubnet"),
    ], without="ec2:DescribeNatGateways"),
    Fault("nat-in-private-subnet", "network", "path-to-cluster", "nat-without-internet-gateway", "nat-0a", "", NOT_JOINED + PUBLIC_ONLY + [
        ("describe-nat-gateways", "NatGateways.0.SubnetId", "subnet-0aa")
    ]),
    Fault("nat-without-gateway", "network", "path-to-cluster", "nat-without-internet-gateway", "rtb-0public", "", NOT_JOINED + PUBLIC_ONLY + [
        (ROUTES, "RouteTables.1.Routes.1", GONE)
    ]),
    Fault("gateway-without-public-address", "network", "path-to-cluster", "no-public-address", "MapPublicIpOnLaunch", "", NOT_JOINED
        + PUBLIC_ONLY + [(ROUTES, "RouteTables.0.Routes.1", {
            "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-0a", "Origin": "CreateRoute", "State": "active",
        })], guide=True),
    Fault("control-plane-lets-nobody-in", "network", "path-to-cluster", "cluster-group-closed", "sg-0cluster", "443", NOT_JOINED + [
        ("describe-security-groups", "SecurityGroups.0.IpPermissions", [])
    ], without="ec2:DescribeSecurityGroups"),
    Fault("nodes-may-not-leave", "network", "path-to-cluster", "egress-closed", "sg-0nodes", "443", NOT_JOINED + [
        ("describe-security-groups", "SecurityGroups.-", {
            "Description": "nodes", "GroupName": "nodes", "IpPermissions": [], "IpPermissionsEgress": [],
            "OwnerId": "111122223333", "GroupId": "sg-0nodes", "Tags": [], "VpcId": "vpc-0prod",
        }),
        (TEMPLATE, "LaunchTemplateVersions.0.LaunchTemplateData.SecurityGroupIds", ["sg-0nodes"]),
    ] + instances("SecurityGroups", [{"GroupName": "nodes", "GroupId": "sg-0nodes"}])),
    Fault("acl-out", "network", "path-to-cluster", "acl-blocks-out", "\"RuleNumber\": 50", "acl-0a", NOT_JOINED + [
        ("describe-network-acls", "NetworkAcls.0.Entries.-", acl(True, 443, 443))
    ] + PUBLIC_ONLY, without="ec2:DescribeNetworkAcls"),
    Fault("acl-return-ports", "network", "path-to-cluster", "acl-blocks-return", "\"RuleNumber\": 50", "acl-0a", NOT_JOINED + [
        ("describe-network-acls", "NetworkAcls.0.Entries.-", acl(False, 1024, 65535))
    ] + PUBLIC_ONLY),
    # The way to STS, EC2, ECR and S3.
    Fault("endpoints-let-nobody-in", "network", "path-to-services", "endpoint-group-closed", "sg-0endpoints", "443", NOT_JOINED + [
        ("describe-security-groups", "SecurityGroups.2.IpPermissions", [])
    ], without="ec2:DescribeSecurityGroups"),
    Fault("endpoint-policy", "network", "path-to-services", "endpoint-policy-denies", "Deny", "", NOT_JOINED + [
        ("describe-vpc-endpoints", "VpcEndpoints.3.PolicyDocument", json.dumps({"Statement": [
            {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
        ]}))
    ], without="ec2:DescribeVpcEndpoints"),
    Fault("no-way-to-s3", "network", "path-to-services", "s3-gateway-not-associated", "", "", NOT_JOINED + [
        (ROUTES, "RouteTables.0.Routes.1", GONE),
        (ROUTES, "RouteTables.0.Routes.1", GONE),
        ("describe-vpc-endpoints", "VpcEndpoints.4.RouteTableIds", []),
    ], without="ec2:DescribeRouteTables"),
    Fault("private-dns-off", "network", "path-to-services", "private-dns-off", "\"PrivateDnsEnabled\": false", "", NOT_JOINED + [
        (ROUTES, "RouteTables.0.Routes.1", GONE),
        ("describe-vpc-endpoints", "VpcEndpoints.2.PrivateDnsEnabled", False),
    ]),
    Fault("no-way-out-at-all", "network", "path-to-services", "no-route", "rtb-0private", "", NOT_JOINED + NO_ENDPOINTS + [
        (ROUTES, "RouteTables.0.Routes.1", GONE)
    ]),
    # Addresses.
    Fault("no-addresses", "network", "subnet-addresses", "none-for-nodes", "\"AvailableIpAddressCount\": 0", "", [
        ("describe-subnets", f"Subnets.{place}.AvailableIpAddressCount", 0) for place in (0, 1)
    ], chain="pod-network", guide=True),
    # The mapping of the role.
    Fault("entry-missing", "node", "access", "no-entry", "", "create-access-entry", NOT_JOINED + [
        (ENTRY, "", GONE),
        ("list-access-entries", "accessEntries", ["arn:aws:iam::111122223333:role/admin"]),
    ] + change(CLUSTER, cluster__accessConfig__authenticationMode="API"), guide=True, without="eks:ListAccessEntries"),
    Fault("entry-standard", "node", "access", "wrong-type", "STANDARD", "EC2_LINUX", NOT_JOINED + change(
        ENTRY, accessEntry__type="STANDARD", accessEntry__kubernetesGroups=[], accessEntry__username=ROLE
    ), guide=True, without="eks:DescribeAccessEntry"),
    Fault("entry-of-windows", "node", "access", "wrong-type", "EC2_WINDOWS", "EC2_LINUX", NOT_JOINED + change(
        ENTRY, accessEntry__type="EC2_WINDOWS"
    ), guide=True),
    Fault("entry-stale", "node", "access", "older-than-the-role", "createdAt", "", NOT_JOINED + [
        ("get-role-eks-node", "Role.CreateDate", "2026-02-20T08:00:00+00:00"),
        ("get-role-eks-node", "Role.RoleId", "AROAEXAMPLENEW"),
    ], guide=True, without="iam:GetRole"),
]
