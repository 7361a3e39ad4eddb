//! The ECR API answers the node.

use crate::{
    chain::{Link, ladder},
    facts::inputs::NODE_CHECK,
};

pub(super) static LINK: Link = Link {
    id: "ecr-api-endpoint",
    title: "ECR API",
    means: "The node resolves and reaches api.ecr.<region>, where the kubelet's credential provider gets its token. Without it a pull is anonymous and fails as an authentication error.",
    judged: "From the node: DNS, TCP, TLS and any HTTP answer, each with its own fault.",
    sources: &[
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
        "kubernetes/cloud-provider-aws cmd/ecr-credential-provider, 2026-07",
    ],
    faults: ladder::FAULTS,
    signs: &[],
    host: |host| host.starts_with("api.ecr.") || host.starts_with("ecr."),
    look: |facts| ladder::look(&facts.node.ecr_api, &NODE_CHECK),
};
