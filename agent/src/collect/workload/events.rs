//! What Kubernetes says of a pod: why its containers wait, and its events.

use diagnosis::facts::Line;
use k8s_openapi::api::core::v1::{ContainerStatus, Event, Pod};
use kube::api::ListParams;

use super::Ask;
use super::records::line_of;
use crate::kubernetes::time;

/// Kubernetes merges repeated ones and forgets them after an hour.
const KEPT: u32 = 200;

/// Why the pod is not scheduled and its containers do not run, now.
pub(super) fn status(pod: &Pod, at: Option<&str>) -> Vec<Line> {
    let Some(status) = &pod.status else { return Vec::new() };
    let place = format!("status of pod {}", name(pod));
    let conditions = status.conditions.iter().flatten();
    let unmet = conditions.filter(|it| it.type_ == "PodScheduled" && it.status == "False");
    let unmet = unmet.map(|it| (it.reason.as_deref(), it.message.as_deref()));
    let waiting = statuses(pod).filter_map(|it| it.state.as_ref()?.waiting.as_ref());
    let waiting = waiting.map(|it| (it.reason.as_deref(), it.message.as_deref()));
    let said = unmet.chain(waiting).filter_map(|(reason, message)| {
        Some(format!("{}: {}", reason.unwrap_or_default(), message?))
    });
    said.map(|it| line_of(&place, at.map(str::to_owned), &it)).collect()
}

pub(super) async fn look(api: &Ask<'_>, pod: Option<&Pod>) -> Vec<Line> {
    let Some(pod) = pod else { return Vec::new() };
    let fields = format!(
        "involvedObject.kind=Pod,involvedObject.name={},involvedObject.uid={}",
        pod.metadata.name.as_deref().unwrap_or_default(),
        pod.metadata.uid.as_deref().unwrap_or_default(),
    );
    let parameters = ListParams::default().fields(&fields).limit(KEPT);
    match api.list::<Event>(parameters).await {
        Ok(events) => lines(pod, events),
        Err(why) => {
            crate::output::talk(&format!("the events of the pod were not read: {why}"));
            Vec::new()
        }
    }
}

/// In the order of their times. What came before the containers last started is overcome.
fn lines(pod: &Pod, events: Vec<Event>) -> Vec<Line> {
    let place = format!("events of pod {}", name(pod));
    let overcome = started(pod);
    let mut all: Vec<_> = events.into_iter().map(read).collect();
    all.retain(|(at, _)| overcome.is_none() || at.is_none() || *at > overcome);
    all.sort();
    all.into_iter().map(|(at, text)| line_of(&place, at, &text)).collect()
}

/// When it last happened, and what it says.
pub(crate) fn read(it: Event) -> (Option<String>, String) {
    let at = it.series.as_ref().and_then(|it| it.last_observed_time.as_ref());
    let at = at.or(it.event_time.as_ref()).map(|it| it.0);
    let at =
        it.last_timestamp.as_ref().map(time).or_else(|| {
            at.map(|it| time(&k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(it)))
        });
    let text = [it.reason, it.message].map(Option::unwrap_or_default).join(": ");
    (at, text)
}

/// When the last of the containers that start together did, if all of them did.
fn started(pod: &Pod) -> Option<String> {
    let status = pod.status.as_ref()?;
    let start = |it: &ContainerStatus| {
        let of = |it: &k8s_openapi::api::core::v1::ContainerState| {
            let running = it.running.as_ref().and_then(|it| it.started_at.as_ref());
            let ended = it.terminated.as_ref().and_then(|it| it.started_at.as_ref());
            running.or(ended).map(time)
        };
        it.state.as_ref().and_then(of).or_else(|| it.last_state.as_ref().and_then(of))
    };
    let all: Vec<_> = status.container_statuses.iter().flatten().map(start).collect();
    if all.is_empty() || all.iter().any(Option::is_none) {
        return None;
    }
    all.into_iter().flatten().min()
}

pub(super) fn statuses(pod: &Pod) -> impl Iterator<Item = &ContainerStatus> {
    let status = pod.status.iter();
    status.flat_map(|it| {
        it.init_container_statuses.iter().flatten().chain(it.container_statuses.iter().flatten())
    })
}

fn name(pod: &Pod) -> String {
    let part = |it: &Option<String>| it.clone().unwrap_or_default();
    format!("{}/{}", part(&pod.metadata.namespace), part(&pod.metadata.name))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn pod(status: &Value) -> Pod {
        let metadata = json!({"namespace": "prod", "name": "api-1", "uid": "u"});
        serde_json::from_value(json!({"metadata": metadata, "status": status})).unwrap()
    }

    fn event(at: &str, reason: &str) -> Event {
        serde_json::from_value(json!({"metadata": {}, "involvedObject": {}, "reason": reason,
            "message": "m", "lastTimestamp": at}))
        .unwrap()
    }

    #[test]
    fn a_container_that_waits_says_why() {
        let waiting = json!({"waiting": {"reason": "ErrImagePull", "message": "403 Forbidden"}});
        let status = status(
            &pod(&json!({"containerStatuses": [
            {"name": "app", "image": "", "imageID": "", "ready": false, "restartCount": 0,
             "state": waiting}]})),
            None,
        );
        assert_eq!(status[0].place, "status of pod prod/api-1");
        assert_eq!(status[0].text, "ErrImagePull: 403 Forbidden");
    }

    #[test]
    fn what_the_pod_has_overcome_is_no_news() {
        let events = || {
            vec![
                event("2026-03-01T10:00:09Z", "Unhealthy"),
                event("2026-03-01T10:00:01Z", "Failed"),
            ]
        };
        let told = |status: &Value| {
            let lines = lines(&pod(status), events());
            lines.into_iter().map(|it| it.text).collect::<Vec<_>>()
        };
        let container = |state: Value| {
            json!({"containerStatuses": [{"name": "app", "image": "", "imageID": "",
                "ready": true, "restartCount": 0, "state": state}]})
        };
        let running = container(json!({"running": {"startedAt": "2026-03-01T10:00:05Z"}}));
        assert_eq!(told(&running), ["Unhealthy: m"]);
        let waiting = container(json!({"waiting": {"reason": "ImagePullBackOff"}}));
        assert_eq!(told(&waiting), ["Failed: m", "Unhealthy: m"]);
    }
}
