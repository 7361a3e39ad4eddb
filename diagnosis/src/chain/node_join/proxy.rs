//! A proxy of this node is not asked for what it cannot reach.

use super::joined;
use crate::{
    chain::{Fault, Link, Look, Plane, Verdict, no_host},
    facts::{Facts, inputs::NODE_CHECK_AS_ROOT},
};

pub(super) static LINK: Link = Link {
    id: "proxy",
    title: "proxy",
    means: "Where the node's services are given a proxy, the metadata service is exempt from it: only the instance itself can ask 169.254.169.254.",
    judged: "From the variables that the units of kubelet, containerd and nodeadm are given, hosts and ports only. A proxy for HTTP without an exemption of the metadata service breaks the link, but where the kubelet's tokens come from aws-iam-authenticator, which asks the metadata service past every proxy.",
    sources: &[
        "https://github.com/awslabs/amazon-eks-ami/issues/2127",
        "awslabs/amazon-eks-ami nodeadm/internal/system/environment.go, 2026-07",
        "https://repost.aws/knowledge-center/eks-http-proxy-containerd-automation",
    ],
    faults: &[&METADATA],
    signs: &[],
    host: no_host,
    look,
};

static METADATA: Fault = Fault {
    id: "metadata-not-exempt",
    plane: Plane::Node,
    title: "the proxy <host> is asked for the node's metadata and credentials, which it cannot have",
    fix: "exempt the metadata service from the proxy, and with it what is inside the VPC",
    change: "# in the variables of the units (AL2023: spec.instance.environment of the NodeConfig), beside HTTP_PROXY:\n\
         # NO_PROXY=169.254.169.254,localhost,127.0.0.1,.internal,.eks.amazonaws.com, then the VPC's and the services' ranges\n\
         systemctl show <kubelet-unit> -p Environment,EnvironmentFiles | sed 's#//[^@/ ]*@#//#g'    # what stands there now\n\
         systemctl daemon-reload && systemctl restart <runtime-unit> <kubelet-unit>",
    owner: "the owner of the node group's user data",
    impact: "this node; its pods go on running while the kubelet restarts",
    verify: "eks-triage check, on the node",
    expect: "proxy intact",
};

/// A client in Go, which takes no proxy to the metadata service.
const PAST_EVERY_PROXY: &str = "aws-iam-authenticator";

fn look(facts: &Facts) -> Look {
    let host = &facts.node.host;
    let joined = joined::ready(facts);
    let (proxy, source) = match (host.proxy.need(&NODE_CHECK_AS_ROOT), joined) {
        (Err(_), Some(source)) => return Ok(Verdict::intact("it joined", source)),
        (observed, _) => observed?,
    };
    let Some(address) = &proxy.http else {
        return Ok(match &proxy.https {
            Some(address) => Verdict::intact(format!("{address}, for HTTPS only"), source),
            None => Verdict::intact("none", source),
        });
    };
    let exempt = |it: &String| it == "*" || it.starts_with("169.254.");
    if proxy.exempt.iter().any(exempt) {
        return Ok(Verdict::intact(format!("{address}, metadata exempt"), source));
    }
    if let Some(source) = joined {
        return Ok(Verdict::intact(format!("{address}, and it joined"), source));
    }
    let command = host.kubeconfig.value().and_then(|it| it.command.as_deref());
    let why = format!("{address} is a proxy for the metadata service, too");
    if command.is_some_and(|it| it.ends_with(PAST_EVERY_PROXY)) {
        return Err(NODE_CHECK_AS_ROOT.missing(format!("{why}, which this node's clients pass by")));
    }
    Ok(Verdict::broken(&METADATA, why, source.quote("NO_PROXY")).with("host", address))
}
