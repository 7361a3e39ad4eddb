//! The token that this node's kubelet shows to its cluster, made here instead of by its program:
//! what STS says of it, and as whom the cluster knows who bears it.
//!
//! Source: kubernetes-sigs/aws-iam-authenticator `pkg/token/token.go`.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diagnosis::aws;
use diagnosis::facts::{Answer, Ended, NodeUser, Source};
use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use reach::{Measured, Method, Net, Request};
use serde::Deserialize;
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::{CALLER, identified};
use crate::collect::ask::{Found, Missed};
use crate::collect::cluster_api::Target;
use crate::collect::signed::{self, Credentials, Scope};

/// Binds the token to one cluster.
const CLUSTER: &str = "x-k8s-aws-id";

/// What every client writes there; STS takes it for fifteen minutes whatever it says.
const LASTS: Duration = Duration::from_mins(1);

const REVIEWS: &str = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const REVIEW: &str = r#"{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}"#;

/// A presigned URL, which is as good as the credentials for the one thing that it asks. No `Debug`,
/// no `Serialize`.
struct Token<'a> {
    url: Zeroizing<String>,
    cluster: &'a str,
}

pub(super) async fn look(
    net: &Net,
    credentials: &Credentials,
    region: &str,
    target: &Target,
    deadline: Instant,
) -> (Found<Answer>, Found<NodeUser>) {
    let region = target.region.as_deref().unwrap_or(region);
    let place = format!("the node's token, asked of STS in {region}");
    let review = match &target.server {
        Ok((url, _)) => format!("POST {url}{REVIEWS}, with the node's token"),
        Err(_) => "SelfSubjectReview".to_owned(),
    };
    let token = match Token::sign(credentials, region, target) {
        Ok(token) => token,
        Err(why) => return (Err(Missed::new(&place, &*why)), Err(Missed::new(&review, why))),
    };
    tokio::join!(token.judged(net, &place, deadline), token.user(net, target, &review, deadline))
}

impl<'a> Token<'a> {
    fn sign(credentials: &Credentials, region: &str, target: &'a Target) -> Result<Self, String> {
        let Some(cluster) = target.cluster.as_deref() else {
            return Err("the kubeconfig names no cluster to sign a token for".to_owned());
        };
        let scope = Scope { service: "sts", region };
        let url = format!("https://{}/?{CALLER}", aws::sts_regional(region));
        let url = signed::presigned(credentials, scope, &url, &[(CLUSTER, cluster)], LASTS)?;
        Ok(Self { url, cluster })
    }

    /// STS accepts a wrong cluster's name like any other: this tells of signature and clock.
    async fn judged(&self, net: &Net, place: &str, deadline: Instant) -> Found<Answer> {
        let request = Request::get(&self.url)
            .and_then(|it| it.header(CLUSTER, self.cluster))
            .map_err(|error| Missed::new(place, error.to_string()))?;
        identified(place, signed::send(net, place, &request, deadline).await?)
    }

    async fn user(
        &self,
        net: &Net,
        target: &Target,
        place: &str,
        deadline: Instant,
    ) -> Found<NodeUser> {
        let missed = |why: String| Missed::new(place, why);
        let (url, trust) = target.server.clone().map_err(missed)?;
        let bearer = Zeroizing::new(format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(&*self.url)));
        let bearer = Zeroizing::new(format!("Bearer {}", *bearer));
        let request = Request::new(Method::POST, &format!("{url}{REVIEWS}"))
            .and_then(|it| it.secret("authorization", &bearer))
            .and_then(|it| it.header("content-type", "application/json"))
            .and_then(|it| it.header("accept", "application/json"))
            .map_err(|error| missed(error.to_string()))?
            .trust(trust);
        let request = Request { body: REVIEW.into(), ..request };
        read(place, &net.measure(&request, deadline).await)
    }
}

/// Only in the words of an API server: what stands before one refuses with the same numbers.
#[derive(Deserialize)]
struct Status {
    kind: String,
    #[serde(default)]
    message: String,
}

fn read(place: &str, measured: &Measured) -> Found<NodeUser> {
    let Ended::Answered(status) = measured.reach.ended else {
        return Err(Missed::answer(place, measured));
    };
    let source = |text: String| Source::new(place, reach::now(), text);
    let refusal = serde_json::from_slice::<Status>(&measured.body).ok();
    let refusal = refusal.filter(|it| it.kind == "Status");
    match (status, refusal) {
        (401, Some(it)) => Ok((NodeUser::Refused, source(format!("HTTP 401: {}", it.message)))),
        (403, Some(it)) => Ok((NodeUser::Forbidden, source(format!("HTTP 403: {}", it.message)))),
        (200 | 201, None) => known(place, &measured.body),
        _ => Err(Missed::new(place, format!("HTTP {status}, which is no answer to it"))),
    }
}

fn known(place: &str, body: &[u8]) -> Found<NodeUser> {
    let review = serde_json::from_slice::<SelfSubjectReview>(body).ok();
    let user = review.and_then(|it| it.status?.user_info);
    let Some(user) = user else {
        return Err(Missed::new(place, "an answer that names no user"));
    };
    let (username, groups) = (user.username.unwrap_or_default(), user.groups.unwrap_or_default());
    let extra = user.extra.unwrap_or_default();
    let arn = extra.get("arn").and_then(|it| it.first()).cloned();
    let text = format!("username: {username}\ngroups: {}", groups.join(", "));
    Ok((NodeUser::Known { username, groups, arn }, Source::new(place, reach::now(), text)))
}

#[cfg(test)]
mod tests {
    use diagnosis::facts::Reach;
    use reach::HeaderMap;

    use super::*;

    fn answered(status: u16, body: &str) -> Result<NodeUser, String> {
        let reach = Reach {
            host: "host".to_owned(),
            port: 443,
            addresses: Vec::new(),
            phases: Vec::new(),
            ended: Ended::Answered(status),
            error: String::new(),
            issuer: None,
            server_date: None,
            via: None,
        };
        let (headers, body) = (HeaderMap::new(), body.as_bytes().to_vec());
        let measured = Measured { reach, headers, body, truncated: false };
        read("POST x", &measured).map(|(user, _)| user).map_err(|missed| missed.why)
    }

    #[test]
    fn a_user_is_read_from_the_review() {
        let body = r#"{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1",
            "metadata":{"creationTimestamp":null},"status":{"userInfo":{
            "username":"system:node:a","groups":["system:nodes"],"extra":{"arn":["arn:x"]}}}}"#;
        let (username, groups) = ("system:node:a".to_owned(), vec!["system:nodes".to_owned()]);
        let known = NodeUser::Known { username, groups, arn: Some("arn:x".to_owned()) };
        assert_eq!(answered(201, body), Ok(known));
    }

    #[test]
    fn only_an_api_server_refuses() {
        let status = r#"{"kind":"Status","message":"Unauthorized","code":401}"#;
        assert_eq!(answered(401, status), Ok(NodeUser::Refused));
        assert_eq!(answered(403, status), Ok(NodeUser::Forbidden));
        for (status, body) in [(401, "<html>"), (403, ""), (404, status), (201, "{}"), (200, "x")] {
            assert!(answered(status, body).is_err(), "{status} {body}");
        }
    }
}
