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
