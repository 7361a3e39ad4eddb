//! The image holds something for this node's platform.

use super::{manifest, registry_credentials, registry_endpoint};
use crate::{
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, inputs::IMAGE_CHECK},
};

pub(super) static LINK: Link = Link {
    id: "platform",
    title: "platform",
    means: "The image, or one entry of its index, is built for the node's operating system and architecture.",
    judged: "On demand (check --image): from the platforms that the manifest names. An image that names none stays unknown.",
    sources: &["https://github.com/opencontainers/image-spec/blob/main/image-index.md"],
    faults: &[&NO_MATCH],
    signs: &[
        Sign::new(
            "no match for platform in manifest",
            "failed to pull and unpack image \"docker.io/library/api:1.4\": no match for platform in manifest: not found",
            "containerd/containerd core/images, v2",
            &[Way(&LINK, &NO_MATCH)],
        )
        .showing(&[&registry_endpoint::LINK, &registry_credentials::LINK, &manifest::LINK]),
        Sign::new(
            "exec format error",
            "exec /app/server: exec format error",
            "https://repost.aws/knowledge-center/eks-pod-status-troubleshooting",
            &[Way(&LINK, &NO_MATCH)],
        )
        .showing(&[&registry_endpoint::LINK, &registry_credentials::LINK, &manifest::LINK]),
    ],
    host: no_host,
    look,
};

static NO_MATCH: Fault = Fault {
    id: "no-match",
    plane: Plane::Image,
    title: "<image> holds nothing for this node's platform, <platform>",
    fix: "build the image for <platform> too, or select nodes of its own architecture",
    change: "docker buildx build --platform linux/amd64,linux/arm64 --push -t <image> .\n# or, in the pod template:\n#   nodeSelector: {kubernetes.io/arch: amd64}    # or what the image is built for",
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: "eks-triage check --image <image>    # on the node",
    expect: "platform intact",
};

fn look(facts: &Facts) -> Look {
    let (answer, source) = facts.node.manifest.need(&IMAGE_CHECK)?;
    let Some(manifest) = &answer.manifest else {
        return Err(IMAGE_CHECK.missing("no manifest was read"));
    };
    if manifest.platforms.is_empty() {
        return Err(IMAGE_CHECK.missing("the image names no platform"));
    }
    let platforms = manifest.platforms.join(", ");
    if manifest.platforms.contains(&answer.wanted) {
        return Ok(Verdict::intact(platforms, source));
    }
    let broken = Verdict::broken(&NO_MATCH, platforms, source.quote("platform"));
    Ok(broken.with("image", &answer.image).with("platform", &answer.wanted))
}
