//! What it means that nothing answers at the cluster's endpoint.

use crate::chain::{Common, Fault, Plane, ladder};

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the owner of the cluster and its VPC",
    impact: "nothing restarts; every node in the same subnets gains the same path",
    verify: "eks-triage check, on the node",
    expect: "cluster endpoint intact",
};

/// In the words of an endpoint of EKS.
pub(super) static NAME_NOT_FOUND: Fault = ladder::fault(
    ladder::VPC_LACKS_NAME.id,
    "the cluster's endpoint <host> does not exist for the resolver of this node",
    "give this node the endpoint of a cluster that exists, and a resolver that knows it",
    "aws eks describe-cluster --name <cluster> --query 'cluster.[status,endpoint]'    # another host? then the user data is of another cluster, or of one that is gone\n\
     dig <host> | grep -E 'status|SERVER'    # on the node: the same host, and NXDOMAIN: from which server?\n\
     # a server of one's own: let it forward eks.amazonaws.com to the VPC's resolver; its zones are in the VPC alone\n\
     aws ec2 describe-vpc-attribute --vpc-id <vpc> --attribute enableDnsSupport      # must be true\n\
     aws ec2 describe-vpc-attribute --vpc-id <vpc> --attribute enableDnsHostnames    # must be true\n\
     aws ec2 describe-dhcp-options --query 'DhcpOptions[].DhcpConfigurations'",
    "the owner of the VPC, or of the node group's user data",
);
pub(super) static GROUP_CLOSED: Fault = OURS.fault(
    "group-closed",
    "the cluster's endpoint is <address> here, and lets nothing of <source> in on TCP <port>",
    "give this node's interface the cluster's security group, or let exactly <security-groups> in to it, TCP <port>",
    "# the exact missing pair: <security-groups> → the cluster's security group, TCP <port>\n\
     aws eks describe-cluster --name <cluster> --query 'cluster.resourcesVpcConfig.[clusterSecurityGroupId,securityGroupIds]'\n\
     # a launch template with groups of its own does not get the cluster's: add that group to it, then new nodes\n\
     # else one inbound rule of the cluster's group: source <security-groups>, TCP <port>\n\
     # either is there? then a network ACL between the node's subnet and the cluster's drops the pair",
);
pub(super) static PRIVATE_NAME_HIDDEN: Fault = OURS.fault(
    "private-name-hidden",
    "the cluster's endpoint is private, but the resolver of this node gives its public address <address>",
    "let this node ask the VPC's own resolver, which alone knows the endpoint's private addresses",
    "dig <host> | grep SERVER    # on the node: which server says so\n\
     aws ec2 describe-vpc-attribute --vpc-id <vpc> --attribute enableDnsSupport      # must be true\n\
     aws ec2 describe-vpc-attribute --vpc-id <vpc> --attribute enableDnsHostnames    # must be true\n\
     # domain-name-servers is AmazonProvidedDNS, or a server that forwards eks.amazonaws.com to the VPC's resolver:\n\
     aws ec2 describe-dhcp-options --query 'DhcpOptions[].DhcpConfigurations'",
);
pub(super) static PUBLIC_SILENT: Fault = OURS.fault(
    "public-address-silent",
    "the cluster's endpoint is the public address <address> here, which does not answer <source>",
    "switch on the private access of the cluster's endpoint, or let its public one admit this node's NAT gateway",
    "# which of the two: does private access stand on false, or does publicAccessCidrs lack the NAT gateway's address?\n\
     aws eks describe-cluster --name <cluster> --query cluster.resourcesVpcConfig\n\
     # the better way, as the nodes' traffic stays inside the VPC:\n\
     aws eks update-cluster-config --name <cluster> --resources-vpc-config endpointPrivateAccess=true\n\
     # private access is on already? then this node's resolver is not the VPC's: dig <host> | grep SERVER",
);
