"""The role of aws-node, where its add-on gives it one of its own."""

from faults.fault import NOT_JOINED, Fault

ARN = "arn:aws:iam::111122223333:role/eks-cni"
ISSUER = "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
OTHER = "oidc.eks.us-west-2.amazonaws.com/id/ANOTHER539D4633E53DE1B71EXAMPLE"
CNI = "AmazonEKS_CNI_Policy"


def role(issuer=ISSUER, subject="system:serviceaccount:kube-system:aws-node"):
    conditions = {"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": subject}}
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{issuer}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": conditions,
    }
    return {
        "Role": {
            "Path": "/",
            "RoleName": "eks-cni",
            "RoleId": "AROAEXAMPLECNI",
            "Arn": ARN,
            "CreateDate": "2026-01-09T11:00:00+00:00",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        }
    }


# The node role has no CNI policy, and needs none.
OWN = [
    ("describe-addon-vpc-cni", "addon.serviceAccountRoleArn", ARN),
    ("list-attached-role-policies-eks-node", "AttachedPolicies.2", {
        "PolicyName": "AmazonSSMManagedInstanceCore",
        "PolicyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
    }),
]
NAMED = [
    ("list-attached-role-policies-eks-cni", "", {
        "AttachedPolicies": [{"PolicyName": CNI, "PolicyArn": f"arn:aws:iam::aws:policy/{CNI}"}],
    }),
    ("list-role-policies-eks-cni", "", {"PolicyNames": []}),
]
WELL = [*OWN, *NAMED, ("get-role-eks-cni", "", role())]

FAULTS = [
    Fault("network-role-gone", "iam", "role", "absent-of-add-on", "NoSuchEntity",
        "aws eks update-addon --cluster-name prod --addon-name vpc-cni --service-account-role-arn",
        NOT_JOINED + OWN, chain="irsa"),
    Fault("network-role-without-provider", "iam", "oidc-provider", "missing", "OpenIDConnectProviderList",
        "aws iam create-open-id-connect-provider --url https://" + ISSUER,
        NOT_JOINED + WELL + [("list-open-id-connect-providers", "OpenIDConnectProviderList", [])],
        chain="irsa"),
    Fault("network-role-of-another-cluster", "iam", "trust-principal", "other-provider", OTHER,
        "aws iam update-assume-role-policy --role-name eks-cni",
        NOT_JOINED + OWN + NAMED + [("get-role-eks-cni", "", role(issuer=OTHER))], chain="irsa"),
    Fault("network-role-for-another-account", "iam", "trust-conditions", "other-service-account", "kube-system:cni",
        "system:serviceaccount:kube-system:aws-node",
        NOT_JOINED + OWN + NAMED + [("get-role-eks-cni", "", role(subject="system:serviceaccount:kube-system:cni"))],
        chain="irsa"),
]
