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
    faults: &[&NO_MATCH, &OLD_MANIFEST],
    signs: &[
        Sign::new(
            "no match for platform in manifest",
            "failed to pull and unpack image \"docker.io/library/api:1.4\": no match for platform in manifest: not found",
            "containerd/containerd core/images, v2",
            &[Way(&LINK, &NO_MATCH)],
        )
        .showing(SHOWN),
        Sign::new(
            "exec format error",
            "exec /app/server: exec format error",
            "https://repost.aws/knowledge-center/eks-pod-status-troubleshooting",
            &[Way(&LINK, &NO_MATCH)],
        )
        .showing(SHOWN),
        Sign::new(
            "no matching manifest for ",
            "Error response from daemon: no matching manifest for linux/arm64/v8 in the manifest list entries",
            "https://docs.docker.com/build/building/multi-platform/",
            &[Way(&LINK, &NO_MATCH)],
        )
        .showing(SHOWN),
        Sign::new(
            "no image found in <> for architecture ",
            "choosing an image from manifest list docker://quay.io/team/api:latest: no image found in manifest list for architecture \"arm64\", variant \"v8\", OS \"linux\"",
            "containers/image internal/manifest/docker_schema2_list.go, v5",
            &[Way(&LINK, &NO_MATCH)],
        )
        .showing(SHOWN),
        Sign::new(
            "image operating system \"<>\" cannot be used on this platform",
            "Error response from daemon: image operating system \"windows\" cannot be used on this platform",
            "moby/moby distribution/pull_v2.go",
            &[Way(&LINK, &NO_MATCH)],
        )
        .showing(SHOWN),
        Sign::new(
            "The container operating system does not match the host operating system",
            "hcs::CreateComputeSystem api: The container operating system does not match the host operating system.",
            "https://learn.microsoft.com/virtualization/windowscontainers/deploy-containers/version-compatibility",
            &[Way(&LINK, &NO_MATCH)],
        )
        .showing(SHOWN),
        Sign::new(
            "is no longer supported since containerd",
            "not implemented: media type \"application/vnd.docker.distribution.manifest.v1+prettyjws\" is no longer supported since containerd v2.1, please rebuild the image",
            "containerd/containerd client/pull.go, v2.1",
            &[Way(&LINK, &OLD_MANIFEST)],
        )
        .showing(SHOWN),
        Sign::new(
            "unsupported manifest media type",
            "failed to pull and unpack image \"registry.example.com/api:1.4\": unsupported manifest media type and no default available: application/vnd.docker.distribution.manifest.v1+prettyjws",
            "containerd/containerd core/remotes/docker, v1.7",
            &[Way(&LINK, &OLD_MANIFEST)],
        )
        .showing(SHOWN),
    ],
    host: no_host,
    look,
};

static SHOWN: &[&Link] = &[&registry_endpoint::LINK, &registry_credentials::LINK, &manifest::LINK];

static OLD_MANIFEST: Fault = Fault {
    id: "old-manifest",
    plane: Plane::Image,
    title: "<image> has a manifest of a kind that this node's containerd no longer reads",
    fix: "push the image again with a present-day builder, or name a newer tag",
    change: "docker buildx imagetools inspect <image>    # MediaType …manifest.v1+prettyjws is the old one\ndocker buildx build --platform linux/amd64,linux/arm64 --push -t <image> .",
    owner: "the owner of the image",
    impact: "the pods of this workload are recreated",
    verify: "eks-triage check --image <image>    # on the node",
    expect: "platform intact",
};
static NO_MATCH: Fault = Fault {
    id: "no-match",
    plane: Plane::Image,
    title: "<image> holds nothing for this node's platform",
    fix: "build the image for this node's platform too, or select nodes of the image's own",
    change: "docker buildx build --platform linux/amd64,linux/arm64 --push -t <image> .\n# or, in the pod template:\n#   nodeSelector: {kubernetes.io/arch: amd64}    # or what the image is built for:\ndocker buildx imagetools inspect <image>",
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
