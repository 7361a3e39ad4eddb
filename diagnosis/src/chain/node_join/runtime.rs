//! containerd runs, and takes connections.

use super::{
    joined,
    unit::{self, Trouble},
};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{
        Ended, Facts, Source, Unit,
        inputs::{KUBELET_LOG, NODE_CHECK_AS_ROOT},
    },
    os,
};

pub(super) static LINK: Link = Link {
    id: "runtime",
    title: "container runtime",
    means: "containerd's socket takes connections. The kubelet does not start without it.",
    judged: "From one connection to the socket, which takes root, and from the state of containerd's unit. Nothing is asked over the socket. A Ready node has its runtime; where the socket of an unknown image is, nobody knows.",
    sources: &[
        "https://kubernetes.io/docs/setup/production-environment/container-runtimes/",
        "https://github.com/kubernetes/kubernetes/issues/110383",
    ],
    faults: &[&SOCKET_ABSENT, &REFUSED, &NOT_INSTALLED, &FAILS, &STOPPED],
    signs: &[
        Sign::new(
            "dial unix /run/containerd/containerd.sock: connect: no such file or directory",
            r#"E0804 05:15:59.270406 23137 run.go:72] "command failed" err="failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint \"unix:///run/containerd/containerd.sock\": rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory\"""#,
            "https://github.com/kubernetes/kubernetes/issues/110383",
            &[Way(&LINK, &SOCKET_ABSENT)],
        ),
        Sign::new(
            "dial unix /run/containerd/containerd.sock: connect: connection refused",
            r#"E0804 05:15:59.270406 23137 remote_runtime.go:633] "Status from runtime service failed" err="rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused\"""#,
            "https://github.com/kubernetes/kubernetes/issues/110383",
            &[Way(&LINK, &REFUSED)],
        ),
        Sign::new(
            "containerd.service: Failed with result",
            "systemd[1]: containerd.service: Failed with result 'exit-code'.",
            "systemd/systemd src/core/unit.c (unit_log_failure)",
            &[Way(&LINK, &FAILS)],
        ),
        Sign::new(
            "containerd.service: Main process exited, code=exited, status=",
            "systemd[1]: containerd.service: Main process exited, code=exited, status=1/FAILURE",
            "systemd/systemd src/core/service.c",
            &[Way(&LINK, &FAILS)],
        ),
        Sign::new(
            "containerd: failed to load TOML",
            "containerd[2210]: containerd: failed to load TOML: /etc/containerd/config.toml: (12, 3): unexpected token",
            "containerd/containerd cmd/containerd/server/config/config.go, v2",
            &[Way(&LINK, &FAILS)],
        ),
    ],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the owner of the node",
    impact: "this node; containers go on running while containerd restarts",
    verify: "systemctl is-active <runtime-unit>; crictl version    # on the node",
    expect: "active, and both versions",
};

static SOCKET_ABSENT: Fault = OURS.fault(
    "socket-absent",
    "containerd's socket is not there",
    "start containerd, once its own last lines say why it does not run",
    START,
);
static REFUSED: Fault = OURS.fault(
    "refused",
    "containerd's socket is there, but nobody listens on it",
    "start containerd, once its own last lines say why it stopped",
    START,
);
static NOT_INSTALLED: Fault = Fault {
    owner: "the owner of the node's image",
    impact: "new nodes from the image; this one is replaced",
    ..OURS.fault(
        "not-installed",
        "this image has no unit for containerd, or has it masked",
        "build the image from an EKS one, which has containerd",
        "systemctl status <runtime-unit>; systemctl cat <runtime-unit>\n\
         systemctl unmask <runtime-unit>    # where it is only masked",
    )
};
static FAILS: Fault = OURS.fault(
    "fails",
    "containerd does not stay up",
    "mend what containerd's own last lines name: its configuration, its disk, or what its image lacks",
    "<journal> -u <runtime-unit> -n 50 --no-pager\n\
     containerd config dump > /dev/null; df -h /var/lib/containerd\n\
     systemctl restart <runtime-unit>",
);
static STOPPED: Fault = OURS.fault(
    "stopped",
    "containerd was not started, or somebody stopped it",
    "start containerd; on AL2023 nodeadm does, once it has a NodeConfig",
    START,
);

const START: &str = "systemctl status <runtime-unit>; <journal> -u <runtime-unit> -n 50 --no-pager\n\
     # AL2023: nodeadm may not have come to it: <journal> <bootstrap-units> --no-pager\n\
     systemctl restart <runtime-unit>";

fn look(facts: &Facts) -> Look {
    let host = &facts.node.host;
    let unit = host.runtime_unit.need(&NODE_CHECK_AS_ROOT).ok();
    let trouble = unit.and_then(|(it, source)| Some((it, unit::trouble(it)?, source)));
    if let (Some(source), None) = (joined::ready(facts), host.runtime.value()) {
        return Ok(Verdict::intact("the node is Ready", source));
    }
    let (reach, source) = match (host.runtime.need(&NODE_CHECK_AS_ROOT), trouble) {
        (Err(_), Some((unit, trouble, source))) => return Ok(by_unit(unit, trouble, source)),
        (observed, _) => observed?,
    };
    let fault = match (reach.ended, trouble) {
        (Ended::Connected | Ended::Answered(_), _) => {
            return Ok(Verdict::intact("containerd takes connections", source));
        }
        (Ended::Unreachable | Ended::ConnectRefused | Ended::Forbidden, Some((unit, it, at))) => {
            return Ok(by_unit(unit, it, at).and_evidence(source.quote(&reach.host)));
        }
        // Where another image has its socket, nobody here knows.
        (Ended::Unreachable, None) if host.os.value().and_then(os::image).is_none() => {
            return match joined::ready(facts) {
                Some(source) => Ok(Verdict::intact("the node is Ready", source)),
                None => {
                    Err(KUBELET_LOG.missing("no socket at the usual place of an unknown image"))
                }
            };
        }
        (Ended::Unreachable, None) => &SOCKET_ABSENT,
        (Ended::ConnectRefused, None) => &REFUSED,
        _ => match joined::ready(facts) {
            Some(source) => return Ok(Verdict::intact("the node is Ready", source)),
            None => return Err(NODE_CHECK_AS_ROOT.missing(reach.brief())),
        },
    };
    Ok(Verdict::broken(fault, reach.ended.to_string(), source.quote(&reach.host)))
}

fn by_unit(it: &Unit, trouble: Trouble, source: &Source) -> Verdict {
    let fault = match trouble {
        Trouble::NotInstalled | Trouble::Masked => &NOT_INSTALLED,
        Trouble::StartLimit | Trouble::Failed => &FAILS,
        Trouble::Stopped => &STOPPED,
    };
    Verdict::broken(fault, unit::brief(it), source.quote(unit::decides(trouble)))
}
