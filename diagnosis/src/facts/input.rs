//! The things that somebody can fetch, each with the command that fetches it.
//!
//! They live beside the facts, because every link that lacks a fact asks for the same input.

/// One thing that somebody can fetch.
#[derive(Debug)]
pub struct Input {
    pub id: &'static str,
    /// A command, or a sentence that names one; a pattern whose `<names>` are filled from the facts.
    pub how: &'static str,
}

impl Input {
    /// Whether the account has it, or the cluster's own list of whom it lets in.
    pub fn is_of_account(&self) -> bool {
        self.how.starts_with("aws ")
            || [&inputs::AWS_AUTH, &inputs::NODE_POOLS].iter().any(|it| it.id == self.id)
    }
}

const fn input(id: &'static str, how: &'static str) -> Input {
    Input { id, how }
}

const CHECK: &str = "eks-triage check, on the node";
const PROBE: &str = "eks-triage probe -n <namespace> --serviceaccount <service-account>";

/// All inputs, by name.
pub mod inputs {
    use super::{CHECK, Input, PROBE, input};

    pub static NODE_CHECK: Input = input("node-check", CHECK);
    pub static NODE_CHECK_AS_ROOT: Input = input(
        "node-check-as-root",
        "sudo eks-triage check, on the node itself (not in a container)",
    );
    pub static THROUGH_PROXY: Input = input(
        "through-proxy",
        "curl -sS -o /dev/null -w '%{http_code}' https://<host>/, on the node, with HTTPS_PROXY as its units set it",
    );
    pub static NODE_OBJECT: Input = input("node-object", "kubectl get node <node> -o yaml");
    pub static KUBELET_LOG: Input =
        input("kubelet-log", "<journal> -u <kubelet-unit> --since -15min, on the node");
    pub static IPAMD_LOG: Input =
        input("ipamd-log", "tail -n 200 /var/log/aws-routed-eni/ipamd.log, on the node");
    pub static INSTANCE_LIMITS: Input = input(
        "instance-limits",
        "aws ec2 describe-instance-types --instance-types <instance-type>",
    );
    pub static OWN_INTERFACES: Input = input(
        "own-interfaces",
        "aws ec2 describe-network-interfaces --filters Name=attachment.instance-id,Values=<instance>",
    );
    pub static INTERFACE_COUNTERS: Input = input(
        "interface-counters",
        "ethtool -S eth0 | grep allowance_exceeded, twice, on the node; eks-triage check there reads it where ethtool is installed",
    );
    pub static SUBNETS: Input = input("subnets", "aws ec2 describe-subnets --subnet-ids <subnets>");
    pub static SUBNET_USE: Input = input(
        "subnet-use",
        "aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=<subnets>",
    );
    pub static SUBNET_RESERVATIONS: Input = input(
        "subnet-reservations",
        "for subnet in <subnets>; do aws ec2 get-subnet-cidr-reservations --subnet-id $subnet; done",
    );
    pub static CNI_SETTINGS: Input =
        input("cni-settings", "kubectl -n kube-system get daemonset aws-node -o yaml");
    pub static IMAGE_CHECK: Input =
        input("image-check", "eks-triage check --image <image>, on the node that pulled");
    pub static PROBE_REPORT: Input = input("probe-report", PROBE);
    pub static SERVICE_ACCOUNT: Input = input(
        "service-account",
        "kubectl get serviceaccount -n <namespace> <service-account> -o yaml",
    );
    pub static TRUST_POLICY: Input = input("trust-policy", "aws iam get-role --role-name <role>");
    pub static OIDC_PROVIDER: Input = input(
        "oidc-provider",
        "aws iam list-open-id-connect-providers, in account <account>; it must list the host and path of <issuer>",
    );
    pub static POD: Input = input("pod", "kubectl get pod -n <namespace> <pod> -o yaml");
    pub static POD_TEMPLATE: Input = input(
        "pod-template",
        "which ServiceAccount the pod template is to name, from the owner of the workload",
    );
    pub static SERVICE_ACCOUNTS: Input =
        input("service-accounts", "kubectl get serviceaccounts -n <namespace> -o yaml");
    pub static NETWORK_POLICIES: Input =
        input("network-policies", "kubectl get networkpolicies -n <namespace> -o yaml");
    pub static ROLE_POLICIES: Input = input(
        "role-policies",
        "eks-triage why pod/<pod> -n <namespace>, with credentials that may read role <role>",
    );
    pub static SIMULATION: Input = input(
        "simulation",
        "aws iam simulate-principal-policy --policy-source-arn <role-arn> --action-names <action> --resource-arns <resource>",
    );
    pub static DECODED_DENIAL: Input = input(
        "decoded-denial",
        "aws sts decode-authorization-message --encoded-message MESSAGE --query DecodedMessage --output text",
    );
    pub static CLUSTER_IDENTITY: Input =
        input("cluster-identity", "aws eks describe-cluster --name <cluster>");
    pub static ASSOCIATION: Input = input(
        "association",
        "aws eks list-pod-identity-associations --cluster-name <cluster> --namespace <namespace> --service-account <service-account>",
    );
    pub static ASSOCIATION_ROLE: Input =
        input("association-role", "aws iam get-role --role-name <association-role>");
    pub static TARGET_ROLE: Input = input(
        "target-role",
        "aws iam get-role --role-name <target-role>, in account <target-account>",
    );
    pub static POD_IDENTITY_AGENT_LOG: Input = input(
        "pod-identity-agent-log",
        "kubectl logs -n kube-system -l app.kubernetes.io/name=eks-pod-identity-agent --tail=200",
    );
    pub static WORKLOAD_LOG: Input = input(
        "workload-log",
        "kubectl exec -n <namespace> <pod> -- aws sts get-caller-identity, or the workload's own log",
    );
    pub static WHOAMI: Input = input(
        "whoami",
        "kubectl auth whoami, with the same credentials; aws sts get-caller-identity, where they come from IAM",
    );
    pub static ACCESS_ENTRIES: Input = input(
        "access-entries",
        "aws eks list-access-entries --cluster-name <cluster>, and kubectl -n kube-system get configmap aws-auth -o yaml",
    );
    pub static ACCESS_ENTRY: Input = input(
        "access-entry",
        "aws eks describe-access-entry --cluster-name <cluster> --principal-arn arn:<partition>:iam::<account>:role/<node-role>",
    );
    pub static NODEGROUP: Input = input(
        "nodegroup",
        "aws eks describe-nodegroup --cluster-name <cluster> --nodegroup-name <node-group>",
    );
    pub static NODEGROUPS: Input =
        input("nodegroups", "aws eks list-nodegroups --cluster-name <cluster>");
    pub static SCALING_GROUP: Input = input(
        "scaling-group",
        "aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names <scaling-group>",
    );
    pub static ACTIVITIES: Input = input(
        "activities",
        "aws autoscaling describe-scaling-activities --auto-scaling-group-name <scaling-group>",
    );
    pub static LAUNCH_TEMPLATE: Input = input(
        "launch-template",
        "aws ec2 describe-launch-template-versions --launch-template-id <launch-template> --versions '<template-version>'",
    );
    pub static IMAGE: Input = input("image", "aws ec2 describe-images --image-ids <ami>");
    pub static INSTANCES: Input = input(
        "instances",
        "aws ec2 describe-instances --filters Name=tag:kubernetes.io/cluster/<cluster>,Values=owned",
    );
    pub static INSTANCE_STATUS: Input = input(
        "instance-status",
        "aws ec2 describe-instance-status --include-all-instances --instance-ids <instance>",
    );
    pub static CONSOLE_OUTPUT: Input =
        input("console-output", "aws ec2 get-console-output --latest --instance-id <instance>");
    pub static INSTANCE_PROFILE: Input = input(
        "instance-profile",
        "aws iam get-instance-profile --instance-profile-name <instance-profile>",
    );
    pub static NODE_ROLE: Input = input("node-role", "aws iam get-role --role-name <node-role>");
    pub static NODE_POLICY: Input = input(
        "node-policy",
        "aws iam get-policy --policy-arn POLICY --query Policy.DefaultVersionId, then aws iam get-policy-version --policy-arn POLICY --version-id VERSION, of each policy of role <node-role>",
    );
    pub static ADDONS: Input = input(
        "addons",
        "aws eks describe-addon --cluster-name <cluster> --addon-name vpc-cni; kubectl -n kube-system get serviceaccount aws-node -o yaml",
    );
    pub static NODE_ROLE_POLICIES: Input =
        input("node-role-policies", "aws iam list-attached-role-policies --role-name <node-role>");
    pub static INLINE_POLICIES: Input =
        input("inline-policies", "aws iam list-role-policies --role-name <node-role>");
    pub static VPC: Input = input("vpc", "aws ec2 describe-vpcs --vpc-ids <vpc>");
    pub static VPC_DNS: Input = input(
        "vpc-dns",
        "aws ec2 describe-vpc-attribute --vpc-id <vpc> --attribute enableDnsSupport; aws ec2 describe-vpc-attribute --vpc-id <vpc> --attribute enableDnsHostnames",
    );
    pub static DHCP_OPTIONS: Input =
        input("dhcp-options", "aws ec2 describe-dhcp-options --dhcp-options-ids <dhcp-options>");
    pub static VPC_SUBNETS: Input =
        input("vpc-subnets", "aws ec2 describe-subnets --filters Name=vpc-id,Values=<vpc>");
    pub static ROUTE_TABLES: Input =
        input("route-tables", "aws ec2 describe-route-tables --filters Name=vpc-id,Values=<vpc>");
    pub static NAT_GATEWAYS: Input =
        input("nat-gateways", "aws ec2 describe-nat-gateways --filter Name=vpc-id,Values=<vpc>");
    pub static INTERNET_GATEWAYS: Input = input(
        "internet-gateways",
        "aws ec2 describe-internet-gateways --filters Name=attachment.vpc-id,Values=<vpc>",
    );
    pub static NETWORK_ACLS: Input =
        input("network-acls", "aws ec2 describe-network-acls --filters Name=vpc-id,Values=<vpc>");
    pub static SECURITY_GROUPS: Input = input(
        "security-groups",
        "aws ec2 describe-security-groups --filters Name=vpc-id,Values=<vpc>",
    );
    pub static VPC_ENDPOINTS: Input =
        input("vpc-endpoints", "aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values=<vpc>");
    pub static CONTROL_PLANE_INTERFACES: Input = input(
        "control-plane-interfaces",
        "aws ec2 describe-network-interfaces --filters 'Name=description,Values=Amazon EKS <cluster>'",
    );
    pub static STACKS: Input = input("stacks", "aws cloudformation describe-stacks");
    pub static STACK_EVENTS: Input =
        input("stack-events", "aws cloudformation describe-stack-events --stack-name <stack>");
    pub static CREATOR_LOG: Input = input(
        "creator-log",
        "the output of whatever creates the nodes: terraform apply, eksctl, CloudFormation's events",
    );
    pub static NODE_POOLS: Input = input("node-pools", "kubectl get nodepools,nodeclaims -o yaml");
    pub static NODE_CLASSES: Input = input("node-classes", "kubectl get ec2nodeclasses -o json");
    pub static WAITING_PODS: Input =
        input("waiting-pods", "kubectl get pods -A --field-selector status.phase=Pending -o json");
    pub static NOT_SCALED: Input = input(
        "not-scaled",
        "kubectl get events -A --field-selector reason=NotTriggerScaleUp -o json",
    );
    pub static REFUSED_CALLS: Input = input(
        "refused-calls",
        "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=CreateNodegroup",
    );
    pub static AWS_AUTH: Input =
        input("aws-auth", "kubectl -n kube-system get configmap aws-auth -o yaml");
    pub static LEASE: Input = input("lease", "kubectl -n kube-node-lease get lease <node> -o yaml");
    pub static CAN_I: Input = input(
        "can-i",
        "kubectl auth can-i --list -n <namespace> --as=system:serviceaccount:<namespace>:<service-account>",
    );
    pub static BOOTSTRAP_LOG: Input =
        input("bootstrap-log", "<journal> <bootstrap-units> --no-pager, on the node");
    pub static SYMPTOM: Input = input(
        "symptom",
        "kubectl describe pod -n <namespace> <pod>, and kubectl logs -n <namespace> <pod> --tail=500, of what does not work",
    );
    pub static NEWER_LINES: Input = input(
        "newer-lines",
        "kubectl logs -n <namespace> <pod> --timestamps --since-time=<taken-at>",
    );
}
