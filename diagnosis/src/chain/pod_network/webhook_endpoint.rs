//! The control plane reaches the webhooks that it asks before it admits something.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, inputs::POD},
    pattern::{self, Names},
};

pub(super) static LINK: Link = Link {
    id: "webhook-endpoint",
    title: "admission webhooks",
    means: "The API server, from its own interfaces in the cluster's subnets, reaches the pods behind each webhook at the port that they listen at.",
    judged: "Intact for a pod that exists: it was admitted. What was refused in this way is in the error of whoever wanted to create it.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html",
        "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/",
    ],
    faults: &[&UNREACHED, &REFUSED, &NO_ENDPOINTS, &OVERLAY],
    // A leading gap begins with its line: a sign that knows the webhook by name speaks first.
    signs: &[
        Sign::new(
            "<>Internal error occurred: failed calling webhook <>: context deadline exceeded",
            "Internal error occurred: failed calling webhook \"defaulting.webhook.example.com\": failed to call webhook: Post \"https://example.prod.svc:8443/default?timeout=10s\": context deadline exceeded",
            "https://github.com/aws/karpenter-provider-aws/issues/4316",
            &[Way(&LINK, &UNREACHED)],
        ),
        Sign::new(
            "<>Internal error occurred: failed calling webhook <>: i/o timeout",
            "Internal error occurred: failed calling webhook \"vingress.elbv2.k8s.aws\": Post \"https://aws-load-balancer-webhook-service.kube-system.svc:443/validate?timeout=10s\": dial tcp 10.0.2.9:9443: i/o timeout",
            "kubernetes/apiserver pkg/admission/plugin/webhook/errors",
            &[Way(&LINK, &UNREACHED)],
        ),
        Sign::new(
            "<>Internal error occurred: failed calling webhook <>: connect: connection refused",
            "Internal error occurred: failed calling webhook \"mutate.example.com\": failed to call webhook: Post \"https://example.prod.svc:443/mutate?timeout=10s\": dial tcp 10.0.2.9:9443: connect: connection refused",
            "kubernetes/apiserver pkg/admission/plugin/webhook/errors",
            &[Way(&LINK, &REFUSED)],
        ),
        Sign::new(
            "<>Internal error occurred: failed calling webhook <>: no endpoints available for service ",
            "Internal error occurred: failed calling webhook \"mutate.example.com\": failed to call webhook: Post \"https://example.prod.svc:443/mutate?timeout=10s\": no endpoints available for service \"example\"",
            "kubernetes/apiserver pkg/admission/plugin/webhook/errors",
            &[Way(&LINK, &NO_ENDPOINTS)],
        ),
        Sign::new(
            "<>Internal error occurred: failed calling webhook <>Address is not allowed",
            "Internal error occurred: failed calling webhook \"mutate.example.com\": failed to call webhook: Post \"https://example.prod.svc:443/mutate?timeout=10s\": Address is not allowed",
            "https://github.com/cert-manager/website/blob/master/content/docs/installation/compatibility.md",
            &[Way(&LINK, &OVERLAY)],
        ),
        Sign::new(
            "<>Internal error occurred: failed calling webhook <>: connect: connection timed out",
            "Internal error occurred: failed calling webhook \"mutate.example.com\": failed to call webhook: Post \"https://example.prod.svc:443/mutate?timeout=10s\": dial tcp 10.0.2.9:9443: connect: connection timed out",
            "kubernetes/apiserver pkg/admission/plugin/webhook/errors",
            &[Way(&LINK, &UNREACHED)],
        ),
        Sign::new(
            "<>Internal error occurred: failed calling webhook <>: connect: no route to host",
            "Internal error occurred: failed calling webhook \"mutate.example.com\": failed to call webhook: Post \"https://example.prod.svc:443/mutate?timeout=10s\": dial tcp 10.0.2.9:9443: connect: no route to host",
            "kubernetes/apiserver pkg/admission/plugin/webhook/errors",
            &[Way(&LINK, &UNREACHED)],
        ),
        Sign::new(
            "<>Internal error occurred: failed calling webhook <>: net/http: TLS handshake timeout",
            "Internal error occurred: failed calling webhook \"mutate.example.com\": failed to call webhook: Post \"https://example.prod.svc:443/mutate?timeout=10s\": net/http: TLS handshake timeout",
            "kubernetes/apiserver pkg/admission/plugin/webhook/errors",
            &[Way(&LINK, &UNREACHED)],
        ),
        Sign::new(
            "<>Internal error occurred: failed calling webhook <>Client.Timeout exceeded while awaiting headers",
            "Internal error occurred: failed calling webhook \"mutate.example.com\": failed to call webhook: Post \"https://example.prod.svc:443/mutate?timeout=10s\": net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
            "kubernetes/apiserver pkg/admission/plugin/webhook/errors",
            &[Way(&LINK, &UNREACHED)],
        ),
        Sign::new(
            "<>ailing closed <>failed calling webhook <>: context deadline exceeded",
            "W0902 21:15:22.663603       1 dispatcher.go:134] Failed calling webhook, failing closed vingress.elbv2.k8s.aws: failed calling webhook \"vingress.elbv2.k8s.aws\": Post \"https://aws-load-balancer-webhook-service.kube-system.svc:443/validate?timeout=10s\": context deadline exceeded",
            "https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2208",
            &[Way(&LINK, &UNREACHED)],
        ),
        Sign::new(
            "<>ailing closed <>failed calling webhook <>: i/o timeout",
            "W0902 21:15:22.663603       1 dispatcher.go:134] Failed calling webhook, failing closed vingress.elbv2.k8s.aws: failed calling webhook \"vingress.elbv2.k8s.aws\": Post \"https://aws-load-balancer-webhook-service.kube-system.svc:443/validate?timeout=10s\": dial tcp 10.0.2.9:9443: i/o timeout",
            "https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2208",
            &[Way(&LINK, &UNREACHED)],
        ),
        Sign::new(
            "<>Internal error occurred: failed calling webhook <>: service <> not found",
            "Internal error occurred: failed calling webhook \"mutate.example.com\": failed to call webhook: Post \"https://example.prod.svc:443/mutate?timeout=10s\": service \"example\" not found",
            "kubernetes/apiserver pkg/util/proxy/proxy.go",
            &[Way(&LINK, &NO_ENDPOINTS)],
        ),
    ],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the owner of the webhook",
    impact: "whatever this webhook is asked about waits until it answers",
    verify: "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations; create the refused object again",
    expect: "it is admitted",
};

static UNREACHED: Fault = Fault {
    owner: "the owner of the node's security group, else the owner of the webhook",
    ..OURS.fault(
        "unreached",
        "the API server gets no answer from the webhook that the evidence names",
        "open the one path from the control plane to the webhook's pods",
        "# the exact missing pair: the cluster's security group → the pods of the Service <service> in <namespace>, at their targetPort, TCP\n\
         kubectl get endpointslices -n <namespace> -l kubernetes.io/service-name=<service>    # their addresses and port\n\
         aws eks describe-cluster --name <cluster> --query cluster.resourcesVpcConfig.clusterSecurityGroupId\n\
         # tell the owner of the nodes' group that pair; a NetworkPolicy or a mesh's sidecar in front of the port drops it, too",
    )
};
static REFUSED: Fault = OURS.fault(
    "refused",
    "the webhook's pods refuse the API server's connection",
    "start what should listen at the webhook's port, or correct its Service's targetPort",
    "kubectl get endpointslices -n <namespace> -l kubernetes.io/service-name=<service>    # the port that is asked, and the pods\n\
     kubectl describe service -n <namespace> <service>    # its selector and targetPort, against what those pods listen at",
);
static NO_ENDPOINTS: Fault = OURS.fault(
    "no-endpoints",
    "no pod of the webhook's Service is ready",
    "bring a pod of the webhook up; what keeps it down is asked before anything else",
    "kubectl get endpointslices -n <namespace> -l kubernetes.io/service-name=<service>\n\
     kubectl describe service -n <namespace> <service>    # its selector: the pods that should be there\n\
     kubectl get pods -n <namespace> -o wide\n\
     # its product is gone, and only the configuration is left? delete that one webhook configuration",
);
static OVERLAY: Fault = OURS.fault(
    "overlay-address",
    "the webhook's pods have addresses that the managed control plane does not reach",
    "run the webhook on the host's network, where the control plane reaches it",
    "# pods of an overlay CNI have no address in the VPC. In the webhook's pod template:\n\
     #   hostNetwork: true    # and a port that no other such pod on the node has\n\
     #   dnsPolicy: ClusterFirstWithHostNet",
);

/// The URL that the API server asks names the Service, and its namespace.
pub(super) fn named(text: &str, names: &mut Names) {
    let url = pattern::read("failed calling webhook <>://<service>.<namespace>.svc<>", text);
    names.extend(url.map(|(_, url)| url).unwrap_or_default());
}

fn look(facts: &Facts) -> Look {
    let (pod, source) = facts.cluster.pod.need(&POD)?;
    match pod.present() {
        Some(_) => Ok(Verdict::intact("the pod was admitted", source)),
        None => Err(POD.missing("there is no such pod")),
    }
}
