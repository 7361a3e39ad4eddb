//! The VPC CNI's address daemon serves.

use super::{cni_config, cni_role};
use crate::{
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{
        Ended, Facts,
        inputs::{IPAMD_LOG, NODE_CHECK_AS_ROOT},
    },
};

pub(super) static LINK: Link = Link {
    id: "ipamd",
    title: "ipamd",
    means: "ipamd, in the aws-node pod, answers: every new pod asks it for an address.",
    judged: "From its introspection; where that is switched off or refused, from its gRPC door, which cannot be: a unix socket since 1.23, 127.0.0.1:50051 before. It is called broken only where the VPC CNI's configuration is there.",
    sources: &[
        "aws/amazon-vpc-cni-k8s pkg/ipamd/introspect.go and rpc_handler.go, v1.23.1",
        "https://github.com/aws/amazon-vpc-cni-k8s/blob/master/docs/troubleshooting.md",
    ],
    faults: &[&NOT_SERVING, &HANGS],
    signs: &[
        Sign::new(
            "add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable",
            "plugin type=\"aws-cni\" name=\"aws-cni\" failed (add): add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp 127.0.0.1:50051: connect: connection refused\"",
            "aws/amazon-vpc-cni-k8s cmd/routed-eni-cni-plugin/cni.go, v1.23.1",
            &[Way(&LINK, &NOT_SERVING)],
        )
        .showing(&[&cni_config::LINK]),
        Sign::new(
            "dial unix /var/run/aws-node/ipamd.sock: connect: ",
            "add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial unix /var/run/aws-node/ipamd.sock: connect: no such file or directory\"",
            "aws/amazon-vpc-cni-k8s pkg/ipamd/rpc_handler.go, v1.23.1",
            &[Way(&LINK, &NOT_SERVING)],
        ),
        Sign::new(
            "add cmd: failed to connect to backend server",
            "plugin type=\"aws-cni\" name=\"aws-cni\" failed (add): add cmd: failed to connect to backend server: context deadline exceeded",
            "aws/amazon-vpc-cni-k8s cmd/routed-eni-cni-plugin/cni.go, v1.23.1",
            &[Way(&LINK, &NOT_SERVING), Way(&LINK, &HANGS)],
        ),
        Sign::new(
            "add cmd: Error received from AddNetwork gRPC call: rpc error: code = DeadlineExceeded",
            "plugin type=\"aws-cni\" name=\"aws-cni\" failed (add): add cmd: Error received from AddNetwork gRPC call: rpc error: code = DeadlineExceeded desc = context deadline exceeded",
            "aws/amazon-vpc-cni-k8s cmd/routed-eni-cni-plugin/cni.go, v1.23.1",
            &[Way(&LINK, &HANGS)],
        ),
        Sign::new(
            "timeout: failed to connect service <>:50051",
            "Readiness probe failed: {\"level\":\"info\",\"msg\":\"timeout: failed to connect service \\\":50051\\\" within 1s\"}",
            "https://github.com/aws/amazon-vpc-cni-k8s/issues/1278",
            &[Way(&LINK, &NOT_SERVING)],
        ),
        Sign::new(
            "timeout: failed to connect service <>ipamd.sock",
            "Readiness probe failed: timeout: failed to connect service \"unix:///var/run/aws-node/ipamd.sock\" within 5s",
            "aws/amazon-vpc-cni-k8s charts/aws-vpc-cni/values.yaml, v1.23.1",
            &[Way(&LINK, &NOT_SERVING)],
        ),
        // It waits, or it was refused: what it waits for is its own next line.
        Sign::new(
            "timed out waiting for IPAM daemon to start",
            "timed out waiting for IPAM daemon to start.",
            "https://github.com/aws/amazon-vpc-cni-k8s/issues/1049",
            NOT_YET,
        ),
        Sign::new(
            "Retrying waiting for IPAM-D",
            r#"{"level":"info","caller":"aws-vpc-cni/main.go","msg":"Retrying waiting for IPAM-D"}"#,
            "aws/amazon-vpc-cni-k8s cmd/aws-vpc-cni/main.go, v1.23.1",
            NOT_YET,
        ),
    ],
    host: no_host,
    look,
};

static NOT_YET: &[Way] = &[Way(&LINK, &NOT_SERVING), Way(&cni_role::LINK, &cni_role::DENIED)];

static NOT_SERVING: Fault = Fault {
    id: "not-serving",
    plane: Plane::Network,
    title: "ipamd does not serve on this node, so no pod gets an address",
    fix: "bring aws-node on this node up; its own first error says why it is not",
    change: "kubectl -n kube-system get pods -l k8s-app=aws-node --field-selector spec.nodeName=<node>\nkubectl -n kube-system logs -l k8s-app=aws-node -c aws-node --tail=50\ntail -n 50 /var/log/aws-routed-eni/ipamd.log    # on the node",
    owner: "the administrator of the cluster",
    impact: "this node; running pods keep their addresses",
    verify: "curl -s 127.0.0.1:61679/v1/enis | head -c 200    # on the node",
    expect: "TotalIPs",
};
static HANGS: Fault = Fault {
    id: "hangs",
    plane: Plane::Network,
    title: "ipamd accepts connections, but does not answer",
    fix: "restart aws-node on this node, and keep its log: it waits for EC2 or the API server",
    change: "tail -n 200 /var/log/aws-routed-eni/ipamd.log > ipamd.before-restart.log    # on the node\nkubectl -n kube-system delete pod -l k8s-app=aws-node --field-selector spec.nodeName=<node>",
    owner: "the administrator of the cluster",
    impact: "this node; running pods keep their addresses",
    verify: "curl -s 127.0.0.1:61679/v1/enis | head -c 200    # on the node",
    expect: "TotalIPs",
};

fn look(facts: &Facts) -> Look {
    let node = &facts.node;
    if node.vpc_cni.value() == Some(&false) && node.ipamd.value().is_none() {
        return Ok(Verdict::not_applicable("another CNI plugin is configured"));
    }
    if let Ok((books, source)) = node.ipamd.need(&IPAMD_LOG) {
        let detail = format!("{} interfaces, {} addresses", books.interfaces, books.total);
        return Ok(Verdict::intact(detail, source));
    }
    if let Ok((reach, source)) = node.introspection.need(&IPAMD_LOG)
        && reach.ended == Ended::HttpTimedOut
    {
        let quote = source.quote(&reach.host);
        return Ok(Verdict::broken(&HANGS, reach.ended.to_string(), quote));
    }
    let (door, source) = node.ipamd_grpc.need(&NODE_CHECK_AS_ROOT)?;
    match door.ended {
        Ended::Connected => Ok(Verdict::intact("its gRPC door is open", source)),
        Ended::ConnectRefused | Ended::Unreachable => {
            // A node without the VPC CNI has no such door either.
            let (_, config) = node.vpc_cni.need(&NODE_CHECK_AS_ROOT)?;
            let broken =
                Verdict::broken(&NOT_SERVING, door.ended.to_string(), source.quote(&door.host));
            Ok(broken.and_evidence(config.quote("aws")))
        }
        Ended::Forbidden => Err(NODE_CHECK_AS_ROOT.missing(door.brief())),
        _ => Err(IPAMD_LOG.doubt(door.brief(), source.quote(&door.host))),
    }
}
