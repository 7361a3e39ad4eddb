//! The denial's wordings. The names in it are taken apart by the look, which knows every escaping;
//! here is only where it begins and of which scope it is.
//!
//! Of signs that begin at one place the first listed wins: those that say more stand first.

use super::{CLUSTER, IAM_PRINCIPAL, LINK, NAMESPACE, PATH, RUNS_AS_DEFAULT, UNNAMED};
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
];
