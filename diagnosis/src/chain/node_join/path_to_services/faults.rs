//! What stops a packet on its way to a service of AWS.

use super::super::way::{
    ACL_IN, ACL_OUT, ACL_RETURN, BLACKHOLE, EGRESS_CLOSED, INTERNET_DETACHED, NAT_FAILED,
    NAT_WITHOUT_INTERNET, NO_PUBLIC_ADDRESS, OURS,
};
use crate::{chain::Fault, path::Stopped};

pub(super) static FAULTS: &[&Fault] = &[
    &NO_ROUTE,
    &BLACKHOLE,
    &NAT_FAILED,
    &NAT_WITHOUT_INTERNET,
    &INTERNET_DETACHED,
    &NO_PUBLIC_ADDRESS,
    &EGRESS_CLOSED,
    &ACL_OUT,
    &ACL_IN,
    &ACL_RETURN,
    &GROUP_CLOSED,
    &PRIVATE_DNS_OFF,
    &ENDPOINT_MISSING,
    &GATEWAY_NOT_ASSOCIATED,
    &GATEWAY_MISSING,
    &POLICY_DENIES,
    &IPV6_ONLY,
];

pub(super) fn of(by: Stopped) -> &'static Fault {
    match by {
        // By a gateway for IPv6 no path to these services goes.
        Stopped::NoRoute | Stopped::EgressOnlyGone => &NO_ROUTE,
        Stopped::Ipv6Only => &IPV6_ONLY,
        Stopped::Blackhole => &BLACKHOLE,
        Stopped::NatFailed => &NAT_FAILED,
        Stopped::NatWithoutInternet => &NAT_WITHOUT_INTERNET,
        Stopped::InternetDetached => &INTERNET_DETACHED,
        Stopped::NoPublicAddress => &NO_PUBLIC_ADDRESS,
        Stopped::EgressClosed => &EGRESS_CLOSED,
        Stopped::GroupClosed => &GROUP_CLOSED,
        Stopped::AclOut => &ACL_OUT,
        Stopped::AclIn => &ACL_IN,
        Stopped::AclReturn => &ACL_RETURN,
        Stopped::PrivateDnsOff => &PRIVATE_DNS_OFF,
        Stopped::EndpointMissing => &ENDPOINT_MISSING,
        Stopped::GatewayNotAssociated => &GATEWAY_NOT_ASSOCIATED,
        Stopped::GatewayMissing => &GATEWAY_MISSING,
        Stopped::PolicyDenies => &POLICY_DENIES,
    }
}

static NO_ROUTE: Fault = OURS.fault(
    "no-route",
    "<subnet> has no route out of the VPC, and no endpoint stands for <service>",
    "give <route-table> the route to a NAT gateway that other subnets have, or the VPC an endpoint",
    "aws ec2 describe-nat-gateways --filter Name=vpc-id,Values=<vpc> Name=state,Values=available\n\
     # the table of subnets that have a way out, for this subnet as well:\n\
     aws ec2 associate-route-table --subnet-id <subnet> --route-table-id ROUTE-TABLE\n\
     # where it is to stay private, an endpoint for each of <service> instead: <endpoint-service>",
);
static IPV6_ONLY: Fault = OURS.fault(
    "ipv6-only",
    "<subnet> has a way out for IPv6 alone, and the names of <service> that nodes ask have IPv4 addresses alone",
    "give <route-table> a way for IPv4 as well, or let a NAT gateway translate (DNS64 and NAT64)",
    "aws ec2 describe-nat-gateways --filter Name=vpc-id,Values=<vpc> Name=state,Values=available\n\
     # one of both, with a NAT gateway of the list, or a new one in a public subnet:\n\
     aws ec2 create-route --route-table-id <route-table> --destination-cidr-block DEFAULT-OF-IPV4 --nat-gateway-id NAT-GATEWAY\n\
     aws ec2 create-route --route-table-id <route-table> --destination-ipv6-cidr-block 64:ff9b::/96 --nat-gateway-id NAT-GATEWAY\n\
     # the second one with this, so that such names have IPv6 addresses, too:\n\
     aws ec2 modify-subnet-attribute --subnet-id <subnet> --enable-dns64\n\
     # where it is to stay private, an endpoint for each of <service> instead: <endpoint-service>",
);
static GROUP_CLOSED: Fault = Fault {
    owner: "the owner of the endpoint's security group",
    ..OURS.fault(
        "endpoint-group-closed",
        "the security group <group> of <vpc-endpoint> does not admit the nodes' <security-groups> on port 443",
        "let the endpoint's security group admit the nodes on TCP port 443",
        "aws ec2 describe-security-groups --group-ids <group> --query 'SecurityGroups[].IpPermissions'\n\
         # the one rule that is missing in <group>: inbound, TCP, port 443, from <security-groups>",
    )
};
static PRIVATE_DNS_OFF: Fault = OURS.fault(
    "private-dns-off",
    "private DNS of <vpc-endpoint> is off, so that the name of <service> leads out of the VPC, where <subnet> has no way",
    "switch the endpoint's private DNS on",
    "for endpoint in <vpc-endpoint>; do aws ec2 modify-vpc-endpoint --vpc-endpoint-id $endpoint --private-dns-enabled; done\n\
     # it needs enableDnsSupport and enableDnsHostnames of <vpc>, and no other endpoint with the same name",
);
static ENDPOINT_MISSING: Fault = OURS.fault(
    "endpoint-missing",
    "<subnet> has no way out of the VPC, and no endpoint stands for <service>",
    "make the interface endpoints that a private subnet needs: <endpoint-service>",
    "for service in <endpoint-service>; do\n\
     \x20 aws ec2 create-vpc-endpoint --vpc-id <vpc> --vpc-endpoint-type Interface --service-name $service \\\n\
     \x20   --subnet-ids <subnet> --security-group-ids ENDPOINT-GROUP --private-dns-enabled\n\
     done\n\
     # ENDPOINT-GROUP admits TCP port 443 from the nodes' security groups; one subnet of each zone",
);
static GATEWAY_NOT_ASSOCIATED: Fault = OURS.fault(
    "s3-gateway-not-associated",
    "the gateway endpoint <vpc-endpoint> is not in <route-table> of <subnet>, which has no other way to S3",
    "associate the gateway endpoint with the subnet's route table",
    "aws ec2 modify-vpc-endpoint --vpc-endpoint-id <vpc-endpoint> --add-route-table-ids <route-table>",
);
static GATEWAY_MISSING: Fault = OURS.fault(
    "s3-gateway-missing",
    "<subnet> has no way to S3, where the layers of images are: neither a gateway endpoint nor a route out of the VPC",
    "make the gateway endpoint of S3, which costs nothing, and associate it with the subnet's route table",
    "aws ec2 create-vpc-endpoint --vpc-id <vpc> --vpc-endpoint-type Gateway --service-name <endpoint-service> --route-table-ids <route-table>",
);
static POLICY_DENIES: Fault = Fault {
    owner: "the owner of the endpoint's policy",
    ..OURS.fault(
        "endpoint-policy-denies",
        "the policy of <vpc-endpoint> denies the nodes' <action> on <resource>",
        "let the endpoint's policy allow exactly this action on this resource",
        "aws ec2 describe-vpc-endpoints --vpc-endpoint-ids <vpc-endpoint> --query 'VpcEndpoints[].PolicyDocument' --output text\n\
         # what is missing there, for the nodes: Action <action>, Resource <resource>\n\
         aws ec2 modify-vpc-endpoint --vpc-endpoint-id <vpc-endpoint> --policy-document file://policy.json",
    )
};
