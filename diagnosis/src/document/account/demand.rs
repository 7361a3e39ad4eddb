//! Pods that wait for a node, and the events of autoscalers that made none for them.

use serde_json::Value;

use super::Answers;
use super::fragment::Part;
use super::kubernetes::{put, time};
use super::read::string;
use crate::facts::{NotScaled, WaitingPod};

impl Answers {
    /// A list that also has something else is one of a workload.
    pub(super) fn demand(&mut self, text: Part<'_>, kind: &str, items: &[Value]) -> Option<String> {
        let pods: Vec<_> = items.iter().filter_map(waiting).collect();
        let events: Vec<_> = items.iter().filter_map(not_scaled).collect();
        let pending = |it: &Value| it["kind"] == "Pod" && it["status"]["phase"] == "Pending";
        let ours = |it: &Value| pending(it) || not_scaled(it).is_some();
        if !items.iter().all(ours) {
            return None;
        }
        let of = |wanted: &str| {
            kind.trim_end_matches("List") == wanted || items.iter().any(|it| it["kind"] == wanted)
        };
        if of("Pod") {
            self.waiting_pods.answers.push(text.line_of("items"));
        }
        if of("Event") {
            self.not_scaled.answers.push(text.line_of("items"));
        }
        let told = format!("{} pods without a node, {} events", pods.len(), events.len());
        let parts = text.elements("items");
        for (at, it) in items.iter().enumerate() {
            let part = parts.get(at).copied().unwrap_or(text);
            if let Some(pod) = waiting(it) {
                let name = format!("{}/{}", pod.namespace, pod.name);
                put(&mut self.waiting_pods, part, &name, pod);
            }
            if let Some(event) = not_scaled(it) {
                let name = string(&it["metadata"], "name");
                let name = if name.is_empty() { event.message.clone() } else { name };
                put(&mut self.not_scaled, part, &format!("{}/{name}", event.namespace), event);
            }
        }
        Some(told)
    }
}

/// By the scheduler's own condition.
fn waiting(value: &Value) -> Option<WaitingPod> {
    let conditions = value["status"]["conditions"].as_array().filter(|_| value["kind"] == "Pod")?;
    let is = |it: &&Value| {
        it["type"] == "PodScheduled" && it["status"] == "False" && it["reason"] == "Unschedulable"
    };
    let it = conditions.iter().find(is)?;
    Some(WaitingPod {
        namespace: string(&value["metadata"], "namespace"),
        name: string(&value["metadata"], "name"),
        message: string(it, "message"),
        since: time(&it["lastTransitionTime"]),
    })
}

/// Of the cluster-autoscaler, or of Karpenter: the scheduler's own says only that there is no room.
fn not_scaled(value: &Value) -> Option<NotScaled> {
    let reason = value["reason"].as_str().filter(|_| value["kind"] == "Event")?;
    let by = value["source"]["component"].as_str().filter(|it| !it.is_empty());
    let by = by.or(value["reportingComponent"].as_str()).unwrap_or_default();
    let autoscaler = match reason {
        "NotTriggerScaleUp" => true,
        "FailedScheduling" => !by.is_empty() && by != "default-scheduler",
        _ => false,
    };
    let object = ["involvedObject", "regarding"].into_iter().map(|key| &value[key]);
    let object = object.into_iter().find(|it| it.is_object()).unwrap_or(&Value::Null);
    let message = ["message", "note"].into_iter().find_map(|key| value[key].as_str());
    let at =
        ["lastTimestamp", "eventTime", "firstTimestamp"].iter().find_map(|it| time(&value[*it]));
    let series = time(&value["series"]["lastObservedTime"]);
    autoscaler.then(|| NotScaled {
        reason: reason.to_owned(),
        namespace: string(object, "namespace"),
        pod: string(object, "name"),
        message: message.unwrap_or_default().to_owned(),
        at: series.max(at),
    })
}
