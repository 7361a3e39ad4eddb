//! Who comes with a token of IAM: what aws-iam-authenticator makes of him, and what he may ask.
//!
//! Source: kubernetes-sigs/aws-iam-authenticator `pkg/token/token.go` and `pkg/server/server.go`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue};
use serde_json::json;

use super::status;
use crate::config::Mapping;
use crate::reply::Reply;
use crate::server::Asked;
use crate::sigv4::{self, Signer};
use crate::world;

pub(super) const PREFIX: &str = "k8s-aws-v1.";

const REVIEWS: &str = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

/// Only the review of oneself; a node reads the rest with its kubeconfig's own token.
pub(super) fn answer(token: &str, asked: &Asked<'_>) -> Reply {
    let known = signer(token, asked).filter(|_| asked.config.mapping != Mapping::Unmapped);
    let Some(Signer { role, session }) = known else {
        return status(401, "Unauthorized", "Unauthorized");
    };
    let arn = format!("arn:aws:sts::{}:assumed-role/{role}/{session}", world::ACCOUNT);
    let node = format!("system:node:{}", world::NODE);
    let nodes = &["system:bootstrappers", "system:nodes", "system:authenticated"][..];
    let nobody = &["system:authenticated"][..];
    let (username, groups) = match asked.config.mapping {
        Mapping::OtherNode => ("system:node:ip-10-9-9-9.ec2.internal".to_owned(), nodes),
        Mapping::WithoutGroups => (node, nobody),
        Mapping::Standard | Mapping::Nobody => (arn.clone(), nobody),
        Mapping::Node | Mapping::Unmapped => (node, nodes),
    };
    if (asked.method, asked.path) != ("POST", REVIEWS) || asked.config.mapping == Mapping::Nobody {
        let message = format!("forbidden: User \"{username}\" cannot do this");
        return status(403, "Forbidden", &message);
    }
    let extra = json!({
        "arn": [arn], "canonicalArn": [format!("arn:aws:iam::{}:role/{role}", world::ACCOUNT)],
        "sessionName": [session],
    });
    Reply::json(
        201,
        &json!({
            "kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1",
            "metadata": {"creationTimestamp": null},
            "status": {"userInfo": {"username": username, "groups": groups, "extra": extra}},
        }),
    )
}

/// The URL in the token is asked of STS with this cluster's own name in the header, whatever name
/// the token was made for.
fn signer(token: &str, asked: &Asked<'_>) -> Option<Signer> {
    let url = URL_SAFE_NO_PAD.decode(token.strip_prefix(PREFIX)?).ok()?;
    let url: http::Uri = str::from_utf8(&url).ok()?.parse().ok()?;
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_str(url.host()?).ok()?);
    headers.insert("x-k8s-aws-id", HeaderValue::from_static(world::CLUSTER_NAME));
    let query = url.query()?;
    let named = query.split('&').any(|it| it.ends_with("x-k8s-aws-id"));
    let presented = Asked {
        method: "GET",
        path: url.path(),
        query,
        headers: &headers,
        body: &[],
        config: asked.config,
        shared: asked.shared,
    };
    sigv4::verify(&presented, "sts").ok().filter(|_| named)
}
