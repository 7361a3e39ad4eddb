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
        "PodSecurityPolicy: unable to validate against any pod security policy",
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
    Sign::noise(
        "Unable to retrieve pull secret <>not found.  The image pull may not succeed",
        "W0707 09:20:09.034548   59778 kubelet_pods.go:883] Unable to retrieve pull secret default/regcred for default/api due to secret \"regcred\" not found.  The image pull may not succeed.",
        "https://github.com/kiwigrid/helm-charts/issues/232",
        "the kubelet also pulls without that secret; only a failed pull after it is a fault",
    ),
    Sign::noise(
        " probe failed: <>: connection refused",
        "Warning  Unhealthy  kubelet  Readiness probe failed: Get \"http://10.0.2.5:8022/health\": dial tcp 10.0.2.5:8022: connect: connection refused",
        "https://github.com/knative/serving/issues/1773",
        "the container does not listen yet, or any more: its own log says why, the network does not",
    ),
    Sign::noise(
        " probe failed: HTTP probe failed with statuscode: ",
        "Warning  Unhealthy  kubelet  Readiness probe failed: HTTP probe failed with statuscode: 503",
        "kubernetes/kubernetes pkg/probe/http/http.go",
        "the container was reached and said itself that it is not well",
    ),
    Sign::noise(
        "http: TLS handshake error from <>: EOF",
        "2020/09/29 19:14:53 http: TLS handshake error from 10.104.2.1:57866: EOF",
        "https://github.com/tektoncd/pipeline/issues/3303",
        "a health check opened the port and closed it again",
    ),
    Sign::noise(
        "http: TLS handshake error from <>: read: connection reset by peer",
        "http: TLS handshake error from 10.104.2.1:57866: read tcp 10.104.2.9:8443->10.104.2.1:57866: read: connection reset by peer",
        "Go's net/http package",
        "a health check opened the port and closed it again",
    ),
    Sign::noise(
        "HINFO: read udp ",
        "[ERROR] plugin/errors: 2 3797952284163317497.7063757873447144811. HINFO: read udp 10.0.2.5:36807->10.0.0.2:53: i/o timeout",
        "https://github.com/coredns/coredns/issues/4211",
        "CoreDNS asks itself for a loop, and not every resolver answers that; a name that somebody needs decides",
    ),
    Sign::noise(
        "Unable to get IP address from CIDR: no free IP available in the prefix",
        r#"{"level":"debug","msg":"Unable to get IP address from CIDR: no free IP available in the prefix"}"#,
        "aws/amazon-vpc-cni-k8s pkg/ipamd/datastore/data_store.go, v1.23.1",
        "ipamd goes on to its next prefix; that none is left is a line of its own",
    ),
    Sign::noise(
        " IN <>.cluster.local. <>\" NXDOMAIN ",
        "[INFO] 10.244.0.178:57228 - 49532 \"A IN peer.prod.svc.cluster.local.cluster.local. udp 86 false 512\" NXDOMAIN qr,aa,rd 179 0.000085214s",
        "https://github.com/coredns/coredns/issues/2494",
        "a client with ndots:5 tries the search domains first; the bare name is what counts",
    ),
    Sign::noise(
        " IN <>.compute.internal. <>\" NXDOMAIN ",
        "[INFO] 10.0.2.5:57228 - 49532 \"A IN sts.amazonaws.com.us-west-2.compute.internal. udp 86 false 512\" NXDOMAIN qr,aa,rd 179 0.000085214s",
        "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/",
        "a client with ndots:5 tries the search domains first; the bare name is what counts",
    ),
    Sign::noise(
        "couldn't get resource list for metrics.k8s.io/",
        "E1118 16:07:28.895445       9 memcache.go:147] couldn't get resource list for metrics.k8s.io/v1beta1: the server is currently unable to handle the request",
        "https://github.com/aws/amazon-vpc-cni-k8s/issues/1290",
        "the metrics API does not serve; who lists all APIs mentions it, and goes on",
    ),
    Sign::noise(
        "lock is held by <> and has not yet expired",
        "I0523 15:43:40.674607       1 leaderelection.go:352] lock is held by api-9fcd89d56-g46g5_a83a7451 and has not yet expired",
        "https://github.com/kubernetes/kubernetes/issues/34594",
        "another replica leads; this one stands by, as it should",
    ),
    Sign::noise(
        "leaderelection.go:<>] failed to acquire lease ",
        "I0523 15:43:40.674624       1 leaderelection.go:247] failed to acquire lease kube-system/api-leader-election",
        "https://github.com/labring/endpoints-operator/issues/85",
        "another replica leads; this one stands by, as it should",
    ),
    Sign::noise(
        "attempting to acquire leader lease",
        "I0523 15:43:40.674607       1 leaderelection.go:250] attempting to acquire leader lease kube-system/api...",
        "k8s.io/client-go tools/leaderelection",
        "every replica says so when it starts",
    ),
    Sign::noise(
        "ailed to get system container stats for ",
        "E0313 16:12:33.402114   14501 summary.go:92] Failed to get system container stats for \"/system.slice/kubelet.service\": failed to get cgroup stats",
        "https://github.com/redhat-nfvpe/kube-ansible/issues/195",
        "the kubelet lacks one figure about itself; nothing waits for it",
    ),
    Sign::noise(
        "Nameserver limits were exceeded, some nameservers have been omitted",
        "Warning  DNSConfigForming  kubelet  Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 10.0.0.2 10.0.0.3 10.0.0.4",
        "kubernetes/kubernetes pkg/kubelet/network/dns/dns.go",
        "the kubelet takes the first three nameservers; they are asked in order",
    ),
    Sign::noise(
        "err: datastore: unknown pod",
        "{\"level\":\"info\",\"caller\":\"rpc/rpc.pb.go:504\",\"msg\":\"Send DelNetworkReply: IPv4Addr , DeviceNumber: 0, err: datastore: unknown pod\"}",
        "aws/amazon-vpc-cni-k8s pkg/ipamd/datastore/data_store.go, v1.23.1",
        "an address is given back that was never given out: the runtime cleans up after a failed attempt",
    ),
    Sign::noise(
        "Recently we had InsufficientCidr error hence will wait for",
        "{\"level\":\"debug\",\"msg\":\"Recently we had InsufficientCidr error hence will wait for 2m0s before retrying\"}",
        "aws/amazon-vpc-cni-k8s pkg/ipamd/ipamd.go, v1.23.1",
        "ipamd waits for two minutes after a refusal; the refusal itself decides",
    ),
    Sign::noise(
        "MountVolume.SetUp failed for volume <>failed to sync configmap cache: timed out waiting for the condition",
        "MountVolume.SetUp failed for volume \"config\" : failed to sync configmap cache: timed out waiting for the condition",
        "kubernetes/kubernetes pkg/kubelet/util/manager",
        "the kubelet had not read that ConfigMap yet, and tries again at once",
    ),
];
