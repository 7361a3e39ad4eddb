//! A layer can be fetched, unpacked and kept.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{Ended, Facts, inputs::IMAGE_CHECK},
};

mod signs;

pub(super) static LINK: Link = Link {
    id: "layer",
    title: "one layer",
    means: "The layer host gives the node a layer whole, and the node has room to unpack and keep it. A 403 there is the S3 endpoint's policy, not ECR's permissions: the manifest was already read.",
    judged: "On demand (check --image): from HEAD of one layer, else GET of its first byte, following the registry's redirect once. That the node can unpack it only the runtime's own lines tell.",
    sources: &[
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms",
    ],
    faults: &[&FORBIDDEN, &OTHER_BUCKET, &MISSING, &TRANSFER_BROKEN, &DISK_FULL, &PAUSE_IMAGE_LOST],
    signs: signs::SIGNS,
    host: no_host,
    look,
};

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

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the owner of the VPC endpoint",
    impact: "nothing restarts; the next pull succeeds",
    verify: "kubectl -n <namespace> get events --field-selector reason=Pulled",
    expect: "Successfully pulled image",
};

static OTHER_BUCKET: Fault = OURS.fault(
    "other-bucket-forbidden",
    "the S3 endpoint's policy does not let this node read another registry's bucket (403)",
    "let the S3 endpoint's policy allow reading exactly that bucket, or copy the image to ECR",
    "# Docker Hub keeps layers in a bucket of its own; the gateway endpoint catches it, too:\n\
     aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=com.amazonaws.<region>.s3 --query 'VpcEndpoints[].PolicyDocument'\n\
     # add one statement to that policy, with the bucket in the evidence:\n\
     #   \"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"<account>\"}, \"Action\": \"s3:GetObject\",\n\
     #   \"Resource\": \"arn:<partition>:s3:::docker-images-prod/*\"",
);
static MISSING: Fault = Fault {
    plane: Plane::Image,
    owner: "the owner of the image",
    ..OURS.fault(
        "missing",
        "the registry names a layer of <image> that it does not have",
        "push the image again: its manifest is there, one of its layers is not",
        "docker buildx imagetools inspect --raw <image>\n\
         docker push <image>    # or pull by another tag that is whole",
    )
};
static TRANSFER_BROKEN: Fault = Fault {
    owner: "the owner of the VPC, or of the proxy on the way",
    ..OURS.fault(
        "transfer-broken",
        "the transfer of a layer breaks off, or brings other bytes than its digest",
        "mend what cuts long transfers on the way to the layer host",
        "# the same layer again, from the same node: where it stops, and whether always at the same size\n\
         eks-triage check --image <image>\n\
         # NAT gateway: ErrorPortAllocation, IdleTimeoutCount; a proxy: its limit of size or time",
    )
};
static DISK_FULL: Fault = Fault {
    plane: Plane::Image,
    owner: "the owner of the node group",
    impact: "pods of this node may be evicted until there is room",
    verify: "df -h /var/lib/containerd    # on the node",
    expect: "room for the unpacked image",
    ..OURS.fault(
        "disk-full",
        "the node has no room to unpack <image>",
        "make room on this node, or give the node group a larger root volume",
        "df -h /var/lib/containerd; df -i /var/lib/containerd    # on the node; full inodes say the same\n\
         crictl rmi --prune    # images that no container uses\n\
         kubectl describe node <node> | grep -A 8 Conditions",
    )
};
static PAUSE_IMAGE_LOST: Fault = Fault {
    plane: Plane::Image,
    owner: "the owner of the node's image",
    impact: "pods of this node that wait for a sandbox start; running ones go on",
    ..OURS.fault(
        "pause-image-lost",
        "the pause image that this node keeps locally is gone, and no registry has it",
        "replace this node, or load its own pause image again; then pin it",
        "crictl images | grep pause; grep -n sandbox /etc/containerd/config.toml    # on the node\n\
         # newer images of the node pin it, so that no cleaning takes it away:\n\
         ctr -n k8s.io images ls | grep pause    # label io.cri-containerd.pinned=pinned",
    )
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
