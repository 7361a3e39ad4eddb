//! The S3 host that serves layers answers the node.

use crate::{
    chain::{Link, Sign, Way, ladder},
    facts::inputs::NODE_CHECK,
};

pub(super) static LINK: Link = Link {
    id: "layer-endpoint",
    title: "layer host (S3)",
    means: "The node resolves and reaches prod-<region>-starport-layer-bucket on S3: the registry answers the manifest itself, but redirects each layer there.",
    judged: "From the node: DNS, TCP, TLS and any HTTP answer, each with its own fault. A gateway endpoint leaves the address public, so only the connection tells.",
    sources: &["https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html"],
    faults: ladder::GATEWAY,
    signs: &[
        Sign::new(
            "-starport-layer-bucket.s3<>dial tcp<>i/o timeout",
            "rpc error: code = Unknown desc = error pulling image configuration: Get https://prod-us-east-1-starport-layer-bucket.s3.amazonaws.com/0a1b: dial tcp 52.217.1.2:443: i/o timeout",
            "https://github.com/aws-quickstart/quickstart-amazon-eks/pull/52",
            &[Way(&LINK, &ladder::CONNECT_TIMED_OUT)],
        ),
        Sign::new(
            "-starport-layer-bucket.s3<>request canceled while waiting for connection",
            "error pulling image configuration: Get https://prod-us-east-1-starport-layer-bucket.s3.amazonaws.com/0a1b: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
            "https://repost.aws/knowledge-center/eks-ecr-troubleshooting",
            &[Way(&LINK, &ladder::CONNECT_TIMED_OUT)],
        ),
        Sign::new(
            "-starport-layer-bucket.s3<>TLS handshake timeout",
            "failed to copy: httpReadSeeker: failed open: failed to do request: Get \"https://prod-us-west-2-starport-layer-bucket.s3.us-west-2.amazonaws.com/0a1b?X-Amz-Expires=3600\": net/http: TLS handshake timeout",
            "containerd/containerd core/remotes/docker/httpreadseeker.go, v2",
            &[Way(&LINK, &ladder::TLS_TIMED_OUT)],
        ),
    ],
    host: |host| host.contains("-starport-layer-bucket."),
    look: |facts| ladder::look(facts, ladder::GATEWAY, &facts.node.layer_host, &NODE_CHECK),
};
