//! What a pod wants to know of its node it is told, and does not ask IMDS for.

use crate::{
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, inputs::WORKLOAD_LOG},
};

pub(super) static LINK: Link = Link {
    id: "pod-metadata",
    title: "metadata in the pod",
    means: "A pod knows its region and VPC from its own configuration: IMDS, at 169.254.169.254, is the node's, and pods are rightly kept from it.",
    judged: "From whether the workload was seen at work. Whether it asks IMDS for metadata only its log says; a pod that asks it for credentials lacks an identity, which is another link.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
        "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/installation/",
    ],
    faults: &[&WANTED],
    signs: &[
        Sign::new(
            "EC2MetadataError: failed to make EC2Metadata request",
            "EC2MetadataError: failed to make EC2Metadata request\\n\\n\\tstatus code: 401, request id: ",
            "https://github.com/aws-observability/aws-otel-collector/issues/1202",
            &[Way(&LINK, &WANTED)],
        ),
        Sign::new(
            "failed to introspect vpcID from EC2Metadata",
            "{\"level\":\"error\",\"logger\":\"setup\",\"msg\":\"unable to initialize AWS cloud\",\"error\":\"failed to introspect vpcID from EC2Metadata, specify --aws-vpc-id instead if EC2Metadata is unavailable\"}",
            "kubernetes-sigs/aws-load-balancer-controller pkg/aws/cloud.go",
            &[Way(&LINK, &WANTED)],
        ),
        Sign::new(
            "failed to introspect region from EC2Metadata",
            "failed to introspect region from EC2Metadata, specify --aws-region instead if EC2Metadata is unavailable",
            "kubernetes-sigs/aws-load-balancer-controller pkg/aws/cloud.go",
            &[Way(&LINK, &WANTED)],
        ),
        Sign::new(
            "failed to get VPC ID: failed to fetch VPC ID from instance metadata",
            "unable to create controller: failed to get VPC ID: failed to fetch VPC ID from instance metadata: error in fetching vpc id through ec2 metadata",
            "kubernetes-sigs/aws-load-balancer-controller pkg/aws/cloud.go, v2.7",
            &[Way(&LINK, &WANTED)],
        ),
        Sign::new(
            "failed to get EC2 instance identity document",
            "EC2MetadataRequestError: failed to get EC2 instance identity document caused by: RequestError: send request failed",
            "aws/aws-sdk-go aws/ec2metadata/api.go",
            &[Way(&LINK, &WANTED)],
        ),
        Sign::new(
            "operation error ec2imds: GetRegion",
            "failed to get AWS region: operation error ec2imds: GetRegion, canceled, context deadline exceeded",
            "aws/aws-sdk-go-v2 feature/ec2/imds",
            &[Way(&LINK, &WANTED)],
        ),
        Sign::new(
            "operation error ec2imds: GetInstanceIdentityDocument",
            "operation error ec2imds: GetInstanceIdentityDocument, exceeded maximum number of attempts, 3, request send failed",
            "aws/aws-sdk-go-v2 feature/ec2/imds",
            &[Way(&LINK, &WANTED)],
        ),
        Sign::new(
            "could not get EC2 instance identity metadata",
            "could not get EC2 instance identity metadata: operation error ec2imds, https response error StatusCode: 0",
            "kubernetes-sigs/aws-ebs-csi-driver pkg/cloud/metadata",
            &[Way(&LINK, &WANTED)],
        ),
    ],
    host: no_host,
    look,
};

static WANTED: Fault = Fault {
    id: "wanted",
    plane: Plane::Network,
    title: "the workload asks IMDS for what it could be told: its region, its VPC, its instance",
    fix: "tell the workload its region and VPC, so that it does not ask IMDS",
    change: "# in the pod template or the values of its chart:\n\
     #   AWS_REGION=<region> as environment, or --aws-region=<region> and --aws-vpc-id=VPC of the AWS Load Balancer Controller\n\
     #   (values region and vpcId); the EBS CSI driver and most others read the Node object instead: metadata source kubernetes\n\
     aws eks describe-cluster --name <cluster> --query cluster.resourcesVpcConfig.vpcId --output text\n\
     # that pods do not reach IMDS is right, and stays so: it would hand them the node's own role",
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: "kubectl logs -n <namespace> <pod> --tail=20",
    expect: "it starts without asking for metadata",
};

fn look(facts: &Facts) -> Look {
    let (caller, source) = facts.pod.caller.need(&WORKLOAD_LOG)?;
    Ok(Verdict::intact(format!("at work as {caller}"), source))
}
