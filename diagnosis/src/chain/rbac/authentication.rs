//! The API server accepts the caller's credentials, whoever that is.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{ApiUser, Facts, inputs::WHOAMI},
};

use super::iam_mapping;

pub(super) static LINK: Link = Link {
    id: "authentication",
    title: "credentials accepted",
    means: "The caller sends credentials, and the API server knows them: it answers neither 401 nor as to system:anonymous.",
    judged: "From the name by which the API server calls the caller. A bare 401 in a log tells neither whose credentials they were nor why they were refused.",
    sources: &[
        "https://kubernetes.io/docs/reference/access-authn-authz/authentication/",
        "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
    ],
    faults: &[
        &REFUSED,
        &ANONYMOUS,
        &TOKEN_EXPIRED,
        &TOKEN_UNREADABLE,
        &TOKEN_NOT_MOUNTED,
        &PLUGIN_FAILED,
        &PLUGIN_OUTDATED,
    ],
    signs: &[
        Sign::new(
            "You must be logged in to the server",
            "error: You must be logged in to the server (Unauthorized)",
            "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
            &UNKNOWN_401,
        ),
        Sign::new(
            "the server has asked for the client to provide credentials",
            "error: You must be logged in to the server (the server has asked for the client to provide credentials)",
            "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
            &UNKNOWN_401,
        ),
        Sign::new(
            r#""message": "Unauthorized""#,
            r#"  "message": "Unauthorized","#,
            "kubernetes/apimachinery pkg/api/errors/errors.go (NewUnauthorized), v1.34",
            &UNKNOWN_401,
        ),
        Sign::new(
            r#""message":"Unauthorized""#,
            r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}"#,
            "kubernetes/apimachinery pkg/api/errors/errors.go (NewUnauthorized), v1.34",
            &UNKNOWN_401,
        ),
        Sign::new(
            "<>ailed to list <>: Unauthorized",
            "E0426 16:49:27 reflector.go:138] pkg/client/informers/factory.go:117: Failed to watch *v1.Pod: failed to list *v1.Pod: Unauthorized",
            "https://github.com/kyma-project/kyma/issues/11190",
            &UNKNOWN_401,
        ),
        Sign::new(
            "error retrieving resource lock <>: Unauthorized",
            "E0426 16:49:27 leaderelection.go:330] error retrieving resource lock kube-system/kube-controller-manager: Unauthorized",
            "kubernetes/client-go tools/leaderelection/leaderelection.go, v0.24",
            &UNKNOWN_401,
        ),
        Sign::new(
            "system:anonymous<> cannot <>",
            r#"services is forbidden: User "system:anonymous" cannot list resource "services" in API group "" in the namespace "default""#,
            "https://kubernetes.io/docs/reference/access-authn-authz/authentication/",
            &[Way(&LINK, &ANONYMOUS)],
        ),
        Sign::new(
            "Unable to authenticate the request<>oken <>expired",
            r#"E1126 03:38:26.776766       1 authentication.go:75] "Unable to authenticate the request" err="[invalid bearer token, service account token has expired]""#,
            "https://github.com/kubernetes/kubernetes/issues/135450",
            &[Way(&LINK, &TOKEN_EXPIRED)],
        ),
        Sign::new(
            "Unable to authenticate the request<>Token has been invalidated",
            r#"E0601 12:00:00.000000       1 authentication.go:65] "Unable to authenticate the request" err="[invalid bearer token, Token has been invalidated]""#,
            "kubernetes/kubernetes pkg/serviceaccount/claims.go, v1.34",
            &[Way(&LINK, &TOKEN_EXPIRED)],
        ),
        Sign::new(
            "kubernetes.io/serviceaccount/token: permission",
            "level=fatal msg=\"open /var/run/secrets/kubernetes.io/serviceaccount/token: permission denied\"",
            "https://github.com/kubernetes/kubernetes/issues/82573",
            &[Way(&LINK, &TOKEN_UNREADABLE)],
        ),
        Sign::new(
            "kubernetes.io/serviceaccount/token: no such file or directory",
            "panic: open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory",
            "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
            &[Way(&LINK, &TOKEN_NOT_MOUNTED)],
        ),
        Sign::new(
            "Unable to connect to the server: getting credentials: exec: executable <> not found",
            "Unable to connect to the server: getting credentials: exec: executable aws-iam-authenticator not found",
            "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
            &[Way(&LINK, &PLUGIN_FAILED)],
        ),
        Sign::new(
            "Unable to connect to the server: getting credentials: exec: executable <> failed with exit code",
            "Unable to connect to the server: getting credentials: exec: executable aws failed with exit code 255",
            "https://repost.aws/knowledge-center/eks-api-server-unauthorized-error",
            &[Way(&LINK, &PLUGIN_FAILED)],
        ),
        Sign::new(
            "Unable to connect to the server: getting credentials: exec: exit status ",
            "Unable to connect to the server: getting credentials: exec: exit status 255",
            "https://github.com/kubernetes/kubectl/issues/747",
            &[Way(&LINK, &PLUGIN_FAILED)],
        ),
        Sign::new(
            "Kubernetes cluster unreachable: <>getting credentials: exec: ",
            "Error: Kubernetes cluster unreachable: Get \"https://0123456789ABCDEF.gr7.us-east-2.eks.amazonaws.com/version?timeout=32s\": getting credentials: exec: exit status 255",
            "https://github.com/peymanmortazavi/eks-helm-deploy/issues/7",
            &[Way(&LINK, &PLUGIN_FAILED)],
        ),
        Sign::new(
            "no kind \"ExecCredential\" is registered for version ",
            "Error: Kubernetes cluster unreachable: Get \"https://0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com/version\": getting credentials: decoding stdout: no kind \"ExecCredential\" is registered for version \"client.authentication.k8s.io/v1alpha1\" in scheme \"pkg/runtime/scheme.go:100\"",
            "https://github.com/atlassian-labs/data-center-terraform/pull/300",
            &[Way(&LINK, &PLUGIN_OUTDATED)],
        ),
        Sign::new(
            "exec plugin is configured to use API version <>, plugin returned version ",
            "Unable to connect to the server: getting credentials: exec plugin is configured to use API version client.authentication.k8s.io/v1beta1, plugin returned version client.authentication.k8s.io/v1alpha1",
            "https://github.com/Consensys/kubernetes-action/issues/11",
            &[Way(&LINK, &PLUGIN_OUTDATED)],
        ),
        Sign::new(
            "exec plugin: invalid apiVersion \"client.authentication.k8s.io/v1alpha1\"",
            "error: exec plugin: invalid apiVersion \"client.authentication.k8s.io/v1alpha1\"",
            "https://github.com/aws/aws-cli/issues/6920",
            &[Way(&LINK, &PLUGIN_OUTDATED)],
        ),
    ],
    host: no_host,
    look,
};

/// A 401 has no reason in it. Both are of this plane; whoami and the access entries tell them apart.
static UNKNOWN_401: [Way; 2] =
    [Way(&LINK, &REFUSED), Way(&iam_mapping::LINK, &iam_mapping::NOT_MAPPED)];

const OURS: Common = Common {
    plane: Plane::Rbac,
    owner: "the owner of the workload",
    impact: "this workload restarts; nobody else is touched",
    verify: "kubectl auth whoami    # with the same credentials",
    expect: "the caller's own username, and no 401",
};

static REFUSED: Fault = OURS.fault(
    "refused",
    "the API server refuses the caller's credentials (401 Unauthorized)",
    "let the caller send its present credentials: a token that was renewed, of this cluster",
    "# in a pod: is the token of this cluster, and does the client read it anew before it expires?\n\
     kubectl exec -n <namespace> <pod> -- ls -l /var/run/secrets/kubernetes.io/serviceaccount/\n\
     kubectl rollout restart <workload> -n <namespace>\n\
     # at a desk: whose credentials are sent, and to which cluster?\n\
     aws sts get-caller-identity; kubectl config current-context",
);
static ANONYMOUS: Fault = OURS.fault(
    "anonymous",
    "the call carried no credentials: the API server took it for system:anonymous",
    "let the client send its token; a rule for system:anonymous would let everybody in",
    "# in a pod: the client library's in-cluster configuration sends the token by itself. By hand:\n\
     #   curl --cacert ca.crt -H \"Authorization: Bearer $(cat token)\" https://kubernetes.default.svc/…\n\
     #   with ca.crt and token of /var/run/secrets/kubernetes.io/serviceaccount\n\
     # at a desk: the kubeconfig's user has no credentials; write it anew\n\
     aws eks update-kubeconfig --name <cluster> --region <region>",
);
static TOKEN_EXPIRED: Fault = OURS.fault(
    "token-expired",
    "the API server refuses a token that has expired, or whose ServiceAccount or pod is gone",
    "let the client read its token anew: the kubelet renews the file, a client that read it once does not see that",
    "kubectl rollout restart <workload> -n <namespace>\n\
     # and a client library that reads the file again: client-go since 0.18, Python since 12, Java since 9",
);
static TOKEN_UNREADABLE: Fault = OURS.fault(
    "token-unreadable",
    "the container's user may not read its Kubernetes token",
    "give the pod the group of its own user, so that the token is readable by that group",
    "kubectl patch <workload> -n <namespace> --type strategic --patch \\\n  \
     '{\"spec\":{\"template\":{\"spec\":{\"securityContext\":{\"fsGroup\":65534}}}}}'\n\
     # 65534, or the gid that `id -g` prints in the container",
);
static TOKEN_NOT_MOUNTED: Fault = OURS.fault(
    "token-not-mounted",
    "the pod has no Kubernetes token: its mounting is switched off",
    "mount the token in the pods that call the API, and only there",
    "kubectl get serviceaccount <service-account> -n <namespace> -o jsonpath={.automountServiceAccountToken}\n\
     kubectl patch <workload> -n <namespace> --type strategic --patch \\\n  \
     '{\"spec\":{\"template\":{\"spec\":{\"automountServiceAccountToken\":true}}}}'",
);
const DESK: Common =
    Common { owner: "the owner of this kubeconfig", impact: "this kubeconfig alone", ..OURS };
static PLUGIN_FAILED: Fault = DESK.fault(
    "credential-plugin-failed",
    "the kubeconfig's credential plugin is absent or fails, so that no credentials were sent",
    "let the plugin run: its own message, above this line, says what it lacks",
    "aws --version && aws sts get-caller-identity\n\
     aws eks get-token --cluster-name <cluster> --region <region> > /dev/null && echo works\n\
     aws eks update-kubeconfig --name <cluster> --region <region>",
);
static PLUGIN_OUTDATED: Fault = DESK.fault(
    "credential-plugin-outdated",
    "the kubeconfig asks its credential plugin in a version that kubectl no longer speaks (v1alpha1)",
    "write the kubeconfig anew with a recent AWS CLI",
    "aws --version    # 2.6.3, 1.24.0 or later\n\
     aws eks update-kubeconfig --name <cluster> --region <region>",
);

fn look(facts: &Facts) -> Look {
    let (user, source) = facts.cluster.user.need(&WHOAMI)?;
    Ok(match user {
        ApiUser::Refused => Verdict::broken(&REFUSED, "401", source.quote("401")),
        ApiUser::Known(name) if name == "system:anonymous" => {
            Verdict::broken(&ANONYMOUS, name, source.quote(name))
        }
        ApiUser::Known(name) => Verdict::intact(name, source),
    })
}
