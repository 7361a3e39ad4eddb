//! The node gets a registry token, and the registry accepts it.

use super::{ecr_api_endpoint, registry_endpoint};
use crate::{
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, ladder, no_host},
    facts::{Facts, inputs::IMAGE_CHECK},
};

pub(super) static LINK: Link = Link {
    id: "registry-credentials",
    title: "registry credentials",
    means: "ecr:GetAuthorizationToken gives the node a token, and the registry accepts it. The node role is the legitimate principal of an image pull.",
    judged: "On demand (check --image): from the call's error code and the registry's status. The text \"no basic auth credentials\" alone does not decide: it also appears when the ECR API cannot be reached.",
    sources: &[
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html",
        "https://repost.aws/knowledge-center/eks-ecr-troubleshooting",
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2ContainerRegistryPullOnly.html",
    ],
    faults: &[&TOKEN_DENIED, &TOKEN_REJECTED, &ANONYMOUS, &EXPIRED],
    signs: &[
        Sign::new(
            "no basic auth credentials",
            "Failed to pull image \"111122223333.dkr.ecr.us-west-2.amazonaws.com/api:1.4\": rpc error: code = Unknown desc = Error response from daemon: Get https://111122223333.dkr.ecr.us-west-2.amazonaws.com/v2/api/manifests/1.4: no basic auth credentials",
            "https://repost.aws/knowledge-center/eks-ecr-troubleshooting",
            NO_BASIC_AUTH,
        )
        .exhaustive()
        .showing(&[&registry_endpoint::LINK]),
        Sign::new(
            "Your authorization token has expired",
            "denied: Your authorization token has expired. Reauthenticate and try again.",
            "https://docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors-docker.html",
            &[Way(&LINK, &EXPIRED)],
        )
        .showing(&[&registry_endpoint::LINK]),
        Sign::new(
            "assumed-role/<node-role>/i-<> is not authorized to perform: ecr:GetAuthorizationToken",
            "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0abc is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
            &[Way(&LINK, &TOKEN_DENIED)],
        )
        .showing(&[&ecr_api_endpoint::LINK]),
    ],
    host: no_host,
    look,
};

/// The kubelet could not reach the ECR API on any rung, or its provider gave it nothing.
static NO_BASIC_AUTH: &[Way] = &[
    Way(&ecr_api_endpoint::LINK, &ladder::NAME_NOT_FOUND),
    Way(&ecr_api_endpoint::LINK, &ladder::NAME_UNANSWERED),
    Way(&ecr_api_endpoint::LINK, &ladder::NAME_REFUSED),
    Way(&ecr_api_endpoint::LINK, &ladder::CONNECT_TIMED_OUT),
    Way(&ecr_api_endpoint::LINK, &ladder::CONNECT_REFUSED),
    Way(&ecr_api_endpoint::LINK, &ladder::UNREACHABLE),
    Way(&ecr_api_endpoint::LINK, &ladder::TLS_TIMED_OUT),
    Way(&ecr_api_endpoint::LINK, &ladder::TLS_UNTRUSTED),
    Way(&ecr_api_endpoint::LINK, &ladder::TLS_WRONG_NAME),
    Way(&ecr_api_endpoint::LINK, &ladder::TLS_EXPIRED),
    Way(&ecr_api_endpoint::LINK, &ladder::TLS_FAILED),
    Way(&ecr_api_endpoint::LINK, &ladder::HTTP_TIMED_OUT),
    Way(&ecr_api_endpoint::LINK, &ladder::HTTP_FAILED),
    Way(&LINK, &ANONYMOUS),
];

const VERIFY: &str = "eks-triage check --image <image>    # on the node";

static TOKEN_DENIED: Fault = Fault {
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
static TOKEN_REJECTED: Fault = Fault {
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
static ANONYMOUS: Fault = Fault {
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
static EXPIRED: Fault = Fault {
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

fn look(facts: &Facts) -> Look {
    let (token, source) = facts.node.ecr_token.need(&IMAGE_CHECK)?;
    if token.code.starts_with("AccessDenied") {
        return Ok(Verdict::broken(&TOKEN_DENIED, &token.code, source.quote(&token.code)));
    }
    if !token.accepted() {
        return Err(IMAGE_CHECK.missing(format!("{}: {}", token.code, token.message)));
    }
    let (manifest, asked) = facts.node.manifest.need(&IMAGE_CHECK)?;
    if manifest.answer.status == 401 {
        let broken = Verdict::broken(&TOKEN_REJECTED, "401", asked.quote("401"));
        return Ok(broken.with("image", &manifest.image));
    }
    Ok(Verdict::intact("accepted by the registry", asked))
}
