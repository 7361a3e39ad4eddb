//! The node's runtime has a CNI configuration and its plugin.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, inputs::NODE_CHECK_AS_ROOT},
};

pub(super) static LINK: Link = Link {
    id: "cni-config",
    title: "CNI configuration",
    means: "/etc/cni/net.d names a network, and /opt/cni/bin has its plugin: aws-node puts both there once ipamd serves.",
    judged: "From the VPC CNI's configuration file on the node. With another CNI plugin it does not apply.",
    sources: &[
        "aws/amazon-vpc-cni-k8s cmd/aws-vpc-cni/main.go, v1.23.1",
        "https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/",
    ],
    faults: &[&NOT_WRITTEN, &PLUGIN_MISSING, &VERSION],
    signs: &[
        Sign::new(
            "cni config uninitiali",
            "network is not ready: [runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:docker: network plugin is not ready: cni config uninitialized]",
            "https://github.com/aws/amazon-vpc-cni-k8s/issues/284",
            &[Way(&LINK, &NOT_WRITTEN)],
        ),
        Sign::new(
            "etworks found in /etc/cni/net.d",
            "W1204 08:09:03.296102    3542 cni.go:171] Unable to update cni config: No networks found in /etc/cni/net.d",
            "kubernetes/kubernetes pkg/kubelet/dockershim/network/cni/cni.go",
            &[Way(&LINK, &NOT_WRITTEN)],
        ),
        Sign::new(
            "no network config found in /etc/cni/net.d",
            "failed to load cni during init, please check CRI plugin status before setting up network for pods: cni config load failed: no network config found in /etc/cni/net.d",
            "containerd/go-cni errors.go",
            &[Way(&LINK, &NOT_WRITTEN)],
        ),
        Sign::new(
            "reason:NetworkPluginNotReady message:Network plugin not initialized",
            "network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin not initialized",
            "https://github.com/aws/amazon-vpc-cni-k8s/issues/2088",
            &[Way(&LINK, &NOT_WRITTEN)],
        ),
        Sign::new(
            "failed to find plugin \"<>\" in path [",
            "plugin type=\"aws-cni\" failed (add): failed to find plugin \"aws-cni\" in path [/opt/cni/bin]",
            "containernetworking/cni pkg/invoke/find.go",
            &[Way(&LINK, &PLUGIN_MISSING)],
        ),
        Sign::new(
            "unsupported CNI result version",
            "plugin type=\"multus\" name=\"multus-cni-network\" failed (add): [prod/api-7d9f:aws-cni]: error adding container to network \"aws-cni\": unsupported CNI result version \"1.0.0\"",
            "containernetworking/cni pkg/types/create/create.go",
            &[Way(&LINK, &VERSION)],
        ),
        Sign::new(
            "incompatible CNI versions",
            "failed to set up pod network: incompatible CNI versions; config is \"1.0.0\", plugin supports [\"0.3.0\" \"0.3.1\" \"0.4.0\"]",
            "containernetworking/cni pkg/version/reconcile.go",
            &[Way(&LINK, &VERSION)],
        ),
    ],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the administrator of the cluster",
    impact: "this node; running pods keep their addresses",
    verify: "kubectl get node <node> -o jsonpath='{.status.conditions[?(@.type==\"Ready\")].message}'",
    expect: "kubelet is posting ready status",
};

static NOT_WRITTEN: Fault = OURS.fault(
    "not-written",
    "the node has no CNI configuration yet: aws-node has not come up on it",
    "bring aws-node on this node up; its own first error says why it is not",
    "kubectl -n kube-system get pods -l k8s-app=aws-node -o wide --field-selector spec.nodeName=<node>\n\
     kubectl -n kube-system logs -l k8s-app=aws-node -c aws-node --tail=50\n\
     kubectl -n kube-system get events --field-selector reason=MissingIAMPermissions\n\
     # no such pod? install or repair the add-on: aws eks describe-addon --cluster-name <cluster> --addon-name vpc-cni",
);
static PLUGIN_MISSING: Fault = OURS.fault(
    "plugin-missing",
    "the node's CNI configuration names a plugin that is not in /opt/cni/bin",
    "let the init container of aws-node, or of the other CNI, put its plugin there again",
    "ls -l /opt/cni/bin /etc/cni/net.d    # on the node\n\
     kubectl -n kube-system delete pod -l k8s-app=aws-node --field-selector spec.nodeName=<node>\n\
     # a CNI that was taken off left its configuration behind? delete that one file in /etc/cni/net.d",
);

static VERSION: Fault = OURS.fault(
    "version-mismatch",
    "the node's CNI configuration and one of its plugins speak different versions of CNI",
    "bring both plugins to releases that know the same version of CNI",
    "grep -h cniVersion /etc/cni/net.d/*    # on the node: what is asked for\n\
     kubectl -n kube-system get daemonset -o wide    # the images of aws-node and of the chained plugin\n\
     # the one that knows less is the older one: update it; a chained plugin (Multus) must know what aws-node answers in",
);

fn look(facts: &Facts) -> Look {
    let (aws, source) = facts.node.vpc_cni.need(&NODE_CHECK_AS_ROOT)?;
    Ok(if *aws {
        Verdict::intact("10-aws.conflist", source)
    } else {
        Verdict::not_applicable("not that of the VPC CNI")
    })
}
