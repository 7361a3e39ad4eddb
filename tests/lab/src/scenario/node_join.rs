//! What keeps a node from joining, or from being Ready.

use super::decided::check;
use super::{Expect, Program, Scenario};
use crate::config::{Door, NameFault, NodeObject, Profile, RoleAnswer, Rule};
use crate::reply::Reply;
use crate::world::Standin;

pub(super) static ALL: &[Scenario] = &[
    Scenario {
        id: "healthy",
        title: "nothing is wrong with the node",
        program: Program::Check,
        arrange: |_| {},
        expect: Expect::Healthy,
    },
    check(
        "imds-timeout",
        "packets to IMDS are dropped",
        |it| _ = it.door(Standin::Imds, Door::BlackHole),
        "node",
        "node-join/imds/timed-out",
    ),
    check(
        "imds-refused",
        "a redirect of IMDS leads to a closed port",
        |it| _ = it.door(Standin::Imds, Door::Refused),
        "node",
        "node-join/imds/refused",
    ),
    check(
        "imds-401",
        "something in between wants credentials for IMDS",
        |it| _ = it.answer(Standin::Imds, Reply::text(401, "")),
        "node",
        "node-join/imds/unauthorized",
    ),
    check(
        "imds-403",
        "IMDS is switched off for the instance",
        |it| _ = it.answer(Standin::Imds, Reply::text(403, "")),
        "node",
        "node-join/imds/disabled",
    ),
    check(
        "imds-404",
        "a metadata proxy answers in the place of IMDS",
        |it| _ = it.answer(Standin::Imds, Reply::html(404)),
        "node",
        "node-join/imds/not-found",
    ),
    check(
        "imds-throttled",
        "the node asks IMDS more than its budget allows",
        |it| _ = it.answer(Standin::Imds, Reply::text(503, "")),
        "node",
        "node-join/imds/throttled",
    ),
    check(
        "imds-html",
        "a page answers in the place of IMDS",
        |it| _ = it.answer(Standin::Imds, Reply::html(200)),
        "node",
        "node-join/imds/not-imds",
    ),
    check(
        "imds-400",
        "something in between drops the header of the token request",
        |it| _ = it.answer(Standin::Imds, Reply::text(400, "")),
        "node",
        "node-join/imds/header-lost",
    ),
    check(
        "imds-redirected",
        "a captive portal redirects what is asked of IMDS",
        |it| {
            let reply = Reply::html(302).with("location", "http://portal.example.com/");
            it.answer(Standin::Imds, reply);
        },
        "node",
        "node-join/imds/redirected",
    ),
    check(
        "imds-through-a-proxy",
        "a proxy passes the token request on with X-Forwarded-For, which IMDS refuses",
        |it| {
            let reply = Reply::html(403).with("via", "1.1 proxy.example.com (squid/6.6)");
            it.answer(Standin::Imds, reply);
        },
        "node",
        "node-join/imds/through-proxy",
    ),
    check(
        "imds-hangs",
        "IMDS takes the connection, and its answer does not arrive",
        |it| _ = it.door(Standin::Imds, Door::Silent),
        "node",
        "node-join/imds/unanswered",
    ),
    check(
        "imds-garbage",
        "what listens in the place of IMDS does not speak HTTP",
        |it| _ = it.door(Standin::Imds, Door::Garbage),
        "node",
        "node-join/imds/not-imds",
    ),
    check(
        "imds-by-ipv6-alone",
        "IMDS answers by IPv6, while packets to its IPv4 address are dropped",
        |it| _ = it.door(Standin::Imds, Door::BlackHole).door(Standin::ImdsV6, Door::Open),
        "node",
        "node-join/imds/timed-out",
    ),
    check(
        "no-instance-profile",
        "no instance profile is attached",
        |it| it.profile = Profile::None,
        "node",
        "node-join/instance-profile/none-attached",
    ),
    check(
        "profile-not-found",
        "the instance profile was deleted and made anew",
        |it| it.profile = Profile::NotFound,
        "node",
        "node-join/instance-profile/not-existing",
    ),
    check(
        "profile-without-role",
        "the instance profile holds no role",
        |it| it.profile = Profile::WithoutRole,
        "node",
        "node-join/instance-profile/without-role",
    ),
    check(
        "role-trust-refuses-ec2",
        "the node role does not trust EC2",
        |it| it.role = RoleAnswer::AssumeRoleUnauthorizedAccess,
        "node",
        "node-join/node-role/trust-refuses-ec2",
    ),
    check(
        "credentials-expired",
        "the node's credentials expired and were not renewed",
        |it| it.credentials_last = -3600,
        "node",
        "node-join/credential-expiry/expired",
    ),
    check(
        "cluster-endpoint-no-such-name",
        "the cluster's endpoint has no name in this VPC",
        |it| _ = it.name(Standin::Cluster, NameFault::NoSuchName),
        "network",
        "node-join/cluster-endpoint/name-not-found",
    ),
    check(
        "cluster-endpoint-blackhole",
        "packets to the cluster's endpoint are dropped",
        |it| _ = it.door(Standin::Cluster, Door::BlackHole),
        "network",
        "node-join/cluster-endpoint/group-closed",
    ),
    check(
        "cluster-endpoint-wrong-ca",
        "the endpoint's certificate is of another CA than the node was given",
        |it| _ = it.door(Standin::Cluster, Door::Untrusted),
        "node",
        "node-join/cluster-endpoint/ca-mismatch",
    ),
    check(
        "cluster-endpoint-tls-hangs",
        "the endpoint's TLS handshake never ends",
        |it| _ = it.door(Standin::Cluster, Door::Silent),
        "network",
        "node-join/cluster-endpoint/tls-timed-out",
    ),
    check(
        "kubelet-down",
        "no kubelet listens",
        |it| _ = it.door(Standin::Kubelet, Door::Refused),
        "node",
        "node-join/kubelet/not-running",
    ),
    check(
        "kubelet-unhealthy",
        "the kubelet calls itself unhealthy",
        |it| {
            let reply = Reply::text(500, "[+]ping ok\n[-]syncloop failed: reason withheld\n");
            it.rule(Rule::new(Standin::Kubelet, "/healthz", reply));
        },
        "node",
        "node-join/kubelet/unhealthy",
    ),
    check(
        "node-not-registered",
        "the cluster has no Node object of this name",
        |it| it.node = NodeObject::Absent,
        "node",
        "node-join/registration/not-registered",
    ),
    check(
        "node-of-another-instance",
        "the Node object is left from an instance that had the name before",
        |it| it.node = NodeObject::OfAnotherInstance,
        "node",
        "node-join/registration/another-instance",
    ),
    check(
        "node-not-ready-cni",
        "the node is not Ready, because its CNI plugin is not initialized",
        |it| it.node = NodeObject::CniNotReady,
        "network",
        "node-join/node-ready/cni-not-initialized",
    ),
    check(
        "everything-blackholed",
        "nothing answers at all",
        |it| {
            for standin in Standin::ALL {
                it.door(standin, Door::BlackHole);
            }
        },
        "node",
        "node-join/imds/timed-out",
    ),
];
