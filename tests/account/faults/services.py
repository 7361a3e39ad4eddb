"""The way to STS, EC2, ECR and S3, and the addresses for it."""

import json

from faults.fault import GONE, NOT_JOINED, ROUTES, Fault

NO_ENDPOINTS = [
    ("describe-vpc-endpoints", "VpcEndpoints", []),
    (ROUTES, "RouteTables.0.Routes.2", GONE),
]

FAULTS = [
    # The way to STS, EC2, ECR and S3.
    Fault("endpoints-let-nobody-in", "network", "path-to-services", "endpoint-group-closed", "sg-0endpoints", "443", NOT_JOINED + [
        ("describe-security-groups", "SecurityGroups.2.IpPermissions", [])
    ], without="ec2:DescribeSecurityGroups"),
    Fault("endpoint-policy", "network", "path-to-services", "endpoint-policy-denies", "Deny",
        "Action ecr:BatchGetImage",
        NOT_JOINED + [
        ("describe-vpc-endpoints", "VpcEndpoints.3.PolicyDocument", json.dumps({"Statement": [
            {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
        ]}))
    ], without="ec2:DescribeVpcEndpoints"),
    Fault("no-way-to-s3", "network", "path-to-services", "s3-gateway-not-associated", "RouteTableIds",
        "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0s3 --add-route-table-ids rtb-0private",
        NOT_JOINED + [
        (ROUTES, "RouteTables.0.Routes.1", GONE),
        (ROUTES, "RouteTables.0.Routes.1", GONE),
        ("describe-vpc-endpoints", "VpcEndpoints.4.RouteTableIds", []),
    ], without="ec2:DescribeRouteTables"),
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
    # Addresses.
    Fault("no-addresses", "network", "subnet-addresses", "none-for-nodes", "\"AvailableIpAddressCount\": 0",
        "Name=status,Values=available",
        [
        ("describe-subnets", f"Subnets.{place}.AvailableIpAddressCount", 0) for place in (0, 1)
    ], chain="pod-network", guide=True),
]
