//! Events that somebody records about a Node: kept as they came, if the API server would take them.
//!
//! Source: `pkg/apis/core/validation/events.go` in kubernetes/kubernetes for events without an
//! `eventTime`, and `staging/src/k8s.io/kubectl/pkg/describe/describe.go` for which of them
//! `kubectl describe node` finds.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::status;
use crate::reply::Reply;
use crate::server::Asked;
use crate::world;

#[derive(Default)]
pub(crate) struct Events(Mutex<Vec<Value>>);

impl Events {
    fn kept(&self) -> MutexGuard<'_, Vec<Value>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// In the order in which they came.
    pub(crate) fn all(&self) -> Vec<Value> {
        self.kept().clone()
    }
}

pub(super) fn create(namespace: &str, asked: &Asked<'_>) -> Reply {
    let Ok(event) = serde_json::from_slice::<Value>(asked.body) else {
        return status(400, "BadRequest", "the object provided is unrecognized");
    };
    if namespace != "default" {
        let message = "events is forbidden: cannot create resource \"events\" in API group \"\" in the namespace";
        return status(403, "Forbidden", message);
    }
    if let Some(why) = invalid(&event) {
        return status(422, "Invalid", &format!("Event is invalid: {why}"));
    }
    let mut kept = asked.shared.events.kept();
    let name = &event["metadata"]["name"];
    if kept.iter().any(|it| it["metadata"]["name"] == *name) {
        return status(409, "AlreadyExists", &format!("events {name} already exists"));
    }
    kept.push(event.clone());
    Reply::json(201, &event)
}

/// What the API server would not take, or `kubectl describe node` not find.
fn invalid(event: &Value) -> Option<&'static str> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = &event["involvedObject"];
    let (name, message) = (text(&event["metadata"]["name"]), text(&event["message"]));
    let allowed =
        |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-' || it == '.';
    [
        (!name.is_empty() && name.len() <= 253 && name.chars().all(allowed), "metadata.name"),
        (of["namespace"].is_null(), "involvedObject.namespace"),
        (text(&of["kind"]) == "Node", "involvedObject.kind"),
        (text(&of["name"]) == world::NODE, "involvedObject.name"),
        (text(&of["uid"]) == world::NODE, "involvedObject.uid"),
        (matches!(&*text(&event["type"]), "Normal" | "Warning"), "type"),
        (!text(&event["reason"]).is_empty() && text(&event["reason"]).len() <= 128, "reason"),
        (!message.is_empty() && message.len() <= 1024, "message"),
        (event["firstTimestamp"].is_string() && event["lastTimestamp"].is_string(), "timestamps"),
    ]
    .into_iter()
    .find_map(|(good, what)| (!good).then_some(what))
}
