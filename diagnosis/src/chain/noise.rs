//! Lines that look like faults and are none, and belong to no link.

use super::Sign;

pub static NOISE: &[Sign] = &[
    Sign::noise(
        "Unable to retrieve some image pull secrets (<>); attempting to pull the image may not succeed",
        "Warning  FailedToRetrieveImagePullSecret  kubelet  Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.",
        "https://github.com/kubernetes/kubernetes/issues/128544",
        "the kubelet also pulls without that secret; only a failed pull after it is a fault",
    ),
    Sign::noise(
        "Get free IP from prefix failed no free IP available in the prefix",
        r#"{"level":"debug","msg":"Get free IP from prefix failed no free IP available in the prefix - 10.0.1.21/32"}"#,
        "aws/amazon-vpc-cni-k8s pkg/ipamd/datastore/data_store.go, v1.23.1",
        "ipamd goes on to its next address; this is a debug line",
    ),
    Sign::noise(
        "Logging: LoggingDisabled: LOGGING_CONFIGMAP_NOT_FOUND",
        "Warning  LoggingDisabled  fargate-scheduler  Logging: LoggingDisabled: LOGGING_CONFIGMAP_NOT_FOUND",
        "https://docs.aws.amazon.com/eks/latest/userguide/fargate-logging.html",
        "Fargate says that no log router is configured; the pod runs without one",
    ),
    // Kubernetes says "forbidden" in admission, too: after authentication and every rule have passed.
    Sign::noise(
        "is forbidden: exceeded quota: ",
        "Error creating: pods \"api-7d9f\" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=4, limited: pods=4",
        "https://kubernetes.io/docs/concepts/policy/resource-quotas/",
        "admission, not RBAC: the namespace's ResourceQuota is used up, and no rule changes that",
    ),
    Sign::noise(
        "is forbidden: failed quota: ",
        "pods \"api\" is forbidden: failed quota: compute: must specify limits.cpu for: api",
        "https://kubernetes.io/docs/concepts/policy/resource-quotas/",
        "admission, not RBAC: a ResourceQuota wants requests or limits that the pod does not name",
    ),
    Sign::noise(
        "is forbidden: <>imum <> usage per ",
        "pods \"api\" is forbidden: maximum cpu usage per Container is 800m, but limit is 1",
        "https://kubernetes.io/docs/concepts/policy/limit-range/",
        "admission, not RBAC: a LimitRange of the namespace does not allow the pod's requests or limits",
    ),
    Sign::noise(
        "violates PodSecurity ",
        "pods \"api\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false",
        "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
        "admission, not RBAC: the namespace's Pod Security level does not allow what the pod's spec says",
    ),
    Sign::noise(
        "unable to validate against any pod security policy",
        "pods \"api\" is forbidden: PodSecurityPolicy: unable to validate against any pod security policy: []",
        "https://kubernetes.io/docs/concepts/security/pod-security-policy/",
        "admission, not RBAC: no PodSecurityPolicy admits the pod's spec",
    ),
    Sign::noise(
        "admission webhook <> denied the request",
        "Error from server (Forbidden): admission webhook \"validate.kyverno.svc-fail\" denied the request: policy disallow-latest-tag",
        "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/",
        "admission, not RBAC: that webhook refuses the object, and says why after the colon",
    ),
    Sign::noise(
        "ValidatingAdmissionPolicy <> with binding <> denied request",
        "deployments.apps \"api\" is forbidden: ValidatingAdmissionPolicy 'replicas' with binding 'replicas-prod' denied request: at most 5",
        "https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/",
        "admission, not RBAC: that policy refuses the object, and says why after the colon",
    ),
    Sign::noise(
        "is forbidden: unable to create new content in namespace <> because it is being terminated",
        "pods \"api\" is forbidden: unable to create new content in namespace prod because it is being terminated",
        "kubernetes/apiserver pkg/admission/plugin/namespace/lifecycle/admission.go, v1.34",
        "admission, not RBAC: the namespace is being deleted",
    ),
    Sign::noise(
        "no relationship found between node ",
        "secrets \"api\" is forbidden: User \"system:node:ip-10-0-1-10.ec2.internal\" cannot get resource \"secrets\" in API group \"\" in the namespace \"prod\": no relationship found between node 'ip-10-0-1-10.ec2.internal' and this object",
        "kubernetes/kubernetes plugin/pkg/auth/authorizer/node/node_authorizer.go, v1.34",
        "a kubelet may read what its own pods name; no pod of this node does so now, as when one was just deleted",
    ),
];
