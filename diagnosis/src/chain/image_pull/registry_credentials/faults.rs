//! What is wrong with the credentials of a pull: none, old ones, or a provider that does not run.

use crate::chain::{Common, Fault, Plane};

const VERIFY: &str = "eks-triage check --image <image>    # on the node";

pub(in super::super) static TOKEN_DENIED: Fault = Fault {
    id: "token-denied",
    plane: Plane::Image,
    title: "the node role may not fetch a registry token",
    fix: "restore the pull-only baseline of node roles, and add nothing else",
    change: "aws iam list-attached-role-policies --role-name <node-role>\n# a node role carries AmazonEC2ContainerRegistryPullOnly (or ...ReadOnly); this one lost it:\naws iam attach-role-policy --role-name <node-role> --policy-arn arn:<partition>:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly\n# an explicit deny in the message: name that policy to its owner instead",
    owner: "the owner of the node role",
    impact: "all nodes with this role can pull again; nothing restarts",
    verify: VERIFY,
    expect: "registry credentials intact",
};
pub(in super::super) static TOKEN_REJECTED: Fault = Fault {
    id: "token-rejected",
    plane: Plane::Image,
    title: "the registry of <image> does not accept the token of this account and region",
    fix: "name the registry's own region and account in the image, or an image of a registry that this node can use",
    change: "# a token is good for the registries of the region that issued it: compare the region in the name\necho <image>",
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: VERIFY,
    expect: "registry credentials intact",
};
pub(in super::super) static ANONYMOUS: Fault = Fault {
    id: "anonymous",
    plane: Plane::Image,
    title: "the pull was anonymous: the kubelet has no credentials for this registry",
    fix: "restore the kubelet's credential provider so that it matches the registry",
    change: "# AL2023: matchImages must cover the registry in the evidence, and the binary must be there\ncat /etc/eks/image-credential-provider/config.json; ls -l /etc/eks/image-credential-provider/\njournalctl -u kubelet --no-pager | grep -i credential | tail -n 5    # AccessDenied here: the node role lost its baseline",
    owner: "the owner of the node's image",
    impact: "the kubelet of this node restarts; running pods go on",
    verify: VERIFY,
    expect: "registry credentials intact",
};
pub(in super::super) static EXPIRED: Fault = Fault {
    id: "secret-expired",
    plane: Plane::Image,
    title: "the pull secret holds an ECR token that has expired (they last 12 hours)",
    fix: "drop the secret, so that the kubelet fetches its own token, or let something renew it",
    change: "kubectl -n <namespace> get serviceaccount <service-account> -o jsonpath={.imagePullSecrets}\n# remove the secret from imagePullSecrets of the pod template or the ServiceAccount",
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: VERIFY,
    expect: "registry credentials intact",
};

const OURS: Common = Common {
    plane: Plane::Image,
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: VERIFY,
    expect: "registry credentials intact",
};
const NODES: Common = Common {
    owner: "the owner of the node's image",
    impact: "the kubelet of this node restarts; running pods go on",
    verify: "kubectl get events -A --field-selector reason=Pulled | tail -n 5",
    expect: "Successfully pulled image",
    ..OURS
};

pub(in super::super) static TOKEN_STALE: Fault = NODES.fault(
    "token-stale",
    "the kubelet presents a token of ECR that the registry no longer accepts",
    "restart the kubelet of this node, so that it asks for a new token",
    "# a token is kept for half a day; it dies earlier when the node's credentials are revoked\n\
     systemctl restart kubelet    # on that node only",
);
pub(in super::super) static STALE_LOGIN: Fault = OURS.fault(
    "stale-login",
    "an old login for <host> is presented where none is needed",
    "drop the old login: public images are pulled without one",
    "docker logout public.ecr.aws; helm registry logout public.ecr.aws    # where a person or a pipeline pulls\n\
     # in a cluster: take the secret for public.ecr.aws out of imagePullSecrets of the pod template",
);
pub(in super::super) static SECRET_MISSING: Fault = OURS.fault(
    "secret-missing",
    "the registry of <image> wants credentials, and the pull had none for it",
    "give the workload a pull secret for exactly this registry",
    "# the server in the secret is the host in the image, byte for byte:\n\
     kubectl -n <namespace> create secret docker-registry registry-login --docker-server=REGISTRY-HOST --docker-username=USER --docker-password=TOKEN\n\
     # and in the pod template:  imagePullSecrets: [{name: registry-login}]",
);
pub(in super::super) static SECRET_REJECTED: Fault = OURS.fault(
    "secret-rejected",
    "the registry of <image> rejects the credentials of this pull",
    "renew the pull secret, with an account that may read this repository",
    "kubectl -n <namespace> get pod <pod> -o jsonpath={.spec.imagePullSecrets}\n\
     # replace the one for this registry, under the same name:\n\
     kubectl -n <namespace> create secret docker-registry NAME --docker-server=REGISTRY-HOST --docker-username=USER --docker-password=TOKEN --dry-run=client -o yaml | kubectl apply -f -",
);
pub(in super::super) static PLUGIN_MISSING: Fault = NODES.fault(
    "plugin-missing",
    "the program that fetches registry credentials is not where it is looked for",
    "put the credential provider back where the configuration names it",
    "# AL2023: the kubelet's flags --image-credential-provider-bin-dir and -config name both\n\
     ps -o args= -C kubelet | tr ' ' '\\n' | grep image-credential\n\
     ls -l /etc/eks/image-credential-provider/",
);
pub(in super::super) static WRONG_PLUGIN: Fault = NODES.fault(
    "wrong-plugin",
    "the kubelet runs a docker credential helper where a kubelet credential provider belongs",
    "name ecr-credential-provider in the kubelet's configuration, not docker-credential-ecr-login",
    "# the helper takes a host as its input, the provider a CredentialProviderRequest:\n\
     grep -A 3 'name' /etc/eks/image-credential-provider/config.json\n\
     # ecr-credential-provider is released with https://github.com/kubernetes/cloud-provider-aws",
);
pub(in super::super) static PLUGIN_CONFIG: Fault = Fault {
    plane: Plane::Node,
    verify: "kubectl get node <node>",
    expect: "Ready",
    ..NODES.fault(
        "plugin-config",
        "the kubelet does not start: its credential provider's configuration or program is wrong",
        "correct what the quoted line names, in the node's image or user data",
        "journalctl -u kubelet --no-pager | grep -i 'credential\\|plugin' | tail -n 5\n\
         cat /etc/eks/image-credential-provider/config.json; ls -l /etc/eks/image-credential-provider/",
    )
};
