//! What a cluster thinks of a node that came as far as asking it, and what its Node object shows.

use super::decided::{check, healthy};
use super::{Expect, Program, Scenario};
use crate::account::Unwilling;
use crate::config::identity::{Refusal, refusal, sts};
use crate::config::{Described, Door, Mapping, NodeObject};
use crate::world::Standin;

const OTHER_CLUSTER: &str = "OTHER0D539D4633E53DE1B716D30000.gr7.us-west-2.eks.amazonaws.com";

const EXPIRED: Refusal =
    refusal(403, "ExpiredToken", "The security token included in the request is expired");

pub(super) static ALL: &[Scenario] = &[
    check(
        "role-unmapped",
        "the cluster has no access entry for the node's role",
        |it| it.mapping = Mapping::Unmapped,
        "node",
        "node-join/access/role-not-known",
    ),
    check(
        "cluster-name-of-none",
        "the node was given a cluster's name that no cluster has",
        |it| it.given_cluster = "prod-blue",
        "node",
        "node-join/cluster-config/no-such-cluster",
    ),
    check(
        "cluster-name-of-another",
        "the node was given the name of one cluster and the endpoint of another",
        |it| {
            it.given_cluster = "prod-blue";
            it.described.name = "prod-blue";
            it.described.host = OTHER_CLUSTER;
            it.described.own_ca = false;
        },
        "node",
        "node-join/cluster-config/name-of-another-cluster",
    ),
    check(
        "cluster-endpoint-of-another",
        "the node asks an endpoint that is not its cluster's",
        |it| {
            it.mapping = Mapping::Unmapped;
            it.described.host = OTHER_CLUSTER;
        },
        "node",
        "node-join/cluster-config/endpoint-is-not-the-clusters",
    ),
    check(
        "cluster-ca-of-another",
        "the CA in the kubeconfig is not the cluster's",
        |it| {
            it.mapping = Mapping::Unmapped;
            it.described.own_ca = false;
        },
        "node",
        "node-join/cluster-config/ca-is-not-the-clusters",
    ),
    check(
        "cluster-deleting",
        "the cluster is being deleted",
        |it| {
            it.mapping = Mapping::Unmapped;
            it.described = Described { status: "DELETING", ..Described::default() };
        },
        "node",
        "node-join/cluster-config/cluster-not-active",
    ),
    check(
        "cluster-endpoint-without-its-group",
        "nothing answers at the endpoint, and the node is not in the cluster's security group",
        |it| {
            it.door(Standin::Cluster, Door::BlackHole);
            it.described.group = "sg-0ffffffffffffffff";
        },
        "network",
        "node-join/cluster-endpoint/without-cluster-security-group",
    ),
    healthy(
        "describe-cluster-denied",
        "the node may not describe its cluster, and is well",
        |it| it.account.unwilling = vec![("eks:DescribeCluster", Unwilling::Denied)],
    ),
    Scenario {
        id: "unauthorized-and-describe-cluster-denied",
        title: "the cluster answers 401, and the node may not learn whether its name is right",
        program: Program::Check,
        arrange: |it| {
            it.mapping = Mapping::Unmapped;
            it.account.unwilling = vec![("eks:DescribeCluster", Unwilling::Denied)];
        },
        expect: Expect::Undecided {
            plane: None,
            link: Some("node-join/access"),
            needs: "cluster-identity",
        },
    },
    Scenario {
        id: "unauthorized-and-sts-unreachable",
        title: "the cluster answers 401, and the node does not reach STS",
        program: Program::Check,
        arrange: |it| {
            it.mapping = Mapping::Unmapped;
            it.door(Standin::StsRegional, Door::Refused);
        },
        expect: Expect::Undecided {
            plane: None,
            link: Some("node-join/access"),
            needs: "access-entry",
        },
    },
    check(
        "clock-behind",
        "the node's clock is twenty minutes behind",
        |it| it.clock_offset = 1200,
        "node",
        "node-join/clock/breaks-tokens",
    ),
    check(
        "clock-ahead",
        "the node's clock is twenty minutes ahead",
        |it| it.clock_offset = -1200,
        "node",
        "node-join/clock/breaks-tokens",
    ),
    check(
        "node-sts-region-disabled",
        "STS is not activated in the region",
        |it| {
            it.mapping = Mapping::Unmapped;
            it.sts.caller_refusal = Some(sts::REGION_DISABLED);
        },
        "iam",
        "node-join/access/sts-region-disabled",
    ),
    check(
        "credentials-unknown-to-sts",
        "the role of the node's credentials was deleted",
        |it| {
            it.mapping = Mapping::Unmapped;
            it.sts.caller_refusal = Some(sts::CLIENT_TOKEN);
        },
        "node",
        "node-join/access/credentials-unknown-to-sts",
    ),
    check(
        "credentials-expired-at-sts",
        "STS calls the node's credentials expired, whatever they say of themselves",
        |it| {
            it.mapping = Mapping::Unmapped;
            it.sts.caller_refusal = Some(EXPIRED);
        },
        "node",
        "node-join/credential-expiry/expired",
    ),
    check(
        "role-without-groups",
        "aws-auth maps the role without the group of nodes",
        |it| {
            it.node = NodeObject::Absent;
            it.mapping = Mapping::WithoutGroups;
        },
        "node",
        "node-join/access/not-in-group-nodes",
    ),
    check(
        "role-as-another-node",
        "aws-auth maps the role to the name of one node",
        |it| {
            it.node = NodeObject::Absent;
            it.mapping = Mapping::OtherNode;
        },
        "node",
        "node-join/access/username-is-not-the-node",
    ),
    check(
        "role-of-type-standard",
        "the access entry is of type STANDARD",
        |it| {
            it.node = NodeObject::Absent;
            it.mapping = Mapping::Standard;
        },
        "node",
        "node-join/access/username-is-not-the-node",
    ),
    check(
        "role-without-any-right",
        "the cluster knows the role as somebody who may ask nothing",
        |it| {
            it.node = NodeObject::Absent;
            it.mapping = Mapping::Nobody;
        },
        "node",
        "node-join/access/without-any-right",
    ),
    check(
        "node-not-ready-runtime",
        "containerd is down",
        |it| it.node = NodeObject::RuntimeDown,
        "node",
        "node-join/node-ready/runtime-down",
    ),
    check(
        "node-not-ready-pleg",
        "the runtime answers the kubelet too slowly",
        |it| it.node = NodeObject::PlegUnhealthy,
        "node",
        "node-join/node-ready/pleg-unhealthy",
    ),
    check(
        "node-status-unknown",
        "the kubelet stopped posting its status",
        |it| it.node = NodeObject::Unknown,
        "node",
        "node-join/node-ready/status-unknown",
    ),
    check(
        "node-not-ready-disk",
        "the node's disk is full",
        |it| {
            it.node = NodeObject::NotReady;
            it.pressures = vec!["DiskPressure"];
        },
        "node",
        "node-join/node-ready/disk-pressure",
    ),
    check(
        "node-not-ready-memory",
        "the node's memory is used up",
        |it| {
            it.node = NodeObject::NotReady;
            it.pressures = vec!["MemoryPressure"];
        },
        "node",
        "node-join/node-ready/memory-pressure",
    ),
    check(
        "node-not-ready-pids",
        "the node's process ids are used up",
        |it| {
            it.node = NodeObject::NotReady;
            it.pressures = vec!["PIDPressure"];
        },
        "node",
        "node-join/node-ready/pid-pressure",
    ),
    check(
        "node-not-ready",
        "the kubelet calls itself not ready, without a cause that is known",
        |it| it.node = NodeObject::NotReady,
        "node",
        "node-join/node-ready/not-ready",
    ),
    check(
        "taint-uninitialized",
        "the cloud controller does not find the instance",
        |it| it.taints = vec!["node.cloudprovider.kubernetes.io/uninitialized"],
        "node",
        "node-join/taints/uninitialized",
    ),
    check(
        "taint-network-unavailable",
        "the node's network is marked unavailable",
        |it| it.taints = vec!["node.kubernetes.io/network-unavailable"],
        "network",
        "node-join/taints/network-unavailable",
    ),
    check(
        "taint-karpenter",
        "Karpenter has not taken the node as its own",
        |it| it.taints = vec!["karpenter.sh/unregistered"],
        "node",
        "node-join/taints/karpenter-unregistered",
    ),
    check(
        "taint-agent",
        "an agent has not taken its taint away",
        |it| it.taints = vec!["ebs.csi.aws.com/agent-not-ready"],
        "node",
        "node-join/taints/agent-not-ready",
    ),
    check(
        "taint-left-over",
        "a Ready node still has the taint of one that is not",
        |it| it.taints = vec!["node.kubernetes.io/not-ready"],
        "node",
        "node-join/taints/not-taken-away",
    ),
    healthy("taint-of-its-owner", "the node has a taint of its owner, and is cordoned", |it| {
        it.taints = vec!["example.com/dedicated", "node.kubernetes.io/unschedulable"];
        it.cordoned = true;
    }),
    check(
        "lease-stale",
        "the kubelet does not renew its Lease",
        |it| it.lease_age = 600,
        "node",
        "node-join/lease/not-renewed",
    ),
];
