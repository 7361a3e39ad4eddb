//! How runtimes word a layer that is refused, absent, cut off, or that finds no room.
//!
//! Those that begin with a gap give way to whatever stands further inside.

use super::{DISK_FULL, FORBIDDEN, LINK, MISSING, OTHER_BUCKET, PAUSE_IMAGE_LOST, TRANSFER_BROKEN};
use crate::chain::{
    Link, Sign, Way,
    image_pull::{layer_endpoint, manifest, registry_credentials, registry_endpoint},
};

static SHOWN: &[&Link] = &[
    &registry_endpoint::LINK,
    &registry_credentials::LINK,
    &manifest::LINK,
    &layer_endpoint::LINK,
];
/// Its host need not be the one of ECR.
static READ: &[&Link] = &[&registry_endpoint::LINK, &registry_credentials::LINK, &manifest::LINK];

static CUT: &[Way] = &[Way(&LINK, &TRANSFER_BROKEN)];
static FULL: &[Way] = &[Way(&LINK, &DISK_FULL)];

pub(super) static SIGNS: &[Sign] = &[
    Sign::new(
        "httpReadSeeker: failed open: unexpected status code <>403 Forbidden",
        "failed to copy: httpReadSeeker: failed open: unexpected status code https://prod-us-west-2-starport-layer-bucket.s3.us-west-2.amazonaws.com/1a2b: 403 Forbidden",
        "containerd/containerd core/remotes/docker/fetcher.go, v2",
        &[Way(&LINK, &FORBIDDEN)],
    )
    .showing(SHOWN),
    Sign::new(
        "error parsing HTTP 403 response body: invalid character '",
        "error parsing HTTP 403 response body: invalid character '<' looking for beginning of value: \"<?xml version=\\\"1.0\\\" encoding=\\\"UTF-8\\\"?><Error><Code>AccessDenied</Code>\"",
        "https://repost.aws/knowledge-center/eks-ecr-troubleshooting",
        &[Way(&LINK, &FORBIDDEN)],
    )
    .showing(SHOWN),
    Sign::new(
        "docker-images-prod.s3<>403 Forbidden",
        "failed to copy: httpReadSeeker: failed open: unexpected status code https://docker-images-prod.s3.dualstack.us-east-1.amazonaws.com/registry-v2/docker/registry/v2/blobs/sha256/0a/0a1b/data: 403 Forbidden",
        "https://repost.aws/knowledge-center/vpc-s3-endpoint-docker-hub",
        &[Way(&LINK, &OTHER_BUCKET)],
    )
    .showing(READ),
    Sign::new(
        "httpReadSeeker: failed open: content at <> not found",
        "failed to copy: httpReadSeeker: failed open: content at https://registry.example.com/v2/team/api/blobs/sha256:0a1b not found: not found",
        "containerd/containerd core/remotes/docker/fetcher.go, v2",
        &[Way(&LINK, &MISSING)],
    )
    .showing(READ),
    Sign::new(
        "failed to copy: read tcp ",
        "failed to pull and unpack image \"111122223333.dkr.ecr.us-west-2.amazonaws.com/api:1.4\": failed to copy: read tcp 10.0.1.5:40000->52.218.1.2:443: read: connection reset by peer",
        "containerd/containerd core/content/helpers.go, v2",
        CUT,
    )
    .showing(READ),
    Sign::new(
        "<>failed to copy: <>unexpected EOF",
        "failed to pull and unpack image \"ghcr.io/team/api:1.4\": failed to copy: httpReadSeeker: failed open: unexpected EOF",
        "containerd/containerd core/content/helpers.go, v2",
        CUT,
    )
    .showing(READ),
    Sign::new(
        "failed commit on ref <> unexpected commit digest ",
        "failed to copy: failed commit on ref \"layer-sha256:0a1b\": unexpected commit digest sha256:2c3d, expected sha256:0a1b: failed precondition",
        "containerd/containerd plugins/content/local/writer.go, v2",
        CUT,
    )
    .showing(READ),
    Sign::new(
        "failed commit on ref <> failed size validation",
        "failed to copy: failed commit on ref \"layer-sha256:0a1b\": \"layer-sha256:0a1b\" failed size validation: 1048576 != 29130642: failed precondition",
        "containerd/containerd plugins/content/local/writer.go, v2",
        CUT,
    )
    .showing(READ),
    Sign::new(
        "cancel pulling image <image> because of no progress in ",
        "level=error msg=\"cancel pulling image 111122223333.dkr.ecr.us-west-2.amazonaws.com/api:1.4 because of no progress in 5m0s\"",
        "containerd/containerd internal/cri/server/images/image_pull.go, v2",
        CUT,
    ),
    Sign::new(
        "<>failed to pull and unpack image <>no space left on device",
        "Failed to pull image \"ghcr.io/team/api:1.4\": rpc error: code = Unknown desc = failed to pull and unpack image \"ghcr.io/team/api:1.4\": failed to extract layer sha256:0a1b: write /var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/42/fs/usr/lib/libx.so: no space left on device",
        "https://repost.aws/knowledge-center/eks-worker-nodes-image-cache",
        FULL,
    )
    .showing(READ),
    Sign::new(
        "<>failed to register layer<>no space left on device",
        "Error response from daemon: failed to register layer: Error processing tar file(exit status 1): write /usr/lib/libx.so: no space left on device",
        "moby/moby distribution/xfer/download.go",
        FULL,
    )
    .showing(READ),
    Sign::new(
        "<>ull image <>no space left on device",
        "Failed to pull image \"quay.io/team/api:1.4\": writing blob: storing blob to file \"/var/tmp/storage1\": write /var/tmp/storage1: no space left on device",
        "containers/image copy/blob.go, v5",
        FULL,
    ),
    Sign::new(
        "ailed to garbage collect required amount of images",
        "Warning  ImageGCFailed  kubelet  Failed to garbage collect required amount of images. Attempted to free 4294967296 bytes, but only found 0 bytes eligible to free.",
        "kubernetes/kubernetes pkg/kubelet/images/image_gc_manager.go, v1.33",
        FULL,
    ),
    Sign::new(
        "failed to get sandbox image \"localhost/<>",
        "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image \"localhost/kubernetes/pause\": failed to pull image \"localhost/kubernetes/pause\": failed to do request: Head \"https://localhost/v2/kubernetes/pause/manifests/latest\": dial tcp 127.0.0.1:443: connect: connection refused",
        "awslabs/amazon-eks-ami nodeadm/internal/containerd, 2025",
        &[Way(&LINK, &PAUSE_IMAGE_LOST)],
    ),
];
