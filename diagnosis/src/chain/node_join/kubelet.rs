//! The kubelet runs and calls itself healthy.

use super::unit::{self, Trouble};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Ended, Facts, Observed, Reach, Source, inputs::KUBELET_LOG, inputs::NODE_CHECK},
};

pub(super) static LINK: Link = Link {
    id: "kubelet",
    title: "kubelet",
    means: "The kubelet answers 200 at 127.0.0.1:10248/healthz.",
    judged: "From that one request. A refusal means that no kubelet listens, and the state of its unit says why, where systemd can be asked; silence, that it hangs; another status, that it calls itself unhealthy.",
    sources: &["https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/"],
    faults: &[&NOT_RUNNING, &NOT_INSTALLED, &MASKED, &START_LIMIT, &FAILS, &HANGS, &UNHEALTHY],
    signs: &[
        Sign::new(
            "ailed to run Kubelet: ",
            "F0522 04:19:16.837190    1287 server.go:262] failed to run Kubelet: misconfiguration: kubelet cgroup driver: \"cgroupfs\" is different from docker cgroup driver: \"systemd\"",
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
    "systemctl status <kubelet-unit>; <journal> -u <kubelet-unit> -n 50 --no-pager\n\
     # AL2023: nodeadm may not have come to it: <journal> <bootstrap-units> --no-pager\n\
     systemctl restart <kubelet-unit>",
);
static NOT_INSTALLED: Fault = Fault {
    owner: "the owner of the node's image",
    impact: "new nodes from the image; this one is replaced",
    ..OURS.fault(
        "not-installed",
        "this image has no unit for the kubelet",
        "build the image from an EKS one, which has the kubelet and its bootstrap",
        "systemctl cat <kubelet-unit>; cat /etc/os-release\n\
         aws ec2 describe-instances --instance-ids <instance> --query 'Reservations[].Instances[].ImageId'\n\
         aws ssm get-parameter --name /aws/service/eks/optimized-ami/VERSION/amazon-linux-2023/x86_64/standard/recommended/image_id    # VERSION of the cluster, such as 1.34",
    )
};
static MASKED: Fault = OURS.fault(
    "masked",
    "the kubelet's unit is masked, so that nothing can start it",
    "unmask the unit, and find out in the image or the user data who masked it",
    "systemctl unmask <kubelet-unit> && systemctl start <kubelet-unit>\n\
     grep -rn 'systemctl mask' /var/lib/cloud/instance/scripts 2>/dev/null",
);
static START_LIMIT: Fault = OURS.fault(
    "start-limit",
    "the kubelet failed so often that systemd has given it up",
    "mend what the kubelet's own last error names, then let systemd start it again",
    "<journal> -u <kubelet-unit> -n 50 --no-pager\n\
     systemctl reset-failed <kubelet-unit> && systemctl start <kubelet-unit>",
);
static FAILS: Fault = OURS.fault(
    "fails",
    "the kubelet ends with an error each time that it is started",
    "mend what the kubelet's own last error names: a flag, its configuration, its runtime or its disk",
    "<journal> -u <kubelet-unit> -n 50 --no-pager | grep -E ' [EF][0-9]{4} |command failed' | tail -n 5\n\
     systemctl cat <kubelet-unit>; cat <kubelet-config>\n\
     systemctl restart <kubelet-unit>",
);
static HANGS: Fault = OURS.fault(
    "hangs",
    "the kubelet does not answer on its own node",
    "find what the kubelet waits for: its disk, its runtime, or memory",
    "<journal> -u <kubelet-unit> -n 50 --no-pager; crictl info | head; vmstat 1 5\n\
     systemctl restart <kubelet-unit>",
);
static UNHEALTHY: Fault = OURS.fault(
    "unhealthy",
    "the kubelet calls itself unhealthy (HTTP <status>)",
    "mend what its healthz names",
    "curl -s '127.0.0.1:10248/healthz?verbose'\n\
     <journal> -u <kubelet-unit> -n 50 --no-pager",
);

fn look(facts: &Facts) -> Look {
    let (reach, source) = facts.node.kubelet.need(&NODE_CHECK)?;
    let fault = match reach.ended {
        Ended::Answered(200) => return Ok(Verdict::intact("healthz is ok", source)),
        Ended::Answered(_) => &UNHEALTHY,
        Ended::ConnectRefused => return Ok(stopped(facts, reach, source)),
        Ended::ConnectTimedOut | Ended::HttpTimedOut => &HANGS,
        _ => return Err(KUBELET_LOG.doubt(reach.brief(), source.quote(&reach.host))),
    };
    let broken = Verdict::broken(fault, reach.ended.to_string(), source.quote(&reach.host));
    Ok(broken.with("status", reach.status().unwrap_or_default().to_string()))
}

/// Nobody listens; its unit may say why.
fn stopped(facts: &Facts, reach: &Reach, source: &Source) -> Verdict {
    let refused = source.quote(&reach.host);
    let Observed::Seen { value, source } = &facts.node.host.kubelet_unit else {
        return Verdict::broken(&NOT_RUNNING, reach.ended.to_string(), refused);
    };
    let trouble = unit::trouble(value);
    let fault = match trouble {
        Some(Trouble::NotInstalled) => &NOT_INSTALLED,
        Some(Trouble::Masked) => &MASKED,
        Some(Trouble::StartLimit) => &START_LIMIT,
        Some(Trouble::Failed) => &FAILS,
        Some(Trouble::Stopped) | None => &NOT_RUNNING,
    };
    let needle = trouble.map_or("ActiveState=", unit::decides);
    Verdict::broken(fault, unit::brief(value), source.quote(needle)).and_evidence(refused)
}
