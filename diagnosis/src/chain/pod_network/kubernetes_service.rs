//! Pods reach the API server at the kubernetes Service.

use super::resolves;
use crate::{
    chain::{Link, ladder},
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
        &ladder::CONNECT_TIMED_OUT,
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

/// The ranges that EKS chooses by itself, and the usual ones of other clusters.
pub(super) fn stands_for_api_server(host: &str) -> bool {
    matches!(host, "172.20.0.1" | "10.100.0.1" | "10.96.0.1" | "10.43.0.1" | "kubernetes")
        || host == "kubernetes.default"
        || host.starts_with("kubernetes.default.svc")
}
