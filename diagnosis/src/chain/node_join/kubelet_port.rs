//! The control plane reaches the kubelets.

use super::way;
use crate::{
    chain::{Fault, Link, Look, Verdict, no_host},
    facts::Facts,
    path::{Network, control_plane, kubelet, starts},
};

pub(super) static LINK: Link = Link {
    id: "kubelet-port",
    title: "control plane to kubelet",
    means: "The control plane reaches port 10250 of the nodes. They join without it, but logs, exec, port-forward and metrics do not work.",
    judged: "By the security groups: those of the control plane let port 10250 out to the nodes, and the nodes' admit it. Said last, for it keeps no node from being Ready.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html",
        "https://kubernetes.io/docs/concepts/architecture/control-plane-node-communication/",
    ],
    faults: &[&CLOSED],
    signs: &[],
    host: no_host,
    look,
};

static CLOSED: Fault = Fault {
    owner: "the owner of the nodes' security group",
    expect: "control plane to kubelet intact, and kubectl logs answers",
    ..way::OURS.fault(
        "closed",
        "the control plane (<security-groups>) cannot reach the kubelets (<group>) on port 10250: nodes join, but logs and exec fail",
        "let the nodes' security group admit the control plane's on TCP port 10250",
        "aws ec2 describe-security-groups --group-ids <group> <cluster-security-group>\n\
         # the one rule that is missing in <group>: inbound, TCP, port 10250, from <cluster-security-group>;\n\
         # outbound the same in <cluster-security-group>, where it does not let everything out",
    )
};

fn look(facts: &Facts) -> Look {
    let network = Network::of(facts)?;
    let far = control_plane(&network)?;
    let starts = starts(&network)?;
    let mut open = None;
    for start in &starts {
        match kubelet(&network, start, &far) {
            Ok(None) => {}
            Ok(Some(stop)) => {
                return Ok(way::broken(&CLOSED, stop.why.clone(), &stop, network.source));
            }
            Err(missing) => open = open.or(Some(missing)),
        }
    }
    match open {
        Some(missing) => Err(missing),
        None => Ok(Verdict::intact("port 10250 is open to it", network.source)),
    }
}
