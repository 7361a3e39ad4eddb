//! `POST /v1/reports`: who sends it, then what it says. Cheap questions come first, and the body is
//! read only of a pod of this node.

use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Instant, SystemTime};

use bytes::Bytes;
use diagnosis::facts::Facts;
use hyper::body::Body;
use hyper::{HeaderMap, Request};

use super::allowance::Allowance;
use super::bearer::Bearer;
use super::beside::Beside;
use super::body;
use super::lock;
use super::pods::{LARGEST, PodReport, Pods};
use super::refusal::Refusal;
use super::review::{Reviewer, Sender, sender};
use super::verdicts::{Hash, Verdicts};

pub(super) struct Reports {
    reviewer: Box<dyn Reviewer>,
    /// Its own node's name, without which no token can be told to be of this node.
    node: Option<String>,
    verdicts: Mutex<Verdicts>,
    allowance: Mutex<Allowance>,
    beside: Mutex<Beside>,
    pub(super) pods: Mutex<Pods>,
}

impl Reports {
    pub(super) fn new(reviewer: Box<dyn Reviewer>, node: Option<String>) -> Self {
        Self {
            reviewer,
            node,
            verdicts: Mutex::default(),
            allowance: Mutex::new(Allowance::new(Instant::now())),
            beside: Mutex::default(),
            pods: Mutex::default(),
        }
    }

    /// What this node saw last; pods that report from now on are judged with it.
    pub(super) fn looked(&self, facts: &Facts, now: Instant) {
        *lock(&self.beside) = Beside::of(facts, now);
    }

    pub(super) async fn receive<B>(
        &self,
        source: IpAddr,
        request: Request<B>,
    ) -> Result<(), Refusal>
    where
        B: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
    {
        let (parts, body) = request.into_parts();
        let sender = self.verify(source, &parts.headers).await?;
        lock(&self.pods).admit(&sender.uid, Instant::now()).map_err(Refusal::Throttled)?;
        let body = body::read(body).await?;
        let received_at = reach::now();
        let facts = body::facts(&body, &sender, &received_at)?;
        let facts = lock(&self.beside).lay(facts, Instant::now());
        let report = diagnosis::judge(&facts);
        let size = serde_json::to_vec(&report).map_or(usize::MAX, |it| it.len());
        if size > LARGEST {
            return Err(Refusal::Invalid("the facts are larger than any pod has".to_owned()));
        }
        let Sender { namespace, pod, .. } = &sender;
        tracing::info!(%namespace, %pod, outcome = ?report.outcome, "A pod reported.");
        lock(&self.pods).hold(PodReport { sender, received_at, report, size }, Instant::now());
        Ok(())
    }

    async fn verify(&self, source: IpAddr, headers: &HeaderMap) -> Result<Sender, Refusal> {
        let bearer = Bearer::read(headers)?;
        let hash = Hash::of(bearer.token);
        if let Some(known) = lock(&self.verdicts).get(hash, Instant::now()) {
            return Ok(known?);
        }
        let Some(node) = &self.node else {
            return Err(Refusal::Unavailable("this agent was not told its node's name, NODE_NAME"));
        };
        lock(&self.allowance).take(source, Instant::now()).map_err(Refusal::Throttled)?;
        let status = self.reviewer.review(bearer.token).await.map_err(|why| {
            tracing::warn!(%why, "The API server cannot say whose token a report came with.");
            Refusal::Unavailable("the API server cannot be asked whose token this is")
        })?;
        let verdict = sender(&status, node);
        let remaining = bearer.remaining(SystemTime::now());
        lock(&self.verdicts).put(hash, verdict.clone(), remaining, Instant::now());
        Ok(verdict?)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::net::Ipv4Addr;
    use std::sync::Arc;

    use http_body_util::Full;
    use hyper::StatusCode;
    use hyper::header::AUTHORIZATION;
    use k8s_openapi::api::authentication::v1::TokenReviewStatus;

    use super::*;
    use crate::serve::bearer::tests::token;
    use crate::serve::review::Pending;
    use crate::serve::review::tests::{NODE, vouched};

    /// Answers each review with the same, and remembers which tokens it was shown.
    #[derive(Clone)]
    pub(in crate::serve) struct Scripted {
        answer: Result<TokenReviewStatus, String>,
        shown: Arc<Mutex<Vec<String>>>,
    }

    impl Scripted {
        pub(in crate::serve) fn new(answer: Result<TokenReviewStatus, String>) -> Self {
            Self { answer, shown: Arc::default() }
        }

        fn asked(&self) -> usize {
            lock(&self.shown).len()
        }
    }

    impl Reviewer for Scripted {
        fn review<'a>(&'a self, token: &'a str) -> Pending<'a> {
            lock(&self.shown).push(token.to_owned());
            let answer = self.answer.clone();
            Box::pin(async move { answer })
        }
    }

    struct Agent {
        reports: Reports,
        reviewer: Scripted,
    }

    impl Agent {
        fn new(answer: Result<TokenReviewStatus, String>) -> Self {
            let reviewer = Scripted::new(answer);
            let reports = Reports::new(Box::new(reviewer.clone()), Some(NODE.to_owned()));
            Self { reports, reviewer }
        }

        async fn post(&self, token: Option<&str>, body: &str) -> Result<(), Refusal> {
            let mut request = Request::new(Full::new(Bytes::from(body.to_owned())));
            if let Some(token) = token {
                let value = format!("Bearer {token}").parse().unwrap();
                request.headers_mut().insert(AUTHORIZATION, value);
            }
            self.reports.receive(Ipv4Addr::LOCALHOST.into(), request).await
        }

        fn held(&self) -> Vec<String> {
            let all = lock(&self.reports.pods).all(Instant::now());
            all.iter().map(|it| it.sender.pod.clone()).collect()
        }
    }

    fn good() -> String {
        token(r#"["eks-triage"]"#, "")
    }

    fn label(result: Result<(), Refusal>) -> (&'static str, u16) {
        result.map_or_else(|it| (it.label(), it.status().as_u16()), |()| ("accepted", 200))
    }

    #[tokio::test]
    async fn a_pod_of_this_node_is_heard_and_known_by_its_token() {
        let agent = Agent::new(Ok(vouched("api-1")));
        let body = r#"{"subject": {"kind": "pod", "namespace": "kube-system", "name": "planted"}}"#;
        assert_eq!(agent.post(Some(&good()), body).await, Ok(()));
        let all = lock(&agent.reports.pods).all(Instant::now());
        let subject = &all[0].report.subject;
        assert_eq!((&*subject.namespace, &*subject.name), ("prod", "api-1"));
        assert_eq!(all[0].sender.service_account, "api");
    }

    #[tokio::test]
    async fn without_a_token_or_with_one_for_others_nobody_is_asked() {
        let agent = Agent::new(Ok(vouched("api-1")));
        assert_eq!(label(agent.post(None, "{}").await), ("unauthenticated", 401));
        assert_eq!(label(agent.post(Some("a.b.c"), "{}").await), ("unauthenticated", 401));
        for audience in
            [r#"["sts.amazonaws.com"]"#, r#"["pods.eks.amazonaws.com"]"#, r#"["https://api"]"#]
        {
            let answer = agent.post(Some(&token(audience, "")), "{}").await;
            assert_eq!(label(answer), ("refused", 403), "{audience}");
        }
        assert_eq!(agent.reviewer.asked(), 0);
        assert!(agent.held().is_empty());
    }

    #[tokio::test]
    async fn a_forged_token_and_one_of_another_node_are_refused_and_remembered() {
        let forged =
            TokenReviewStatus { authenticated: Some(false), ..TokenReviewStatus::default() };
        let mut elsewhere = vouched("api-1");
        let extra = elsewhere.user.as_mut().unwrap().extra.as_mut().unwrap();
        extra.insert("authentication.kubernetes.io/node-name".to_owned(), vec!["n2".to_owned()]);
        for (status, expected) in
            [(forged, ("unauthenticated", 401)), (elsewhere, ("refused", 403))]
        {
            let agent = Agent::new(Ok(status));
            for _ in 0..50 {
                assert_eq!(label(agent.post(Some(&good()), "{}").await), expected);
            }
            assert_eq!(agent.reviewer.asked(), 1);
            assert!(agent.held().is_empty());
        }
    }

    #[tokio::test]
    async fn without_the_api_server_a_known_token_still_counts_and_an_unknown_one_waits() {
        let agent = Agent::new(Err("no connection".to_owned()));
        let known = Ok(sender(&vouched("api-1"), NODE).unwrap());
        let hour = std::time::Duration::from_hours(1);
        lock(&agent.reports.verdicts).put(Hash::of(&good()), known, hour, Instant::now());
        assert_eq!(agent.post(Some(&good()), "{}").await, Ok(()));
        let unknown = token(r#"["eks-triage"]"#, "2");
        let refusal = agent.post(Some(&unknown), "{}").await.unwrap_err();
        assert_eq!(refusal.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(refusal.retry_after().is_some());
        assert_eq!(label(agent.post(Some(&unknown), "{}").await), ("unavailable", 503));
        assert_eq!(agent.reviewer.asked(), 2, "an outage must not be remembered");
    }

    #[tokio::test]
    async fn an_agent_that_does_not_know_its_node_believes_nobody() {
        let mut agent = Agent::new(Ok(vouched("api-1")));
        agent.reports.node = None;
        assert_eq!(label(agent.post(Some(&good()), "{}").await), ("unavailable", 503));
        assert_eq!(agent.reviewer.asked(), 0);
    }

    #[tokio::test]
    async fn a_storm_of_tokens_is_throttled_before_the_api_server_hears_it() {
        let agent = Agent::new(Ok(TokenReviewStatus::default()));
        let mut throttled = 0;
        for index in 0..200 {
            let token = token(r#"["eks-triage"]"#, &index.to_string());
            let refusal = agent.post(Some(&token), "{}").await.unwrap_err();
            throttled += usize::from(refusal.status() == StatusCode::TOO_MANY_REQUESTS);
        }
        assert!(agent.reviewer.asked() <= 15, "{}", agent.reviewer.asked());
        assert_eq!(throttled + agent.reviewer.asked(), 200);
    }

    #[tokio::test]
    async fn a_bad_body_is_refused_after_its_sender_is_known_and_keeps_the_last_report() {
        for (body, expected) in [
            ("[]".to_owned(), ("invalid", 400)),
            ("{".to_owned(), ("invalid", 400)),
            (" ".repeat(1 << 20), ("invalid", 413)),
        ] {
            let agent = Agent::new(Ok(vouched("api-1")));
            assert_eq!(label(agent.post(Some(&good()), &body).await), expected);
            assert!(agent.held().is_empty());
            assert_eq!(label(agent.post(Some(&good()), "{}").await), ("throttled", 429));
        }
    }

    /// Evidence is quoted more than once in a report, so that little can become much.
    #[tokio::test]
    async fn what_is_held_of_a_pod_is_bounded_and_counted() {
        let long = "x".repeat(10_000);
        let seen = |value: &str| {
            format!(
                r#"{{"seen": {{"value": {value}, "source": {{"place": "p", "text": "{long}"}}}}}}"#
            )
        };
        let answer = seen(&format!(
            r#"{{"status": 400, "code": "InvalidIdentityToken", "message": "{long}"}}"#
        ));
        let caller = seen(&format!("\"arn:aws:iam::111122223333:role/{long}\""));
        let line = r#"{"place": "api.log", "text": "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"}"#;
        for body in [
            format!(r#"{{"pod": {{"webIdentity": {answer}, "caller": {caller}}}}}"#),
            format!(r#"{{"lines": [{}]}}"#, [line; 500].join(",")),
        ] {
            assert!(body.len() < body::LIMIT);
            let agent = Agent::new(Ok(vouched("api-1")));
            let answer = agent.post(Some(&good()), &body).await;
            let held = lock(&agent.reports.pods).all(Instant::now());
            assert_eq!(answer.is_ok(), held.len() == 1, "{answer:?}");
            for it in held {
                assert_eq!(it.size, serde_json::to_vec(&it.report).unwrap().len());
                assert!(it.size <= LARGEST, "{}", it.size);
            }
        }
    }
}
