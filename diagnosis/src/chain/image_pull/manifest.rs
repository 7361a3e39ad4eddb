//! The repository and its tag exist, and may be read.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{Facts, inputs::IMAGE_CHECK},
};

mod signs;

pub(super) static LINK: Link = Link {
    id: "manifest",
    title: "manifest",
    means: "The registry has the image under this name and tag, and its repository policy lets this account read it.",
    judged: "On demand (check --image): from the status of GET /v2/…/manifests/… with the node's token.",
    sources: &[
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html",
        "https://distribution.github.io/distribution/spec/api/#errors-2",
    ],
    faults: &[
        &NOT_FOUND,
        &FORBIDDEN,
        &REPOSITORY_NOT_FOUND,
        &PULL_DENIED,
        &ENDPOINT_POLICY,
        &PULL_THROUGH,
    ],
    signs: signs::SIGNS,
    host: no_host,
    look,
};

pub(super) static NOT_FOUND: Fault = Fault {
    id: "not-found",
    plane: Plane::Image,
    title: "the registry has no <image>",
    fix: "name a tag that exists, or push this one",
    change: "aws ecr describe-images --registry-id <registry> --repository-name <repository> --query 'sort_by(imageDetails,&imagePushedAt)[-5:].imageTags'",
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
    change: "aws ecr get-repository-policy --registry-id <registry> --repository-name <repository>\n# add one statement there, in the repository's account:\n#   \"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:<partition>:iam::<account>:role/<node-role>\"},\n#   \"Action\": [\"ecr:BatchGetImage\", \"ecr:GetDownloadUrlForLayer\", \"ecr:BatchCheckLayerAvailability\"]",
    owner: "the owner of the repository",
    impact: "nothing restarts; the next pull succeeds",
    verify: "eks-triage check --image <image>    # on the node",
    expect: "manifest intact",
};

const OURS: Common = Common {
    plane: Plane::Image,
    owner: "the owner of the repository",
    impact: "nothing restarts; the next pull succeeds",
    verify: "eks-triage check --image <image>    # on the node",
    expect: "manifest intact",
};

static REPOSITORY_NOT_FOUND: Fault = Fault {
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    ..OURS.fault(
        "repository-not-found",
        "registry <registry> has no repository <repository>",
        "name the registry and region that hold it, or create it there",
        "aws ecr describe-repositories --registry-id <registry> --query 'repositories[].repositoryName'\n\
         # images of EKS add-ons: each region has its own account and host,\n\
         # https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html\n\
         # a pull-through cache: its prefix must be a rule of this registry, and its repository is made by the first pull\n\
         aws ecr describe-pull-through-cache-rules --registry-id <registry>",
    )
};
pub(super) static PULL_DENIED: Fault = Fault {
    owner: "the owner of the node role",
    impact: "all nodes with this role can pull again; nothing restarts",
    ..OURS.fault(
        "pull-denied",
        "the node role <node-role> lost the pull-only baseline of node roles",
        "restore the pull-only baseline of node roles, and add nothing else",
        "aws iam list-attached-role-policies --role-name <node-role>\n\
         # a node role carries AmazonEC2ContainerRegistryPullOnly (or ...ReadOnly); this one lost it:\n\
         aws iam attach-role-policy --role-name <node-role> --policy-arn arn:<partition>:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
    )
};
static ENDPOINT_POLICY: Fault = Fault {
    plane: Plane::Network,
    owner: "the owner of the VPC endpoint",
    ..OURS.fault(
        "endpoint-policy",
        "the policy of the VPC endpoint of ECR does not let this pull through",
        "let that endpoint's policy allow reading exactly this repository",
        "aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=com.amazonaws.<region>.ecr.dkr,com.amazonaws.<region>.ecr.api --query 'VpcEndpoints[].PolicyDocument'\n\
         # add one statement there:\n\
         #   \"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:<partition>:iam::<account>:role/<node-role>\"},\n\
         #   \"Action\": [\"ecr:BatchGetImage\", \"ecr:GetDownloadUrlForLayer\", \"ecr:BatchCheckLayerAvailability\"],\n\
         #   \"Resource\": \"arn:<partition>:ecr:<region>:<registry>:repository/<repository>\"",
    )
};
static PULL_THROUGH: Fault = Fault {
    owner: "the owner of the registry",
    ..OURS.fault(
        "pull-through-denied",
        "the first pull of <repository> through the cache may not be made by a node",
        "let the owner of the cache pull this tag once, or prepare its repository",
        "# the first pull imports the image and makes the repository; nodes need not be allowed to:\n\
         docker pull <image>    # once, as the owner of registry <registry>\n\
         # later tags: a repository creation template of that registry, and its registry policy\n\
         aws ecr describe-repository-creation-templates; aws ecr get-registry-policy",
    )
};

fn look(facts: &Facts) -> Look {
    let (manifest, source) = facts.node.manifest.need(&IMAGE_CHECK)?;
    let image = &manifest.image;
    let broken = |fault, status: &str| {
        let broken = Verdict::broken(fault, status, source.quote(status));
        let broken = broken.with("image", image).with("repository", repository(image));
        match image.split_once(".dkr.ecr.") {
            Some((registry, _)) => broken.with("registry", registry),
            None => broken,
        }
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
