# shellcheck shell=bash disable=SC2034  # Read by the other files of this folder.
# Every name, version and address of the test cluster. Nothing here is run.

KUBERNETES_VERSION=1.34.4 # the newest line that starts on cgroup v1 without a flag; go.mod holds the same
GO_NEEDED=1.26.3          # what aws-iam-authenticator's go.mod asks for
COMMANDS=(etcd kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kubectl pause)

CLUSTER_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PROJECT_DIR=$(cd "$CLUSTER_DIR/../.." && pwd)
CACHE=${EKS_TRIAGE_CLUSTER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/eks-triage/cluster}
BIN=$CACHE/bin
DEFAULT_STATE=${TMPDIR:-/tmp}/eks-triage-cluster

# The node as EKS would name it, in a VPC 10.0.0.0/16.
NODE=ip-10-0-1-10.us-west-2.compute.internal
NODE_IP=10.0.1.10
INSTANCE_ID=i-0abcd1234ef567890 # what the lab's IMDS says of itself, as the node's name is
ZONE=us-west-2a
MAX_PODS=29               # of m5.large, as EKS's AMI would set it
GATEWAY_IP=10.0.1.1       # nothing lives there: the namespace has no way out
RESOLVER_IP=10.0.0.2      # the VPC's resolver
AWS_IP=10.0.1.3           # every AWS endpoint
STS_GLOBAL_IP=10.0.1.4    # the global STS, where it is not behind the same endpoint
REGISTRY_IP=10.0.1.5      # a registry that is not ECR
IMDS_IP=169.254.169.254
POD_IDENTITY_IP=169.254.170.23
API_IP=10.0.0.10          # the cluster endpoint
SERVICE_API_IP=172.20.0.1 # the Service `kubernetes`, first address of the Service range
SERVICE_RANGE=172.20.0.0/16
POD_RANGE=10.0.2.0/24
CLUSTER_ID=EXAMPLED539D4633E53DE1B716D3041E
API_HOST=$CLUSTER_ID.gr7.us-west-2.eks.amazonaws.com
ISSUER=https://oidc.eks.us-west-2.amazonaws.com/id/$CLUSTER_ID
