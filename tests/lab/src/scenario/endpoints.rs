//! Endpoints of AWS that the node does not reach, by where their names lead.

use std::net::IpAddr;

use super::{Expect, Program, Scenario};
use crate::config::account::Unwilling;
use crate::config::{Config, Door, NameFault};
use crate::world::Standin;

const fn network(
    id: &'static str,
    title: &'static str,
    arrange: fn(&mut Config),
    key: &'static str,
) -> Scenario {
    let expect = Expect::Decided("network", key);
    Scenario { id, title, program: Program::Check, arrange, expect }
}

fn public_and_silent(config: &mut Config, standin: Standin) {
    config.public(standin).door(standin, Door::BlackHole);
}

pub(super) static ALL: &[Scenario] = &[
    network(
        "cluster-endpoint-public-and-silent",
        "the cluster's endpoint has public addresses, and the node no way to them",
        |it| {
            public_and_silent(it, Standin::Cluster);
            it.account.unwilling.push(("eks:DescribeCluster", Unwilling::Denied));
        },
        "node-join/cluster-endpoint/public-address-silent",
    ),
    network(
        "cluster-endpoint-private-name-hidden",
        "the cluster's endpoint is private, and the node's resolver not the VPC's",
        |it| public_and_silent(it, Standin::Cluster),
        "node-join/cluster-endpoint/private-name-hidden",
    ),
    network(
        "cluster-endpoint-private-access-off",
        "the cluster's endpoint is public alone, and the subnet has no way out",
        |it| {
            public_and_silent(it, Standin::Cluster);
            it.described.private = false;
        },
        "node-join/cluster-endpoint/private-access-off",
    ),
    network(
        "cluster-endpoint-refused",
        "nothing listens at the address of the cluster's endpoint",
        |it| _ = it.door(Standin::Cluster, Door::Refused),
        "node-join/cluster-endpoint/connect-refused",
    ),
    network(
        "cluster-endpoint-mute",
        "a firewall lets the handshake with the cluster through, and no more",
        |it| _ = it.door(Standin::Cluster, Door::Mute),
        "node-join/cluster-endpoint/http-timed-out",
    ),
    Scenario {
        id: "sts-silent-for-the-node-alone",
        title: "the node does not reach STS, which its kubelet does not need",
        program: Program::Check,
        arrange: |it| _ = it.door(Standin::StsRegional, Door::BlackHole),
        expect: Expect::Healthy,
    },
    Scenario {
        id: "eks-api-silent",
        title: "the node does not reach the EKS APIs, which a joined node does not need",
        program: Program::Check,
        arrange: |it| {
            it.door(Standin::Eks, Door::BlackHole).door(Standin::EksAuth, Door::BlackHole);
        },
        expect: Expect::Healthy,
    },
    network(
        "ec2-endpoint-closed",
        "the security group of the endpoint ec2 does not let the node in",
        |it| _ = it.door(Standin::Ec2, Door::BlackHole),
        "node-join/ec2-endpoint/endpoint-closed",
    ),
    network(
        "ec2-no-way-out",
        "EC2 has public addresses, and the node no way out",
        |it| public_and_silent(it, Standin::Ec2),
        "node-join/ec2-endpoint/no-way-out",
    ),
    network(
        "ec2-endpoint-elsewhere",
        "EC2 has the addresses of an endpoint in another VPC, which are not answered",
        |it| {
            it.at(Standin::Ec2, IpAddr::V4(Standin::EC2_ELSEWHERE));
            it.door(Standin::Ec2, Door::BlackHole);
        },
        "node-join/ec2-endpoint/endpoint-closed",
    ),
    network(
        "ec2-no-such-name",
        "the node's resolver does not know EC2",
        |it| _ = it.name(Standin::Ec2, NameFault::NoSuchName),
        "node-join/ec2-endpoint/name-not-found",
    ),
    network(
        "ec2-resolver-refuses",
        "the node's resolver refuses to answer for EC2",
        |it| _ = it.name(Standin::Ec2, NameFault::Refused),
        "node-join/ec2-endpoint/name-refused",
    ),
    network(
        "ec2-refused",
        "nothing listens at the address of EC2",
        |it| _ = it.door(Standin::Ec2, Door::Refused),
        "node-join/ec2-endpoint/connect-refused",
    ),
    network(
        "ec2-large-packets-dropped",
        "the handshake with EC2 never ends, as with too large an MTU on the way",
        |it| _ = it.door(Standin::Ec2, Door::Silent),
        "node-join/ec2-endpoint/tls-timed-out",
    ),
    network(
        "ec2-tls-intercepted",
        "a firewall inspects TLS on the way to EC2",
        |it| _ = it.door(Standin::Ec2, Door::Untrusted),
        "node-join/ec2-endpoint/tls-intercepted",
    ),
    network(
        "no-endpoints-and-no-nat",
        "every service of AWS has public addresses, and the subnet no way out",
        |it| {
            for standin in Standin::AWS_HOSTS {
                public_and_silent(it, standin);
            }
        },
        "node-join/ec2-endpoint/no-way-out",
    ),
    network(
        "ecr-api-endpoint-closed",
        "the security group of the endpoint ecr.api does not let the node in",
        |it| _ = it.door(Standin::EcrApi, Door::BlackHole),
        "image-pull/ecr-api-endpoint/endpoint-closed",
    ),
    network(
        "ecr-api-private-dns-off",
        "the name of the ECR API leads to public addresses, in spite of its endpoint",
        |it| public_and_silent(it, Standin::EcrApi),
        "image-pull/ecr-api-endpoint/no-way-out",
    ),
    network(
        "ecr-api-wrong-name",
        "another service answers at the address of the ECR API",
        |it| _ = it.door(Standin::EcrApi, Door::WrongName),
        "image-pull/ecr-api-endpoint/tls-wrong-name",
    ),
    network(
        "registry-no-way-out",
        "the registry has public addresses, and the node no way out",
        |it| public_and_silent(it, Standin::Registry),
        "image-pull/registry-endpoint/no-way-out",
    ),
    network(
        "layer-interface-endpoint-closed",
        "S3 has an interface endpoint, whose security group does not let the node in",
        |it| {
            it.at(Standin::LayerHost, IpAddr::V4(Standin::LAYERS_INSIDE));
            it.door(Standin::LayerHost, Door::BlackHole);
        },
        "image-pull/layer-endpoint/endpoint-closed",
    ),
    network(
        "layer-tls-intercepted",
        "a firewall inspects TLS on the way to the layers",
        |it| _ = it.door(Standin::LayerHost, Door::Untrusted),
        "image-pull/layer-endpoint/tls-intercepted",
    ),
];
