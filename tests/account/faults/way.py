"""The names and the way to the cluster."""

from faults.fault import CLUSTER, GONE, NOT_JOINED, PUBLIC_ONLY, ROUTES, TEMPLATE, Fault, by_ipv6, instances


def acl(egress, first, last, action="deny", number=50):
    return {
        "CidrBlock": "0.0.0.0/0",
        "Egress": egress,
        "PortRange": {"From": first, "To": last},
        "Protocol": "6",
        "RuleAction": action,
        "RuleNumber": number,
    }


FAULTS = [
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
    ], guide=True),
    Fault("route-blackhole", "network", "path-to-cluster", "blackhole-route", "blackhole", "replace-route", NOT_JOINED + PUBLIC_ONLY + [
        (ROUTES, "RouteTables.0.Routes.1.State", "blackhole"), ("describe-nat-gateways", "NatGateways", [])
    ], guide=True),
    Fault("nat-failed", "network", "path-to-cluster", "nat-gateway-failed", "\"State\": \"failed\"",
        "aws ec2 replace-route --route-table-id rtb-0private",
        NOT_JOINED + PUBLIC_ONLY + [
        ("describe-nat-gateways", "NatGateways.0.State", "failed"),
        ("describe-nat-gateways", "NatGateways.0.FailureCode", "InsufficientFreeAddressesInSubnet"),
    ]),
    Fault("nat-in-private-subnet", "network", "path-to-cluster", "nat-without-internet-gateway", "nat-0a",
        "aws ec2 associate-route-table --subnet-id subnet-0aa",
        NOT_JOINED + PUBLIC_ONLY + [
        ("describe-nat-gateways", "NatGateways.0.SubnetId", "subnet-0aa")
    ]),
    Fault("nat-without-gateway", "network", "path-to-cluster", "nat-without-internet-gateway", "rtb-0public",
        "aws ec2 associate-route-table --subnet-id subnet-0pub",
        NOT_JOINED + PUBLIC_ONLY + [
        (ROUTES, "RouteTables.1.Routes.1", GONE)
    ]),
    Fault("gateway-without-public-address", "network", "path-to-cluster", "no-public-address", "MapPublicIpOnLaunch",
        "aws ec2 modify-subnet-attribute --subnet-id subnet-0aa --map-public-ip-on-launch",
        NOT_JOINED
        + PUBLIC_ONLY + [(ROUTES, "RouteTables.0.Routes.1", {
            "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-0a", "Origin": "CreateRoute", "State": "active",
        })], guide=True),
    Fault("control-plane-lets-nobody-in", "network", "path-to-cluster", "cluster-group-closed", "sg-0cluster", "443", NOT_JOINED + [
        ("describe-security-groups", "SecurityGroups.0.IpPermissions", [])
    ]),
    Fault("nodes-may-not-leave", "network", "path-to-cluster", "egress-closed", "sg-0nodes", "443", NOT_JOINED + [
        ("describe-security-groups", "SecurityGroups.-", {
            "Description": "nodes", "GroupName": "nodes", "IpPermissions": [], "IpPermissionsEgress": [],
            "OwnerId": "111122223333", "GroupId": "sg-0nodes", "Tags": [], "VpcId": "vpc-0prod",
        }),
        (TEMPLATE, "LaunchTemplateVersions.0.LaunchTemplateData.SecurityGroupIds", ["sg-0nodes"]),
    ] + instances("SecurityGroups", [{"GroupName": "nodes", "GroupId": "sg-0nodes"}])),
    Fault("acl-out", "network", "path-to-cluster", "acl-blocks-out", "\"RuleNumber\": 50", "acl-0a", NOT_JOINED + [
        ("describe-network-acls", "NetworkAcls.0.Entries.-", acl(True, 443, 443))
    ] + PUBLIC_ONLY),
    Fault("acl-return-ports", "network", "path-to-cluster", "acl-blocks-return", "\"RuleNumber\": 50", "acl-0a", NOT_JOINED + [
        ("describe-network-acls", "NetworkAcls.0.Entries.-", acl(False, 1024, 65535))
    ] + PUBLIC_ONLY),
    # Nodes would leave by IPv6, to an endpoint that has such addresses.
    Fault("egress-only-gateway-gone", "network", "path-to-cluster", "egress-only-gateway-gone", "eigw-0a", "rtb-0private",
        NOT_JOINED + PUBLIC_ONLY + by_ipv6("blackhole") + [
            (CLUSTER, "cluster.endpoint", "https://eks-cluster.us-west-2.api.aws")
        ]),
]
