//! What is wrong with the mapping of a node role.

use crate::chain::{Common, Fault, Plane};

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the administrator of the cluster",
    impact: "all nodes with this role; nothing restarts, their kubelets retry",
    verify: "kubectl get nodes",
    expect: "the group's nodes, Ready, within some minutes",
};

const CREATE: &str = "aws eks create-access-entry --cluster-name <cluster> --type <entry-type> --principal-arn <node-role-arn>";
const RECREATE: &str = "aws eks delete-access-entry --cluster-name <cluster> --principal-arn <node-role-arn>\n\
     aws eks create-access-entry --cluster-name <cluster> --type <entry-type> --principal-arn <node-role-arn>";

pub(super) static MODE: Fault = OURS.fault(
    "mode-without-entries",
    "the cluster knows its users by aws-auth alone (CONFIG_MAP), with which nodes of this kind cannot join",
    "let the cluster read access entries beside aws-auth, and give the node's role one of type <entry-type>; the mode cannot be taken back, and takes nothing away",
    "aws eks update-cluster-config --name <cluster> --access-config authenticationMode=API_AND_CONFIG_MAP\n\
     # then, for the role that `aws sts get-caller-identity` tells on the node:\n\
     aws eks create-access-entry --cluster-name <cluster> --type <entry-type> --principal-arn ROLE",
);
pub(super) static CLASS_ROLE: Fault = OURS.fault(
    "node-class-role-not-mapped",
    "Auto Mode launches nothing with node class <resource>: the cluster lets no node with its role <node-role> join",
    "give that role an access entry of type EC2 with the policy for nodes of Auto Mode; EKS makes one for the cluster's own node role alone",
    "aws eks describe-access-entry --cluster-name <cluster> --principal-arn <node-role-arn> --query accessEntry.type    # another one than EC2? delete it first\n\
     aws eks create-access-entry --cluster-name <cluster> --type EC2 --principal-arn <node-role-arn>\n\
     aws eks associate-access-policy --cluster-name <cluster> --principal-arn <node-role-arn> --access-scope type=cluster \\\n\
     \x20   --policy-arn arn:<partition>:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy",
);
pub(super) static NO_ENTRY: Fault = OURS.fault(
    "no-entry",
    "the cluster does not know the node role <node-role>: it has no access entry",
    "create an access entry of type <entry-type> for exactly this role",
    CREATE,
);
pub(super) static ANOTHER_PATH: Fault = OURS.fault(
    "entry-of-another-path",
    "the access entry is of another role of the same name, <other>; the nodes have <node-role-arn>",
    "create an access entry for the role that the nodes have, path included",
    CREATE,
);
pub(super) static WRONG_TYPE: Fault = OURS.fault(
    "wrong-type",
    "the access entry of the node role <node-role> is of type <other>, with which its nodes get no node's rights",
    "delete the entry, and create it as <entry-type>: the type of an entry cannot be changed",
    RECREATE,
);
pub(super) static STALE: Fault = OURS.fault(
    "older-than-the-role",
    "the node role <node-role> was made anew on <since>, after its access entry, which still is of the role that was deleted",
    "delete the access entry, and create it again: an entry is bound to the role's unique id, not to its name",
    RECREATE,
);
pub(super) static IN_AWS_AUTH_ONLY: Fault = OURS.fault(
    "only-in-aws-auth",
    "the node role <node-role> is in aws-auth only, which the cluster does not read: its mode is API",
    "create an access entry of type <entry-type> for exactly this role",
    CREATE,
);
pub(super) static IN_ENTRY_ONLY: Fault = OURS.fault(
    "only-an-entry",
    "the node role <node-role> has an access entry only, which the cluster does not read: its mode is CONFIG_MAP",
    "let the cluster read access entries beside aws-auth; this cannot be taken back, and takes nothing away",
    "aws eks update-cluster-config --name <cluster> --access-config authenticationMode=API_AND_CONFIG_MAP",
);
pub(super) static NOT_MAPPED: Fault = OURS.fault(
    "not-mapped",
    "the cluster does not know the node role <node-role>: aws-auth does not map it, and its mode is CONFIG_MAP",
    "map exactly this role in aws-auth, without its path",
    "kubectl -n kube-system get configmap aws-auth -o yaml > aws-auth.yaml    # keep it: it is easily broken\n\
     kubectl -n kube-system edit configmap aws-auth    # one more item of mapRoles:\n\
     \x20   - rolearn: arn:<partition>:iam::<account>:role/<node-role>\n\
     \x20     username: system:node:{{EC2PrivateDNSName}}\n\
     \x20     groups: [system:bootstrappers, system:nodes]",
);

pub(super) static MAPPED_WITH_PATH: Fault = OURS.fault(
    "mapped-with-path",
    "aws-auth maps <other>; a role has no path there",
    "write the role's ARN without its path",
    "kubectl -n kube-system edit configmap aws-auth\n\
     #  - rolearn: <other>\n\
     #  + rolearn: <corrected>",
);
pub(super) static MAPPED_AS_PROFILE: Fault = OURS.fault(
    "mapped-as-profile",
    "aws-auth maps the instance profile <other> in place of the node role",
    "write the ARN of the role, not of its instance profile",
    "kubectl -n kube-system edit configmap aws-auth\n\
     #  - rolearn: <other>\n\
     #  + rolearn: <corrected>",
);
pub(super) static MAPPED_NAME: Fault = OURS.fault(
    "mapped-to-no-node",
    "aws-auth gives the node role <node-role> the username <other>, which is no node's",
    "map it to the node's own name",
    "kubectl -n kube-system edit configmap aws-auth\n\
     #  - username: <other>\n\
     #  + username: <node-username>",
);
pub(super) static ONE_NAME: Fault = OURS.fault(
    "mapped-to-one-name",
    "aws-auth gives all nodes of role <node-role> one and the same name, <other>",
    "map each node to its own name",
    "kubectl -n kube-system edit configmap aws-auth\n\
     #  - username: <other>\n\
     #  + username: system:node:{{EC2PrivateDNSName}}",
);
pub(super) static MAPPED_WITHOUT_GROUP: Fault = OURS.fault(
    "mapped-without-nodes",
    "aws-auth does not put the node role <node-role> into the group system:nodes",
    "add the group system:nodes to its mapping",
    "kubectl -n kube-system edit configmap aws-auth\n\
     #  + groups: [system:bootstrappers, system:nodes]",
);
