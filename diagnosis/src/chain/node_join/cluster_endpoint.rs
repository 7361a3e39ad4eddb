//! The cluster's API server answers the node, with the cluster's own certificate.

use std::net::Ipv4Addr;

use crate::{
    aws::Class,
    chain::{Fault, Link, Look, Plane, Verdict, ladder},
    facts::{Ended, Facts, Observed, Reach, Source, inputs::NODE_CHECK_AS_ROOT},
};

mod silence;

use silence::{GROUP_CLOSED, NAME_NOT_FOUND, PRIVATE_NAME_HIDDEN, PUBLIC_SILENT};

pub(super) static LINK: Link = Link {
    id: "cluster-endpoint",
    title: "cluster endpoint",
    means: "The cluster's endpoint resolves, connects, speaks TLS with a certificate of the cluster's own CA, and answers.",
    judged: "From one request without credentials: 200, 401 and 403 all mean that the right server answered. Silence at a private address is the cluster's security group; at a public one DescribeCluster, where the node may call it, tells what is switched off. In a container without the kubelet's kubeconfig the Service address stands in for the endpoint.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
    ],
    faults: FAULTS,
    signs: &[],
    host: |host| host.ends_with(".eks.amazonaws.com") && !host.starts_with("oidc."),
    look,
};

static FAULTS: &[&Fault] = &[
    &NAME_NOT_FOUND,
    &ladder::NAME_UNANSWERED,
    &ladder::NAME_REFUSED,
    &ladder::CONNECT_TIMED_OUT,
    &GROUP_CLOSED,
    &PRIVATE_NAME_HIDDEN,
    &PUBLIC_SILENT,
    &ladder::CONNECT_REFUSED,
    &ladder::UNREACHABLE,
    &ladder::TLS_TIMED_OUT,
    &CA_MISMATCH,
    &ladder::TLS_WRONG_NAME,
    &ladder::TLS_EXPIRED,
    &ladder::TLS_FAILED,
    &ladder::HTTP_TIMED_OUT,
    &ladder::HTTP_FAILED,
    &UNEXPECTED,
    &ANOTHER_VPC,
    &WITHOUT_GROUP,
    &PRIVATE_OFF,
];

static CA_MISMATCH: Fault = Fault {
    id: "ca-mismatch",
    plane: Plane::Node,
    title: "the certificate of <host> is not signed by the CA that this node was given",
    fix: "give the node the CA of this very cluster",
    change: "aws eks describe-cluster --name <cluster> --query cluster.certificateAuthority.data --output text\n# that value belongs into certificateAuthority of the NodeConfig (AL2023), or --b64-cluster-ca (AL2).\n# the evidence names the issuer: a company's own means TLS inspection; exempt <host> from it",
    owner: "the owner of the node group's user data",
    impact: "new nodes of the group; this one is replaced",
    verify: "eks-triage check, on a new node",
    expect: "cluster endpoint intact",
};
static UNEXPECTED: Fault = Fault {
    id: "unexpected-answer",
    plane: Plane::Network,
    title: "what answers for <host> is no API server of a cluster (HTTP <status>)",
    fix: "correct the endpoint that this node was given, or remove the proxy that answers for it",
    change: "aws eks describe-cluster --name <cluster> --query cluster.endpoint --output text\n# compare with the host in the evidence; the same? then a proxy answers: put it into NO_PROXY",
    owner: "the owner of the node group's user data",
    impact: "new nodes of the group; this one is replaced",
    verify: "eks-triage check, on a new node",
    expect: "cluster endpoint intact",
};

static ANOTHER_VPC: Fault = Fault {
    id: "another-vpc",
    plane: Plane::Network,
    title: "nothing answers at the cluster's endpoint, and this instance is in another VPC than the cluster",
    fix: "launch the node group in subnets of the cluster's own VPC",
    change: "aws eks describe-cluster --name <cluster> --query cluster.resourcesVpcConfig.[vpcId,subnetIds]\n# these subnets, or others of this VPC, belong into the node group or its Auto Scaling group",
    owner: "the owner of the node group",
    impact: "new nodes of the group; this one is replaced",
    verify: "eks-triage check, on a new node",
    expect: "cluster endpoint intact",
};
static WITHOUT_GROUP: Fault = Fault {
    id: "without-cluster-security-group",
    plane: Plane::Network,
    title: "nothing answers at the cluster's endpoint, and this node is not in the cluster's security group <group>",
    fix: "name the cluster's security group in the launch template: groups that it names replace it",
    change: "aws eks describe-cluster --name <cluster> --query cluster.resourcesVpcConfig.clusterSecurityGroupId\n# add this one to SecurityGroupIds of the launch template's next version; then new nodes",
    owner: "the owner of the node group's launch template",
    impact: "new nodes of the group; this one is replaced",
    verify: "eks-triage check, on a new node",
    expect: "cluster endpoint intact",
};
static PRIVATE_OFF: Fault = Fault {
    id: "private-access-off",
    plane: Plane::Network,
    title: "the cluster's endpoint is public only, and this node has no way there",
    fix: "enable the endpoint's private access, so that nodes reach it within the VPC",
    change: "aws eks update-cluster-config --name <cluster> --resources-vpc-config endpointPrivateAccess=true\n# or give the node's subnet its route to a NAT gateway, whose address publicAccessCidrs must hold",
    owner: "the administrator of the cluster",
    impact: "nothing restarts; names resolve to private addresses within the VPC from then on",
    verify: "eks-triage check, on the node",
    expect: "cluster endpoint intact",
};

fn look(facts: &Facts) -> Look {
    let observed = &facts.node.cluster_endpoint;
    let (reach, source) = observed.need(&NODE_CHECK_AS_ROOT)?;
    if reach.ended == Ended::TlsUntrusted {
        let issuer = reach.issuer.as_deref().unwrap_or("unknown issuer");
        let broken = Verdict::broken(&CA_MISMATCH, issuer, source.quote(&reach.host));
        return Ok(broken.with("host", &reach.host));
    }
    let input = &NODE_CHECK_AS_ROOT;
    let mut broken = match ladder::climb(facts, ladder::From::Node, FAULTS, observed, input)? {
        Ok(200 | 401 | 403) => return Ok(Verdict::intact(reach.brief(), source)),
        Ok(status) => {
            let broken = Verdict::broken(&UNEXPECTED, reach.brief(), source.quote("HTTP"));
            let broken = broken.with("host", &reach.host);
            return Ok(broken.with("status", status.to_string()));
        }
        Err(broken) => broken,
    };
    if reach.ended == Ended::ConnectTimedOut {
        if let Some(narrowed) = narrowed(facts, reach, source) {
            return Ok(narrowed);
        }
        broken.fault = silent(facts, reach).or(broken.fault);
    }
    if let Observed::Seen { value, source } = &facts.account.cluster {
        broken = broken.with("cluster", &value.name);
        if broken.fault.is_some_and(|it| std::ptr::eq(it, &raw const PRIVATE_NAME_HIDDEN)) {
            broken = broken.and_evidence(source.quote("endpointPrivateAccess"));
        }
    }
    Ok(broken)
}

/// By the addresses of its name; in a container it is asked at its Service's address, which has none.
fn silent(facts: &Facts, reach: &Reach) -> Option<&'static Fault> {
    if !(LINK.host)(&reach.host) {
        return None;
    }
    match ladder::class_of(facts, reach) {
        Class::InVpc | Class::Private => Some(&GROUP_CLOSED),
        Class::Public => {
            Some(match facts.account.cluster.value().and_then(|it| it.endpoint_private) {
                Some(false) => &PRIVATE_OFF,
                Some(true) => &PRIVATE_NAME_HIDDEN,
                None => &PUBLIC_SILENT,
            })
        }
        Class::None | Class::Mixed => None,
    }
}

/// Why nothing answers, where EKS and EC2 were asked what should be there.
fn narrowed(facts: &Facts, reach: &Reach, source: &Source) -> Option<Verdict> {
    let Observed::Seen { value: cluster, source: said } = &facts.account.cluster else {
        return None;
    };
    let broken = |fault, needle: &str| {
        let broken = Verdict::broken(fault, reach.brief(), source.quote(&reach.host));
        broken
            .with("host", &reach.host)
            .with("cluster", &cluster.name)
            .and_evidence(said.quote(needle))
    };
    if let Observed::Seen { value: it, source: ec2 } = &facts.node.described
        && !it.vpc_id.is_empty()
        && !cluster.vpc_id.is_empty()
        && it.vpc_id != cluster.vpc_id
    {
        return Some(broken(&ANOTHER_VPC, &cluster.vpc_id).and_evidence(ec2.quote(&it.vpc_id)));
    }
    let groups = facts.node.interfaces.value().and_then(|them| {
        let first = them.iter().find(|it| it.device_number == 0 && it.network_card == 0)?;
        (!first.security_groups.is_empty()).then_some(&first.security_groups)
    });
    let group = &cluster.cluster_security_group;
    if groups.is_some_and(|it| !group.is_empty() && !it.contains(group)) {
        return Some(broken(&WITHOUT_GROUP, group).with("group", group));
    }
    let public = |it: &String| it.parse::<Ipv4Addr>().is_ok_and(|it| !it.is_private());
    let outside = !reach.addresses.is_empty() && reach.addresses.iter().all(public);
    (cluster.endpoint_private == Some(false) && outside)
        .then(|| broken(&PRIVATE_OFF, "endpointPrivateAccess"))
}
