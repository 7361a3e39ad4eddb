//! What keeps an image from being pulled.

use super::{Expect, Program, Scenario};
use crate::config::{Door, NameFault, Rule};
use crate::reply::Reply;
use crate::world::Standin;

const fn scenario(
    id: &'static str,
    title: &'static str,
    program: Program,
    arrange: fn(&mut crate::Config),
    plane: &'static str,
    key: &'static str,
) -> Scenario {
    Scenario { id, title, program, arrange, expect: Expect::Decided(plane, key) }
}

pub(super) static ALL: &[Scenario] = &[
    Scenario {
        id: "healthy-pull",
        title: "an image of the lab's registry can be pulled",
        program: Program::CheckImage("1.0"),
        arrange: |_| {},
        expect: Expect::Healthy,
    },
    scenario(
        "ecr-names-unresolvable",
        "the names of ECR do not exist in this VPC",
        Program::Check,
        |it| {
            it.name(Standin::EcrApi, NameFault::NoSuchName);
            it.name(Standin::Registry, NameFault::NoSuchName);
        },
        "network",
        "image-pull/ecr-api-endpoint/name-not-found",
    ),
    scenario(
        "ecr-api-tls-hangs",
        "the TLS handshake with the ECR API never ends",
        Program::Check,
        |it| _ = it.door(Standin::EcrApi, Door::Silent),
        "network",
        "image-pull/ecr-api-endpoint/tls-timed-out",
    ),
    scenario(
        "dns-silent",
        "the resolver does not answer",
        Program::Check,
        |it| it.names.faults.push((String::new(), NameFault::Silent)),
        "network",
        "node-join/cluster-endpoint/name-unanswered",
    ),
    scenario(
        "dns-servfail",
        "the resolver answers SERVFAIL for AWS",
        Program::Check,
        |it| it.names.faults.push(("us-west-2.amazonaws.com".to_owned(), NameFault::ServFail)),
        "network",
        "node-join/ec2-endpoint/name-refused",
    ),
    scenario(
        "registry-blackhole",
        "packets to the registry are dropped",
        Program::Check,
        |it| _ = it.door(Standin::Registry, Door::BlackHole),
        "network",
        "image-pull/registry-endpoint/endpoint-closed",
    ),
    scenario(
        "registry-tls-intercepted",
        "a proxy reads along on the way to the registry",
        Program::Check,
        |it| _ = it.door(Standin::Registry, Door::Untrusted),
        "network",
        "image-pull/registry-endpoint/tls-intercepted",
    ),
    scenario(
        "registry-open-to-all",
        "what answers as the registry asks nobody for credentials",
        Program::Check,
        |it| _ = it.rule(Rule::new(Standin::Registry, "/v2/", Reply::html(200))),
        "network",
        "image-pull/registry-endpoint/unexpected-answer",
    ),
    scenario(
        "s3-layer-blackhole",
        "packets to the layers' S3 host are dropped",
        Program::Check,
        |it| _ = it.door(Standin::LayerHost, Door::BlackHole),
        "network",
        "image-pull/layer-endpoint/gateway-endpoint-missing",
    ),
    scenario(
        "ecr-token-denied",
        "the node role may not get an authorization token",
        Program::CheckImage("1.0"),
        |it| {
            let message = "User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0abcd1234ef567890 is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action";
            let body = serde_json::json!({"__type": "AccessDeniedException", "Message": message});
            let reply = Reply::json(400, &body).with("content-type", "application/x-amz-json-1.1");
            it.rule(Rule::new(Standin::EcrApi, "/", reply).method("POST"));
        },
        "image",
        "image-pull/registry-credentials/token-denied",
    ),
    scenario(
        "image-not-found",
        "the repository has no such tag",
        Program::CheckImage("2.0"),
        |_| {},
        "image",
        "image-pull/manifest/not-found",
    ),
    scenario(
        "image-forbidden",
        "the repository's policy does not let the node in",
        Program::CheckImage("1.0"),
        |it| {
            let body = serde_json::json!({"errors": [{"code": "DENIED", "message": "User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0abcd1234ef567890 is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:us-west-2:111122223333:repository/app because no resource-based policy allows the ecr:BatchGetImage action"}]});
            it.rule(Rule::new(Standin::Registry, "/v2/app/manifests/", Reply::json(403, &body)));
        },
        "image",
        "image-pull/manifest/forbidden",
    ),
    scenario(
        "image-of-another-platform",
        "the image is made for another architecture only",
        Program::CheckImage(if cfg!(target_arch = "aarch64") { "single" } else { "arm64-only" }),
        |_| {},
        "image",
        "image-pull/platform/no-match",
    ),
    scenario(
        "layer-forbidden",
        "the S3 endpoint's policy does not let layers through",
        Program::CheckImage("1.0"),
        |it| {
            let reply = Reply::xml(403, "<Error><Code>AccessDenied</Code></Error>");
            it.rule(Rule::new(Standin::LayerHost, "/sha256:", reply));
        },
        "network",
        "image-pull/layer/forbidden",
    ),
];
