//! A workload as the Kubernetes API has it: its pod, its ServiceAccount, what selects it, what its
//! events and logs say. Everything at once, each request within a limit, nothing but reading.
//!
//! What may not be read stays unknown: it is a failure to look, never a fault.

use std::time::Duration;

use diagnosis::facts::{
    Cluster, EgressPolicy, Line, Observed, PodObject, ServiceAccount, ServiceAccountObject, Source,
};
use k8s_openapi::api::core::v1::{Pod, Service, ServiceAccount as Account};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use kube::api::ListParams;
use kube::core::response::reason;
use kube::{Api, Client, Error};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

use super::ask::{self, Found, Missed, observed};
use super::cluster_api;

mod environment;
mod events;
mod labels;
mod logs;
mod object;
pub(crate) mod pasted;
mod policies;
mod records;
mod selector;
mod service_account;

pub(crate) use diagnosis::document::denial::Denial;
pub(crate) use events::read as event;
pub(crate) use labels::Labels;
pub(crate) use records::line_of as line;

/// For one request. Larger than what a busy API server needs, smaller than a person's patience.
const LIMIT: Duration = Duration::from_secs(10);

/// Of one kind in one answer. What is beyond it is not seen, and the source says so.
const PAGE: u32 = 2000;

/// Whom the question is about, after its pod was found or found missing.
pub(crate) struct Subject<'a> {
    pub(crate) namespace: &'a str,
    /// None for a ServiceAccount that no pod uses.
    pub(crate) pod: Option<&'a Pod>,
    /// None where the pod could not be read.
    pub(crate) service_account: Option<&'a str>,
    /// The container that was asked for.
    pub(crate) container: Option<&'a str>,
}

/// What was found; the objects themselves never enter Facts.
pub(crate) struct Workload {
    pub(crate) cluster: Cluster,
    pub(crate) lines: Vec<Line>,
    /// The workload's own words about whom AWS denied what.
    pub(crate) denial: Option<Denial>,
    /// By which labels NetworkPolicies know the pod.
    pub(crate) labels: Labels,
}

/// Cannot fail.
pub(crate) async fn look(client: &Client, subject: &Subject<'_>, deadline: Instant) -> Workload {
    let deadline = ask::within(LIMIT, deadline);
    let api = Ask { client, namespace: subject.namespace, deadline };
    let (account, annotated, sharing, policies, services, node, events, logs) = tokio::join!(
        api.account(subject.service_account),
        api.annotated(),
        api.sharing(subject.service_account),
        api.list::<NetworkPolicy>(ListParams::default().limit(PAGE)),
        api.list::<Service>(ListParams::default().limit(PAGE)),
        api.node(subject.pod),
        events::look(&api, subject.pod),
        logs::look(&api, subject),
    );
    let mut lines =
        subject.pod.map(|it| events::status(it, Some(&reach::now()))).unwrap_or_default();
    lines.extend(events);
    let denial = Denial::last(&logs);
    lines.extend(logs);
    let labels = Labels::of(subject.pod, policies.as_deref().ok(), services.as_deref().ok());
    let pod = subject.pod.map_or(Observed::Skipped, |pod| {
        let (object, pod) = (pod, object::pod(pod, subject.container));
        let text = object::text(&pod, object);
        let place = format!("kubectl get pod -n {} {}", pod.namespace, pod.name);
        let source = Source::new(place, reach::now(), text);
        Observed::seen(PodObject::Present(Box::new(pod)), source)
    });
    let cluster = Cluster {
        service_account: account,
        annotated,
        pod,
        sharing_pods: sharing,
        egress_policies: api.egress(subject.pod, policies),
        node,
        ..Cluster::default()
    };
    Workload { cluster, lines, denial, labels }
}

/// A pod, its absence, or why it cannot be read.
pub(crate) async fn pod(
    client: &Client,
    namespace: &str,
    name: &str,
    deadline: Instant,
) -> Result<Option<Pod>, String> {
    let deadline = ask::within(LIMIT, deadline);
    let api = Api::<Pod>::namespaced(client.clone(), namespace);
    match timeout_at(deadline, api.get(name)).await {
        Ok(Ok(pod)) => Ok(Some(pod)),
        Ok(Err(Error::Api(status))) if status.code == 404 && known(&status.reason) => Ok(None),
        Ok(Err(error)) => Err(told(&error)),
        Err(_) => Err(LATE.to_owned()),
    }
}

/// The pods that match a field or a label selector, the probes of this program left out.
pub(crate) async fn pods(
    client: &Client,
    namespace: &str,
    parameters: ListParams,
    deadline: Instant,
) -> Result<Vec<Pod>, String> {
    let api = Ask { client, namespace, deadline: ask::within(LIMIT, deadline) };
    let pods = api.list::<Pod>(parameters.limit(PAGE)).await?;
    let probe = |it: &Pod| {
        let labels = it.metadata.labels.as_ref();
        labels.is_some_and(|it| {
            let is = |key, value: &str| it.get(key).is_some_and(|it| it == value);
            is("app.kubernetes.io/part-of", "eks-triage")
                && is("app.kubernetes.io/component", "probe")
        })
    };
    Ok(pods.into_iter().filter(|it| !probe(it)).collect())
}

const LATE: &str = "no answer in time";

fn known(reason: &str) -> bool {
    reason::is_known(reason)
}

/// The API server's own words where there are some.
fn told(error: &Error) -> String {
    match error {
        Error::Api(status) if known(&status.reason) => {
            format!("{} {}: {}", status.code, status.reason, status.message)
        }
        Error::Api(status) => {
            format!("HTTP {}, but not in the words of an API server", status.code)
        }
        error => crate::output::chain(error),
    }
}

/// Whom to ask, about which namespace, and until when.
struct Ask<'a> {
    client: &'a Client,
    namespace: &'a str,
    deadline: Instant,
}

impl Ask<'_> {
    async fn list<K>(&self, parameters: ListParams) -> Result<Vec<K>, String>
    where
        K: kube::Resource<Scope = kube::core::NamespaceResourceScope, DynamicType = ()>,
        K: Clone + std::fmt::Debug + DeserializeOwned,
    {
        let api = Api::<K>::namespaced(self.client.clone(), self.namespace);
        self.within(api.list(&parameters)).await.map(|it| it.items)
    }

    async fn within<T>(
        &self,
        request: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, String> {
        match timeout_at(self.deadline, request).await {
            Ok(answer) => answer.map_err(|error| told(&error)),
            Err(_) => Err(LATE.to_owned()),
        }
    }

    async fn account(&self, name: Option<&str>) -> Observed<ServiceAccountObject> {
        let Some(name) = name else { return Observed::Skipped };
        let place = format!("kubectl get serviceaccount -n {} {name}", self.namespace);
        let api = Api::<Account>::namespaced(self.client.clone(), self.namespace);
        let answer = timeout_at(self.deadline, api.get(name)).await;
        observed(match answer {
            Ok(Ok(account)) => {
                let account = service_account::account(&account);
                let source = Source::new(place, reach::now(), service_account::text(&account));
                Ok((ServiceAccountObject::Present(account), source))
            }
            Ok(Err(Error::Api(status))) if status.code == 404 && known(&status.reason) => {
                let text = told(&Error::Api(status));
                Ok((ServiceAccountObject::Absent, Source::new(place, reach::now(), text)))
            }
            Ok(Err(error)) => Err(Missed::new(&place, told(&error))),
            Err(_) => Err(Missed::new(&place, LATE)),
        })
    }

    /// Of the whole cluster, else, where that is forbidden, of the namespace.
    async fn annotated(&self) -> Observed<Vec<ServiceAccount>> {
        let page = ListParams::default().limit(PAGE);
        let all = Api::<Account>::all(self.client.clone());
        let place = "kubectl get serviceaccounts -A";
        let found = match self.within(all.list(&page)).await {
            Ok(it) => Ok((it.items, place.to_owned())),
            Err(why) => match self.list::<Account>(page).await {
                Ok(items) => {
                    Ok((items, format!("kubectl get serviceaccounts -n {}", self.namespace)))
                }
                Err(_) => Err(Missed::new(place, why)),
            },
        };
        observed(found.map(|(items, place)| {
            let accounts: Vec<_> = items.iter().map(service_account::account).collect();
            let accounts: Vec<_> =
                accounts.into_iter().filter(|it| it.role_arn.is_some()).collect();
            let line = |it: &ServiceAccount| {
                let role = it.role_arn.as_deref().unwrap_or_default();
                format!("{}/{} {role}", it.namespace, it.name)
            };
            let mut text: Vec<_> = accounts.iter().map(line).collect();
            if text.is_empty() {
                text.push("no ServiceAccount has a role annotation".to_owned());
            }
            (accounts, Source::new(place, reach::now(), text.join("\n")))
        }))
    }

    async fn sharing(&self, account: Option<&str>) -> Observed<Vec<String>> {
        let Some(account) = account else { return Observed::Skipped };
        let selector = format!("spec.serviceAccountName={account}");
        let place = format!("kubectl get pods -n {} --field-selector {selector}", self.namespace);
        let parameters = ListParams::default().fields(&selector);
        let found: Found<_> = pods(self.client, self.namespace, parameters, self.deadline)
            .await
            .map_err(|why| Missed::new(&place, why))
            .map(|pods| {
                let running = pods.into_iter().filter(|it| !object::has_ended(it));
                let names: Vec<_> = running.filter_map(|it| it.metadata.name).collect();
                let text = names.join("\n");
                (names, Source::new(place, reach::now(), text))
            });
        observed(found)
    }

    fn egress(
        &self,
        pod: Option<&Pod>,
        policies: Result<Vec<NetworkPolicy>, String>,
    ) -> Observed<Vec<EgressPolicy>> {
        let Some(pod) = pod else { return Observed::Skipped };
        let place = format!("kubectl get networkpolicies -n {}", self.namespace);
        let found: Found<_> = policies.map_err(|why| Missed::new(&place, why)).map(|policies| {
            let policies = policies::egress(&policies, pod);
            let name = pod.metadata.name.as_deref().unwrap_or_default();
            let subject = format!("{}/{name}", self.namespace);
            let text = policies::text(&policies, &subject);
            (policies, Source::new(place, reach::now(), text))
        });
        observed(found)
    }

    async fn node(&self, pod: Option<&Pod>) -> Observed<diagnosis::facts::NodeObject> {
        let name = pod.and_then(|it| it.spec.as_ref()?.node_name.as_deref());
        match name {
            Some(name) => cluster_api::node_object(self.client.clone(), name, self.deadline).await,
            None => Observed::Skipped,
        }
    }
}
