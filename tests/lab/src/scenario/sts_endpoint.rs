//! Whether STS is reached from where the workload runs.

use super::decided::probe;
use super::{Program, Scenario};
use crate::config::{Config, Door, NameFault};
use crate::workload::{TokenFile, Workload};
use crate::world::Standin;

const fn beside(
    id: &'static str,
    title: &'static str,
    arrange: fn(&mut Config),
    plane: &'static str,
    key: &'static str,
) -> Scenario {
    Scenario { program: Program::Beside, ..probe(id, title, arrange, plane, key) }
}

fn both_hosts(config: &mut Config, door: Door) {
    config.door(Standin::StsRegional, door).door(Standin::StsGlobal, door);
}

pub(super) static ALL: &[Scenario] = &[
    probe(
        "sts-blackhole",
        "packets to STS are dropped",
        |it| both_hosts(it, Door::BlackHole),
        "network",
        "irsa/sts-endpoint/connect-timed-out",
    ),
    probe(
        "sts-refused",
        "nothing listens at the address of STS",
        |it| both_hosts(it, Door::Refused),
        "network",
        "irsa/sts-endpoint/connect-refused",
    ),
    probe(
        "sts-no-such-name",
        "STS has no name in this VPC",
        |it| {
            it.name(Standin::StsRegional, NameFault::NoSuchName);
            it.name(Standin::StsGlobal, NameFault::NoSuchName);
        },
        "network",
        "irsa/sts-endpoint/name-not-found",
    ),
    probe(
        "sts-resolver-silent",
        "the pod's resolver does not answer for STS",
        |it| {
            it.name(Standin::StsRegional, NameFault::Silent);
            it.name(Standin::StsGlobal, NameFault::Silent);
        },
        "network",
        "irsa/sts-endpoint/name-unanswered",
    ),
    probe(
        "sts-tls-intercepted",
        "a proxy reads along on the way to STS",
        |it| both_hosts(it, Door::Untrusted),
        "network",
        "irsa/sts-endpoint/tls-intercepted",
    ),
    probe(
        "sts-tls-hangs",
        "large packets on the way to STS are dropped",
        |it| both_hosts(it, Door::Silent),
        "network",
        "irsa/sts-endpoint/tls-timed-out",
    ),
    probe(
        "sts-global-only-unreachable",
        "the pod is told to ask the global STS, which this VPC does not reach",
        |it| {
            it.workload.sts_regional_endpoints = Some("legacy");
            it.door(Standin::StsGlobal, Door::BlackHole);
        },
        "network",
        "irsa/sts-endpoint/global-host-chosen",
    ),
    probe(
        "sts-regional-only-unreachable",
        "the pod is told to ask the regional STS, and only the global one is reached",
        |it| _ = it.door(Standin::StsRegional, Door::BlackHole),
        "network",
        "irsa/sts-endpoint/regional-host-chosen",
    ),
    beside(
        "sts-pods-cut-off",
        "the node reaches STS, its pods do not",
        |it| both_hosts(it, Door::BlackHole),
        "network",
        "irsa/sts-endpoint/pods-cut-off",
    ),
    beside(
        "token-missing-beside-the-node",
        "all is well with the node, and the pod's token file does not exist",
        |it| it.workload.token = Some(TokenFile::Missing),
        "iam",
        "irsa/token-file/missing",
    ),
    beside(
        "node-role-shadow-beside-the-node",
        "the agent sees of a pod without identity that it calls AWS as the node",
        |it| it.workload = Workload::not_injected(),
        "iam",
        "irsa/injection/hidden-by-node-role",
    ),
];
