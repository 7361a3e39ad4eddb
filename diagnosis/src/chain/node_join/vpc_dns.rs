//! The VPC answers for names, and tells its nodes to ask there.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{
        Facts,
        aws::ec2::DhcpOptions,
        inputs::{DHCP_OPTIONS, NODE_CHECK, VPC, VPC_DNS},
    },
    path,
};

pub(super) static LINK: Link = Link {
    id: "vpc-dns",
    title: "DNS of the VPC",
    means: "The VPC has DNS resolution and DNS hostnames, without which no node registers, and its DHCP options give nodes a domain name and the resolver of the VPC.",
    judged: "From the VPC's two attributes and its DHCP options. Resolvers of one's own may forward to the VPC's or not: that, only a node tells.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html",
    ],
    faults: &[&SUPPORT_OFF, &HOSTNAMES_OFF, &NO_SERVERS, &NO_DOMAIN],
    signs: &[],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the owner of the VPC",
    impact: "every instance of the VPC, within minutes; nothing restarts",
    verify: "eks-triage cluster <cluster> --region <region>",
    expect: "DNS of the VPC intact, and new nodes Ready",
};

static SUPPORT_OFF: Fault = OURS.fault(
    "dns-support-off",
    "<vpc> has no DNS resolution (enableDnsSupport is false): nodes cannot register",
    "switch the VPC's DNS resolution on",
    "aws ec2 modify-vpc-attribute --vpc-id <vpc> --enable-dns-support Value=true",
);
static HOSTNAMES_OFF: Fault = OURS.fault(
    "dns-hostnames-off",
    "<vpc> has no DNS hostnames (enableDnsHostnames is false): private names, the cluster's among them, do not resolve",
    "switch the VPC's DNS hostnames on",
    "aws ec2 modify-vpc-attribute --vpc-id <vpc> --enable-dns-hostnames Value=true",
);
const OPTIONS: Common = Common {
    impact: "instances take the new options when they renew their lease, within hours; new ones at once",
    ..OURS
};
static NO_SERVERS: Fault = OPTIONS.fault(
    "name-servers-missing",
    "the DHCP options <dhcp-options> of <vpc> name no domain-name-servers: nodes have nobody to ask",
    "give the VPC DHCP options with domain-name-servers and domain-name",
    NEW,
);
static NO_DOMAIN: Fault = OPTIONS.fault(
    "domain-name-missing",
    "the DHCP options <dhcp-options> of <vpc> have no domain-name: kubelets do not know the name of their node",
    "give the VPC DHCP options with domain-name and domain-name-servers",
    NEW,
);
const NEW: &str = "# DOMAIN is <region>.compute.internal, in us-east-1 ec2.internal; options cannot be changed, only replaced\n\
     aws ec2 create-dhcp-options --dhcp-configurations Key=domain-name,Values=DOMAIN Key=domain-name-servers,Values=AmazonProvidedDNS\n\
     aws ec2 associate-dhcp-options --vpc-id <vpc> --dhcp-options-id NEW-OPTIONS";

fn look(facts: &Facts) -> Look {
    let group = &facts.account.group;
    let (vpc, source) = group.vpc.need(&VPC)?;
    let off =
        |fault, key: &str| Ok(Verdict::broken(fault, format!("{key} is false"), source.quote(key)));
    match (vpc.enable_dns_support, vpc.enable_dns_hostnames) {
        (Some(false), _) => return off(&SUPPORT_OFF, "EnableDnsSupport"),
        (_, Some(false)) => return off(&HOSTNAMES_OFF, "EnableDnsHostnames"),
        _ => {}
    }
    if vpc.dhcp_options_id == "default" {
        let quote = source.quote("\"DhcpOptionsId\"");
        return Ok(Verdict::broken(&NO_SERVERS, "the VPC has no DHCP options", quote));
    }
    let (options, said) = group.dhcp_options.need(&DHCP_OPTIONS)?;
    let servers = path::servers(options);
    let lacks = |fault, key: &str| {
        let quote = said.quote("\"DhcpConfigurations\"");
        let broken = Verdict::broken(fault, format!("{key} is missing"), quote);
        Ok(broken.and_evidence(said.quote("\"DhcpOptionsId\"")))
    };
    if servers.is_empty() {
        return lacks(&NO_SERVERS, "domain-name-servers");
    }
    if !has_domain_name(options) {
        return lacks(&NO_DOMAIN, "domain-name");
    }
    if vpc.enable_dns_support.is_none() || vpc.enable_dns_hostnames.is_none() {
        let why = group.why_not("ec2:DescribeVpcAttribute");
        let none = || "enableDnsSupport and enableDnsHostnames were not read".to_owned();
        return Err(VPC_DNS.missing(why.unwrap_or_else(none)));
    }
    if servers.iter().any(|it| path::is_of_vpc(it, vpc)) {
        return Ok(Verdict::intact(format!("nodes ask {}", servers.join(", ")), source));
    }
    let why = format!(
        "nodes ask {}: whether they know the names of this VPC, only a node tells",
        servers.join(", ")
    );
    Err(NODE_CHECK.missing(why))
}

fn has_domain_name(options: &DhcpOptions) -> bool {
    let mut of = options.dhcp_configurations.iter().filter(|it| it.key == "domain-name");
    of.any(|it| it.values.iter().any(|it| !it.value.is_empty()))
}
