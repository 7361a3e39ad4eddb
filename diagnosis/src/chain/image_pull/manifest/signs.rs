//! How registries and runtimes word a manifest that is not there, or not for everybody.
//!
//! Those that begin with a gap give way to whatever stands further inside.

use super::{
    ENDPOINT_POLICY, FORBIDDEN, LINK, NOT_FOUND, PULL_DENIED, PULL_THROUGH, REPOSITORY_NOT_FOUND,
};
use crate::chain::{
    Link, Sign, Way,
    image_pull::{registry_credentials, registry_endpoint},
};

static REACHED: &[&Link] = &[&registry_endpoint::LINK];
static ADMITTED: &[&Link] = &[&registry_endpoint::LINK, &registry_credentials::LINK];

static ABSENT: &[Way] = &[Way(&LINK, &NOT_FOUND)];
static NO_REPOSITORY: &[Way] = &[Way(&LINK, &REPOSITORY_NOT_FOUND)];
static DENIED: &[Way] = &[Way(&LINK, &FORBIDDEN)];
static BY_ENDPOINT: &[Way] = &[Way(&LINK, &ENDPOINT_POLICY)];
static BY_CACHE: &[Way] = &[Way(&LINK, &PULL_THROUGH)];

const CONTAINERD: &str = "containerd/containerd core/remotes/docker/resolver.go, v2";
const SPEC: &str = "https://distribution.github.io/distribution/spec/api/#errors-2";
const DENIALS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html";

pub(super) static SIGNS: &[Sign] = &[
    Sign::new(
        "manifest unknown",
        "failed to resolve reference \"111122223333.dkr.ecr.us-west-2.amazonaws.com/api:1.4\": manifest unknown: Requested image not found",
        SPEC,
        ABSENT,
    )
    .showing(ADMITTED),
    Sign::new(
        "<>MANIFEST_UNKNOWN: ",
        "GET https://ghcr.io/v2/team/api/manifests/1.4: MANIFEST_UNKNOWN: manifest unknown to registry",
        SPEC,
        ABSENT,
    )
    .showing(ADMITTED),
    Sign::new(
        "manifest for <image> not found",
        "Error response from daemon: manifest for team/api:1.4 not found",
        "moby/moby distribution/errors.go",
        ABSENT,
    )
    .showing(ADMITTED),
    Sign::new(
        "failed to resolve reference \"<image>\": <>: not found",
        "failed to pull and unpack image \"public.ecr.aws/team/api:1.4\": failed to resolve reference \"public.ecr.aws/team/api:1.4\": public.ecr.aws/team/api:1.4: not found",
        CONTAINERD,
        ABSENT,
    )
    .showing(ADMITTED),
    Sign::new(
        "code = NotFound desc = failed to pull and unpack image \"<image>\"",
        "Failed to pull image \"602401143452.dkr.ecr.ap-northeast-2.amazonaws.com/eks/kube-proxy:v1.23.13-eksbuild.2\": rpc error: code = NotFound desc = failed to pull and unpack image \"602401143452.dkr.ecr.ap-northeast-2.amazonaws.com/eks/kube-proxy:v1.23.13-eksbuild.2\": ...",
        "https://github.com/eksctl-io/eksctl/issues/5972",
        ABSENT,
    )
    .showing(ADMITTED),
    Sign::new(
        "<>/manifests/<>: 404 Not Found",
        "unexpected status from HEAD request to https://registry.example.com/v2/team/api/manifests/1.4: 404 Not Found",
        CONTAINERD,
        ABSENT,
    )
    .showing(ADMITTED),
    Sign::new(
        "The repository with name '<repository>' does not exist in the registry with id '<registry>'",
        "Error response from daemon: repository 111122223333.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni-init not found: name unknown: The repository with name 'amazon-k8s-cni-init' does not exist in the registry with id '111122223333'",
        "https://github.com/aws/amazon-vpc-cni-k8s/issues/1699",
        NO_REPOSITORY,
    )
    .showing(ADMITTED),
    Sign::new(
        "<>name unknown: ",
        "failed to resolve reference \"registry.example.com/team/api:1.4\": name unknown: repository name not known to registry",
        SPEC,
        NO_REPOSITORY,
    )
    .showing(ADMITTED),
    Sign::new(
        "<>NAME_UNKNOWN: ",
        "GET https://registry.example.com/v2/team/api/manifests/1.4: NAME_UNKNOWN: repository name not known to registry",
        SPEC,
        NO_REPOSITORY,
    )
    .showing(ADMITTED),
    Sign::new(
        "on resource: arn:<partition>:ecr:<region>:<registry>:repository/<repository> because no resource-based policy allows the ecr:",
        "denied: User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0abc is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:us-west-2:444455556666:repository/api because no resource-based policy allows the ecr:BatchGetImage action",
        "https://github.com/aws/containers-roadmap/issues/2053",
        DENIED,
    )
    .showing(REACHED),
    Sign::new(
        "<>no resource-based policy allows the ecr:",
        "denied: because no resource-based policy allows the ecr:BatchGetImage action",
        "https://github.com/aws/containers-roadmap/issues/2053",
        DENIED,
    )
    .showing(REACHED),
    Sign::new(
        "is not authorized to perform: ecr:<>because no VPC endpoint policy allows the ecr:",
        "denied: User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0abc is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:us-west-2:111122223333:repository/api because no VPC endpoint policy allows the ecr:BatchGetImage action",
        DENIALS,
        BY_ENDPOINT,
    )
    .showing(REACHED),
    Sign::new(
        "is not authorized to perform: ecr:<>with an explicit deny in a VPC endpoint policy",
        "denied: User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0abc is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:us-west-2:111122223333:repository/api with an explicit deny in a VPC endpoint policy",
        DENIALS,
        BY_ENDPOINT,
    )
    .showing(REACHED),
    Sign::new(
        "is not authorized to perform: ecr:BatchImportUpstreamImage",
        "denied: User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0abc is not authorized to perform: ecr:BatchImportUpstreamImage on resource: arn:aws:ecr:us-west-2:111122223333:repository/docker-hub/library/redis",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html",
        BY_CACHE,
    )
    .showing(REACHED),
    Sign::new(
        "is not authorized to perform: ecr:CreateRepository",
        "denied: User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0abc is not authorized to perform: ecr:CreateRepository on resource: arn:aws:ecr:us-west-2:111122223333:repository/docker-hub/library/redis",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html",
        BY_CACHE,
    )
    .showing(REACHED),
    Sign::new(
        "assumed-role/<node-role>/i-<> is not authorized to perform: ecr:<> because no identity-based policy allows the ecr:",
        "denied: User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0abc is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:us-west-2:111122223333:repository/api because no identity-based policy allows the ecr:BatchGetImage action",
        DENIALS,
        &[Way(&LINK, &PULL_DENIED)],
    )
    .showing(REACHED),
    Sign::new(
        "<>.dkr.ecr.<>: 403 Forbidden",
        "failed to resolve reference \"111122223333.dkr.ecr.us-west-2.amazonaws.com/api:1.4\": unexpected status from HEAD request to https://111122223333.dkr.ecr.us-west-2.amazonaws.com/v2/api/manifests/1.4: 403 Forbidden",
        "https://github.com/aws-samples/bedrock-access-gateway/issues/114",
        DENIED,
    )
    .showing(REACHED),
    Sign::new(
        "<>/v2/<>/manifests/<>: 403 Forbidden",
        "failed to resolve reference \"ghcr.io/team/api:1.4\": unexpected status from HEAD request to https://ghcr.io/v2/team/api/manifests/1.4: 403 Forbidden",
        CONTAINERD,
        &[Way(&registry_credentials::LINK, &registry_credentials::SECRET_REJECTED)],
    )
    .showing(REACHED),
];
