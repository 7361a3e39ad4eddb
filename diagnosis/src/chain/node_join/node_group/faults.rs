//! What may be wrong with a managed node group, by its status and by the codes of its health.

use crate::chain::{Common, Fault, Plane};

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the owner of node group <node-group>",
    impact: "this node group alone; nodes that joined go on",
    verify: "aws eks describe-nodegroup --cluster-name <cluster> --nodegroup-name <node-group> --query 'nodegroup.[status,health.issues]'",
    expect: "ACTIVE, and no issues",
};

const REPLACE: &str = "# EKS does not mend it; a new group of the same kind takes its place:\n\
     aws eks describe-nodegroup --cluster-name <cluster> --nodegroup-name <node-group>    # what to give the new one\n\
     aws eks delete-nodegroup --cluster-name <cluster> --nodegroup-name <node-group>    # once the new one has nodes";

pub(super) static ABSENT: Fault = OURS.fault(
    "absent",
    "there is no managed node group of this name in the cluster",
    "create the node group, or ask for it by its right name",
    "aws eks list-nodegroups --cluster-name <cluster>\n\
     aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=DeleteNodegroup --max-items 5",
);
pub(super) static DELETING: Fault = OURS.fault(
    "deleting",
    "node group <node-group> is being deleted, and launches no node any more",
    "make a new node group; what is being deleted does not come back",
    "# who deleted it, and when:\n\
     aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=DeleteNodegroup --max-items 5",
);
pub(super) static DELETE_FAILED: Fault = OURS.fault(
    "delete-failed",
    "node group <node-group> was to be deleted, which failed: it launches no node any more",
    "remove what keeps it, which its health names, and delete it again",
    "aws eks describe-nodegroup --cluster-name <cluster> --nodegroup-name <node-group> --query nodegroup.health.issues\n\
     aws eks delete-nodegroup --cluster-name <cluster> --nodegroup-name <node-group>",
);
pub(super) static NODE_MANAGER: Fault = Fault {
    plane: Plane::Rbac,
    owner: "the administrator of the cluster",
    impact: "all managed node groups of the cluster; nothing restarts",
    ..OURS.fault(
        "node-manager-denied",
        "the cluster refuses EKS itself, which manages its nodes as eks:node-manager",
        "restore the ClusterRole and the ClusterRoleBinding eks:node-manager, as EKS made them",
        "kubectl get clusterrole eks:node-manager; kubectl get clusterrolebinding eks:node-manager\n\
         # one is missing? the manifests are in the user guide, troubleshooting, under \"Fixing a common cause of\n\
         # AccessDenied errors for managed node groups\": apply the one that is missing\n\
         kubectl get mutatingwebhookconfigurations,validatingwebhookconfigurations    # or does one of them refuse it?",
    )
};
pub(super) static SCALING_GROUP_GONE: Fault = OURS.fault(
    "scaling-group-gone",
    "the Auto Scaling group of <node-group> does not exist any more",
    "make a new node group, and leave the Auto Scaling groups of EKS to EKS",
    REPLACE,
);
pub(super) static SCALING_GROUP_CHANGED: Fault = OURS.fault(
    "scaling-group-changed",
    "the Auto Scaling group of <node-group> was changed so that EKS cannot work with it",
    "take back what was changed there, or make a new node group",
    "aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names <scaling-group>\n\
     aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=UpdateAutoScalingGroup --max-items 10\n\
     # the issue's message says what EKS cannot work with; what somebody changed there is taken back with update-auto-scaling-group",
);
pub(super) static INSTANCE_REFRESH: Fault = OURS.fault(
    "instance-refresh-active",
    "somebody refreshes the instances of <node-group>'s Auto Scaling group, beside EKS",
    "end the instance refresh, and update the node group through EKS",
    "aws autoscaling describe-instance-refreshes --auto-scaling-group-name <scaling-group>\n\
     aws autoscaling cancel-instance-refresh --auto-scaling-group-name <scaling-group>\n\
     aws eks update-nodegroup-version --cluster-name <cluster> --nodegroup-name <node-group>",
);
pub(super) static API_THROTTLED: Fault = Fault {
    owner: "the administrator of the account",
    ..OURS.fault(
        "api-throttled",
        "AWS throttles the calls that EKS makes in this account for <node-group>",
        "let fewer calls be made at once: groups one after the other, automation that asks less often",
        "# who makes them:\n\
         aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventSource,AttributeValue=autoscaling.amazonaws.com --max-items 50\n\
         # EKS tries again by itself; an update that gave up is started again",
    )
};
pub(super) static LIMIT: Fault = Fault {
    owner: "the administrator of the account",
    ..OURS.fault(
        "account-limit",
        "the account has as many as it may of something that <node-group> needs: <resource>",
        "have the quota that the issue's message names raised, or give back what is not needed",
        "aws iam get-account-summary --query 'SummaryMap.[InstanceProfiles,InstanceProfilesQuota,Roles,RolesQuota]'\n\
         aws service-quotas list-service-quotas --service-code eks --query 'Quotas[].[QuotaName,Value]'",
    )
};
pub(super) static TEMPLATE_LIMIT: Fault = Fault {
    owner: "the administrator of the account",
    ..OURS.fault(
        "launch-template-limit",
        "the account has as many launch templates, or versions of one, as it may, and EKS needs one more",
        "delete launch templates or versions that nothing uses, or have the quota raised",
        "aws ec2 describe-launch-templates --query 'LaunchTemplates[].[LaunchTemplateId,LaunchTemplateName,CreateTime]'\n\
         aws ec2 delete-launch-template-versions --launch-template-id TEMPLATE --versions OLD    # one that no group uses",
    )
};
pub(super) static TEMPLATE_NOT_DELETED: Fault = OURS.fault(
    "launch-template-not-deleted",
    "EKS could not delete the launch template that it made for <node-group>",
    "let EKS delete it, which somebody's policy or use of it keeps from it, then try again",
    "aws autoscaling describe-auto-scaling-groups --query 'AutoScalingGroups[].[AutoScalingGroupName,LaunchTemplate.LaunchTemplateId]'\n\
     aws eks delete-nodegroup --cluster-name <cluster> --nodegroup-name <node-group>",
);
pub(super) static SECURITY_GROUP_NOT_DELETED: Fault = OURS.fault(
    "security-group-not-deleted",
    "EKS could not delete the security group for remote access to <node-group>, which something else uses",
    "take away what refers to that security group, then delete the node group again",
    "aws ec2 describe-network-interfaces --filters Name=group-id,Values=<resource> --query 'NetworkInterfaces[].[NetworkInterfaceId,Description]'\n\
     aws ec2 describe-security-groups --filters Name=ip-permission.group-id,Values=<resource> --query 'SecurityGroups[].GroupId'\n\
     aws eks delete-nodegroup --cluster-name <cluster> --nodegroup-name <node-group>",
);
pub(super) static CLUSTER_GROUP_GONE: Fault = Fault {
    plane: Plane::Network,
    owner: "the owner of cluster <cluster>",
    impact: "the whole cluster: nodes and control plane reach each other by that group",
    ..OURS.fault(
        "cluster-security-group-gone",
        "the cluster security group, which EKS made, does not exist any more",
        "make a new cluster: EKS does not make this group again",
        "aws ec2 describe-security-groups --group-ids <cluster-security-group>\n\
         aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=DeleteSecurityGroup --max-items 5",
    )
};
pub(super) static TYPE_UNKNOWN: Fault = OURS.fault(
    "instance-type-not-offered",
    "<node-group> asks for an instance type that <region> does not offer",
    "make the node group anew with instance types that its region offers",
    "aws ec2 describe-instance-type-offerings --location-type availability-zone --filters Name=instance-type,Values=<instance-type>\n\
     aws eks describe-nodegroup --cluster-name <cluster> --nodegroup-name <node-group> --query nodegroup.instanceTypes    # cannot be changed",
);
pub(super) static LABEL: Fault = OURS.fault(
    "label-invalid",
    "a label of <node-group> is none that Kubernetes takes",
    "correct the label: at most 63 characters, beginning and ending with a letter or a digit, and no reserved prefix",
    "aws eks describe-nodegroup --cluster-name <cluster> --nodegroup-name <node-group> --query nodegroup.labels\n\
     aws eks update-nodegroup-config --cluster-name <cluster> --nodegroup-name <node-group> --labels 'removeLabels=KEY'",
);
pub(super) static TERMINATION_FAILED: Fault = OURS.fault(
    "termination-failed",
    "EKS could not end instances of <node-group>: <resource>",
    "take away what protects them, then start the update or the deletion again",
    "aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names <scaling-group> --query 'AutoScalingGroups[].[SuspendedProcesses,Instances[].[InstanceId,LifecycleState,ProtectedFromScaleIn]]'\n\
     aws autoscaling describe-lifecycle-hooks --auto-scaling-group-name <scaling-group>    # one that nobody completes?",
);
pub(super) static EVICTION_FAILED: Fault = Fault {
    owner: "the owner of the workload whose pods stay",
    ..OURS.fault(
        "eviction-failed",
        "the update of <node-group> does not get on: pods cannot be evicted from its old nodes",
        "let the disruption budget allow one eviction, by one more ready replica, then start the update again",
        "kubectl get poddisruptionbudgets -A    # ALLOWED DISRUPTIONS 0\n\
         kubectl get pods -A --field-selector spec.nodeName=NODE    # which tolerate every taint, and come back?\n\
         aws eks update-nodegroup-version --cluster-name <cluster> --nodegroup-name <node-group>",
    )
};

const SUBNETS: Common = Common {
    plane: Plane::Network,
    owner: "the owner of the VPC, with the owner of node group <node-group>",
    ..OURS
};

pub(super) static NO_PUBLIC_ADDRESS: Fault = SUBNETS.fault(
    "no-public-address",
    "a public subnet of <node-group> gives its instances no public address, so that they reach nothing: <resource>",
    "put the nodes into private subnets with a way out, or let that subnet assign public addresses",
    "aws ec2 describe-subnets --subnet-ids <resource> --query 'Subnets[].[SubnetId,MapPublicIpOnLaunch]'\n\
     aws ec2 modify-subnet-attribute --subnet-id <resource> --map-public-ip-on-launch    # a public subnet, meant for nodes",
);
pub(super) static NO_IPV6: Fault = SUBNETS.fault(
    "no-ipv6-assignment",
    "the cluster is of IPv6, and a subnet of <node-group> assigns no IPv6 address: <resource>",
    "let the subnet assign IPv6 addresses to what is launched in it",
    "aws ec2 describe-subnets --subnet-ids <resource> --query 'Subnets[].[AssignIpv6AddressOnCreation,Ipv6CidrBlockAssociationSet]'\n\
     aws ec2 modify-subnet-attribute --subnet-id <resource> --assign-ipv6-address-on-creation",
);
pub(super) static TOO_MANY_SUBNETS: Fault = SUBNETS.fault(
    "too-many-subnets",
    "<node-group> has more subnets than its Auto Scaling group takes",
    "make the node group anew with fewer subnets, one or two in each zone",
    REPLACE,
);
pub(super) static SUBNET_GONE: Fault = SUBNETS.fault(
    "subnet-gone",
    "a subnet of node group <node-group> does not exist any more",
    "make the node group anew in subnets that exist: its subnets cannot be changed",
    REPLACE,
);
pub(super) static SUBNET_IN_ANOTHER_VPC: Fault = SUBNETS.fault(
    "subnet-in-another-vpc",
    "subnet <subnet> of node group <node-group> is not in the cluster's VPC, <vpc>",
    "make the node group anew in subnets of the cluster's VPC",
    REPLACE,
);
