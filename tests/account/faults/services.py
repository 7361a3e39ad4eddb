"""The way to STS, EC2, ECR and S3, and the addresses for it."""

import json

from faults.fault import GONE, NOT_JOINED, ROUTES, Fault, by_ipv6

NO_ENDPOINTS = [
    ("describe-vpc-endpoints", "VpcEndpoints", []),
    (ROUTES, "RouteTables.0.Routes.2", GONE),
]



def scattered(reserved=None):
    """Two /24, in each of which every block has an address, but one that somebody may have reserved."""
    edits = [
        ("describe-addon-vpc-cni", "addon.configurationValues", json.dumps({"env": {"ENABLE_PREFIX_DELEGATION": "true"}})),
    ]
    reservations = []
    for place, (subnet, net) in enumerate((("subnet-0aa", 2), ("subnet-0bb", 34))):
        taken = [f"10.0.{net}.{16 * block + 9}" for block in range(16) if not (reserved and block == 8)]
        edits += [
            ("describe-subnets", f"Subnets.{place}.CidrBlock", f"10.0.{net}.0/24"),
            ("describe-subnets", f"Subnets.{place}.AvailableIpAddressCount", 256 - 5 - len(taken) - 1),
            ("describe-network-interfaces", "NetworkInterfaces.-", {
                "NetworkInterfaceId": f"eni-0pods{place}", "SubnetId": subnet, "VpcId": "vpc-0prod",
                "Description": "aws-K8S-i-0aaa", "InterfaceType": "interface", "Status": "in-use",
                "PrivateIpAddress": taken[0], "RequesterManaged": False, "Ipv4Prefixes": [],
                "PrivateIpAddresses": [{"Primary": it == taken[0], "PrivateIpAddress": it} for it in taken],
                "Groups": [{"GroupId": "sg-0cluster", "GroupName": "eks-cluster-sg-prod"}],
            }),
        ]
        if reserved:
            reservations.append({
                "SubnetCidrReservationId": f"scr-0{place}", "SubnetId": subnet, "Cidr": f"10.0.{net}.128/28",
                "ReservationType": reserved, "OwnerId": "111122223333",
            })
    edits.append(("get-subnet-cidr-reservations", "", {"SubnetIpv4CidrReservations": reservations}))
    return edits


FAULTS = [
    # The way to STS, EC2, ECR and S3.
    Fault("endpoints-let-nobody-in", "network", "path-to-services", "endpoint-group-closed", "sg-0endpoints", "443", NOT_JOINED + [
        ("describe-security-groups", "SecurityGroups.2.IpPermissions", [])
    ]),
    Fault("endpoint-policy", "network", "path-to-services", "endpoint-policy-denies", "Deny",
        "Action ecr:BatchGetImage",
        NOT_JOINED + [
        ("describe-vpc-endpoints", "VpcEndpoints.3.PolicyDocument", json.dumps({"Statement": [
            {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
        ]}))
    ]),
    Fault("no-way-to-s3", "network", "path-to-services", "s3-gateway-not-associated", "RouteTableIds",
        "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0s3 --add-route-table-ids rtb-0private",
        NOT_JOINED + [
        (ROUTES, "RouteTables.0.Routes.1", GONE),
        (ROUTES, "RouteTables.0.Routes.1", GONE),
        ("describe-vpc-endpoints", "VpcEndpoints.4.RouteTableIds", []),
    ]),
    Fault("private-dns-off", "network", "path-to-services", "private-dns-off", "\"PrivateDnsEnabled\": false",
        "aws ec2 modify-vpc-endpoint --vpc-endpoint-id $endpoint --private-dns-enabled",
        NOT_JOINED + [
        (ROUTES, "RouteTables.0.Routes.1", GONE),
        ("describe-vpc-endpoints", "VpcEndpoints.2.PrivateDnsEnabled", False),
    ]),
    Fault("no-way-out-at-all", "network", "path-to-services", "no-route", "rtb-0private",
        "aws ec2 associate-route-table --subnet-id subnet-0aa",
        NOT_JOINED + NO_ENDPOINTS + [
        (ROUTES, "RouteTables.0.Routes.1", GONE)
    ]),
    Fault("way-out-by-ipv6-alone", "network", "path-to-services", "ipv6-only", "::/0", "64:ff9b::/96", NOT_JOINED + by_ipv6("active") + [
        ("describe-vpc-endpoints", "VpcEndpoints", [])
    ]),
    # Addresses.
    Fault("no-addresses", "network", "subnet-addresses", "none-for-nodes", "\"AvailableIpAddressCount\": 0",
        "Name=status,Values=available",
        [
        ("describe-subnets", f"Subnets.{place}.AvailableIpAddressCount", 0) for place in (0, 1)
    ], chain="pod-network", guide=True),
    Fault("no-whole-block", "network", "subnet-addresses", "no-block-for-nodes", "ENABLE_PREFIX_DELEGATION", "create-subnet-cidr-reservation",
        NOT_JOINED + scattered(), chain="pod-network"),
    Fault("last-block-reserved", "network", "subnet-addresses", "no-block-for-nodes", "AvailableIpAddressCount", "subnet-cidr-reservation",
        NOT_JOINED + scattered("explicit"), chain="pod-network"),
]
