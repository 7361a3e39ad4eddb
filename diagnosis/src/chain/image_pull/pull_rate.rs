//! The registry, and the kubelet itself, let this many pulls through.

use super::registry_endpoint;
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, inputs::IMAGE_CHECK},
};

pub(super) static LINK: Link = Link {
    id: "pull-rate",
    title: "pull rate",
    means: "The pulls of this node, or of all that share its public address, stay below the registry's limit and below the kubelet's own.",
    judged: "On demand (check --image): from the status of the manifest, where 429 is the limit. A limit passes, so an older line says little of now.",
    sources: &[
        "https://docs.docker.com/docker-hub/usage/",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html",
    ],
    faults: &[&RATE_LIMITED, &ECR_THROTTLED, &KUBELET_LIMIT],
    signs: &[
        Sign::new(
            "toomanyrequests: ",
            "Failed to pull image \"prom/node-exporter:v0.18.1\": rpc error: code = Unknown desc = Error response from daemon: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit",
            "https://github.com/kubecost/cost-analyzer/issues/10",
            &[Way(&LINK, &RATE_LIMITED)],
        )
        .showing(&[&registry_endpoint::LINK]),
        Sign::new(
            "<>.dkr.ecr.<>429 Too Many Requests",
            "failed to resolve reference \"111122223333.dkr.ecr.ap-south-1.amazonaws.com/api:1.4\": unexpected status from HEAD request to https://111122223333.dkr.ecr.ap-south-1.amazonaws.com/v2/api/manifests/1.4: 429 Too Many Requests",
            "https://docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors.html",
            &[Way(&LINK, &ECR_THROTTLED)],
        )
        .showing(&[&registry_endpoint::LINK]),
        Sign::new(
            "<>/v2/<>429 Too Many Requests",
            "failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/redis/manifests/sha256:0a1b: 429 Too Many Requests - Server message: toomanyrequests",
            "https://docs.docker.com/docker-hub/usage/pulls/",
            &[Way(&LINK, &RATE_LIMITED)],
        )
        .showing(&[&registry_endpoint::LINK]),
        Sign::new(
            "<>ull image <>429 Too Many Requests",
            "Failed to pull image \"quay.io/team/api:1.4\": copying system image from manifest list: reading manifest 1.4 in quay.io/team/api: received unexpected HTTP status: 429 Too Many Requests",
            "containers/image docker/errors.go, v5",
            &[Way(&LINK, &RATE_LIMITED)],
        ),
        Sign::new(
            "Status 429 trying to pull repository ",
            "Failed to pull image \"gcr.io/team/api:1.4\": Error: Status 429 trying to pull repository team/api: \"<!DOCTYPE html>\"",
            "https://github.com/kubernetes/kubernetes/issues/9534",
            &[Way(&LINK, &RATE_LIMITED)],
        ),
        Sign::new(
            "pull QPS exceeded",
            "Warning  Failed  kubelet  Failed to pull image \"111122223333.dkr.ecr.us-west-2.amazonaws.com/api:1.4\": pull QPS exceeded",
            "kubernetes/kubernetes pkg/kubelet/images/helpers.go, v1.33",
            &[Way(&LINK, &KUBELET_LIMIT)],
        ),
        Sign::new(
            "<>kubelet<>QPS limit exceeded",
            "Warning  Failed   kubelet  ... QPS limit exceeded / Rate exceeded",
            "https://dev.to/srinu_nuthi_5ff587c586662/qps-limit-exceeded-on-eks-start-up-the-image-pull-thundering-herd-14ge",
            &[Way(&LINK, &KUBELET_LIMIT)],
        ),
    ],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Image,
    owner: "the owner of the workload",
    impact: "nothing restarts at once; the kubelet tries again by itself",
    verify: "eks-triage check --image <image>    # on the node",
    expect: "pull rate intact",
};

static RATE_LIMITED: Fault = OURS.fault(
    "rate-limited",
    "the registry of <image> has counted too many pulls from here (429)",
    "pull as somebody with a limit of one's own, or from a cache of one's own",
    "# one of these:\n\
     # - an account at that registry, as a pull secret of this workload:\n\
     kubectl -n <namespace> create secret docker-registry registry-login --docker-server=<host> --docker-username=USER --docker-password=TOKEN\n\
     # - the same image from ECR: a pull-through cache rule, or a copy that is pushed once\n\
     aws ecr describe-pull-through-cache-rules --region <region>",
);
static ECR_THROTTLED: Fault = Fault {
    owner: "the owner of the cluster",
    ..OURS.fault(
        "ecr-throttled",
        "ECR throttles the pulls of this account and region (429)",
        "start fewer nodes or pods at once, else ask for a higher quota",
        "# the kubelet tries again with back-off; where it does not come to an end:\n\
         aws service-quotas list-service-quotas --service-code ecr --query \"Quotas[?contains(QuotaName,'image')].[QuotaName,Value]\"",
    )
};
static KUBELET_LIMIT: Fault = Fault {
    owner: "the owner of the node's image",
    impact: "the kubelet of the node restarts where its configuration changes; running pods go on",
    ..OURS.fault(
        "kubelet-limit",
        "the kubelet itself delays this pull: its own rate of pulls is used up",
        "wait for its next try, or let a node start fewer pods at once",
        "# registryPullQPS and registryBurst of the kubelet; images that are already there need no pull:\n\
         kubectl get --raw /api/v1/nodes/<node>/proxy/configz | grep -o '\"registry[A-Za-z]*\":[0-9]*'",
    )
};

fn look(facts: &Facts) -> Look {
    let (manifest, source) = facts.node.manifest.need(&IMAGE_CHECK)?;
    match manifest.answer.status {
        429 => {
            let ecr = manifest.image.contains(".dkr.ecr.");
            let fault = if ecr { &ECR_THROTTLED } else { &RATE_LIMITED };
            let broken = Verdict::broken(fault, "429", source.quote("429"));
            Ok(broken.with("image", &manifest.image))
        }
        // Whatever else it says, it was not the limit that kept it from answering.
        200..=404 => Ok(Verdict::intact("below the limit", source)),
        status => Err(IMAGE_CHECK.missing(format!("HTTP {status}"))),
    }
}
