//! What stops a packet on its way, for every link that walks one.

use crate::{
    chain::{Common, Fault, Plane, Verdict},
    facts::{Missing, NOT_SEEN, Source},
    path::{Path, Stop},
};

pub(super) const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the owner of the VPC",
    impact: "nothing restarts; everything in the same subnets gains the same path",
    verify: "eks-triage cluster <cluster> --region <region>",
    expect: "the path intact, and new nodes Ready",
};

pub(super) static BLACKHOLE: Fault = OURS.fault(
    "blackhole-route",
    "the route of <subnet> to <destination> leads to <gateway>, which is gone",
    "let the route of <route-table> lead to a gateway that exists",
    "aws ec2 describe-route-tables --route-table-ids <route-table> --query \"RouteTables[].Routes[?State=='blackhole']\"\n\
     aws ec2 describe-nat-gateways --filter Name=vpc-id,Values=<vpc> Name=state,Values=available\n\
     # replace that one route by one to a NAT gateway of the list, or to a new one in a public subnet:\n\
     aws ec2 replace-route --route-table-id <route-table> --destination-cidr-block DESTINATION --nat-gateway-id NAT-GATEWAY",
);
pub(super) static NAT_FAILED: Fault = OURS.fault(
    "nat-gateway-failed",
    "the NAT gateway <nat-gateway> of <subnet> does not work: it failed or is being deleted",
    "make a NAT gateway in a public subnet, and let the route of <route-table> lead to it",
    "aws ec2 describe-nat-gateways --nat-gateway-ids <nat-gateway> --query 'NatGateways[].[State,FailureCode,FailureMessage]'\n\
     aws ec2 create-nat-gateway --subnet-id PUBLIC-SUBNET --allocation-id ELASTIC-IP\n\
     aws ec2 replace-route --route-table-id <route-table> --destination-cidr-block DESTINATION --nat-gateway-id NAT-GATEWAY",
);
pub(super) static NAT_WITHOUT_INTERNET: Fault = OURS.fault(
    "nat-without-internet-gateway",
    "the NAT gateway <nat-gateway> is in <nat-subnet>, which has no route to an internet gateway",
    "put the NAT gateway into a public subnet, or give <nat-subnet> a table that leads to the internet gateway",
    "aws ec2 describe-route-tables --route-table-ids <nat-route-table> --query 'RouteTables[].Routes'\n\
     # a NAT gateway cannot be moved: associate its subnet with the table of the public subnets,\n\
     aws ec2 associate-route-table --subnet-id <nat-subnet> --route-table-id PUBLIC-ROUTE-TABLE\n\
     # or make another one in a public subnet, and let <route-table> lead to that one",
);
pub(super) static INTERNET_DETACHED: Fault = OURS.fault(
    "internet-gateway-detached",
    "the internet gateway <gateway> is not attached to <vpc>",
    "attach the internet gateway to the VPC again",
    "aws ec2 describe-internet-gateways --filters Name=attachment.vpc-id,Values=<vpc>\n\
     aws ec2 attach-internet-gateway --internet-gateway-id <gateway> --vpc-id <vpc>",
);
pub(super) static NO_PUBLIC_ADDRESS: Fault = OURS.fault(
    "no-public-address",
    "<subnet> sends its nodes to an internet gateway, but they have no public address",
    "give the nodes a subnet with a NAT gateway, or let this one give new nodes public addresses",
    "# the group's nodes belong into private subnets, whose route leads to a NAT gateway;\n\
     # where they are to be public, new nodes get an address once the subnet gives one:\n\
     aws ec2 modify-subnet-attribute --subnet-id <subnet> --map-public-ip-on-launch\n\
     # a launch template that says AssociatePublicIpAddress: false wins over it; then new nodes",
);
pub(super) static EGRESS_CLOSED: Fault = Fault {
    owner: "the owner of the nodes' security group",
    ..OURS.fault(
        "egress-closed",
        "the nodes' security groups <security-groups> let nothing out to <destination> on port 443",
        "let the nodes out to <destination> on TCP port 443",
        "aws ec2 describe-security-groups --group-ids <security-groups> --query 'SecurityGroups[].IpPermissionsEgress'\n\
         # the one rule that is missing: outbound, TCP, port 443, from <security-groups> to <destination>",
    )
};
pub(super) static ACL_OUT: Fault = OURS.fault(
    "acl-blocks-out",
    "the network ACL <network-acl> of <subnet> keeps port 443 from leaving for <destination>",
    "let port 443 out before the rule that denies it",
    "aws ec2 describe-network-acls --network-acl-ids <network-acl> --query 'NetworkAcls[].Entries'\n\
     # the one rule that is missing in <network-acl>: outbound, TCP, port 443, allow, to <destination>,\n\
     # with a lower number than the rule that denies it",
);
pub(super) static ACL_IN: Fault = OURS.fault(
    "acl-blocks-in",
    "the network ACL <network-acl> of <subnet> keeps the nodes' port 443 from coming in",
    "let the nodes' subnets in on port 443 before the rule that denies it",
    "aws ec2 describe-network-acls --network-acl-ids <network-acl> --query 'NetworkAcls[].Entries'\n\
     # the one rule that is missing in <network-acl>: inbound, TCP, port 443, allow, from the nodes' subnets,\n\
     # with a lower number than the rule that denies it",
);
pub(super) static ACL_RETURN: Fault = OURS.fault(
    "acl-blocks-return",
    "the network ACL <network-acl> of <subnet> drops the answers, which go to ports 1024-65535",
    "let answers through: a network ACL remembers no connection",
    "aws ec2 describe-network-acls --network-acl-ids <network-acl> --query 'NetworkAcls[].Entries'\n\
     # the one rule that is missing in <network-acl>: TCP, ports 1024-65535, allow, in the direction of the answers\n\
     # (inbound where the nodes are, outbound where they ask), with a lower number than the rule that denies it",
);

/// What was not told, with the hops up to there.
pub(super) fn open(missing: &Missing, path: &Path) -> Missing {
    let why = if missing.why == NOT_SEEN { missing.why.clone() } else { path.words() };
    Missing { why, ..missing.clone() }
}

pub(super) fn broken(
    fault: &'static Fault,
    detail: String,
    stop: &Stop,
    else_by: &Source,
) -> Verdict {
    let mut evidence = stop.evidence.iter().filter(|it| !it.quote.is_empty()).cloned();
    let first = evidence.next().unwrap_or_else(|| else_by.quote("vpcId"));
    let broken = Verdict::broken(fault, detail, first);
    let broken = evidence.fold(broken, Verdict::and_evidence);
    stop.names.iter().fold(broken, |it, (name, value)| it.with(name, value))
}
