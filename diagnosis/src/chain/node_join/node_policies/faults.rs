//! What the node role may lack.

use crate::chain::{Common, Fault, Plane};

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the owner of the node role <node-role>",
    impact: "all nodes with this role; nothing restarts, what failed is tried again",
    verify: "aws iam simulate-principal-policy --policy-source-arn <node-role-arn> --action-names <action> --query 'EvaluationResults[].EvalDecision'",
    expect: "allowed",
};

const SEE: &str = "aws iam list-attached-role-policies --role-name <node-role>; aws iam list-role-policies --role-name <node-role>";

pub(super) static NO_DESCRIBE_INSTANCES: Fault = OURS.fault(
    "no-describe-instances",
    "the node role <node-role> may not ask EC2 for its instance (ec2:DescribeInstances), which nodeadm does before the node joins",
    "attach the worker node policy that AWS manages, or let the node be named by its instance id",
    "aws iam attach-role-policy --role-name <node-role> --policy-arn arn:<partition>:iam::aws:policy/AmazonEKSWorkerNodePolicy\n\
     # or, to keep the minimal policy: in the NodeConfig, featureGates: {InstanceIdNodeName: true}",
);
pub(super) static NO_DESCRIBE_CLUSTER: Fault = OURS.fault(
    "no-describe-cluster",
    "the node role <node-role> may not ask EKS for its cluster (eks:DescribeCluster), which bootstrap.sh does where it is not told",
    "tell bootstrap.sh the cluster's endpoint and CA, or attach the worker node policy that AWS manages",
    "aws iam attach-role-policy --role-name <node-role> --policy-arn arn:<partition>:iam::aws:policy/AmazonEKSWorkerNodePolicy\n\
     # or in the user data: /etc/eks/bootstrap.sh <cluster> --apiserver-endpoint ENDPOINT --b64-cluster-ca CA, both from\n\
     aws eks describe-cluster --name <cluster> --query 'cluster.[endpoint,certificateAuthority.data]' --output text",
);
pub(super) static NO_CNI: Fault = Fault {
    plane: Plane::Iam,
    owner: "the administrator of the role of aws-node",
    impact: "aws-node restarts; running pods keep their addresses",
    verify: "kubectl -n kube-system get events --field-selector reason=MissingIAMPermissions; kubectl get nodes",
    expect: "no event, and the nodes Ready",
    ..OURS.fault(
        "no-cni",
        "nobody may manage addresses for pods (<action>): the add-on vpc-cni has no role of its own, and the node role lacks the rights, so that no node becomes Ready",
        "give the add-on vpc-cni a role of its own with the CNI policy that AWS manages, by Pod Identity or IRSA",
        "# a role that trusts pods.eks.amazonaws.com, with the CNI policy that AWS manages and nothing else; then\n\
         aws eks update-addon --cluster-name <cluster> --addon-name vpc-cni --pod-identity-associations serviceAccount=aws-node,roleArn=arn:<partition>:iam::<account>:role/CNI_ROLE\n\
         # or, by IRSA: --service-account-role-arn arn:<partition>:iam::<account>:role/CNI_ROLE\n\
         kubectl -n kube-system rollout status daemonset aws-node",
    )
};
pub(super) static NO_IPV6: Fault = Fault {
    plane: Plane::Iam,
    owner: "the administrator of the role of aws-node",
    impact: "aws-node restarts; running pods keep their addresses",
    verify: "kubectl -n kube-system get events --field-selector reason=MissingIAMPermissions; kubectl get nodes",
    expect: "no event, and the nodes Ready",
    ..OURS.fault(
        "no-cni-ipv6",
        "the cluster is of IPv6, and nobody may assign IPv6 addresses to its nodes (<action>), which AWS's own CNI policy does not allow",
        "give the add-on vpc-cni a role of its own with the CNI's policy for IPv6",
        "# docs/iam-policy.md of aws/amazon-vpc-cni-k8s has the policy for IPv6; a role with it, then\n\
         aws eks update-addon --cluster-name <cluster> --addon-name vpc-cni --pod-identity-associations serviceAccount=aws-node,roleArn=arn:<partition>:iam::<account>:role/CNI_ROLE\n\
         kubectl -n kube-system rollout status daemonset aws-node",
    )
};
pub(super) static NO_PULL: Fault = OURS.fault(
    "no-pull",
    "the node role <node-role> may not pull images from ECR (<action>), not even those of aws-node and kube-proxy",
    "attach the pull-only policy that AWS manages to the node role",
    "aws iam attach-role-policy --role-name <node-role> --policy-arn arn:<partition>:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
);
pub(super) static BOUNDARY: Fault = Fault {
    owner: "the owner of the permissions boundary <policy>",
    ..OURS.fault(
        "boundary",
        "the permissions boundary of the node role <node-role> leaves out <action>, which a node needs",
        "let the boundary leave what nodes need; no other policy can give it back",
        "aws iam get-role --role-name <node-role> --query Role.PermissionsBoundary\n\
         # one more action in the boundary <policy>: <action>\n\
         aws iam get-policy --policy-arn <policy> --query Policy.DefaultVersionId",
    )
};
pub(super) static DENIED: Fault = Fault {
    owner: "the owner of <policy>",
    ..OURS.fault(
        "explicitly-denied",
        "a policy of the node role <node-role> denies <action>, which a node needs",
        "take the action out of that Deny; no other policy can give it back",
        SEE,
    )
};
