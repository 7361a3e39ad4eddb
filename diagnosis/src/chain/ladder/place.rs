//! What silence and a foreign certificate mean at a host of AWS, by the addresses of its name: one
//! inside of the VPC is an interface endpoint's, a public one wants a way out.
//!
//! Sources: <https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html>,
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html> and
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>.

use super::{CONNECT_TIMED_OUT, NAME_NOT_FOUND, TLS_UNTRUSTED, VPC, fault};
use crate::{
    aws::{Class, Endpoint, Service, class},
    chain::{Fault, Verdict, pod_identity::egress},
    facts::{Ended, Facts, IdentityEnv, Input, Missing, Reach, inputs::THROUGH_PROXY},
};

pub(in crate::chain) static ENDPOINT_CLOSED: Fault = fault(
    "endpoint-closed",
    "<host> is the private address <address> here, which does not let <source> in on TCP <port>",
    "let exactly <security-groups> reach the security group of that endpoint, TCP <port>, and nothing wider",
    "# the exact missing pair: <security-groups> → the security group of the endpoint at <address>, TCP <port>\n\
     aws ec2 describe-network-interfaces --filters Name=addresses.private-ip-address,Values=<address> --query 'NetworkInterfaces[].[Description,VpcId,Groups[].GroupId]'\n\
     # its owner adds one inbound rule to that group: source <security-groups>, TCP <port>\n\
     # the rule is there? then a network ACL of one of the two subnets, or the outbound rules of <source>, drop the pair\n\
     # the interface is of another VPC? then the route to it comes first",
    "the owner of the interface endpoint's security group",
);
pub(in crate::chain) static NO_WAY_OUT: Fault = fault(
    "no-way-out",
    "<host> is the public address <address> here, to which <source> has no way out",
    "give this VPC the interface endpoint <endpoint-service> with private DNS, or the subnet its route to a NAT gateway",
    "aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=<endpoint-service> --query 'VpcEndpoints[].[VpcEndpointId,VpcId,State,PrivateDnsEnabled,SubnetIds]'\n\
     # none in this VPC: it is missing. PrivateDnsEnabled false: the name does not lead to it:\n\
     aws ec2 modify-vpc-endpoint --vpc-endpoint-id VPCE-ID --private-dns-enabled    # takes VPC DNS support and hostnames\n\
     # without endpoints: the default route of this subnet leads to a NAT gateway, and is no blackhole\n\
     aws ec2 describe-route-tables --filters Name=association.subnet-id,Values=<subnets> --query 'RouteTables[].Routes'",
    VPC,
);
pub(in crate::chain) static GATEWAY_MISSING: Fault = fault(
    "gateway-endpoint-missing",
    "<host> is the public address <address> here, and neither a gateway endpoint nor another way leads there",
    "add the gateway endpoint <endpoint-service> to the route table of this node's subnet",
    "aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=<endpoint-service> Name=vpc-endpoint-type,Values=Gateway --query 'VpcEndpoints[].[VpcEndpointId,VpcId,State,RouteTableIds]'\n\
     aws ec2 describe-route-tables --filters Name=association.subnet-id,Values=<subnets> --query 'RouteTables[].[RouteTableId,Routes]'\n\
     # there is one, without this subnet's table:\n\
     aws ec2 modify-vpc-endpoint --vpc-endpoint-id VPCE-ID --add-route-table-ids RTB-ID\n\
     # the route is there? then an outbound rule of <security-groups> lacks its prefix list, TCP <port>",
    VPC,
);
pub(in crate::chain) static TLS_INTERCEPTED: Fault = fault(
    "tls-intercepted",
    "something between <source> and <host> inspects TLS: the certificate is from <issuer>",
    "exempt <host> from TLS inspection, or, where that is meant to be, give its CA to the programs that ask it",
    "# AWS never presents a certificate of <issuer>\n\
     echo | openssl s_client -connect <host>:<port> -servername <host> | openssl x509 -noout -issuer -subject\n\
     # meant to be: the inspector's CA belongs into the trust store of the node's image and into AWS_CA_BUNDLE",
    "the owner of the inspecting proxy or firewall",
);

/// For a host of AWS that a node asks, whose names exist for everybody.
pub(in crate::chain) static VPC_LACKS_NAME: Fault = fault(
    NAME_NOT_FOUND.id,
    "the name <host> does not exist for the resolver of this node",
    "let this node ask a resolver that knows AWS: the VPC's own one, or one that forwards to it",
    "# names of AWS exist for everybody: who denies this one is no resolver of AWS, or hides it behind a private zone\n\
     grep nameserver /etc/resolv.conf; dig <host> | grep -E 'status|SERVER'    # on the node\n\
     aws ec2 describe-vpc-attribute --vpc-id <vpc> --attribute enableDnsSupport      # must be true\n\
     aws ec2 describe-vpc-attribute --vpc-id <vpc> --attribute enableDnsHostnames    # for private DNS, too\n\
     aws ec2 describe-dhcp-options --query 'DhcpOptions[].DhcpConfigurations'\n\
     # domain-name-servers is AmazonProvidedDNS, or a server that forwards <domain> to the VPC's resolver",
    VPC,
);

/// Whose network the question is asked from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::chain) enum From {
    Node,
    Pod,
}

/// The blocks of this VPC, as far as they were seen.
pub(in crate::chain) fn class_of(facts: &Facts, reach: &Reach) -> Class {
    let interfaces = facts.node.interfaces.value().into_iter().flatten();
    let blocks: Vec<String> = interfaces.flat_map(|it| it.vpc_cidrs.clone()).collect();
    class(&reach.addresses, &blocks)
}

/// The one that says more, where there is one.
pub(super) fn precise(
    facts: &Facts,
    from: From,
    reach: &Reach,
    fault: &'static Fault,
) -> &'static Fault {
    let Some((service, region)) = Service::of_host(&reach.host) else { return fault };
    if std::ptr::eq(fault, &raw const TLS_UNTRUSTED) {
        return if foreign(reach) { &TLS_INTERCEPTED } else { fault };
    }
    let silent = std::ptr::eq(fault, &raw const CONNECT_TIMED_OUT);
    if !silent || (from == From::Pod && !silent_for_the_node(facts, reach)) {
        return fault;
    }
    match (class_of(facts, reach), service.endpoint(region)) {
        (Class::InVpc | Class::Private, _) => &ENDPOINT_CLOSED,
        (Class::Public, Endpoint::Interface(_)) => &NO_WAY_OUT,
        (Class::Public, Endpoint::Gateway(_)) => &GATEWAY_MISSING,
        (Class::None | Class::Mixed, _) => fault,
    }
}

/// Whether a client that says the second sees nothing but the first.
pub(crate) fn refines(own: &Fault, said: &Fault) -> bool {
    let is = |fault: &'static Fault, it: &Fault| std::ptr::eq(fault, it);
    let silent = [&ENDPOINT_CLOSED, &NO_WAY_OUT, &GATEWAY_MISSING];
    let by_address = silent.into_iter().any(|it| is(it, own));
    (by_address && is(&CONNECT_TIMED_OUT, said))
        || (is(&TLS_INTERCEPTED, own) && is(&TLS_UNTRUSTED, said))
}

/// Else it may be a NetworkPolicy that keeps the pod alone from it.
fn silent_for_the_node(facts: &Facts, reach: &Reach) -> bool {
    let same = |it: &Reach| it.host == reach.host && it.ended == Ended::ConnectTimedOut;
    facts.node.sts.value().is_some_and(same)
}

/// AWS's own issuers: then it is the bundle that is stale.
fn foreign(reach: &Reach) -> bool {
    const OURS: [&str; 3] = ["Amazon", "Starfield", "DigiCert"];
    let issuer = reach.issuer.as_deref();
    issuer.is_some_and(|it| !it.is_empty() && !OURS.iter().any(|name| it.contains(name)))
}

/// What the texts of these faults name.
pub(in crate::chain) fn named(facts: &Facts, reach: &Reach, verdict: Verdict) -> Verdict {
    let mut verdict = verdict
        .with("host", &reach.host)
        .with("port", reach.port.to_string())
        .with("security-groups", groups(facts));
    if let Some(address) = reach.addresses.first() {
        verdict = verdict.with("address", address);
    }
    if let Some((service, region)) = Service::of_host(&reach.host) {
        let endpoint = service.endpoint(region);
        verdict = verdict.with("endpoint-service", endpoint.name()).with("region", region);
    }
    if let Some(issuer) = &reach.issuer {
        verdict = verdict.with("issuer", issuer);
    }
    let interfaces = facts.node.interfaces.value().into_iter().flatten();
    match interfaces.map(|it| &it.subnet_id).find(|it| !it.is_empty()) {
        Some(subnet) => verdict.with("subnets", subnet),
        None => verdict,
    }
}

/// Of the primary interface, which is the one that the node itself speaks from.
fn groups(facts: &Facts) -> String {
    let interfaces = facts.node.interfaces.value().into_iter().flatten();
    let primary = interfaces.into_iter().find(|it| it.device_number == 0 && it.network_card == 0);
    match primary.map(|it| it.security_groups.join(", ")).filter(|it| !it.is_empty()) {
        Some(groups) => groups,
        None => "the node's own security group".to_owned(),
    }
}

/// Without the proxy nothing was to be expected, so that it says nothing that it failed.
pub(super) fn proxied(facts: &Facts, reach: &Reach) -> Option<Missing> {
    let input: &'static Input = &THROUGH_PROXY;
    let proxy = facts.node.host.proxy.value()?;
    let env = IdentityEnv {
        https_proxy: proxy.https.clone(),
        no_proxy: Some(proxy.exempt.join(",")),
        ..IdentityEnv::default()
    };
    let proxy = egress::proxied_name(&env, &reach.host)?;
    let why = format!("the node's programs ask the proxy {proxy}; without it: {}", reach.ended);
    Some(input.missing(why))
}
