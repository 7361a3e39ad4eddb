//! What the agent of the workload's node sees now: `eks-triage facts` in its own container. Without
//! an agent, or without the right to run something in it, the node stays unseen.

use std::time::Duration;

use diagnosis::facts::Facts;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{AttachParams, ListParams};
use kube::client::UpgradeConnectionError;
use kube::{Api, Client, Error};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{Instant, timeout_at};

use super::name;
use crate::output;

/// As manifests/ installs it.
const NAMESPACE: &str = "eks-triage";
const LABELS: &str = "app.kubernetes.io/name=eks-triage,app.kubernetes.io/component=agent";

/// The agent's own deadline is 5 s.
const LIMIT: Duration = Duration::from_secs(15);

/// Its facts have a twentieth of it.
const LARGEST: u64 = 1 << 20;

/// Only the node's rooms: the rest is better known here.
pub(super) async fn ask(client: &Client, pod: Option<&Pod>, deadline: Instant) -> Facts {
    let node = pod.and_then(|it| it.spec.as_ref()?.node_name.as_deref());
    let Some(node) = node else { return Facts::default() };
    let Facts { node, mut cluster, .. } = answer(client, node, pod, deadline).await;
    let cluster_node = std::mem::take(&mut cluster.node);
    let mut facts = Facts { node, ..Facts::default() };
    facts.cluster.node = cluster_node;
    facts
}

/// All that it sees: it is about the same node.
pub(super) async fn of_node(client: &Client, node: &str, deadline: Instant) -> Facts {
    answer(client, node, None, deadline).await
}

async fn answer(client: &Client, node: &str, pod: Option<&Pod>, deadline: Instant) -> Facts {
    let deadline = deadline.min(Instant::now() + LIMIT);
    let late = |_| Err("no answer in time".to_owned());
    let facts = timeout_at(deadline, Box::pin(facts(client, node, pod))).await;
    facts.unwrap_or_else(late).unwrap_or_else(|why| {
        output::talk(&format!("the agent of node {node} was not asked: {why}"));
        Facts::default()
    })
}

async fn facts(client: &Client, node: &str, pod: Option<&Pod>) -> Result<Facts, String> {
    let api = Api::<Pod>::namespaced(client.clone(), NAMESPACE);
    let parameters = ListParams::default().labels(LABELS).fields(&format!("spec.nodeName={node}"));
    let agents = api.list(&parameters).await.map_err(|error| output::chain(&error))?;
    let runs = |it: &&Pod| it.status.as_ref().and_then(|it| it.phase.as_deref()) == Some("Running");
    let Some(agent) = agents.items.iter().find(runs) else {
        return Err(format!("none runs there in namespace {NAMESPACE}"));
    };
    let mut command = vec!["eks-triage".to_owned(), "facts".to_owned()];
    if let Some(image) = pod.and_then(refused_image) {
        command.extend(["--image".to_owned(), image]);
    }
    let attach = AttachParams::default().stdout(true).stderr(false);
    let process = api.exec(name(agent), command, &attach).await;
    let mut process = process.map_err(|error| refused(&error))?;
    let stdout = process.stdout().ok_or("its output was not attached")?;
    let text = read(stdout).await?;
    serde_json::from_slice(&text).map_err(|error| format!("what it said is no facts: {error}"))
}

/// An upgrade that is refused comes without the API server's words.
fn refused(error: &Error) -> String {
    match error {
        Error::UpgradeConnection(UpgradeConnectionError::ProtocolSwitch(status))
            if status.as_u16() == 403 =>
        {
            format!("these credentials lack pods/exec in namespace {NAMESPACE}")
        }
        _ => output::chain(error),
    }
}

async fn read(stdout: impl AsyncRead + Unpin) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    let read = stdout.take(LARGEST).read_to_end(&mut text).await;
    read.map(|_| text).map_err(|error| error.to_string())
}

/// The image that a container waits for: its registry is then asked for it by the node.
fn refused_image(pod: &Pod) -> Option<String> {
    let status = pod.status.as_ref()?;
    let inits = status.init_container_statuses.iter().flatten();
    let mut all = inits.chain(status.container_statuses.iter().flatten());
    let waits = all.find(|it| {
        let waiting = it.state.as_ref().and_then(|it| it.waiting.as_ref()?.reason.as_deref());
        matches!(waiting, Some("ErrImagePull" | "ImagePullBackOff"))
    })?;
    let spec = pod.spec.as_ref()?;
    let mut containers = spec.init_containers.iter().flatten().chain(&spec.containers);
    containers.find(|it| it.name == waits.name)?.image.clone()
}
