//! Pods reach the API server at the kubernetes Service.

use super::resolves;
use crate::{
    chain::{Fault, Link, ladder},
    facts::inputs::PROBE_REPORT,
};

pub(super) static LINK: Link = Link {
    id: "kubernetes-service",
    title: "kubernetes Service",
    means: "The address of the kubernetes Service, the first one of the service range, leads from a pod to the API server: kube-proxy translates it, and nothing on the node drops it.",
    judged: "Intact when DNS, which is a Service too, answered the pod: kube-proxy of its node is at work. What a client could not reach there, its log says.",
    sources: &[
        "https://github.com/aws/amazon-vpc-cni-k8s/issues/743",
        "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/",
    ],
    faults: &[
        &CONNECT_TIMED_OUT,
        &ladder::CONNECT_REFUSED,
        &ladder::UNREACHABLE,
        &ladder::NAME_NOT_FOUND,
        &ladder::NAME_UNANSWERED,
        &ladder::TLS_TIMED_OUT,
        &ladder::HTTP_TIMED_OUT,
    ],
    signs: &[],
    host: stands_for_api_server,
    look: |facts| resolves(facts, &PROBE_REPORT),
};

static CONNECT_TIMED_OUT: Fault = ladder::fault(
    "connect-timed-out",
    "the kubernetes Service, <host>, does not answer on port <port>",
    "open the one path from <source> to the API server behind <host>",
    "# <host> is a Service's own address: on the pod's node it becomes one of these, interfaces of the control plane\n\
     kubectl get endpointslices -n default -l kubernetes.io/service-name=kubernetes\n\
     # the exact missing pair: <source> → those addresses, TCP 443. Look, in this order, for\n\
     # - kube-proxy, or what stands in for it, on the pod's node: kubectl -n kube-system get pods -o wide -l k8s-app=kube-proxy\n\
     # - a NetworkPolicy that selects the pod and allows no egress to those addresses, TCP 443\n\
     # - the cluster's security group: inbound TCP 443 from the group of the nodes, or of the pod when it has its own\n\
     # - a route back: pods of an overlay, or of a subnet that has no route to the cluster's",
    "the owner of the NetworkPolicy, of kube-proxy, or of the cluster's security group",
);

/// The ranges that EKS chooses by itself, and the usual ones of other clusters.
pub(super) fn stands_for_api_server(host: &str) -> bool {
    matches!(host, "172.20.0.1" | "10.100.0.1" | "10.96.0.1" | "10.43.0.1" | "kubernetes")
        || host == "kubernetes.default"
        || host.starts_with("kubernetes.default.svc")
}
