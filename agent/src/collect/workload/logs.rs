//! The last lines of a workload's containers, those of a crash before the last restart included.

use diagnosis::facts::Line;
use http_body_util::BodyExt;
use k8s_openapi::api::core::v1::ContainerStatus;
use kube::api::LogParams;
use kube::core::Request;

use super::events::statuses;
use super::records::records;
use super::{Ask, Subject};

const LINES: i64 = 200;
const BYTES: i64 = 256 << 10;

/// More containers than this have no one's attention.
const CONTAINERS: usize = 8;

pub(super) async fn look(api: &Ask<'_>, subject: &Subject<'_>) -> Vec<Line> {
    let Some(pod) = subject.pod else { return Vec::new() };
    let name = pod.metadata.name.as_deref().unwrap_or_default();
    let asked = |it: &&ContainerStatus| subject.container.is_none_or(|name| it.name == name);
    let mut lines = Vec::new();
    for status in statuses(pod).filter(asked).take(CONTAINERS) {
        for previous in [true, false] {
            if !has_log(status, previous) {
                continue;
            }
            match log(api, name, &status.name, previous).await {
                Ok(text) => {
                    let place = format!("logs of {}/{name}/{}", api.namespace, status.name);
                    lines.extend(records(&text, &place));
                }
                Err(why) => {
                    let which = if previous { "previous log" } else { "log" };
                    let name = &status.name;
                    crate::output::talk(&format!(
                        "the {which} of container {name} was not read: {why}"
                    ));
                }
            }
        }
    }
    lines
}

/// A container that never started has none, and to ask for it is an error.
fn has_log(status: &ContainerStatus, previous: bool) -> bool {
    if previous {
        return status.restart_count > 0;
    }
    let state = status.state.as_ref();
    state.is_some_and(|it| it.running.is_some() || it.terminated.is_some())
}

/// As bytes: a log need not be text, and a limit cuts anywhere.
async fn log(api: &Ask<'_>, pod: &str, container: &str, previous: bool) -> Result<String, String> {
    let parameters = LogParams {
        container: Some(container.to_owned()),
        limit_bytes: Some(BYTES),
        tail_lines: Some(LINES),
        timestamps: true,
        previous,
        ..LogParams::default()
    };
    let pods = format!("/api/v1/namespaces/{}/pods", api.namespace);
    let request = Request::new(pods).logs(pod, &parameters).map_err(|it| it.to_string())?;
    let answer = async {
        let answer = api.client.send(request.map(kube::client::Body::from)).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    };
    let (status, text) = api.within(answer).await?;
    if status.is_success() { Ok(text) } else { Err(format!("HTTP {}", status.as_u16())) }
}
