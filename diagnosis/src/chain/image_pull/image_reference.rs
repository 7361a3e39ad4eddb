//! The image's name can be parsed, its host can exist, and the pod lets it be pulled.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, inputs::IMAGE_CHECK},
};

pub(super) static LINK: Link = Link {
    id: "image-reference",
    title: "image name",
    means: "The image in the pod's spec is host/repository:tag without a scheme, spaces or invisible characters, and an ECR host is spelt <account>.dkr.ecr.<region>. The pod lets the kubelet pull it where the node lacks it.",
    judged: "From what the kubelet says of the name and of the pull policy, and from the host that a pull asked for. That a well-spelt host is the wrong one is the business of later links.",
    sources: &[
        "https://github.com/distribution/reference/blob/main/reference.go",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html",
    ],
    faults: &[&MALFORMED, &HOST_MISSPELT, &NEVER_PULLED],
    signs: &[
        Sign::new(
            "Failed to apply default image tag ",
            "Failed to apply default image tag \"https://harbor.example.com/release/api:1.1.0\": couldn't parse image reference \"https://harbor.example.com/release/api:1.1.0\": invalid reference format.",
            "https://github.com/jupyterhub/zero-to-jupyterhub-k8s/issues/472",
            &[Way(&LINK, &MALFORMED)],
        ),
        Sign::new(
            "<>t parse image reference ",
            "couldn''t parse image reference \"registry.example.com/api:\":",
            "https://github.com/elastic/cloud-on-k8s/issues/2150",
            &[Way(&LINK, &MALFORMED)],
        ),
        Sign::new(
            "<>t parse image name ",
            "Warning  InspectFailed  kubelet  couldn't parse image name \"/api:1.4\": invalid reference format",
            "kubernetes/kubernetes pkg/util/parsers/parsers.go, v1.32",
            &[Way(&LINK, &MALFORMED)],
        ),
        Sign::new(
            "<>invalid reference format",
            "failed to pull image \"Registry.example.com/API:1\": invalid reference format: repository name must be lowercase",
            "https://github.com/distribution/reference/blob/main/reference.go",
            &[Way(&LINK, &MALFORMED)],
        ),
        Sign::new(
            "<>InvalidImageName",
            "Warning  Failed  kubelet  Error: InvalidImageName",
            "kubernetes/kubernetes pkg/kubelet/images/types.go, v1.33",
            &[Way(&LINK, &MALFORMED)],
        ),
        Sign::new(
            "Container image \"<image>\" is not present with pull policy of Never",
            "Warning  ErrImageNeverPull  kubelet  Container image \"registry.example.com/team/api:1.4\" is not present with pull policy of Never",
            "kubernetes/kubernetes pkg/kubelet/images/image_manager.go, v1.33",
            &[Way(&LINK, &NEVER_PULLED)],
        ),
        Sign::new(
            "<>Error: ErrImageNeverPull",
            "Warning  Failed  kubelet  Error: ErrImageNeverPull",
            "kubernetes/kubernetes pkg/kubelet/images/types.go, v1.33",
            &[Way(&LINK, &NEVER_PULLED)],
        ),
    ],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Image,
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: "kubectl -n <namespace> get events --field-selector reason=Pulled",
    expect: "Successfully pulled image",
};

static MALFORMED: Fault = OURS.fault(
    "malformed",
    "the image's name cannot be parsed",
    "write the image as host/repository:tag",
    "# no https://, no space, no empty tag, no leading slash, the repository in lower case;\n\
     # an invisible character shows up here as M-bM-^@:\n\
     kubectl -n <namespace> get pod <pod> -o jsonpath={.spec.containers[*].image} | cat -A",
);
pub(super) static HOST_MISSPELT: Fault = OURS.fault(
    "host-misspelt",
    "<host> is not how a registry of ECR is called",
    "write the registry as <registry>.dkr.ecr.<region>.amazonaws.com",
    "# in the image of the pod template; the registry's own words for its address:\n\
     aws ecr describe-repositories --registry-id <registry> --query repositories[].repositoryUri",
);

static NEVER_PULLED: Fault = OURS.fault(
    "never-pulled",
    "the pod may not pull its image (imagePullPolicy Never), and the node does not have it",
    "let the kubelet pull the image where the node lacks it",
    "# Never is for images that were put on every node by hand. In the pod template:\n\
     #   imagePullPolicy: IfNotPresent\n\
     kubectl -n <namespace> get pod <pod> -o jsonpath={.spec.containers[*].imagePullPolicy}",
);

/// Where the names of ECR's registries end, by partition; `on.aws` is the dual-stack form.
const ENDINGS: &[&str] = &[
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".on.aws",
    ".on.amazonwebservices.com.cn",
    ".amazonaws.eu",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".csp.hci.ic.gov",
    ".cloud.adc-e.uk",
];

/// Means ECR, but cannot be it. An interface endpoint's own name has more labels, and is right.
pub(super) fn misspelt(host: &str) -> bool {
    let host = host.split_once(':').map_or(host, |(host, _)| host).to_ascii_lowercase();
    let registry = host.contains(".dkr.ecr.") || host.contains(".dkr-ecr.");
    let api = host.starts_with("api.") || host.contains(".api.ecr") || host.starts_with("ecr.");
    let aws = ["amazon", "aws."].iter().any(|it| host.contains(it));
    let ends = ENDINGS.iter().any(|it| host.ends_with(it));
    let without_dkr = host.contains(".ecr.") && !registry && !api && aws;
    without_dkr && !host.ends_with(".ecr.aws") || registry && aws && !ends
}

fn look(facts: &Facts) -> Look {
    let (manifest, source) = facts.node.manifest.need(&IMAGE_CHECK)?;
    let image = &manifest.image;
    let host = image.split_once('/').map_or("", |(host, _)| host);
    if misspelt(host) {
        let broken = Verdict::broken(&HOST_MISSPELT, host, source.quote(host));
        return Ok(broken.with("host", host).with("image", image));
    }
    Ok(Verdict::intact(image, source))
}

#[cfg(test)]
mod tests {
    use super::misspelt;

    #[test]
    fn a_host_that_means_ecr_but_cannot_be_it_is_misspelt() {
        for host in [
            "111122223333.ecr.us-west-2.amazonaws.com",
            "111122223333.dkr.ecr.us-west-2.amazon.aws.com",
            "111122223333.dkr.ecr.us-west-2.aws.com",
            "111122223333.dkr.ecr.us-west-2.amazonaws.con",
        ] {
            assert!(misspelt(host), "{host}");
        }
    }

    #[test]
    fn every_form_of_a_registry_and_of_the_api_is_spelt_right() {
        for host in [
            "111122223333.dkr.ecr.us-west-2.amazonaws.com",
            "111122223333.dkr.ecr.us-west-2.amazonaws.com:443",
            "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn",
            "111122223333.dkr-ecr.us-west-2.on.aws",
            "111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
            "vpce-0a1b-2c3d.dkr.ecr.us-west-2.vpce.amazonaws.com",
            "vpce-0a1b-2c3d.api.ecr.us-west-2.vpce.amazonaws.com",
            "api.ecr.us-west-2.amazonaws.com",
            "ecr.us-west-2.api.aws",
            "public.ecr.aws",
            "ghcr.io",
        ] {
            assert!(!misspelt(host), "{host}");
        }
    }
}
