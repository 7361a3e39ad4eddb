//! How the kubelet, its credential provider, runtimes and registries word missing credentials.
//!
//! Those that begin with a gap give way to whatever stands further inside.

use super::{
    ANONYMOUS, EXPIRED, LINK, PLUGIN_CONFIG, PLUGIN_MISSING, SECRET_MISSING, SECRET_REJECTED,
    STALE_LOGIN, TOKEN_DENIED, TOKEN_STALE, WRONG_PLUGIN,
};
use crate::chain::{
    Link, Sign, Way,
    image_pull::{ecr_api_endpoint, manifest, registry_endpoint},
    ladder,
};

static REACHED: &[&Link] = &[&registry_endpoint::LINK];

const CONTAINERD: &str = "containerd/containerd core/remotes/docker, v2";

static ANONYMOUS_PULL: &[Way] = &[Way(&LINK, &ANONYMOUS)];
static NO_SECRET: &[Way] = &[Way(&LINK, &SECRET_MISSING)];
static REJECTED: &[Way] = &[Way(&LINK, &SECRET_REJECTED)];

static MISSING_OR_REJECTED: &[Way] = &[Way(&LINK, &SECRET_MISSING), Way(&LINK, &SECRET_REJECTED)];

/// The kubelet could not reach the ECR API on any rung, or its provider gave it nothing.
static NO_BASIC_AUTH: &[Way] = &[
    Way(&ecr_api_endpoint::LINK, &ladder::VPC_LACKS_NAME),
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

/// A registry does not tell whoever may not read a repository whether it is there.
static NO_ACCESS: &[Way] = &[
    Way(&LINK, &SECRET_MISSING),
    Way(&LINK, &SECRET_REJECTED),
    Way(&LINK, &ANONYMOUS),
    Way(&LINK, &EXPIRED),
    Way(&LINK, &TOKEN_STALE),
    Way(&manifest::LINK, &manifest::NOT_FOUND),
];

pub(super) static SIGNS: &[Sign] = &[
    Sign::new(
        "no basic auth credentials",
        "Failed to pull image \"111122223333.dkr.ecr.us-west-2.amazonaws.com/api:1.4\": rpc error: code = Unknown desc = Error response from daemon: Get https://111122223333.dkr.ecr.us-west-2.amazonaws.com/v2/api/manifests/1.4: no basic auth credentials",
        "https://repost.aws/knowledge-center/eks-ecr-troubleshooting",
        NO_BASIC_AUTH,
    )
    .exhaustive()
    .showing(REACHED),
    Sign::new(
        "Your authorization token has expired",
        "denied: Your authorization token has expired. Reauthenticate and try again.",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors-docker.html",
        &[Way(&LINK, &EXPIRED)],
    )
    .showing(REACHED),
    Sign::new(
        "Your Authorization Token has expired",
        "level=error msg=\"Not continuing with pull after error: denied: Your Authorization Token has expired. Please run 'aws ecr get-login --no-include-email' to fetch a new one.\"",
        "https://github.com/awslabs/amazon-ecr-credential-helper/issues/118",
        &[Way(&LINK, &EXPIRED)],
    )
    .showing(REACHED),
    Sign::new(
        "assumed-role/<node-role>/i-<> is not authorized to perform: ecr:GetAuthorizationToken",
        "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0abc is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
        &[Way(&LINK, &TOKEN_DENIED)],
    )
    .showing(&[&ecr_api_endpoint::LINK]),
    Sign::new(
        "denied: The security token included in the request is ",
        "level=error msg=\"Not continuing with pull after error: denied: The security token included in the request is invalid\"",
        "https://github.com/kubernetes/kubernetes/pull/69141",
        &[Way(&LINK, &TOKEN_STALE)],
    )
    .showing(REACHED),
    Sign::new(
        "https://<host>.ecr.aws/v2/<>: 403 Forbidden",
        "Error: INSTALLATION FAILED: unexpected status from HEAD request to https://public.ecr.aws/v2/kro/kro/manifests/0.1.0: 403 Forbidden",
        "https://github.com/kubernetes-sigs/kro/issues/153",
        &[Way(&LINK, &STALE_LOGIN)],
    )
    .showing(REACHED),
    Sign::new(
        "<>.dkr.ecr.<>: 401 Unauthorized",
        "failed to resolve reference \"111122223333.dkr.ecr.us-east-1.amazonaws.com/cats:v2\": unexpected status code [manifests v2]: 401 Unauthorized",
        "https://github.com/kubernetes/kubernetes/issues/102750",
        ANONYMOUS_PULL,
    )
    .showing(REACHED),
    Sign::new(
        "<>.dkr.ecr.<>unauthorized: authentication required",
        "rpc error: code = Unknown desc= Error reading manifest v2.1.0 in 602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon/aws-load-balancer-controller: unauthorized: authentication required",
        "https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/1736",
        ANONYMOUS_PULL,
    )
    .showing(REACHED),
    Sign::new(
        "<>/v2/<>: 401 Unauthorized",
        "failed to resolve reference \"ghcr.io/team/api:1.4\": unexpected status from HEAD request to https://ghcr.io/v2/team/api/manifests/1.4: 401 Unauthorized",
        CONTAINERD,
        NO_SECRET,
    )
    .showing(REACHED),
    Sign::new(
        "<>resolve reference \"<image>\"<>: 401 Unauthorized",
        "failed to resolve reference \"registry.example.com/team/api:1.4\": pulling from host registry.example.com failed with status code [manifests 1.4]: 401 Unauthorized",
        CONTAINERD,
        NO_SECRET,
    )
    .showing(REACHED),
    Sign::new(
        "<>unauthorized: authentication required",
        "Failed to pull image \"team/api:1.4\": rpc error: code = Unknown desc = Error response from daemon: unauthorized: authentication required",
        "https://distribution.github.io/distribution/spec/api/#errors-2",
        NO_SECRET,
    )
    .showing(REACHED),
    Sign::new(
        "<>/v2/<>: unauthorized",
        "Error response from daemon: Get https://ghcr.io/v2/team/api/manifests/1.4: unauthorized",
        "https://distribution.github.io/distribution/spec/api/#errors-2",
        MISSING_OR_REJECTED,
    )
    .showing(REACHED),
    Sign::new(
        "<>/v2/<>: denied: ",
        "Error response from daemon: Head \"https://ghcr.io/v2/team/api/manifests/1.4\": denied: denied",
        "https://distribution.github.io/distribution/spec/api/#errors-2",
        NO_ACCESS,
    )
    .showing(REACHED),
    Sign::new(
        "unable to retrieve auth token: invalid username/password",
        "Failed to pull image \"quay.io/team/api:1.4\": initializing source docker://quay.io/team/api:1.4: unable to retrieve auth token: invalid username/password: unauthorized: Invalid Username or Password",
        "containers/image docker/docker_client.go, v5",
        REJECTED,
    )
    .showing(REACHED),
    Sign::new(
        "equesting bearer token: invalid status code from registry 403",
        "Failed to pull image \"quay.io/team/api:1.4\": initializing source docker://quay.io/team/api:1.4: Requesting bearer token: invalid status code from registry 403 (Forbidden)",
        "containers/image docker/docker_client.go, v5",
        NO_ACCESS,
    )
    .showing(REACHED),
    Sign::new(
        "<>reading manifest <>: unauthorized: ",
        "Failed: initializing source docker://quay.io/team/api:1.4: reading manifest 1.4 in quay.io/team/api: unauthorized: access to the requested resource is not authorized",
        "containers/image docker/docker_client.go, v5",
        MISSING_OR_REJECTED,
    )
    .showing(REACHED),
    Sign::new(
        "<>reading manifest <>: denied: ",
        "Failed: initializing source docker://registry.example.com/team/api:1.4: reading manifest 1.4 in registry.example.com/team/api: denied: not allowed",
        "containers/image docker/docker_client.go, v5",
        NO_ACCESS,
    )
    .showing(REACHED),
    Sign::new(
        "<>ull image <>unauthorized: ",
        "Failed to pull image \"registry.example.com/team/api:1.4\": failed to resolve reference \"registry.example.com/team/api:1.4\": unexpected status: unauthorized: project team not found",
        "https://distribution.github.io/distribution/spec/api/#errors-2",
        MISSING_OR_REJECTED,
    )
    .showing(REACHED),
    Sign::new(
        "<>ull image <>: denied: ",
        "Failed to pull image \"us-docker.pkg.dev/team/api:1.4\": rpc error: code = Unknown desc = Error response from daemon: denied: Permission \"artifactregistry.repositories.downloadArtifacts\" denied on resource",
        "https://distribution.github.io/distribution/spec/api/#errors-2",
        NO_ACCESS,
    )
    .showing(REACHED),
    Sign::new(
        "failed to fetch anonymous token: unexpected status",
        "failed to resolve image \"registry.example.com/my/app:latest\": failed to fetch anonymous token: unexpected status: 403 Forbidden",
        "https://github.com/kubernetes/kubernetes/issues/66162",
        NO_SECRET,
    )
    .showing(REACHED),
    Sign::new(
        "failed to fetch oauth token: unexpected status",
        "failed to authorize: failed to fetch oauth token: unexpected status from POST request to https://auth.docker.io/token: 401 Unauthorized",
        CONTAINERD,
        REJECTED,
    )
    .showing(REACHED),
    Sign::new(
        "unauthorized: incorrect username or password",
        "Error response from daemon: Get \"https://registry-1.docker.io/v2/\": unauthorized: incorrect username or password",
        "https://docs.docker.com/reference/cli/docker/login/",
        REJECTED,
    )
    .showing(REACHED),
    Sign::new(
        "HTTP Basic: Access denied",
        "unauthorized: HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect",
        "https://docs.gitlab.com/user/packages/container_registry/troubleshoot_container_registry/",
        REJECTED,
    )
    .showing(REACHED),
    Sign::new(
        "pull access denied for <image>, repository does not exist or may require",
        "Error response from daemon: pull access denied for team/api, repository does not exist or may require 'docker login'",
        "moby/moby distribution/errors.go",
        NO_ACCESS,
    )
    .showing(REACHED),
    Sign::new(
        "pull access denied, repository does not exist or may require authorization",
        "failed to resolve reference \"docker.io/team/api:1.4\": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
        CONTAINERD,
        NO_ACCESS,
    )
    .showing(REACHED),
    Sign::new(
        "not found: does not exist or no pull access",
        "Error response from daemon: repository 111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/topic-service not found: does not exist or no pull access",
        "https://github.com/kubernetes/kubernetes/pull/69141",
        NO_ACCESS,
    )
    .showing(REACHED),
    Sign::new(
        "requested access to the resource is denied",
        "Error response from daemon: denied: requested access to the resource is denied",
        "https://distribution.github.io/distribution/spec/api/#errors-2",
        NO_ACCESS,
    )
    .showing(REACHED),
    Sign::new(
        "error execing credential provider plugin <> for image <image>: fork/exec ",
        "Failed getting credential from external registry credential provider: error execing credential provider plugin ecr-credential-provider for image 111122223333.dkr.ecr.us-west-2.amazonaws.com/team/api: fork/exec /etc/eks/image-credential-provider/ecr-credential-provider: no such file or directory",
        "kubernetes/kubernetes pkg/credentialprovider/plugin/plugin.go, v1.33",
        &[Way(&LINK, &PLUGIN_MISSING)],
    ),
    Sign::new(
        "error getting credentials - err: exec: <>: executable file not found",
        "Error saving credentials: error getting credentials - err: exec: \"docker-credential-ecr-login\": executable file not found in $PATH, out: ``",
        "docker/docker-credential-helpers client/client.go",
        &[Way(&LINK, &PLUGIN_MISSING)],
    ),
    Sign::new(
        "Error parsing the serverURL<>CredentialProviderRequest",
        "level=error msg=\"Error parsing the serverURL\" error=\"parse \\\"https://{\\\\\\\"kind\\\\\\\":\\\\\\\"CredentialProviderRequest\\\\\\\"}\\\": invalid port after host\"",
        "https://github.com/awslabs/amazon-ecr-credential-helper/issues/616",
        &[Way(&LINK, &WRONG_PLUGIN)],
    ),
    Sign::new(
        "ailed to register CRI auth plugins",
        "\"Failed to register CRI auth plugins\" err=\"error decoding config /etc/eks/image-credential-provider/config.json: couldn't get version/kind\"",
        "kubernetes/kubernetes pkg/kubelet/kubelet.go, v1.33",
        &[Way(&LINK, &PLUGIN_CONFIG)],
    ),
    Sign::new(
        "plugin binary executable <> did not exist",
        "\"Failed to register CRI auth plugins\" err=\"plugin binary executable /etc/eks/image-credential-provider/ecr-credential-provider did not exist\"",
        "kubernetes/kubernetes pkg/credentialprovider/plugin/plugin.go, v1.33",
        &[Way(&LINK, &PLUGIN_CONFIG)],
    ),
    Sign::new(
        "plugin binary directory <> did not exist",
        "\"Failed to register CRI auth plugins\" err=\"plugin binary directory /etc/eks/image-credential-provider did not exist\"",
        "kubernetes/kubernetes pkg/credentialprovider/plugin/plugin.go, v1.33",
        &[Way(&LINK, &PLUGIN_CONFIG)],
    ),
];
