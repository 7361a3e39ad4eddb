//! The ECR API answers the node.

use crate::{
    chain::{Link, Sign, Way, ladder},
    facts::inputs::NODE_CHECK,
};

pub(super) static LINK: Link = Link {
    id: "ecr-api-endpoint",
    title: "ECR API",
    means: "The node resolves and reaches api.ecr.<region>, where the kubelet's credential provider gets its token. Without it a pull is anonymous and fails as an authentication error.",
    judged: "From the node: DNS, TCP, TLS and any HTTP answer, each with its own fault. Silence at a private address is the endpoint's security group, silence at a public one a missing way out.",
    sources: &[
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
        "kubernetes/cloud-provider-aws cmd/ecr-credential-provider, 2026-07",
    ],
    faults: ladder::INTERFACE,
    signs: &[Sign::new(
        "error execing credential provider plugin <> for image <image>: context deadline exceeded",
        "Failed getting credential from external registry credential provider: error execing credential provider plugin ecr-credential-provider for image 111122223333.dkr.ecr.us-west-2.amazonaws.com/team/api: context deadline exceeded",
        "https://github.com/kubernetes/cloud-provider-aws/issues/1029",
        SILENT,
    )],
    host: |host| host.starts_with("api.ecr.") || host.starts_with("ecr."),
    look: |facts| ladder::look(facts, ladder::INTERFACE, &facts.node.ecr_api, &NODE_CHECK),
};

/// The provider has a minute; only silence uses it up.
static SILENT: &[Way] = &[
    Way(&LINK, &ladder::NAME_UNANSWERED),
    Way(&LINK, &ladder::CONNECT_TIMED_OUT),
    Way(&LINK, &ladder::TLS_TIMED_OUT),
    Way(&LINK, &ladder::HTTP_TIMED_OUT),
];
