//! The kubelet has a certificate to serve with, which logs and exec need.

use super::joined;
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, ServingCertificate, inputs::NODE_CHECK_AS_ROOT},
};

pub(super) static LINK: Link = Link {
    id: "serving-certificate",
    title: "serving certificate",
    means: "The cluster issued the certificate that the kubelet serves with, and it is valid. Only kubectl logs, exec and port-forward, and metrics, need it; pods run without.",
    judged: "From the file kubelet-server-current.pem, of which only the certificate is read, against this machine's clock. It is asked for once the node is registered, so that its absence breaks the link only on a Ready node. It takes root.",
    sources: &[
        "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/",
        "https://docs.aws.amazon.com/eks/latest/userguide/cert-signing.html",
    ],
    faults: &[&MISSING, &EXPIRED, &NOT_YET_VALID],
    signs: &[Sign::new(
        "Failed while requesting a signed certificate from the control plane",
        r#"E0804 05:15:59.270406 23137 certificate_manager.go:562] "Unhandled Error" err="kubernetes.io/kubelet-serving: Failed while requesting a signed certificate from the control plane: cannot create certificate signing request: Unauthorized""#,
        "kubernetes/kubernetes staging/src/k8s.io/client-go/util/certificate/certificate_manager.go, v1.34",
        &[Way(&LINK, &MISSING)],
    )
    .summary()],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the administrator of the cluster",
    impact: "logs and exec of pods on this node; its pods go on running",
    verify: "kubectl get pods -A --field-selector spec.nodeName=<node>; kubectl logs -n NAMESPACE POD --tail=1    # of one of them",
    expect: "a line of a log, not remote error: tls: internal error",
};

static MISSING: Fault = OURS.fault(
    "missing",
    "the cluster has not issued the kubelet's serving certificate",
    "find the node's signing requests: EKS approves those whose names and addresses are the instance's own",
    "kubectl get csr --sort-by=.metadata.creationTimestamp | grep kubelet-serving\n\
     kubectl describe csr NAME    # the node's name and addresses in it: are they what EC2 gave it?\n\
     <journal> -u <kubelet-unit> --no-pager | grep -i kubelet-serving | tail -n 5    # on the node",
);
static EXPIRED: Fault = OURS.fault(
    "expired",
    "the kubelet's serving certificate expired at <expires> and was not renewed",
    "find out why the renewal is not approved, then let the kubelet ask again",
    "kubectl get csr --sort-by=.metadata.creationTimestamp | grep kubelet-serving\n\
     systemctl restart <kubelet-unit>    # on the node: it asks for a new one",
);
static NOT_YET_VALID: Fault = OURS.fault(
    "not-yet-valid",
    "the kubelet's serving certificate is valid only from <expires> on: this node's clock is behind",
    "set the node's clock",
    "chronyc tracking; chronyc makestep    # on the node; 169.254.169.123 is the time of EC2",
);

fn look(facts: &Facts) -> Look {
    let (certificate, source) = facts.node.host.serving_certificate.need(&NODE_CHECK_AS_ROOT)?;
    let it = match certificate {
        ServingCertificate::Issued(it) => it,
        ServingCertificate::SelfSigned => {
            return Ok(Verdict::not_applicable("the kubelet made one for itself"));
        }
        ServingCertificate::Missing if joined::ready(facts).is_some() => {
            return Ok(Verdict::broken(&MISSING, "none", source.quote(".pem")));
        }
        ServingCertificate::Missing => {
            return Err(NODE_CHECK_AS_ROOT.missing("none yet: the node is not Ready"));
        }
    };
    let now = &facts.taken_at;
    if now.is_empty() {
        return Err(NODE_CHECK_AS_ROOT.missing("nobody said when it was looked at"));
    }
    let (fault, time) = if it.not_after < *now {
        (&EXPIRED, &it.not_after)
    } else if it.not_before > *now {
        (&NOT_YET_VALID, &it.not_before)
    } else {
        return Ok(Verdict::intact(format!("until {}", it.not_after), source));
    };
    Ok(Verdict::broken(fault, time, source.quote(time)).with("expires", time))
}
