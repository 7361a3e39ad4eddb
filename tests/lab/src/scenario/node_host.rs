//! What the node's own files, units and journal show.

use super::{Expect, Program, Scenario};
use crate::config::host::{
    AWS_CLI, KUBELET_CONFIG, KUBELET_DROP_IN, OS_RELEASE, SWAPS, Serving, Socket, Unit, UserData,
};
use crate::config::{Door, Mapping, NodeObject};
use crate::world::Standin;
use crate::{Config, canary};

const fn check(
    id: &'static str,
    title: &'static str,
    arrange: fn(&mut Config),
    key: &'static str,
) -> Scenario {
    let expect = Expect::Decided("node", key);
    Scenario { id, title, program: Program::Check, arrange, expect }
}

/// It never joined: no kubelet runs.
fn down(it: &mut Config) -> &mut Config {
    it.node = NodeObject::Absent;
    it.door(Standin::Kubelet, Door::Refused)
}

/// A kubelet runs, and is not let in.
fn unregistered(it: &mut Config) -> &mut Config {
    it.node = NodeObject::Absent;
    it
}

fn user_data(it: &mut Config, text: &[u8]) {
    down(it).host.user_data = UserData::Bytes(text.to_vec());
}

fn without(it: &mut Config, key: &'static str) {
    down(it).host.user_data = UserData::NodeConfig { without: key };
}

pub(super) static ALL: &[Scenario] = &[
    check(
        "user-data-absent",
        "the instance was launched without user data",
        |it| down(it).host.user_data = UserData::None,
        "node-join/user-data/absent",
    ),
    check(
        "user-data-without-node-config",
        "the user data is a script that has nothing to do with EKS",
        |it| user_data(it, b"#!/bin/bash\nyum -y update\n"),
        "node-join/user-data/no-node-config",
    ),
    check(
        "user-data-calls-bootstrap",
        "the user data of an AL2023 node calls bootstrap.sh",
        |it| user_data(it, b"#!/bin/bash\n/etc/eks/bootstrap.sh prod-cluster\n"),
        "node-join/user-data/bootstrap-script",
    ),
    check(
        "user-data-gzip-cut",
        "the user data is gzip whose end is lost",
        |it| user_data(it, b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\x48\xcd\xc9\xc9\x57\x28\xcf"),
        "node-join/user-data/broken",
    ),
    check(
        "user-data-wrong-api-version",
        "the NodeConfig is of an API version that does not exist",
        |it| {
            user_data(it, b"apiVersion: node.eks.aws/v1\nkind: NodeConfig\nspec: {cluster: {name: prod-cluster}}\n");
        },
        "node-join/user-data/wrong-api-version",
    ),
    check(
        "user-data-without-name",
        "the NodeConfig does not name the cluster",
        |it| without(it, "    name: "),
        "node-join/user-data/no-name",
    ),
    check(
        "user-data-without-endpoint",
        "the NodeConfig lacks the cluster's endpoint",
        |it| without(it, "apiServerEndpoint"),
        "node-join/user-data/no-endpoint",
    ),
    check(
        "user-data-without-ca",
        "the NodeConfig lacks the cluster's CA",
        |it| without(it, "certificateAuthority"),
        "node-join/user-data/no-ca",
    ),
    check(
        "user-data-without-cidr",
        "the NodeConfig lacks the range of the cluster's services",
        |it| without(it, "cidr"),
        "node-join/user-data/no-cidr",
    ),
    check(
        "proxy-for-metadata",
        "the kubelet's unit has a proxy that the metadata service is not exempt from",
        |it| {
            let text = format!(
                "[Service]\nEnvironment=\"HTTP_PROXY=http://node:{}@proxy.example.internal:3128\"\nEnvironment=\"NO_PROXY=localhost,.svc\"\n",
                canary::PROXY_PASSWORD
            );
            unregistered(it).host.file(KUBELET_DROP_IN, &text);
        },
        "node-join/proxy/metadata-not-exempt",
    ),
    check(
        "nodeadm-failed",
        "nodeadm ended with an error, and nobody knows more",
        |it| _ = down(it).host.unit(Unit::failed("nodeadm-config", 1)),
        "node-join/bootstrap/nodeadm-failed",
    ),
    check(
        "nodeadm-not-executable",
        "systemd may not run nodeadm on a hardened image",
        |it| _ = down(it).host.unit(Unit::failed("nodeadm-config", 203)),
        "node-join/bootstrap/nodeadm-not-executable",
    ),
    check(
        "nodeadm-gets-no-answer-from-ec2",
        "nodeadm's journal tells of an EC2 API that does not answer",
        |it| {
            let line = r#"{"level":"fatal","caller":"nodeadm/main.go:36","msg":"Command failed","error":"expected err to be of type smithy.APIError, got operation error EC2: DescribeInstances, https response error StatusCode: 0, RequestID: , canceled, context deadline exceeded"}"#;
            down(it).host.unit(Unit::failed("nodeadm-config", 1)).says("nodeadm-config", line);
        },
        "node-join/bootstrap/ec2-api-unanswered",
    ),
    check(
        "nodeadm-may-not-ask-ec2",
        "nodeadm's journal tells that it may not describe its instance",
        |it| {
            let line = r#"{"level":"fatal","caller":"nodeadm/main.go:36","msg":"Command failed","error":"operation error EC2: DescribeInstances, https response error StatusCode: 403, RequestID: 1b9c, api error UnauthorizedOperation: You are not authorized to perform this operation."}"#;
            down(it).host.unit(Unit::failed("nodeadm-config", 1)).says("nodeadm-config", line);
        },
        "node-join/bootstrap/ec2-describe-denied",
    ),
    check(
        "containerd-socket-absent",
        "containerd runs by its unit, but its socket is not there",
        |it| down(it).host.runtime = Socket::Absent,
        "node-join/runtime/socket-absent",
    ),
    check(
        "containerd-refuses",
        "containerd's socket is left, and nobody listens",
        |it| down(it).host.runtime = Socket::Refusing,
        "node-join/runtime/refused",
    ),
    check(
        "containerd-fails",
        "containerd ends as often as it is started",
        |it| {
            let host = &mut down(it).host;
            host.runtime = Socket::Refusing;
            host.unit(Unit::failing("containerd", 1))
                .says("containerd", "containerd: failed to load TOML: /etc/containerd/config.toml: (12, 3): unexpected token");
        },
        "node-join/runtime/fails",
    ),
    check(
        "containerd-stopped",
        "nobody started containerd",
        |it| {
            let host = &mut down(it).host;
            host.runtime = Socket::Absent;
            host.unit(Unit::stopped("containerd"));
        },
        "node-join/runtime/stopped",
    ),
    check(
        "containerd-not-installed",
        "the image has no containerd",
        |it| {
            let host = &mut down(it).host;
            host.runtime = Socket::Absent;
            host.units.retain(|it| it.name != "containerd");
        },
        "node-join/runtime/not-installed",
    ),
    check(
        "kubelet-not-installed",
        "the image has no kubelet",
        |it| down(it).host.units.retain(|it| it.name != "kubelet"),
        "node-join/kubelet/not-installed",
    ),
    check(
        "kubelet-masked",
        "somebody masked the kubelet's unit",
        |it| _ = down(it).host.unit(Unit { load: "masked", ..Unit::stopped("kubelet") }),
        "node-join/kubelet/masked",
    ),
    check(
        "kubelet-start-limit",
        "systemd gave the kubelet up",
        |it| {
            let unit = Unit { result: "start-limit-hit", ..Unit::failed("kubelet", 1) };
            down(it).host.unit(unit);
        },
        "node-join/kubelet/start-limit",
    ),
    check(
        "kubelet-fails",
        "the kubelet ends as often as it is started, and its journal says why",
        |it| {
            let line = r#"E1121 10:05:59.270406 3214 run.go:72] "command failed" err="failed to parse kubelet flag: unknown flag: --container-runtime""#;
            down(it).host.unit(Unit::failing("kubelet", 1)).says("kubelet", line);
        },
        "node-join/kubelet/fails",
    ),
    check(
        "kubelet-of-ubuntu-fails",
        "the same on an image whose kubelet is a snap",
        |it| {
            let host = &mut down(it).host;
            host.file(OS_RELEASE, "ID=ubuntu\nVERSION_ID=\"24.04\"\n");
            host.unit(Unit::failing("snap.kubelet-eks.daemon", 255));
            host.units.retain(|it| it.name != "kubelet");
        },
        "node-join/kubelet/fails",
    ),
    check(
        "kubelet-of-an-unknown-image-fails",
        "the same on an image that nobody knows",
        |it| {
            let host = &mut down(it).host;
            host.file(OS_RELEASE, "ID=rhel\nVERSION_ID=\"9.4\"\n");
            host.unit(Unit::failing("kubelet", 1));
        },
        "node-join/kubelet/fails",
    ),
    check(
        "swap-on",
        "swap is on, with which the kubelet does not start",
        |it| {
            let text = "Filename Type Size Used Priority\n/swapfile file 2097148 0 -2\n";
            down(it).host.file(SWAPS, text).unit(Unit::failing("kubelet", 1));
        },
        "node-join/kubelet-config/swap-on",
    ),
    check(
        "exec-plugin-missing",
        "the program that makes the kubelet's tokens is not on the node",
        |it| _ = unregistered(it).host.files.remove(AWS_CLI),
        "node-join/kubelet-config/exec-plugin-missing",
    ),
    check(
        "kubelet-has-a-workload-s-identity",
        "the kubelet's unit is given the variables of a ServiceAccount's role",
        |it| {
            let text = "[Service]\nEnvironment=AWS_ROLE_ARN=arn:aws:iam::111122223333:role/api AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/secrets/x\n";
            unregistered(it).host.file(KUBELET_DROP_IN, text);
        },
        "node-join/kubelet-config/web-identity-in-environment",
    ),
    check(
        "cluster-dns-of-another-range",
        "pods are given a name server that is not of this cluster's range",
        |it| _ = it.host.file(KUBELET_CONFIG, "{\"clusterDNS\": [\"10.100.0.10\"]}\n"),
        "node-join/kubelet-config/cluster-dns",
    ),
    check(
        "node-without-a-name",
        "the kubelet's journal tells that it has no name for its node",
        |it| {
            let line = r#"E1121 10:05:59.270406 3214 kubelet.go:2448] "Error getting node" err="node \"\" not found""#;
            unregistered(it).host.says("kubelet", line);
        },
        "node-join/kubelet-config/no-node-name",
    ),
    check(
        "node-name-too-long",
        "the kubelet's journal tells that its node's name is too long",
        |it| {
            let line = r#"E1121 10:05:59.270406 3214 kubelet_node_status.go:96] "Unable to register node with API server" err="Node \"ip-10-0-1-10.a-very-long-name-of-a-department.of-a-company.example.internal\" is invalid: metadata.labels: Invalid value: \"ip-10-0-1-10.a-very-long-name-of-a-department.of-a-company.example.internal\": must be no more than 63 characters""#;
            unregistered(it).host.says("kubelet", line);
        },
        "node-join/registration/name-too-long",
    ),
    check(
        "journal-unauthorized",
        "the kubelet's journal tells that the cluster refuses it, and the node itself cannot ask",
        |it| {
            let line = r#"E1121 10:05:59.270406 3214 kubelet_node_status.go:96] "Unable to register node with API server" err="Unauthorized" node="ip-10-0-1-10.us-west-2.compute.internal""#;
            it.mapping = Mapping::Unmapped;
            it.door(Standin::StsRegional, Door::Refused);
            unregistered(it).host.says("kubelet", line);
        },
        "node-join/access/unauthorized",
    ),
    Scenario {
        id: "journal-of-the-boot",
        title: "the journal tells of what failed before the node joined, and of its pods",
        program: Program::Check,
        arrange: |it| {
            let host = &mut it.host;
            host.journal_age = 3600;
            host.says("kubelet", r#"E1121 10:05:59.270406 3214 kubelet_node_status.go:96] "Unable to register node with API server" err="Unauthorized" node="ip-10-0-1-10.us-west-2.compute.internal""#);
            host.says("kubelet", r#"E1121 10:06:59.270406 3214 pod_workers.go:1324] "Error syncing pod, skipping" err="failed to pull image \"registry.example/api:1\": not found: manifest unknown""#);
        },
        expect: Expect::Healthy,
    },
    check(
        "serving-certificate-missing",
        "the cluster did not issue the kubelet's serving certificate",
        |it| it.host.serving = Serving::Missing,
        "node-join/serving-certificate/missing",
    ),
    check(
        "serving-certificate-expired",
        "the kubelet's serving certificate was not renewed",
        |it| it.host.serving = Serving::Expired,
        "node-join/serving-certificate/expired",
    ),
    check(
        "serving-certificate-not-yet-valid",
        "the kubelet's serving certificate is of the future",
        |it| it.host.serving = Serving::NotYetValid,
        "node-join/serving-certificate/not-yet-valid",
    ),
    Scenario {
        id: "serving-certificate-of-its-own",
        title: "the kubelet made its serving certificate itself, which is no fault",
        program: Program::Check,
        arrange: |it| it.host.serving = Serving::SelfSigned,
        expect: Expect::Healthy,
    },
];
