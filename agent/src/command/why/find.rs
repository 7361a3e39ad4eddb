//! From what was named on the command line to one pod and its ServiceAccount.

use diagnosis::facts::Subject as Named;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Pod;
use kube::api::ListParams;
use kube::{Api, Client};
use tokio::time::{Instant, timeout_at};

use super::{name, subject};
use crate::args::{Target, Why};
use crate::collect::workload::{self, Subject};
use crate::output;

pub(super) struct Found {
    pub(super) pod: Option<Pod>,
    pub(super) service_account: Option<String>,
    /// What was named, for when there is no pod.
    target: Target,
}

impl Found {
    pub(super) fn subject<'a>(&'a self, args: &'a Why) -> Subject<'a> {
        Subject {
            namespace: &args.namespace,
            pod: self.pod.as_ref(),
            service_account: self.service_account.as_deref(),
            container: args.container.as_deref(),
        }
    }

    /// Whom the report is about.
    pub(super) fn named(&self, namespace: &str) -> Named {
        match (&self.pod, &self.target) {
            (Some(pod), _) => subject("pod", namespace, name(pod)),
            (None, Target::ServiceAccount(name)) => subject("serviceaccount", namespace, name),
            (None, Target::Pod(name) | Target::Deployment(name)) => subject("pod", namespace, name),
            (None, Target::Node(name)) => subject("node", "", name),
        }
    }

    pub(super) fn told(&self, namespace: &str) -> String {
        let Named { kind, name, .. } = self.named(namespace);
        let account = self.service_account.as_deref().unwrap_or("that is not known");
        let phase = self.pod.as_ref().and_then(|it| it.status.as_ref()?.phase.as_deref());
        let phase = phase.map(|it| format!(", {it}")).unwrap_or_default();
        match kind.as_str() {
            "pod" => format!("pod {namespace}/{name}{phase}, ServiceAccount {account}"),
            _ => format!("ServiceAccount {namespace}/{name}, which no pod uses"),
        }
    }
}

/// Err where there is nothing to look at.
pub(super) async fn find(client: &Client, args: &Why, deadline: Instant) -> Result<Found, String> {
    let namespace = &args.namespace;
    let target = args.target.clone();
    let pods = async |parameters, of: &str| {
        let pods = workload::pods(client, namespace, parameters, deadline).await;
        match pods {
            Ok(pods) => newest(pods),
            Err(why) => {
                output::talk(&format!("the pods of {of} were not read: {why}"));
                None
            }
        }
    };
    let found = match &target {
        Target::Pod(name) => match workload::pod(client, namespace, name, deadline).await {
            Ok(Some(pod)) => Some(pod),
            Ok(None) => {
                return Err(format!(
                    "there is no pod {namespace}/{name}; kubectl get pods -n {namespace}"
                ));
            }
            Err(why) => return Err(format!("pod {namespace}/{name} was not read: {why}")),
        },
        // Looked at in another way.
        Target::Node(_) => None,
        Target::ServiceAccount(name) => {
            let selector = format!("spec.serviceAccountName={name}");
            let of = format!("ServiceAccount {namespace}/{name}");
            pods(ListParams::default().fields(&selector), &of).await
        }
        Target::Deployment(name) => {
            let selector = selector(client, namespace, name, deadline).await?;
            let of = format!("deployment {namespace}/{name}");
            let pod = pods(ListParams::default().labels(&selector), &of).await;
            Some(pod.ok_or_else(|| {
                format!("{of} has no pod; kubectl describe deployment -n {namespace} {name}")
            })?)
        }
    };
    let of_pod = found.as_ref().and_then(|it| it.spec.as_ref());
    let of_pod = of_pod.map(|it| it.service_account_name.clone().unwrap_or("default".to_owned()));
    let service_account = match &target {
        Target::ServiceAccount(name) => Some(name.clone()),
        _ => of_pod,
    };
    if let (Some(pod), Some(asked)) = (&found, &args.container) {
        let spec = pod.spec.iter();
        let mut all = spec.flat_map(|it| it.init_containers.iter().flatten().chain(&it.containers));
        if !all.any(|it| it.name == *asked) {
            return Err(format!("pod {namespace}/{} has no container {asked}", name(pod)));
        }
    }
    Ok(Found { pod: found, service_account, target })
}

/// One that runs, else the newest of all.
fn newest(pods: Vec<Pod>) -> Option<Pod> {
    let runs = |it: &Pod| {
        let phase = it.status.as_ref().and_then(|it| it.phase.as_deref());
        phase == Some("Running") && it.metadata.deletion_timestamp.is_none()
    };
    pods.into_iter().max_by_key(|it| {
        (runs(it), it.metadata.creation_timestamp.as_ref().map(crate::kubernetes::time))
    })
}

async fn selector(
    client: &Client,
    namespace: &str,
    name: &str,
    deadline: Instant,
) -> Result<String, String> {
    let api = Api::<Deployment>::namespaced(client.clone(), namespace);
    let why = match timeout_at(deadline, api.get(name)).await {
        Ok(Ok(it)) => {
            let labels = it.spec.and_then(|it| it.selector.match_labels).unwrap_or_default();
            let all: Vec<_> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
            if !all.is_empty() {
                return Ok(all.join(","));
            }
            "its selector has no labels; name one of its pods instead".to_owned()
        }
        Ok(Err(error)) => output::chain(&error),
        Err(_) => "no answer in time".to_owned(),
    };
    Err(format!("deployment {namespace}/{name} was not read: {why}"))
}
