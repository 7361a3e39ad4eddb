//! What a kubelet says that the cluster refuses, and what of the authenticator's log can be seen.

use super::{LINK, NO_RIGHTS, NO_TOKEN, OTHER_NAME, REFUSED, STS_THROTTLED};
use crate::chain::{Sign, Way};

pub(super) static SIGNS: &[Sign] = &[
    Sign::new(
        "sts getCallerIdentity was throttled",
        r#"time="2021-10-18T21:17:08Z" level=warning msg="access denied" client="127.0.0.1:40378" error="sts getCallerIdentity was throttled: error from AWS (expected 200, got 400)" method=POST path=/authenticate"#,
        "kubernetes-sigs/aws-iam-authenticator pkg/token/token.go, 2026-07",
        &[Way(&LINK, &STS_THROTTLED)],
    ),
    Sign::new(
        "Unable to register node<>Unauthorized",
        r#"E0606 19:33:03.828406 3214 kubelet_node_status.go:96] "Unable to register node with API server" err="Unauthorized" node="ip-10-0-1-10.ec2.internal""#,
        "https://github.com/awslabs/amazon-eks-ami/issues/1376",
        &[Way(&LINK, &REFUSED)],
    ),
    Sign::new(
        "Failed to ensure lease exists, will retry<>Unauthorized",
        r#"E0606 19:33:03.828481 3214 controller.go:145] "Failed to ensure lease exists, will retry" err="Unauthorized" interval="7s""#,
        "https://github.com/awslabs/amazon-eks-ami/issues/1376",
        &[Way(&LINK, &REFUSED)],
    ),
    Sign::new(
        "Failed to contact API server when waiting for CSINode publishing: Unauthorized",
        "I0804 18:56:15.163680 2998 csi_plugin.go:913] Failed to contact API server when waiting for CSINode publishing: Unauthorized",
        "https://github.com/awslabs/amazon-eks-ami/issues/1837",
        &[Way(&LINK, &REFUSED)],
    ),
    Sign::new(
        "error getting node <>: Unauthorized",
        "E1009 12:52:21.590612    4226 kubelet_node_status.go:377] Error updating node status, will retry: error getting node \"ip-10-0-1-10.ec2.internal\": Unauthorized",
        "https://github.com/kubernetes/kubernetes/issues/69576",
        &[Way(&LINK, &REFUSED)],
    ),
    Sign::new(
        "kubelet.go:<>ailed to list <>: Unauthorized",
        "E1204 08:09:02.760634    3542 reflector.go:205] k8s.io/kubernetes/pkg/kubelet/kubelet.go:461: Failed to list *v1.Node: Unauthorized",
        "https://github.com/awslabs/amazon-eks-ami/issues/414",
        &[Way(&LINK, &REFUSED)],
    ),
    Sign::new(
        "ailed to list *v1<>CSIDriver: Unauthorized",
        "E0203 23:10:24.695072    3824 reflector.go:126] k8s.io/client-go/informers/factory.go:133: Failed to list *v1beta1.CSIDriver: Unauthorized",
        "https://github.com/awslabs/amazon-eks-ami/issues/414",
        &[Way(&LINK, &REFUSED)],
    ),
    Sign::new(
        "is not allowed to modify node",
        r#"E1210 12:37:43.000051    2239 kubelet_node_status.go:96] "Unable to register node with API server" err="nodes \"ip-10-0-1-10.ec2.internal\" is forbidden: node \"i-0abc123def4567890\" is not allowed to modify node \"ip-10-0-1-10.ec2.internal\"" node="ip-10-0-1-10.ec2.internal""#,
        "kubernetes/kubernetes plugin/pkg/admission/noderestriction/admission.go, v1.34",
        &[Way(&LINK, &OTHER_NAME)],
    ),
    Sign::new(
        "system:node:<> cannot <>: can only access node lease",
        r#"leases.coordination.k8s.io "ip-10-0-1-10.ec2.internal" is forbidden: User "system:node:i-0abc123def4567890" cannot get resource "leases" in API group "coordination.k8s.io" in the namespace "kube-node-lease": can only access node lease with the same name as the requesting node"#,
        "kubernetes/kubernetes plugin/pkg/auth/authorizer/node/node_authorizer.go, v1.34",
        &[Way(&LINK, &OTHER_NAME)],
    ),
    Sign::new(
        "NODE DENY: ",
        r#"I0601 12:00:00.000000 1 node_authorizer.go:285] NODE DENY: 'ip-10-0-1-10.ec2.internal' &authorizer.AttributesRecord{Verb:"get", Namespace:"kube-node-lease", Resource:"leases", Name:"ip-10-0-1-10.example.internal"}"#,
        "kubernetes/kubernetes plugin/pkg/auth/authorizer/node/node_authorizer.go, v1.34",
        &[Way(&LINK, &OTHER_NAME)],
    ),
    Sign::new(
        "Requesting User:<>arn:<>:role/",
        "Requesting User:    arn:aws:iam::111122223333:role/node",
        "https://github.com/aws/containers-roadmap/issues/1666",
        &[Way(&LINK, &OTHER_NAME)],
    ),
    Sign::new(
        "is forbidden: User <>system:node:<> cannot <>",
        r#"nodes "ip-10-0-1-10.ec2.internal" is forbidden: User "system:node:ip-10-0-1-10.ec2.internal" cannot get resource "nodes" in API group "" at the cluster scope"#,
        "https://kubernetes.io/docs/reference/access-authn-authz/node/",
        &[Way(&LINK, &NO_RIGHTS)],
    ),
    Sign::new(
        "getting credentials: exec: <>\" node=\"",
        r#"E0804 05:15:59.270406   23137 kubelet_node_status.go:92] "Unable to register node with API server" err="Post \"https://example.gr7.us-west-2.eks.amazonaws.com/api/v1/nodes\": getting credentials: exec: executable aws failed with exit code 255" node="ip-10-0-1-10.ec2.internal""#,
        "k8s.io/client-go plugin/pkg/client/auth/exec, and kubelet_node_status.go",
        &[Way(&LINK, &NO_TOKEN)],
    ),
    // Of all that list nodes, only the kubelet asks a program for its token.
    Sign::new(
        "ailed to list *v1.Node: <>getting credentials: exec: executable <> failed with exit code ",
        r#"E0301 10:05:00.123456    1287 reflector.go:150] "Failed to watch" err="failed to list *v1.Node: Get \"https://example.gr7.us-west-2.eks.amazonaws.com/api/v1/nodes\": getting credentials: exec: executable aws failed with exit code 255""#,
        "k8s.io/client-go plugin/pkg/client/auth/exec, and tools/cache/reflector.go",
        &[Way(&LINK, &NO_TOKEN)],
    ),
    Sign::new(
        "kubelet<>: getting credentials: exec: exit status ",
        "kubelet: E0624 12:53:11.464107    3853 reflector.go:126] k8s.io/client-go/informers/factory.go:133: Failed to list *v1beta1.RuntimeClass: Get https://example.gr7.us-west-2.eks.amazonaws.com/apis/node.k8s.io/v1beta1/runtimeclasses: getting credentials: exec: exit status 2",
        "https://github.com/elastic/cloud-on-k8s/issues/3196",
        &[Way(&LINK, &NO_TOKEN)],
    ),
];
