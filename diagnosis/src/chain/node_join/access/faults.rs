//! What is wrong with a node that the cluster does not take for itself.

use crate::chain::{Common, Fault, Plane};

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the administrator of the cluster",
    impact: "all nodes with this role; nothing restarts, their kubelets retry",
    verify: "kubectl get nodes",
    expect: "the node, Ready",
};

pub(super) static REFUSED: Fault = OURS.fault(
    "unauthorized",
    "the cluster refuses this node's credentials (401 Unauthorized)",
    "let the cluster know the role that the node really has: exactly one access entry, of the type of its compute",
    "# on the node: the role that it really has; and the cluster that its kubelet asks\n\
     aws sts get-caller-identity --query Arn\n\
     # at a desk: no entry? create it. Older than the role itself? the role was made anew: delete the\n\
     # entry, then create it. In aws-auth: the role's ARN without its path, not the instance profile's.\n\
     aws eks describe-access-entry --cluster-name <cluster> --principal-arn arn:<partition>:iam::<account>:role/<node-role>\n\
     aws eks create-access-entry --cluster-name <cluster> --type EC2_LINUX --principal-arn arn:<partition>:iam::<account>:role/<node-role>",
);
pub(super) static ROLE_UNKNOWN: Fault = OURS.fault(
    "role-not-known",
    "the cluster does not know the node's role <node-role>: its credentials, its clock and its cluster are right, and it answers 401",
    "give the role one access entry, or make the one anew that is older than the role",
    "# the one thing that the node cannot see; with a path, the role's ARN has it before its name\n\
     aws eks describe-access-entry --cluster-name <cluster> --principal-arn arn:<partition>:iam::<account>:role/<node-role> --query accessEntry.[type,createdAt]\n\
     # ResourceNotFoundException: it has none. Only in aws-auth, and the mode is API? make the entry:\n\
     aws eks create-access-entry --cluster-name <cluster> --type EC2_LINUX --principal-arn arn:<partition>:iam::<account>:role/<node-role>\n\
     # there, and older than the role (aws iam get-role --query Role.CreateDate): the role was made anew;\n\
     # aws eks delete-access-entry, then create it as above.\n\
     # mode CONFIG_MAP: aws-auth must parse, and list the role's ARN without its path, not the profile's:\n\
     kubectl -n kube-system get configmap aws-auth -o yaml",
);
pub(super) static FORBIDDEN: Fault = OURS.fault(
    "without-any-right",
    "the cluster knows the node's role, but as one that may ask nothing (403 Forbidden)",
    "map the role as a node's: an access entry of type EC2_LINUX, or in aws-auth the group system:nodes",
    "aws eks describe-access-entry --cluster-name <cluster> --principal-arn arn:<partition>:iam::<account>:role/<node-role> --query accessEntry.type\n\
     # STANDARD? The type cannot be changed: delete the entry, and create it as\n\
     aws eks create-access-entry --cluster-name <cluster> --type EC2_LINUX --principal-arn arn:<partition>:iam::<account>:role/<node-role>",
);
pub(super) static OTHER_NAME: Fault = OURS.fault(
    "username-is-not-the-node",
    "the cluster takes this node for another name than its own",
    "map the node's role to the node's own name, which an access entry of type EC2_LINUX does by itself",
    "aws eks describe-access-entry --cluster-name <cluster> --principal-arn arn:<partition>:iam::<account>:role/<node-role>\n\
     # type STANDARD? The type cannot be changed: delete the entry, and create it as\n\
     aws eks create-access-entry --cluster-name <cluster> --type EC2_LINUX --principal-arn arn:<partition>:iam::<account>:role/<node-role>\n\
     # in aws-auth: username: system:node:{{EC2PrivateDNSName}}\n\
     # already so? then the node's name has another domain than EC2 gave it: domain-name of the VPC's DHCP options",
);
pub(super) static NO_RIGHTS: Fault = OURS.fault(
    "not-in-group-nodes",
    "the cluster knows this node's name, but gives it no node's rights",
    "let its mapping put it into system:nodes, which an access entry of type EC2_LINUX does by itself",
    "aws eks describe-access-entry --cluster-name <cluster> --principal-arn arn:<partition>:iam::<account>:role/<node-role>\n\
     # in aws-auth: groups: [system:bootstrappers, system:nodes]",
);
pub(super) static NO_TOKEN: Fault = Fault {
    owner: "the owner of the node's image and user data",
    impact: "new nodes of the group; this one goes on as soon as the command works",
    ..OURS.fault(
        "no-token",
        "the kubelet has no token for the cluster: the command in its kubeconfig fails",
        "let that command run on the node: the CLI of the image must know its arguments, and find the role",
        "# on the node: the command, and what it says\n\
         grep -A 20 'exec:' /var/lib/kubelet/kubeconfig\n\
         aws --version; aws sts get-caller-identity --query Arn\n\
         aws eks get-token --cluster-name <cluster> --region <region> > /dev/null && echo works",
    )
};
pub(super) static UNKNOWN_TO_STS: Fault = Fault {
    owner: "the owner of the node role",
    ..OURS.fault(
        "credentials-unknown-to-sts",
        "STS does not know the credentials that the metadata service hands out (InvalidClientTokenId)",
        "put a role that exists into the instance profile, or enable the opt-in region for the account",
        "aws iam get-role --role-name <node-role> --query Role.[RoleId,CreateDate]    # gone, or newer than the instance?\n\
         # then its old credentials are void: associate the profile anew, or replace the instance\n\
         aws ec2 describe-iam-instance-profile-associations --filters Name=instance-id,Values=<instance>\n\
         aws account get-region-opt-status --region-name <region>    # DISABLED: the account does not use it",
    )
};
pub(super) static REGION_DISABLED: Fault = Fault {
    plane: Plane::Iam,
    owner: "the administrator of the account",
    ..OURS.fault(
        "sts-region-disabled",
        "STS is not activated in <region> for this account, so that no token of this node is judged",
        "activate STS in <region>",
        "# IAM console, Account settings, Security Token Service (STS): activate <region>; it has no API.\n\
         # an opt-in region must be enabled first:\n\
         aws account get-region-opt-status --region-name <region>",
    )
};
pub(super) static STS_THROTTLED: Fault = Fault {
    plane: Plane::Iam,
    impact: "everyone whom the cluster knows by IAM; nothing restarts",
    ..OURS.fault(
        "sts-throttled",
        "STS throttles the cluster, which asks it about every token",
        "let fewer tokens be made at once: nodes in smaller steps, clients that keep their token",
        "# who makes them: in the authenticator's log of the control plane, by ARN\n\
         aws logs filter-log-events --log-group-name /aws/eks/<cluster>/cluster --log-stream-name-prefix authenticator --max-items 50",
    )
};
pub(super) static SIGNED_OUT_OF_TIME: Fault = Fault {
    owner: "the owner of the node's image",
    impact: "this node; its kubelet retries by itself",
    verify: "eks-triage check, on the node",
    expect: "node's access entry intact",
    ..OURS.fault(
        "signed-out-of-time",
        "STS refuses what this node signs, because its clock is off",
        "set the clock by Amazon's time service, and let chrony keep it",
        "chronyc sources; chronyc tracking; timedatectl\n\
         # 169.254.169.123 must be among the sources; then\n\
         chronyc makestep",
    )
};
