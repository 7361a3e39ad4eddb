//! Whose token it is, as the API server says, and whether that one may report to this node.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::authentication::v1::{
    TokenReview, TokenReviewSpec, TokenReviewStatus, UserInfo,
};
use kube::api::PostParams;
use kube::{Api, Client};
use reach::Net;
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::bearer::AUDIENCE;
use super::refusal::Denied;
use crate::kubernetes;

/// Shorter than what a probe waits for its delivery.
const LIMIT: Duration = Duration::from_secs(3);

/// Who vouches for tokens; the tests have their own.
pub(crate) trait Reviewer: Send + Sync {
    /// Err when nobody could be asked. Its text goes to the log, so it holds nothing of the token.
    fn review<'a>(&'a self, token: &'a str) -> Pending<'a>;
}

pub(crate) type Pending<'a, T = Result<TokenReviewStatus, String>> =
    Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Asks by TokenReview, and [records events](super::send).
#[derive(Clone)]
pub(crate) struct ApiServer {
    net: Net,
    kubeconfig: Option<PathBuf>,
    /// Made when the first token or event comes, and not at all on a healthy node where no probe runs.
    client: Arc<OnceCell<Client>>,
}

impl ApiServer {
    pub(crate) fn new(net: Net, kubeconfig: Option<PathBuf>) -> Self {
        Self { net, kubeconfig, client: Arc::default() }
    }

    pub(super) async fn client(&self) -> Result<Client, String> {
        let make = async || {
            let config = kubernetes::config(self.kubeconfig.as_deref()).await?;
            kubernetes::client(self.net.clone(), config).await
        };
        self.client.get_or_try_init(make).await.cloned()
    }

    async fn ask(&self, token: &str) -> Result<TokenReviewStatus, String> {
        let spec = TokenReviewSpec {
            audiences: Some(vec![AUDIENCE.to_owned()]),
            token: Some(token.to_owned()),
        };
        let review = TokenReview { spec, ..TokenReview::default() };
        let api = Api::<TokenReview>::all(self.client().await?);
        let review = api.create(&PostParams::default(), &review).await;
        let status = review.map_err(|error| class(&error))?.status;
        status.ok_or_else(|| "answered without a status".to_owned())
    }
}

impl Reviewer for ApiServer {
    fn review<'a>(&'a self, token: &'a str) -> Pending<'a> {
        Box::pin(async move {
            let late = |_| Err(format!("no answer in {} s", LIMIT.as_secs()));
            timeout(LIMIT, self.ask(token)).await.unwrap_or_else(late)
        })
    }
}

/// The kind of error only: the answer repeats the token, so the words of an error about it might.
pub(super) fn class(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => format!("HTTP {} {}", status.code, status.reason),
        kube::Error::Auth(_) => "no credentials of its own".to_owned(),
        kube::Error::SerdeError(_) | kube::Error::FromUtf8(_) => {
            "not what an API server answers".to_owned()
        }
        _ => "no connection".to_owned(),
    }
}

/// A pod for which the API server vouches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sender {
    pub(super) namespace: String,
    pub(super) service_account: String,
    pub(super) pod: String,
    pub(super) uid: String,
}

/// An answer without our audience comes from a server that does not know audiences, and is about
/// another door.
pub(super) fn sender(status: &TokenReviewStatus, node: &str) -> Result<Sender, Denied> {
    if status.authenticated != Some(true) {
        return Err(Denied::Unauthenticated("the API server does not vouch for the token"));
    }
    if !status.audiences.as_ref().is_some_and(|them| them.iter().any(|it| it == AUDIENCE)) {
        return Err(Denied::Refused(
            "the API server vouches for the token, but not towards eks-triage",
        ));
    }
    let user = status.user.as_ref();
    let account = user
        .and_then(|it| it.username.as_deref()?.strip_prefix("system:serviceaccount:"))
        .and_then(|it| it.split_once(':'))
        .filter(|(namespace, name)| {
            !namespace.is_empty() && !name.is_empty() && !name.contains(':')
        });
    let (Some(user), Some((namespace, account))) = (user, account) else {
        return Err(Denied::Refused("the token is no ServiceAccount's"));
    };
    let (Some(pod), Some(uid)) = (extra(user, "pod-name"), extra(user, "pod-uid")) else {
        return Err(Denied::Refused("the token is bound to no pod"));
    };
    match extra(user, "node-name") {
        Some(name) if name == node => {}
        Some(_) => return Err(Denied::Refused("the token's pod runs on another node")),
        None => {
            return Err(Denied::Refused("the token names no node, as Kubernetes does since 1.30"));
        }
    }
    Ok(Sender {
        namespace: namespace.to_owned(),
        service_account: account.to_owned(),
        pod: pod.to_owned(),
        uid: uid.to_owned(),
    })
}

/// Its value when there is exactly one.
fn extra<'a>(user: &'a UserInfo, name: &str) -> Option<&'a str> {
    let values = user.extra.as_ref()?.get(&format!("authentication.kubernetes.io/{name}"))?;
    match values.as_slice() {
        [one] if !one.is_empty() => Some(one),
        _ => None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::testing::{self, Said};

    pub(in crate::serve) const NODE: &str = "ip-10-0-3-11.us-west-2.compute.internal";

    pub(in crate::serve) fn vouched(pod: &str) -> TokenReviewStatus {
        let extra = [("pod-name", pod), ("pod-uid", &format!("uid-of-{pod}")), ("node-name", NODE)]
            .map(|(name, value)| {
                (format!("authentication.kubernetes.io/{name}"), vec![value.to_owned()])
            });
        TokenReviewStatus {
            audiences: Some(vec![AUDIENCE.to_owned()]),
            authenticated: Some(true),
            error: None,
            user: Some(UserInfo {
                username: Some("system:serviceaccount:prod:api".to_owned()),
                extra: Some(extra.into()),
                ..UserInfo::default()
            }),
        }
    }

    #[test]
    fn a_pod_of_this_node_is_known_by_namespace_account_name_and_uid() {
        let sender = sender(&vouched("api-1"), NODE).unwrap();
        assert_eq!((&*sender.namespace, &*sender.service_account), ("prod", "api"));
        assert_eq!((&*sender.pod, &*sender.uid), ("api-1", "uid-of-api-1"));
    }

    #[test]
    fn each_doubt_denies() {
        type Doubt = (&'static str, fn(&mut TokenReviewStatus));
        fn user(status: &mut TokenReviewStatus) -> &mut UserInfo {
            status.user.as_mut().unwrap()
        }
        fn values<'a>(status: &'a mut TokenReviewStatus, name: &str) -> &'a mut Vec<String> {
            let key = format!("authentication.kubernetes.io/{name}");
            user(status).extra.as_mut().unwrap().get_mut(&key).unwrap()
        }
        let doubts: &[Doubt] = &[
            ("does not vouch", |it| it.authenticated = Some(false)),
            ("does not vouch", |it| it.authenticated = None),
            ("not towards eks-triage", |it| it.audiences = None),
            ("not towards eks-triage", |it| it.audiences = Some(vec![])),
            ("not towards eks-triage", |it| {
                it.audiences = Some(vec!["https://kubernetes.default.svc".to_owned()]);
            }),
            ("no ServiceAccount's", |it| it.user = None),
            ("no ServiceAccount's", |it| user(it).username = Some("system:node:n".to_owned())),
            ("no ServiceAccount's", |it| {
                user(it).username = Some("system:serviceaccount:prod".to_owned());
            }),
            ("no ServiceAccount's", |it| {
                user(it).username = Some("system:serviceaccount:prod:api:x".to_owned());
            }),
            ("no ServiceAccount's", |it| {
                user(it).username = Some("system:serviceaccount::api".to_owned());
            }),
            ("no pod", |it| user(it).extra = None),
            ("no pod", |it| values(it, "pod-name").push("another".to_owned())),
            ("no pod", |it| values(it, "pod-uid").clear()),
            ("no pod", |it| values(it, "pod-uid")[0].clear()),
            ("another node", |it| values(it, "node-name")[0].push('x')),
            ("names no node", |it| values(it, "node-name").clear()),
            ("names no node", |it| values(it, "node-name").push(NODE.to_owned())),
        ];
        for (why, change) in doubts {
            let mut status = vouched("api-1");
            change(&mut status);
            let denied = sender(&status, NODE).unwrap_err();
            let (Denied::Unauthenticated(text) | Denied::Refused(text)) = denied;
            assert!(text.contains(why), "expected `{why}`, got `{text}`");
        }
    }

    async fn review(server: &testing::ApiServer) -> Result<TokenReviewStatus, String> {
        let net = Net::new(reach::Options::default()).unwrap();
        ApiServer::new(net, Some(server.kubeconfig())).review("PLANTED").await
    }

    #[tokio::test]
    async fn the_api_server_is_asked_about_the_token_and_our_audience_once() {
        let server = testing::ApiServer::start(|(_, review)| {
            let mut review = review.clone();
            review["status"] = serde_json::to_value(vouched("api-1")).unwrap();
            Said::Answer(201, review)
        })
        .await;
        assert_eq!(review(&server).await, Ok(vouched("api-1")));
        let [(what, body)] = &server.asked()[..] else { panic!("{:?}", server.asked()) };
        assert_eq!(what, "POST /apis/authentication.k8s.io/v1/tokenreviews");
        assert_eq!(body["spec"]["token"], "PLANTED");
        assert_eq!(body["spec"]["audiences"], serde_json::json!(["eks-triage"]));
    }

    #[tokio::test]
    async fn what_the_api_server_says_instead_is_told_without_the_token() {
        let forbidden = testing::ApiServer::start(|_| testing::status(403, "PLANTED is forbidden"));
        let html = testing::ApiServer::start(|_| Said::Answer(200, "<html>PLANTED".into()));
        let odd = testing::ApiServer::start(|_| {
            Said::Answer(
                201,
                serde_json::json!({"spec": {}, "status": {"authenticated": "PLANTED"}}),
            )
        });
        for (server, expected) in [
            (forbidden.await, "HTTP 403"),
            (html.await, "not what an API server answers"),
            (odd.await, "not what an API server answers"),
        ] {
            let why = review(&server).await.unwrap_err();
            assert!(why.contains(expected) && !why.contains("PLANTED"), "{why}");
        }
    }

    #[tokio::test]
    async fn an_api_server_that_never_answers_is_given_up() {
        let silent = testing::ApiServer::start(|_| Said::Nothing).await;
        let begin = std::time::Instant::now();
        assert_eq!(review(&silent).await, Err("no answer in 3 s".to_owned()));
        assert!(begin.elapsed() < 3 * LIMIT, "{:?}", begin.elapsed());
    }
}
