//! The kubelet runs and calls itself healthy.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Ended, Facts, inputs::KUBELET_LOG, inputs::NODE_CHECK},
};

pub(super) static LINK: Link = Link {
    id: "kubelet",
    title: "kubelet",
    means: "The kubelet answers 200 at 127.0.0.1:10248/healthz.",
    judged: "From that one request. A refusal means that no kubelet listens; silence, that it hangs; another status, that it calls itself unhealthy.",
    sources: &["https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/"],
    faults: &[&NOT_RUNNING, &HANGS, &UNHEALTHY],
    signs: &[
        Sign::new(
            "ailed to run Kubelet: ",
            "F0522 04:19:16.837190    1287 server.go:262] failed to run Kubelet: Running with swap on is not supported, please disable swap! or set --fail-swap-on flag to false.",
            "kubernetes/kubernetes cmd/kubelet/app/server.go",
            &[Way(&LINK, &NOT_RUNNING)],
        ),
        Sign::new(
            "kubelet.service: Main process exited, code=exited",
            "systemd[1]: kubelet.service: Main process exited, code=exited, status=255/EXCEPTION",
            "https://github.com/kubernetes/kubernetes/issues/98150",
            &[Way(&LINK, &NOT_RUNNING)],
        ),
        Sign::new(
            "kubelet.service: Failed with result",
            "systemd[1]: kubelet.service: Failed with result 'exit-code'.",
            "https://github.com/kubernetes/kubernetes/issues/98150",
            &[Way(&LINK, &NOT_RUNNING)],
        ),
        Sign::new(
            "Failed to start Kubernetes Kubelet",
            "systemd[1]: Failed to start Kubernetes Kubelet.",
            "awslabs/amazon-eks-ami templates/shared/runtime/kubelet.service",
            &[Way(&LINK, &NOT_RUNNING)],
        ),
        Sign::new(
            "failed to parse kubelet flag",
            "run.go:72] \"command failed\" err=\"failed to parse kubelet flag: unknown flag: --container-runtime\"",
            "https://github.com/awslabs/amazon-eks-ami/issues/1398",
            &[Way(&LINK, &NOT_RUNNING)],
        ),
        Sign::new(
            "failed to validate kubelet ",
            "run.go:72] \"command failed\" err=\"failed to validate kubelet flags: unknown 'kubernetes.io' labels specified with --node-labels\"",
            "kubernetes/kubernetes cmd/kubelet/app/server.go",
            &[Way(&LINK, &NOT_RUNNING)],
        ),
        Sign::new(
            "failed to load kubelet config file",
            "run.go:72] \"command failed\" err=\"failed to load kubelet config file, path: /etc/kubernetes/kubelet/config.json, error: failed to decode\"",
            "kubernetes/kubernetes cmd/kubelet/app/server.go",
            &[Way(&LINK, &NOT_RUNNING)],
        ),
    ],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the owner of the node",
    impact: "this node; its pods go on running while the kubelet restarts",
    verify: "curl -s 127.0.0.1:10248/healthz    # on the node",
    expect: "ok",
};

static NOT_RUNNING: Fault = OURS.fault(
    "not-running",
    "no kubelet listens on this node",
    "start the kubelet, once its own last lines say why it stopped",
    "systemctl status kubelet; journalctl -u kubelet -n 50 --no-pager\n\
     # AL2023: nodeadm may not have come to it: journalctl -u nodeadm-config -u nodeadm-run --no-pager\n\
     systemctl restart kubelet",
);
static HANGS: Fault = OURS.fault(
    "hangs",
    "the kubelet does not answer on its own node",
    "find what the kubelet waits for: its disk, its runtime, or memory",
    "journalctl -u kubelet -n 50 --no-pager; crictl info | head; vmstat 1 5\n\
     systemctl restart kubelet",
);
static UNHEALTHY: Fault = OURS.fault(
    "unhealthy",
    "the kubelet calls itself unhealthy (HTTP <status>)",
    "mend what its healthz names",
    "curl -s '127.0.0.1:10248/healthz?verbose'\n\
     journalctl -u kubelet -n 50 --no-pager",
);

fn look(facts: &Facts) -> Look {
    let (reach, source) = facts.node.kubelet.need(&NODE_CHECK)?;
    let fault = match reach.ended {
        Ended::Answered(200) => return Ok(Verdict::intact("healthz is ok", source)),
        Ended::Answered(_) => &UNHEALTHY,
        Ended::ConnectRefused => &NOT_RUNNING,
        Ended::ConnectTimedOut | Ended::HttpTimedOut => &HANGS,
        _ => return Err(KUBELET_LOG.doubt(reach.brief(), source.quote(&reach.host))),
    };
    let broken = Verdict::broken(fault, reach.ended.to_string(), source.quote(&reach.host));
    Ok(broken.with("status", reach.status().unwrap_or_default().to_string()))
}
