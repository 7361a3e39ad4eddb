//! The S3 host that serves layers answers the node.

use crate::{
    chain::{Link, ladder},
    facts::inputs::NODE_CHECK,
};

pub(super) static LINK: Link = Link {
    id: "layer-endpoint",
    title: "layer host (S3)",
    means: "The node resolves and reaches prod-<region>-starport-layer-bucket on S3: the registry answers the manifest itself, but redirects each layer there.",
    judged: "From the node: DNS, TCP, TLS and any HTTP answer, each with its own fault. A gateway endpoint leaves the address public, so only the connection tells.",
    sources: &["https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html"],
    faults: ladder::FAULTS,
    signs: &[],
    host: |host| host.contains("-starport-layer-bucket."),
    look: |facts| ladder::look(&facts.node.layer_host, &NODE_CHECK),
};
