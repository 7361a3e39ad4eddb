//! Kubernetes objects that somebody pasted, read as those that the API server sends. A source that
//! may quote nothing of its text, as one on a single line, quotes what `why` would.

use diagnosis::facts::{
    EgressPolicy, Line, NodeObject, RegisteredNode, ServiceAccount, Source, WorkloadPod,
};
use k8s_openapi::api::core::v1::{Event, Node, Pod, ServiceAccount as Account};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::records::line_of;
use super::{events, object, policies, service_account};
use crate::collect::cluster_api;

/// One object of a kind that is judged.
pub(crate) enum Object {
    Pod(Box<PastedPod>),
    ServiceAccount(ServiceAccount, Source),
    NetworkPolicy(Box<NetworkPolicy>, Source),
    Node(RegisteredNode, Source),
    /// Kind, namespace and name of what it is about.
    Event([String; 3], Line),
    /// Of another kind.
    Other(String),
}

pub(crate) struct PastedPod {
    pub(crate) pod: WorkloadPod,
    pub(crate) source: Source,
    /// Why its containers wait.
    pub(crate) status: Vec<Line>,
    raw: Pod,
}

/// The error names what is wrong with the object's shape.
pub(crate) fn object(value: Value, source: Source) -> Result<Object, String> {
    let kind = value["kind"].as_str().unwrap_or_default().to_owned();
    Ok(match kind.as_str() {
        "Pod" => {
            let raw: Pod = typed(value)?;
            let pod = object::pod(&raw, None);
            let source = quotable(source, || object::text(&pod, &raw));
            let mut status = events::status(&raw, None);
            for line in &mut status {
                line.place.clone_from(&source.place);
            }
            Object::Pod(Box::new(PastedPod { pod, source, status, raw }))
        }
        "ServiceAccount" => {
            let account = service_account::account(&typed::<Account>(value)?);
            let source = quotable(source, || service_account::text(&account));
            Object::ServiceAccount(account, source)
        }
        "NetworkPolicy" => Object::NetworkPolicy(Box::new(typed(value)?), source),
        "Node" => {
            let node = cluster_api::registered(typed::<Node>(value)?);
            // What is quoted of it may have been folded over several lines.
            let says = |it: &diagnosis::facts::NodeCondition| source.text.contains(&it.message);
            let quotable = node.ready.as_ref().is_none_or(says) && !source.text.trim().is_empty();
            let source = if quotable {
                source
            } else {
                Source { text: cluster_api::text(&node), line: 0, ..source }
            };
            Object::Node(node, source)
        }
        "Event" => {
            let event: Event = typed(value)?;
            let about = &event.involved_object;
            let about = [&about.kind, &about.namespace, &about.name]
                .map(|it| it.clone().unwrap_or_default());
            let (at, text) = events::read(event);
            let line = Line { line: source.line, ..line_of(&source.place, at, &text) };
            Object::Event(about, line)
        }
        _ => Object::Other(kind),
    })
}

/// Those of the policies that select the pod and restrict its egress.
pub(crate) fn egress(policies: &[NetworkPolicy], pod: &PastedPod) -> (Vec<EgressPolicy>, String) {
    let here = |it: &&NetworkPolicy| {
        it.metadata.namespace.as_deref().unwrap_or_default() == pod.pod.namespace
    };
    let here: Vec<_> = policies.iter().filter(here).cloned().collect();
    let found = policies::egress(&here, &pod.raw);
    let subject = format!("{}/{}", pod.pod.namespace, pod.pod.name);
    let text = policies::text(&found, &subject);
    (found, text)
}

pub(crate) fn node(node: RegisteredNode) -> NodeObject {
    NodeObject::Registered(Box::new(node))
}

fn typed<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| {
        let kind = error.to_string();
        // The value that does not fit may be anything.
        let what = kind.split(": ").next().unwrap_or_default();
        format!("its fields are not those of its kind ({what})")
    })
}

fn quotable(source: Source, text: impl FnOnce() -> String) -> Source {
    // In other words than its own it has no lines.
    if source.text.trim().is_empty() { Source { text: text(), line: 0, ..source } } else { source }
}
