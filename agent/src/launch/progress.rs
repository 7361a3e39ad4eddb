//! A pod's status into how far the probe has come. Opens nothing.

use k8s_openapi::api::core::v1::{ContainerState, Pod};

use super::pod::CONTAINER;

/// How far it has come, with Kubernetes' own words.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Waiting(String),
    Ended(Ended),
    /// It will not run, however long one waits.
    Hopeless(String),
}

/// The probe ran to its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    /// Such as `Completed`, `Error` or `OOMKilled`.
    pub(crate) reason: String,
    /// The termination message.
    pub(crate) message: String,
}

/// The kubelet tries these again and again, but nothing about this pod will change.
const HOPELESS: [&str; 6] = [
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
];

pub(super) fn progress(pod: &Pod) -> Progress {
    let Some(status) = &pod.status else {
        return Progress::Waiting("no status yet".to_owned());
    };
    let containers = status.container_statuses.iter().flatten();
    let state = containers.filter(|it| it.name == CONTAINER).find_map(|it| it.state.as_ref());
    if let Some(ContainerState { terminated: Some(it), .. }) = state {
        return Progress::Ended(Ended {
            code: it.exit_code,
            reason: it.reason.clone().unwrap_or_default(),
            message: it.message.clone().unwrap_or_default(),
        });
    }
    let phase = status.phase.as_deref().unwrap_or("Pending");
    if matches!(phase, "Failed" | "Succeeded") {
        let said = said(status.reason.as_deref(), status.message.as_deref());
        return Progress::Hopeless(format!(
            "the pod is {phase} and its container never ran: {said}"
        ));
    }
    if let Some(ContainerState { waiting: Some(it), .. }) = state {
        let said = said(it.reason.as_deref(), it.message.as_deref());
        return match it.reason.as_deref() {
            Some(reason) if HOPELESS.contains(&reason) => Progress::Hopeless(said),
            _ => Progress::Waiting(said),
        };
    }
    let mut conditions = status.conditions.iter().flatten();
    match conditions.find(|it| it.type_ == "PodScheduled" && it.status == "False") {
        Some(it) => Progress::Waiting(said(it.reason.as_deref(), it.message.as_deref())),
        None => Progress::Waiting(phase.to_owned()),
    }
}

fn said(reason: Option<&str>, message: Option<&str>) -> String {
    match (reason.unwrap_or_default(), message.unwrap_or_default()) {
        ("", "") => "no reason was given".to_owned(),
        (one, "") | ("", one) => one.to_owned(),
        (reason, message) => format!("{reason}: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of(status: &Value) -> Progress {
        progress(&serde_json::from_value(json!({"metadata": {}, "status": status})).unwrap())
    }

    fn container(state: &Value) -> Value {
        json!({"phase": "Pending", "containerStatuses": [
            {"name": "istio-proxy", "image": "", "imageID": "", "ready": true, "restartCount": 0,
             "state": {"terminated": {"exitCode": 9}}},
            {"name": "probe", "image": "", "imageID": "", "ready": false, "restartCount": 0,
             "state": state},
        ]})
    }

    fn waiting(text: &str) -> Progress {
        Progress::Waiting(text.to_owned())
    }

    #[test]
    fn an_end_has_its_code_its_reason_and_its_message() {
        let state = json!({"terminated": {"exitCode": 3, "reason": "Error", "message": "{}"}});
        let (reason, message) = ("Error".to_owned(), "{}".to_owned());
        assert_eq!(of(&container(&state)), Progress::Ended(Ended { code: 3, reason, message }));
    }

    #[test]
    fn waiting_says_for_what() {
        assert_eq!(of(&json!({})), waiting("Pending"));
        assert_eq!(of(&container(&json!({"running": {}}))), waiting("Pending"));
        let creating = json!({"waiting": {"reason": "ContainerCreating"}});
        assert_eq!(of(&container(&creating)), waiting("ContainerCreating"));
        let first = json!({"waiting": {"reason": "ErrImagePull", "message": "403 Forbidden"}});
        assert_eq!(of(&container(&first)), waiting("ErrImagePull: 403 Forbidden"));
        let unschedulable = json!({"phase": "Pending", "conditions": [
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
             "message": "0/3 nodes are available"}]});
        assert_eq!(of(&unschedulable), waiting("Unschedulable: 0/3 nodes are available"));
    }

    #[test]
    fn what_cannot_become_better_is_hopeless() {
        for reason in HOPELESS {
            let state = json!({"waiting": {"reason": reason, "message": "why"}});
            let expected = Progress::Hopeless(format!("{reason}: why"));
            assert_eq!(of(&container(&state)), expected);
        }
        let evicted =
            of(&json!({"phase": "Failed", "reason": "Evicted", "message": "low on memory"}));
        let Progress::Hopeless(text) = evicted else { panic!("{evicted:?}") };
        assert!(text.contains("Evicted: low on memory"), "{text}");
    }
}
