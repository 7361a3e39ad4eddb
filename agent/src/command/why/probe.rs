//! The probe beside the workload: with its ServiceAccount, on its node, as its user, selected by the
//! same NetworkPolicies. What keeps the probe from starting may be what ails the workload.

use diagnosis::facts::{Facts, Line, ServiceAccountObject};
use k8s_openapi::api::core::v1::{Pod, PodSpec};
use kube::Client;
use serde::Deserialize;
use serde_json::{Deserializer, Value};
use tokio::time::Instant;

use super::find::Found;
use super::name;
use crate::args::Why;
use crate::collect::workload::{self, Labels, Workload};
use crate::launch::{self, Cluster, Ids, LEFTOVER, Missed, Network, Selected, Wanted};
use crate::output;

const PLACE: &str = "events of the probe's pod";

pub(super) struct Launch<'a> {
    pub(super) client: &'a Client,
    pub(super) args: &'a Why,
    pub(super) found: &'a Found,
    pub(super) workload: &'a Workload,
}

impl Launch<'_> {
    /// Facts of the pod's room, or lines about why there are none. Removes what it starts.
    pub(super) async fn run(&self, deadline: Instant, stop: impl Future<Output = ()>) -> Facts {
        let service_account = match self.account() {
            Ok(account) => account,
            Err(why) => {
                output::talk(&format!("no probe: {why}"));
                return Facts::default();
            }
        };
        let (args, pod) = (self.args, self.found.pod.as_ref());
        let spec = pod.and_then(|it| it.spec.as_ref());
        let name = launch::name();
        let wanted = Wanted {
            name: &name,
            namespace: &args.namespace,
            service_account,
            image: &args.image,
            node: spec.and_then(node),
            lifetime: args.timeout + LEFTOVER,
            args: &["--output", "facts"],
            ids: spec.map(|it| ids(it, args.container.as_deref())).unwrap_or_default(),
            network: spec.map(network).unwrap_or_default(),
            selected: pod.and_then(|it| self.selected(it)),
        };
        let cluster = Cluster::new(self.client.clone(), args.namespace.clone());
        let read = async |ended: launch::Ended| {
            let log = cluster.log(&name).await;
            facts(log.as_deref().unwrap_or_default(), &ended.message).ok_or_else(|| {
                let said = log.unwrap_or_else(|why| why);
                format!("the probe ended with {} ({}): {}", ended.code, ended.reason, said.trim())
            })
        };
        // A little is left for those who read after the wait.
        let result = launch::run(&cluster, &wanted, deadline, stop, read).await;
        result.unwrap_or_else(|missed| {
            output::talk(&format!("the probe told nothing: {}", missed.text()));
            Facts { lines: self.lines(missed), ..Facts::default() }
        })
    }

    fn account(&self) -> Result<&str, &'static str> {
        let windows = || self.workload.cluster.pod.value().and_then(|it| it.present());
        if self.args.no_probe {
            return Err("it was not wanted");
        }
        if windows().is_some_and(|it| it.windows) {
            return Err("it has no image for Windows");
        }
        if let Some(ServiceAccountObject::Absent) = self.workload.cluster.service_account.value() {
            return Err("its ServiceAccount does not exist");
        }
        self.found.service_account.as_deref().ok_or("its ServiceAccount is not known")
    }

    fn selected(&self, pod: &Pod) -> Option<Selected> {
        match &self.workload.labels {
            Labels::NotNeeded => None,
            Labels::Copied(labels) => Some(Selected {
                labels: labels.clone(),
                pod: name(pod).to_owned(),
                uid: pod.metadata.uid.clone()?,
            }),
            Labels::Left(why) => {
                output::talk(&format!(
                    "the probe has none of the pod's labels, so that NetworkPolicies may not select it: {why}"
                ));
                None
            }
        }
    }

    fn lines(&self, missed: Missed) -> Vec<Line> {
        match missed {
            Missed::Refused(why) => vec![workload::line(PLACE, Some(reach::now()), &why)],
            Missed::Stalled { why, warnings } => {
                let now = workload::line(PLACE, Some(reach::now()), &why);
                let then = warnings.into_iter().map(|it| workload::line(PLACE, it.at, &it.text));
                let all = std::iter::once(now).chain(then);
                // The probe has an image of its own, which says nothing of a workload that runs.
                all.filter(|it| !self.runs() || !about_image(&it.text)).collect()
            }
            Missed::Interrupted | Missed::Other(_) => Vec::new(),
        }
    }

    fn runs(&self) -> bool {
        let pod = self.found.pod.as_ref();
        pod.and_then(|it| it.status.as_ref()?.phase.as_deref()) == Some("Running") || pod.is_none()
    }
}

fn about_image(text: &str) -> bool {
    ["ErrImage", "ImagePullBackOff", "InvalidImageName", "pull image", "pulling image"]
        .iter()
        .any(|it| text.contains(it))
}

/// On Fargate a node is made for one pod, and takes no other.
fn node(spec: &PodSpec) -> Option<&str> {
    spec.node_name.as_deref().filter(|it| !it.starts_with("fargate-"))
}

fn ids(spec: &PodSpec, container: Option<&str>) -> Ids {
    let pod = spec.security_context.clone().unwrap_or_default();
    let asked = spec.containers.iter().find(|it| container.is_none_or(|name| it.name == name));
    let own = asked.and_then(|it| it.security_context.clone()).unwrap_or_default();
    Ids {
        user: own.run_as_user.or(pod.run_as_user),
        group: own.run_as_group.or(pod.run_as_group),
        fs_group: pod.fs_group,
        supplemental: pod.supplemental_groups.unwrap_or_default(),
    }
}

fn network(spec: &PodSpec) -> Network {
    // What came from JSON can be written as JSON.
    let value = |it: Result<Value, serde_json::Error>| it.unwrap_or_default();
    Network {
        of_host: spec.host_network == Some(true),
        dns_policy: spec.dns_policy.clone(),
        dns_config: value(serde_json::to_value(&spec.dns_config)),
        tolerations: value(serde_json::to_value(&spec.tolerations)),
    }
}

/// From the probe's log, which also has what it said on stderr; else from its termination message,
/// which has at least the evidence.
fn facts(log: &str, message: &str) -> Option<Facts> {
    let mut begins =
        log.match_indices('{').filter(|(at, _)| *at == 0 || log[..*at].ends_with('\n'));
    let whole = begins.find_map(|(at, _)| {
        let first = Deserializer::from_str(&log[at..]).into_iter::<Facts>().next();
        first?.ok().filter(|it| it.collector.command == "probe")
    });
    let Some(Facts { pod, taken_at, .. }) = whole else {
        return from_message(message);
    };
    Some(Facts { pod, taken_at, ..Facts::default() })
}

/// The probe's report, in short.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    #[serde(default)]
    taken_at: Option<String>,
    #[serde(default)]
    evidence: Vec<diagnosis::report::Evidence>,
}

fn from_message(message: &str) -> Option<Facts> {
    let Message { taken_at, evidence } = serde_json::from_str(message).ok()?;
    let line = |it: diagnosis::report::Evidence| {
        let place = format!("{}, by the probe's termination message", it.source);
        workload::line(&place, taken_at.clone(), &it.quote)
    };
    Some(Facts { lines: evidence.into_iter().map(line).collect(), ..Facts::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_without_facts_still_has_its_evidence() {
        let message = r#"{"takenAt":"2026-03-01T10:05:00Z","evidence":[
            {"quote":"AccessDenied: no","source":"STS","line":null}]}"#;
        let seen = facts("no json", message).unwrap();
        assert_eq!(seen.lines[0].text, "AccessDenied: no");
        assert_eq!(seen.lines[0].at.as_deref(), Some("2026-03-01T10:05:00Z"));
        assert!(facts("", "no json").is_none());
    }
}
