//! The ways in which the kubelet's configuration keeps its node from working.

use crate::chain::{Common, Fault, Plane};

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the owner of the node group's launch template or image",
    impact: "this node; its pods go on running while the kubelet restarts",
    verify: "eks-triage check, on the node",
    expect: "kubelet's configuration intact",
};

pub(super) static DISK_FULL: Fault = OURS.fault(
    "disk-full",
    "a disk of the node is full",
    "free space on it, and give the group's nodes a larger volume",
    "df -h / /var/lib/kubelet /var/lib/containerd\n\
     du -xh --max-depth=2 /var/lib/containerd /var/log /var/lib/kubelet 2>/dev/null | sort -h | tail -n 15\n\
     journalctl --vacuum-size=200M; crictl rmi --prune    # takes away images that no container uses",
);
pub(super) static INODES: Fault = OURS.fault(
    "inodes-used-up",
    "a file system of the node has no inodes left",
    "find the folder with very many small files, and clear it",
    "df -i / /var/lib/kubelet /var/lib/containerd\n\
     du -x --inodes --max-depth=3 /var/lib/containerd /var/lib/kubelet 2>/dev/null | sort -n | tail -n 15\n\
     crictl rmi --prune    # takes away images that no container uses",
);
pub(super) static SWAP: Fault = OURS.fault(
    "swap-on",
    "swap is on, with which this kubelet does not start",
    "switch swap off on the node, and in its image",
    "swapon --show; swapoff -a\n\
     grep -n swap /etc/fstab; systemctl list-units --type=swap    # what would bring it back at the next boot\n\
     systemctl restart <kubelet-unit>",
);
pub(super) static EXEC_PLUGIN: Fault = OURS.fault(
    "exec-plugin-missing",
    "the program that gives the kubelet its tokens is not on the node: <call>",
    "put the program back into the image, at a place in the PATH of the kubelet's unit",
    "grep -A 12 'exec:' <kubeconfig>\n\
     command -v <call>; systemctl show <kubelet-unit> -p Environment\n\
     systemctl restart <kubelet-unit>    # once it is there",
);
pub(super) static WEB_IDENTITY: Fault = OURS.fault(
    "web-identity-in-environment",
    "the kubelet's unit has a workload's AWS identity in its environment, which its tokens are then made with",
    "take the variables AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE from the kubelet's unit",
    "systemctl show <kubelet-unit> -p Environment,EnvironmentFiles | tr ' ' '\\n' | grep -E 'AWS_(ROLE_ARN|WEB_IDENTITY|CONTAINER)|Files'\n\
     # take them from the drop-in or the file that is named, then\n\
     systemctl daemon-reload && systemctl restart <kubelet-unit>",
);
pub(super) static NEWER: Fault = OURS.fault(
    "newer-than-the-cluster",
    "the kubelet is of a newer release than the cluster",
    "use an image of the cluster's own release, or update the cluster first",
    IMAGE,
);
pub(super) static TOO_OLD: Fault = OURS.fault(
    "too-old-for-the-cluster",
    "the kubelet is of a release too old for the cluster",
    "use an image of the cluster's own release",
    IMAGE,
);

const IMAGE: &str = "aws eks describe-cluster --name <cluster> --query cluster.version\n\
     aws ssm get-parameter --name /aws/service/eks/optimized-ami/VERSION/amazon-linux-2023/x86_64/standard/recommended/image_id    # VERSION as printed above\n\
     # that image belongs into the launch template; nodes of the group are then replaced";

pub(super) static CLUSTER_DNS: Fault = Fault {
    impact: "new pods of this node; those that run keep the name server that they were given",
    verify: "kubectl run dns-test --rm -i --restart=Never --image=public.ecr.aws/docker/library/busybox:1.36 -- nslookup kubernetes.default",
    expect: "the address of the Service kubernetes",
    ..OURS.fault(
        "cluster-dns",
        "pods of this node are given the name server <address>, which is not of this cluster's service range",
        "give the kubelet the address of the cluster's own DNS, <corrected>",
        "kubectl -n kube-system get service kube-dns -o jsonpath={.spec.clusterIP}\n\
         grep -rn -A 2 clusterDNS <kubelet-config>*    # on the node\n\
         # AL2023: spec.cluster.cidr of the NodeConfig; AL2: --dns-cluster-ip of bootstrap.sh; then new nodes",
    )
};
pub(super) static NO_NAME: Fault = Fault {
    owner: "the owner of the VPC",
    impact: "instances take new DHCP options when they renew their lease, or when they are started anew",
    ..OURS.fault(
        "no-node-name",
        "the kubelet does not learn its node's name",
        "give the VPC's DHCP options the domain that EC2 gives its instances, and its DNS hostnames",
        "aws ec2 describe-instances --instance-ids <instance> --query 'Reservations[].Instances[].[PrivateDnsName,VpcId]'\n\
         aws ec2 describe-dhcp-options --query 'DhcpOptions[].DhcpConfigurations'\n\
         # domain-name: ec2.internal in us-east-1, else <region>.compute.internal; domain-name-servers: AmazonProvidedDNS",
    )
};
