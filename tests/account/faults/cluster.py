"""The cluster, its endpoint and its interfaces in the VPC."""

from faults.fault import CLUSTER, GONE, NOT_JOINED, PUBLIC_ONLY, Fault, change

FAULTS = [
    # The cluster.
    Fault("cluster-failed", "node", "cluster", "failed", "FAILED",
        "aws eks describe-cluster --name prod --query cluster.health.issues",
        change(CLUSTER, cluster__status="FAILED"), guide=True),
    Fault("cluster-deleting", "node", "cluster", "deleting", "DELETING",
        "AttributeValue=DeleteCluster",
        change(CLUSTER, cluster__status="DELETING")),
    Fault("cluster-sts-disabled", "iam", "cluster", "sts-disabled", "StsRegionalEndpointDisabled", "Security Token Service", change(
        CLUSTER,
        cluster__health__issues=[{
            "code": "StsRegionalEndpointDisabled",
            "message": "The STS regional endpoint is disabled for us-west-2",
            "resourceIds": [],
        }],
    )),
    Fault("cluster-role-gone", "iam", "cluster", "role-gone", "IamRoleNotFound",
        "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
        change(
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
    )),
    # The control plane's interfaces.
    Fault("control-plane-subnet-gone", "network", "control-plane-network", "subnet-gone", "subnet-0gone",
        "aws eks update-cluster-config --name prod --resources-vpc-config subnetIds=",
        change(
        CLUSTER, cluster__resourcesVpcConfig__subnetIds=["subnet-0aa", "subnet-0gone"]
    ) + [("describe-network-interfaces", "NetworkInterfaces.1", GONE)]),
    Fault("control-plane-group-gone", "network", "control-plane-network", "added-group-gone", "sg-0extra",
        "aws eks update-cluster-config --name prod --resources-vpc-config securityGroupIds=",
        [
        ("describe-security-groups", "SecurityGroups.1", GONE)
    ]),
]
