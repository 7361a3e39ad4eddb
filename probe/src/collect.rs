//! Looks at everything at once, each look within its deadline. A look cannot fail: that nothing
//! was seen is a fact too.

mod identity;
mod imds;
mod pod_identity;
mod sts;
mod token;
mod web_identity;

use std::fs;
use std::time::Duration;

use diagnosis::facts::{
    Answer, Claims, Collector, Facts, ImdsFromPod, Observed, Pod, Source, Subject, TokenFile,
};
use reach::{Net, now};
use tokio::time::Instant;

use crate::environment::Environment;
use crate::line::{MESSAGE, line};

/// The longest name that Kubernetes allows.
const NAME: usize = 253;

/// Where Kubernetes mounts the pod's own namespace, unless the pod opted out.
const NAMESPACE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

/// A token that says of this pod what Kubernetes knows of it.
#[derive(Clone, Copy)]
pub(crate) struct Witness<'a> {
    /// The file that holds it.
    pub(crate) place: &'a str,
    pub(crate) claims: &'a Claims,
}

/// `reporter` is the token for the agent, which is there also when EKS injected nothing.
pub(crate) async fn collect(
    net: &Net,
    environment: &Environment,
    reporter: Option<Witness<'_>>,
    begin: Instant,
    deadline: Instant,
) -> Facts {
    let (file, secret) = token::web_identity(environment).await;
    let own = match &file {
        Observed::Seen { value: TokenFile::Claims(claims), source } => {
            Some(Witness { place: &source.place, claims })
        }
        _ => None,
    };
    let witnesses: Vec<Witness<'_>> = own.into_iter().chain(reporter).collect();
    let issuers: Vec<&str> = witnesses.iter().map(|it| it.claims.issuer.as_str()).collect();
    let region = sts::region(environment, &issuers);
    let host = sts::configured(environment, &region);
    let first = first_wave(begin, deadline);
    // Boxed, because a measurement in progress is large and would be moved around as a whole.
    let own = Box::pin(async {
        let (web_identity, pod_identity) = tokio::join!(
            web_identity::assume(net, environment, &file, secret.as_ref(), &host, first),
            pod_identity::ask(net, environment, first),
        );
        let imds = node_role(net, &web_identity, &pod_identity.answer, deadline).await;
        (web_identity, pod_identity, imds)
    });
    let (sts_regional, sts_global, (web_identity, pod_identity, imds)) = tokio::join!(
        Box::pin(sts::regional(net, &region, deadline)),
        Box::pin(sts::global(net, &region, deadline)),
        own,
    );
    let subject = subject(environment, &witnesses);
    let service_account = service_account(&witnesses);
    let identity = identity::identity(environment);
    let caller = Observed::Skipped;
    let pod = Pod {
        identity,
        service_account,
        token: file,
        sts_regional,
        sts_global,
        web_identity,
        pod_identity_token: pod_identity.token,
        pod_identity_agent: pod_identity.agent,
        pod_identity: pod_identity.answer,
        imds,
        caller,
    };
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let collector = Collector { command: "probe".to_owned(), version };
    Facts { subject, taken_at: now(), collector, pod, ..Facts::default() }
}

/// The identity of the pod's own is asked for first and must leave time for the node's.
fn first_wave(begin: Instant, deadline: Instant) -> Instant {
    let quarter = deadline.saturating_duration_since(begin) / 4;
    deadline - quarter.min(2 * imds::LIMIT)
}

/// A pod with an identity of its own has no business with the node's.
async fn node_role(
    net: &Net,
    web_identity: &Observed<Answer>,
    pod_identity: &Observed<Answer>,
    deadline: Instant,
) -> Observed<ImdsFromPod> {
    let works = |it: &Observed<Answer>| it.value().is_some_and(Answer::accepted);
    if works(web_identity) || works(pod_identity) {
        return Observed::Skipped;
    }
    imds::ask(net, deadline).await
}

fn subject(environment: &Environment, witnesses: &[Witness<'_>]) -> Subject {
    let file = |path| fs::read_to_string(path).ok().map(|it| it.trim().to_owned());
    let name = environment.pod_name.text().or_else(|| environment.hostname.text());
    let namespace = environment.pod_namespace.text();
    let vouched = || witnesses.iter().find_map(|it| namespace_of(&it.claims.subject));
    let namespace = namespace.or_else(vouched);
    let bounded = |it: Option<String>| line(&it.unwrap_or_default(), NAME);
    Subject {
        kind: "pod".to_owned(),
        namespace: bounded(namespace.or_else(|| file(NAMESPACE))),
        name: bounded(name.or_else(|| file("/etc/hostname"))),
    }
}

/// Tokens of one pod agree on it.
fn service_account(witnesses: &[Witness<'_>]) -> Observed<String> {
    let of_account = |it: &&Witness<'_>| namespace_of(&it.claims.subject).is_some();
    let Some(Witness { place, claims }) = witnesses.iter().find(of_account) else {
        return Observed::Skipped;
    };
    let text = format!("sub {}", line(&claims.subject, MESSAGE));
    Observed::seen(claims.subject.clone(), Source::new(*place, now(), text))
}

/// From `system:serviceaccount:<namespace>:<name>`.
fn namespace_of(subject: &str) -> Option<String> {
    let (namespace, _) = subject.strip_prefix("system:serviceaccount:")?.split_once(':')?;
    Some(namespace.to_owned())
}

/// What is left of the deadline for everything but the delivery, which needs its own time.
pub(crate) fn deadline(begin: Instant, whole: Duration, reserved: Duration) -> Instant {
    begin + whole - reserved.min(whole / 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn the_pod_is_named_by_whoever_knows_it_best() {
        let set = [("POD_NAME", "api-1"), ("HOSTNAME", "host"), ("POD_NAMESPACE", "prod")];
        let claims =
            Claims { subject: "system:serviceaccount:web:api".into(), ..Claims::default() };
        let named = |pairs| {
            let witness = Witness { place: "/t", claims: &claims };
            let it = subject(&Environment::of(pairs), &[witness]);
            format!("{} {}/{}", it.kind, it.namespace, it.name)
        };
        assert_eq!(named(&set), "pod prod/api-1");
        assert_eq!(named(&set[1..2]), "pod web/host");
    }

    #[test]
    fn the_service_account_is_that_of_the_first_token_that_has_one() {
        let of = |subject: &str| Claims { subject: subject.to_owned(), ..Claims::default() };
        let (person, account) = (of("jane"), of("system:serviceaccount:web:api"));
        let witness = |place, claims| Witness { place, claims };
        let seen = service_account(&[witness("/a", &person), witness("/b", &account)]);
        let Observed::Seen { value, source } = seen else { panic!("{seen:?}") };
        assert_eq!((&*value, &*source.place), ("system:serviceaccount:web:api", "/b"));
        assert_eq!(source.text, "sub system:serviceaccount:web:api");
        assert!(matches!(service_account(&[witness("/a", &person)]), Observed::Skipped));
    }

    #[test]
    fn what_is_reserved_is_never_most_of_a_short_deadline() {
        let (begin, reserved) = (Instant::now(), Duration::from_millis(700));
        let left = |whole| deadline(begin, Duration::from_millis(whole), reserved) - begin;
        assert_eq!(left(5_000), Duration::from_millis(4_300));
        assert_eq!(left(1_000), Duration::from_millis(750));
    }

    #[tokio::test]
    async fn a_pod_without_identity_asks_for_the_node_role_and_nothing_leaks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, testing::token("api", "sts.amazonaws.com")).unwrap();
        let environment = Environment::of(&[
            ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/api"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", path.to_str().unwrap()),
            ("AWS_ACCESS_KEY_ID", "UExBTlRFRA"),
        ]);
        let begin = Instant::now();
        let deadline = begin + Duration::from_secs(10);
        let facts = collect(&testing::net(&[]), &environment, None, begin, deadline).await;
        assert!(facts.pod.imds.value().is_some());
        assert!(matches!(facts.pod.web_identity, Observed::Failed { .. }));
        assert_eq!(facts.pod.sts_regional.value().unwrap().host, "sts.us-west-2.amazonaws.com");
        assert!(!serde_json::to_string(&facts).unwrap().contains("UExBTlRFRA"));
    }
}
