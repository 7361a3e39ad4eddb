//! The node gets a registry token, and the registry accepts it.

use crate::{
    chain::{Link, Look, Verdict, no_host},
    facts::{Facts, inputs::IMAGE_CHECK},
};

mod faults;
mod signs;

use faults::{
    ANONYMOUS, EXPIRED, PLUGIN_CONFIG, PLUGIN_MISSING, STALE_LOGIN, TOKEN_DENIED, TOKEN_REJECTED,
    TOKEN_STALE, WRONG_PLUGIN,
};
pub(super) use faults::{SECRET_MISSING, SECRET_REJECTED};

pub(super) static LINK: Link = Link {
    id: "registry-credentials",
    title: "registry credentials",
    means: "ecr:GetAuthorizationToken gives the node a token, and the registry accepts it. The node role is the legitimate principal of an image pull.",
    judged: "On demand (check --image): from the call's error code and the registry's status. The text \"no basic auth credentials\" alone does not decide: it also appears when the ECR API cannot be reached.",
    sources: &[
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html",
        "https://repost.aws/knowledge-center/eks-ecr-troubleshooting",
        "https://kubernetes.io/docs/tasks/administer-cluster/kubelet-credential-provider/",
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2ContainerRegistryPullOnly.html",
    ],
    faults: &[
        &TOKEN_DENIED,
        &TOKEN_REJECTED,
        &ANONYMOUS,
        &EXPIRED,
        &TOKEN_STALE,
        &STALE_LOGIN,
        &SECRET_MISSING,
        &SECRET_REJECTED,
        &PLUGIN_MISSING,
        &WRONG_PLUGIN,
        &PLUGIN_CONFIG,
    ],
    signs: signs::SIGNS,
    host: no_host,
    look,
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
