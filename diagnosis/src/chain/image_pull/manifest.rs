//! The repository and its tag exist, and may be read.

use super::{registry_credentials, registry_endpoint};
use crate::{
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, inputs::IMAGE_CHECK},
};

pub(super) static LINK: Link = Link {
    id: "manifest",
    title: "manifest",
    means: "The registry has the image under this name and tag, and its repository policy lets this account read it.",
    judged: "On demand (check --image): from the status of GET /v2/…/manifests/… with the node's token.",
    sources: &[
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html",
        "https://distribution.github.io/distribution/spec/api/#errors-2",
    ],
    faults: &[&NOT_FOUND, &FORBIDDEN],
    signs: &[
        Sign::new(
            "manifest unknown",
            "failed to resolve reference \"111122223333.dkr.ecr.us-west-2.amazonaws.com/api:1.4\": manifest unknown: Requested image not found",
            "https://distribution.github.io/distribution/spec/api/#errors-2",
            &[Way(&LINK, &NOT_FOUND)],
        )
        .showing(&[&registry_endpoint::LINK, &registry_credentials::LINK]),
        Sign::new(
            "no resource-based policy allows the ecr:BatchGetImage",
            "denied: User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0abc is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:us-west-2:444455556666:repository/api because no resource-based policy allows the ecr:BatchGetImage action",
            "https://github.com/aws/containers-roadmap/issues/2053",
            &[Way(&LINK, &FORBIDDEN)],
        )
        .showing(&[&registry_endpoint::LINK]),
    ],
    host: no_host,
    look,
};

static NOT_FOUND: Fault = Fault {
    id: "not-found",
    plane: Plane::Image,
    title: "the registry has no <image>",
    fix: "name a tag that exists, or push this one",
    change: "aws ecr describe-images --registry-id <account> --repository-name <repository> --query 'sort_by(imageDetails,&imagePushedAt)[-5:].imageTags'",
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: "eks-triage check --image <image>    # on the node",
    expect: "manifest intact",
};
static FORBIDDEN: Fault = Fault {
    id: "forbidden",
    plane: Plane::Image,
    title: "the repository of <image> does not let this account read it (403)",
    fix: "let the repository's policy name the node role's account, for the three pull actions",
    change: "aws ecr get-repository-policy --registry-id <account> --repository-name <repository>\n# add one statement there, in the repository's account:\n#   \"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:<partition>:iam::<account>:role/<node-role>\"},\n#   \"Action\": [\"ecr:BatchGetImage\", \"ecr:GetDownloadUrlForLayer\", \"ecr:BatchCheckLayerAvailability\"]",
    owner: "the owner of the repository",
    impact: "nothing restarts; the next pull succeeds",
    verify: "eks-triage check --image <image>    # on the node",
    expect: "manifest intact",
};

fn look(facts: &Facts) -> Look {
    let (manifest, source) = facts.node.manifest.need(&IMAGE_CHECK)?;
    let image = &manifest.image;
    let broken = |fault, status: &str| {
        let broken = Verdict::broken(fault, status, source.quote(status));
        broken.with("image", image).with("repository", repository(image))
    };
    match manifest.answer.status {
        200 => Ok(Verdict::intact(image, source)),
        403 => Ok(broken(&FORBIDDEN, "403")),
        404 => Ok(broken(&NOT_FOUND, "404")),
        // Its credentials are a link of their own.
        401 => Err(IMAGE_CHECK.missing("HTTP 401")),
        status => Err(IMAGE_CHECK.doubt(format!("HTTP {status}"), source.quote(""))),
    }
}

/// `host/team/api:1.4` → `team/api`
fn repository(image: &str) -> &str {
    let (_, path) = image.split_once('/').unwrap_or(("", image));
    let path = path.split_once('@').map_or(path, |(path, _)| path);
    path.rsplit_once(':').map_or(path, |(path, _)| path)
}
