//! The denial's wordings. The names in it are taken apart by the look, which knows every escaping;
//! here is only where it begins and of which scope it is.
//!
//! Of signs that begin at one place the first listed wins: those that say more stand first.

use super::{CLUSTER, FINALIZERS, IAM_PRINCIPAL, LINK, NAMESPACE, PATH, RUNS_AS_DEFAULT, UNNAMED};
use crate::chain::{Sign, Way, rbac::authentication};

const ERRORS: &str = "kubernetes/apiserver pkg/endpoints/handlers/responsewriters/errors.go, v1.34";

pub(super) static SIGNS: &[Sign] = &[
    Sign::new(
        "is forbidden: User <>arn:<> cannot <>",
        r#"Error: UPGRADE FAILED: could not get information about the resource: servicemonitors.monitoring.coreos.com "api" is forbidden: User "arn:aws:sts::111122223333:assumed-role/eks-devs/EKSGetTokenAuth" cannot get resource "servicemonitors" in API group "monitoring.coreos.com" in the namespace "preview""#,
        "https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html",
        &[Way(&LINK, &IAM_PRINCIPAL)],
    )
    .showing(&[&authentication::LINK]),
    Sign::new(
        "is forbidden: User <>system:serviceaccount:<>:default<> cannot <>",
        r#"level=error msg="failed to terminate victim" err="pods is forbidden: User \"system:serviceaccount:chaoskube:default\" cannot list pods at the cluster scope""#,
        "https://kubernetes.io/docs/reference/access-authn-authz/rbac/",
        &[Way(&LINK, &RUNS_AS_DEFAULT)],
    )
    .showing(&[&authentication::LINK]),
    Sign::new(
        "is forbidden: User <> cannot <> in the namespace <>",
        r#"E0622 09:28:06.247115 1 leaderelection.go:325] error retrieving resource lock team/controller-leader-election-helper: leases.coordination.k8s.io "controller-leader-election-helper" is forbidden: User "system:serviceaccount:team:kafka-operator" cannot get resource "leases" in API group "coordination.k8s.io" in the namespace "team""#,
        ERRORS,
        &[Way(&LINK, &NAMESPACE)],
    )
    .showing(&[&authentication::LINK]),
    Sign::new(
        "is forbidden: User <> cannot <> at the cluster scope",
        r#"Failed to list *v1.Pod: pods is forbidden: User "system:serviceaccount:kube-system:kotary" cannot list resource "pods" in API group "" at the cluster scope"#,
        ERRORS,
        &[Way(&LINK, &CLUSTER)],
    )
    .showing(&[&authentication::LINK]),
    Sign::new(
        "forbidden: User <> cannot <> path <>",
        r#"{"kind":"Status","status":"Failure","message":"forbidden: User \"system:serviceaccount:prod:prometheus\" cannot get path \"/metrics\"","reason":"Forbidden","code":403}"#,
        ERRORS,
        &[Way(&LINK, &PATH)],
    )
    .showing(&[&authentication::LINK]),
    Sign::new(
        "is forbidden: User",
        r#"err="leases.coordination.k8s.io \"vpa-recommender-lease\" is forbidden: User \"system:serviceaccount:vertical-pod-autoscaler:vpa-recommender\" ...""#,
        ERRORS,
        &[Way(&LINK, &UNNAMED)],
    )
    .showing(&[&authentication::LINK]),
    Sign::new(
        "Forbidden!Configured service account doesn't have access",
        "io.fabric8.kubernetes.client.KubernetesClientException: Failure executing: GET at: https://172.20.0.1/api/v1/namespaces/prod/configmaps/api. Message: Forbidden!Configured service account doesn't have access. Service account may have been revoked..",
        "fabric8io/kubernetes-client kubernetes-client/src/main/java/io/fabric8/kubernetes/client/Config.java",
        &[Way(&LINK, &UNNAMED)],
    )
    .showing(&[&authentication::LINK]),
    // A log of requests: only Kubernetes' own API has such paths.
    Sign::new(
        "Client Error: Forbidden for url: https://<host>/apis/<>/namespaces/",
        "requests.exceptions.HTTPError: 403 Client Error: Forbidden for url: https://kubernetes:443/apis/apps/v1/namespaces/prod/statefulsets",
        "psf/requests src/requests/models.py",
        &[Way(&LINK, &UNNAMED)],
    )
    .showing(&[&authentication::LINK]),
    Sign::new(
        "Client Error: Forbidden for url: https://<host>/api/v1/namespaces/",
        "requests.exceptions.HTTPError: 403 Client Error: Forbidden for url: https://kubernetes.default.svc/api/v1/namespaces/prod/pods",
        "psf/requests src/requests/models.py",
        &[Way(&LINK, &UNNAMED)],
    )
    .showing(&[&authentication::LINK]),
    Sign::new(
        "the server does not allow access to the requested resource",
        "error: the server does not allow access to the requested resource (get pods)",
        "kubernetes/apimachinery pkg/api/errors/errors.go (NewGenericServerResponse)",
        &[Way(&LINK, &UNNAMED)],
    )
    .showing(&[&authentication::LINK]),
    Sign::new(
        "is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on",
        "daemonsets.apps \"api\" is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: , <nil>",
        "kubernetes/kubernetes plugin/pkg/admission/gc/gc_admission.go, v1.34",
        &[Way(&LINK, &FINALIZERS)],
    )
    .showing(&[&authentication::LINK]),
];
