//! A layer can be fetched.

use super::{layer_endpoint, manifest, registry_credentials, registry_endpoint};
use crate::{
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Ended, Facts, inputs::IMAGE_CHECK},
};

pub(super) static LINK: Link = Link {
    id: "layer",
    title: "one layer",
    means: "The layer host gives the node a layer. A 403 there is the S3 endpoint's policy, not ECR's permissions: the manifest was already read.",
    judged: "On demand (check --image): from HEAD of one layer, else GET of its first byte, following the registry's redirect once.",
    sources: &[
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms",
    ],
    faults: &[&FORBIDDEN],
    signs: &[
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
    ],
    host: no_host,
    look,
};

static SHOWN: &[&Link] = &[
    &registry_endpoint::LINK,
    &registry_credentials::LINK,
    &manifest::LINK,
    &layer_endpoint::LINK,
];

static FORBIDDEN: Fault = Fault {
    id: "forbidden",
    plane: Plane::Network,
    title: "the S3 endpoint's policy does not let this node read layers (403)",
    fix: "let the S3 endpoint's policy allow reading exactly the layer bucket of this region",
    change: "aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=com.amazonaws.<region>.s3 --query 'VpcEndpoints[].PolicyDocument'\n# add one statement to that policy:\n#   \"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"<account>\"}, \"Action\": \"s3:GetObject\",\n#   \"Resource\": \"arn:<partition>:s3:::prod-<region>-starport-layer-bucket/*\"",
    owner: "the owner of the VPC endpoint",
    impact: "nothing restarts; the next pull succeeds",
    verify: "eks-triage check --image <image>    # on the node",
    expect: "one layer intact",
};

fn look(facts: &Facts) -> Look {
    let (layer, source) = facts.node.layer.need(&IMAGE_CHECK)?;
    match layer.reach.ended {
        Ended::Answered(200..300) => Ok(Verdict::intact(&layer.reach.host, source)),
        Ended::Answered(403) if layer.redirected => {
            let broken = Verdict::broken(&FORBIDDEN, "403", source.quote("403"));
            Ok(broken.with("image", &layer.image))
        }
        _ => Err(IMAGE_CHECK.doubt(layer.reach.brief(), source.quote(&layer.reach.host))),
    }
}
