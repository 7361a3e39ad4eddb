//! What the launch of a probe asks of the API server, each within a limit, and the words for what
//! it refuses.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Event, Pod, ServiceAccount};
use kube::api::{DeleteParams, ListParams, LogParams, PostParams};
use kube::{Api, Client, Error};
use tokio::time::timeout;

use super::pod::CONTAINER;
use crate::{kubernetes, output};

/// For one request. Larger than what a busy API server needs, smaller than a person's patience.
const LIMIT: Duration = Duration::from_secs(10);

/// The annotation that binds a ServiceAccount to a role.
const ROLE: &str = "eks.amazonaws.com/role-arn";

/// A verdict has a hundred lines.
const LOG: i64 = 1 << 20;

pub(crate) struct Cluster {
    client: Client,
    namespace: String,
}

/// What is known of the ServiceAccount before anything is started.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Account {
    Absent,
    Bound(String),
    Unbound,
    /// Whoever asks may not read it, which says nothing about it.
    Unreadable(String),
}

/// What an event says of the probe's pod.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Warning {
    /// RFC 3339.
    pub(crate) at: Option<String>,
    pub(crate) text: String,
}

/// Why a pod was not seen to be created, and whether it can exist all the same.
#[derive(Debug)]
pub(super) enum Failed {
    Refused(String),
    Unanswered(String),
}

impl Cluster {
    pub(crate) fn new(client: Client, namespace: String) -> Self {
        Self { client, namespace }
    }

    fn pods(&self) -> Api<Pod> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    pub(crate) async fn account(&self, name: &str) -> Result<Account, String> {
        let api = Api::<ServiceAccount>::namespaced(self.client.clone(), &self.namespace);
        let found = within(api.get(name)).await?;
        match found {
            Ok(account) => {
                let role = account.metadata.annotations.and_then(|mut it| it.remove(ROLE));
                Ok(role.map_or(Account::Unbound, Account::Bound))
            }
            Err(Error::Api(status)) if status.code == 404 => Ok(Account::Absent),
            Err(Error::Api(status)) if status.code == 403 => {
                Ok(Account::Unreadable(status.message.clone()))
            }
            Err(error) => Err(told(&error)),
        }
    }

    pub(super) async fn create(&self, pod: &Pod) -> Result<(), Failed> {
        match within(self.pods().create(&PostParams::default(), pod)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error @ Error::Api(_))) => Err(Failed::Refused(told(&error))),
            Ok(Err(error)) => Err(Failed::Unanswered(told(&error))),
            Err(why) => Err(Failed::Unanswered(why)),
        }
    }

    /// None when there is no such pod any more.
    pub(super) async fn get(&self, name: &str) -> Result<Option<Pod>, String> {
        within(self.pods().get_opt(name)).await?.map_err(|error| told(&error))
    }

    pub(crate) async fn log(&self, name: &str) -> Result<String, String> {
        let parameters = LogParams {
            container: Some(CONTAINER.to_owned()),
            limit_bytes: Some(LOG),
            ..LogParams::default()
        };
        within(self.pods().logs(name, &parameters)).await?.map_err(|error| told(&error))
    }

    /// Warnings about the pod with when they last came, the last ones last. None where they cannot
    /// be read: they are extra.
    pub(super) async fn warnings(&self, name: &str) -> Vec<Warning> {
        let api = Api::<Event>::namespaced(self.client.clone(), &self.namespace);
        let fields = format!("involvedObject.kind=Pod,involvedObject.name={name}");
        let parameters = ListParams::default().fields(&fields).limit(50);
        let Ok(Ok(events)) = within(api.list(&parameters)).await else {
            return Vec::new();
        };
        let warnings = events.items.into_iter().filter(|it| it.type_.as_deref() == Some("Warning"));
        let mut warnings: Vec<Warning> = warnings
            .map(|it| {
                let text = [it.reason, it.message].map(Option::unwrap_or_default).join(": ");
                let at = it.last_timestamp.as_ref().map(kubernetes::time);
                Warning { at, text }
            })
            .collect();
        warnings.sort();
        warnings
    }

    /// Gone already is as good as removed.
    pub(super) async fn remove(&self, name: &str) -> Result<(), String> {
        let at_once = DeleteParams::default().grace_period(0);
        match within(self.pods().delete(name, &at_once)).await? {
            Err(Error::Api(status)) if status.code == 404 => Ok(()),
            other => other.map(drop).map_err(|error| told(&error)),
        }
    }
}

async fn within<T>(request: impl Future<Output = T>) -> Result<T, String> {
    let late = |_| format!("the API server did not answer in {} s", LIMIT.as_secs());
    timeout(LIMIT, request).await.map_err(late)
}

/// The API server's own words where there are some.
fn told(error: &Error) -> String {
    match error {
        Error::Api(status) => format!("the API server said {}: {}", status.code, status.message),
        error => output::chain(error),
    }
}
