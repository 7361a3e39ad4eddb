"""The role of the nodes: its policies, the profile that carries it, and how the cluster maps it."""

from faults.fault import CLUSTER, ENTRY, GONE, NOT_JOINED, POLICIES, PROFILE, ROLE, Fault, change


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


FAULTS = [
    # The role and its profile.
    Fault("profile-of-another-role", "node", "instance-profile", "another-role", "role/web",
        "aws iam add-role-to-instance-profile --instance-profile-name eks-workers-profile --role-name eks-node",
        NOT_JOINED + [
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
    Fault("boundary", "node", "node-policies", "boundary", "s3:GetObject",
        "one more action in the boundary arn:aws:iam::111122223333:policy/narrow: ec2:DescribeInstances",
        NOT_JOINED + [
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
    # The mapping of the role.
    Fault("entry-missing", "node", "access", "no-entry", "accessEntries", "create-access-entry", NOT_JOINED + [
        (ENTRY, "", GONE),
        ("list-access-entries", "accessEntries", ["arn:aws:iam::111122223333:role/admin"]),
    ] + change(CLUSTER, cluster__accessConfig__authenticationMode="API"), guide=True),
    Fault("entry-standard", "node", "access", "wrong-type", "STANDARD", "EC2_LINUX", NOT_JOINED + change(
        ENTRY, accessEntry__type="STANDARD", accessEntry__kubernetesGroups=[], accessEntry__username=ROLE
    ), guide=True),
    Fault("entry-of-windows", "node", "access", "wrong-type", "EC2_WINDOWS", "EC2_LINUX", NOT_JOINED + change(
        ENTRY, accessEntry__type="EC2_WINDOWS"
    ), guide=True),
    Fault("entry-stale", "node", "access", "older-than-the-role", "createdAt",
        "aws eks delete-access-entry --cluster-name prod --principal-arn arn:aws:iam::111122223333:role/eks-node",
        NOT_JOINED + [
        ("get-role-eks-node", "Role.CreateDate", "2026-02-20T08:00:00+00:00"),
        ("get-role-eks-node", "Role.RoleId", "AROAEXAMPLENEW"),
    ], guide=True),
]
