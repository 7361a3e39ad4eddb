//! A node as the Kubernetes API has it, for who asks from a desk: its object, its Lease, its events.

use std::time::Duration;

use diagnosis::facts::{Line, NodeObject, Observed, RegisteredNode, Source};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{Event, Node};
use kube::api::ListParams;
use kube::core::response::reason;
use kube::{Api, Client, Error};
use tokio::time::{Instant, timeout_at};

use super::cluster_api;
use super::workload::{event, line};
use crate::kubernetes;
use crate::output;

/// For one request, as of a workload.
const LIMIT: Duration = Duration::from_secs(10);

const LATE: &str = "no answer in time";

/// Where kubelets keep their Leases.
const LEASES: &str = "kube-node-lease";

/// Events of what has no namespace.
const EVENTS: &str = "default";

/// Kubernetes merges repeated ones and forgets them after an hour.
const KEPT: u32 = 200;

/// Labels by which a node says of which group it is.
const GROUPS: [&str; 2] = ["eks.amazonaws.com/nodegroup", "karpenter.sh/nodepool"];

pub(crate) struct Registered {
    pub(crate) object: Observed<NodeObject>,
    pub(crate) lines: Vec<Line>,
    /// The managed node group or the NodePool that its labels name.
    pub(crate) group: Option<String>,
}

/// `None`: the API server says that there is none of this name.
pub(crate) async fn look(
    client: &Client,
    name: &str,
    deadline: Instant,
) -> Result<Option<Registered>, String> {
    let deadline = deadline.min(Instant::now() + LIMIT);
    let (nodes, leases) = (Api::<Node>::all(client.clone()), Api::<Lease>::namespaced);
    let leases = leases(client.clone(), LEASES);
    let (node, lease, events) = tokio::join!(
        timeout_at(deadline, nodes.get(name)),
        timeout_at(deadline, leases.get(name)),
        events(client, name, deadline),
    );
    let node = match node {
        Ok(Ok(node)) => node,
        Ok(Err(Error::Api(status))) if status.code == 404 && status.reason == reason::NOT_FOUND => {
            return Ok(None);
        }
        Ok(Err(error)) => return Err(output::chain(&error)),
        Err(_) => return Err(LATE.to_owned()),
    };
    let labels = node.metadata.labels.iter().flatten();
    let group = labels.filter(|(key, _)| GROUPS.contains(&key.as_str())).map(|(_, it)| it.clone());
    let group = group.into_iter().next();
    let overcome = ready_since(&node);
    let renewed = lease.ok().and_then(Result::ok).and_then(|it| it.spec?.renew_time);
    let node = RegisteredNode {
        lease_renewed: renewed.map(|it| kubernetes::micro_time(&it)),
        ..cluster_api::registered(node)
    };
    let place = format!("kubectl get node {name}");
    let source = Source::new(place, reach::now(), cluster_api::text(&node));
    let mut lines: Vec<_> = events.into_iter().map(event).collect();
    lines.retain(|(at, _)| overcome.is_none() || at.is_none() || *at > overcome);
    lines.sort();
    let place = format!("events of node {name}");
    let lines = lines.into_iter().map(|(at, text)| line(&place, at, &text)).collect();
    let object = Observed::seen(NodeObject::Registered(Box::new(node)), source);
    Ok(Some(Registered { object, lines, group }))
}

async fn events(client: &Client, name: &str, deadline: Instant) -> Vec<Event> {
    let api = Api::<Event>::namespaced(client.clone(), EVENTS);
    let fields = format!("involvedObject.kind=Node,involvedObject.name={name}");
    let parameters = ListParams::default().fields(&fields).limit(KEPT);
    let why = match timeout_at(deadline, api.list(&parameters)).await {
        Ok(Ok(all)) => return all.items,
        Ok(Err(error)) => output::chain(&error),
        Err(_) => LATE.to_owned(),
    };
    output::talk(&format!("the events of node {name} were not read: {why}"));
    Vec::new()
}

/// What came before a node that is Ready became so is overcome.
fn ready_since(node: &Node) -> Option<String> {
    let conditions = node.status.as_ref()?.conditions.as_ref()?;
    let ready = conditions.iter().find(|it| it.type_ == "Ready" && it.status == "True")?;
    ready.last_transition_time.as_ref().map(kubernetes::time)
}
