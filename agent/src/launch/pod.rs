//! The probe as a pod: what the README's `kubectl run` line makes, and what a namespace with quotas
//! and an administrator who kills this program need beyond it. Opens nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use serde_json::{Value, json};

pub(super) const CONTAINER: &str = "probe";

/// The user of the image; it owns nothing.
const NOBODY: i64 = 65532;

/// What distinguishes one probe from another.
#[derive(Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) name: &'a str,
    pub(crate) namespace: &'a str,
    pub(crate) service_account: &'a str,
    pub(crate) image: &'a str,
    /// Past the scheduler, so that a node can be probed on which nothing is scheduled.
    pub(crate) node: Option<&'a str>,
    /// Kubernetes ends the pod by itself after this, should nobody be left to remove it.
    pub(crate) lifetime: Duration,
    /// Of the probe itself.
    pub(crate) args: &'a [&'a str],
    pub(crate) ids: Ids,
    pub(crate) network: Network,
    pub(crate) selected: Option<Selected>,
}

/// As whom the workload runs, which decides whether it may read its token. Root is not imitated: it
/// may read every file, and a restricted namespace would refuse the probe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ids {
    pub(crate) user: Option<i64>,
    pub(crate) group: Option<i64>,
    pub(crate) fs_group: Option<i64>,
    pub(crate) supplemental: Vec<i64>,
}

/// In which network, and by which resolver, as the workload's spec has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Network {
    pub(crate) of_host: bool,
    pub(crate) dns_policy: Option<String>,
    pub(crate) dns_config: Value,
    /// Of the workload: without them a tainted node would evict the probe.
    pub(crate) tolerations: Value,
}

/// Labels of the workload by which NetworkPolicies select it, so that they select the probe too.
///
/// A label must not make anything else take the probe for one of the workload's replicas:
/// - Controllers adopt only pods without a controller, so the probe gets one: the workload's own
///   pod. It also has the garbage collector remove the probe once the workload's pod is gone.
/// - Services send traffic only to ready pods, and a readiness gate that nobody opens keeps the
///   probe from ever being ready. Whoever asks keeps labels away from the Services that publish
///   pods which are not ready.
/// - A PodDisruptionBudget whose selector matches finds a pod of which it knows no scale, and until
///   the probe is gone allows no disruption, which is the safe side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selected {
    pub(crate) labels: BTreeMap<String, String>,
    /// Name and uid of the workload's pod.
    pub(crate) pod: String,
    pub(crate) uid: String,
}

pub(super) fn pod(wanted: &Wanted<'_>) -> Result<Pod, serde_json::Error> {
    serde_json::from_value(document(wanted))
}

fn document(wanted: &Wanted<'_>) -> Value {
    let Wanted { name, namespace, service_account, image, node, lifetime, .. } = wanted;
    let mut pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {
                "app.kubernetes.io/name": "eks-triage",
                "app.kubernetes.io/component": "probe",
                "app.kubernetes.io/part-of": "eks-triage",
            },
        },
        "spec": {
            "serviceAccountName": service_account,
            // The EKS webhooks mount their own tokens; the one for the API server is not needed.
            "automountServiceAccountToken": false,
            "restartPolicy": "Never",
            "activeDeadlineSeconds": lifetime.as_secs().max(1),
            "nodeName": node,
            "nodeSelector": {"kubernetes.io/os": "linux"},
            "securityContext": {
                "runAsNonRoot": true,
                "runAsUser": NOBODY,
                "runAsGroup": NOBODY,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [{
                "name": CONTAINER,
                "image": image,
                "terminationMessagePath": "/dev/termination-log",
                "env": [{
                    "name": "HOST_IP",
                    "valueFrom": {"fieldRef": {"fieldPath": "status.hostIP"}},
                }],
                "resources": {
                    "requests": {"cpu": "10m", "memory": "16Mi"},
                    "limits": {"memory": "16Mi"},
                },
                "securityContext": {
                    "allowPrivilegeEscalation": false,
                    "readOnlyRootFilesystem": true,
                    "capabilities": {"drop": ["ALL"]},
                },
                "volumeMounts": [{
                    "name": "eks-triage-token",
                    "mountPath": "/var/run/secrets/eks-triage",
                    "readOnly": true,
                }],
            }],
            "volumes": [{
                "name": "eks-triage-token",
                "projected": {"sources": [{"serviceAccountToken": {
                    "audience": "eks-triage",
                    "expirationSeconds": 600,
                    "path": "token",
                }}]},
            }],
        },
    });
    like_the_workload(wanted, &mut pod);
    pod
}

fn like_the_workload(wanted: &Wanted<'_>, pod: &mut Value) {
    let Wanted { args, ids, network, selected, .. } = wanted;
    if !args.is_empty() {
        pod["spec"]["containers"][0]["args"] = json!(args);
    }
    let context = &mut pod["spec"]["securityContext"];
    let unprivileged = |id: Option<i64>| id.filter(|it| *it > 0);
    if let Some(user) = unprivileged(ids.user) {
        context["runAsUser"] = user.into();
    }
    if let Some(group) = unprivileged(ids.group) {
        context["runAsGroup"] = group.into();
    }
    if let Some(group) = ids.fs_group {
        context["fsGroup"] = group.into();
    }
    if !ids.supplemental.is_empty() {
        context["supplementalGroups"] = json!(ids.supplemental);
    }
    let spec = &mut pod["spec"];
    if network.of_host {
        spec["hostNetwork"] = true.into();
    }
    if let Some(policy) = &network.dns_policy {
        spec["dnsPolicy"] = json!(policy);
    }
    for (key, value) in [("dnsConfig", &network.dns_config), ("tolerations", &network.tolerations)]
    {
        if !value.is_null() {
            spec[key] = value.clone();
        }
    }
    if let Some(Selected { labels, pod: owner, uid }) = selected {
        spec["readinessGates"] = json!([{"conditionType": "eks-triage/never-ready"}]);
        for (key, value) in labels {
            pod["metadata"]["labels"][key] = json!(value);
        }
        pod["metadata"]["ownerReferences"] = json!([
            {"apiVersion": "v1", "kind": "Pod", "name": owner, "uid": uid, "controller": true}
        ]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(node: Option<&str>) -> Wanted<'_> {
        Wanted {
            name: "eks-triage-probe",
            namespace: "default",
            service_account: "default",
            image: concat!("localhost/eks-triage-probe:", env!("CARGO_PKG_VERSION")),
            node,
            lifetime: Duration::from_secs(70),
            ..Wanted::default()
        }
    }

    /// Everything of `part` is in `whole`; lists have the same length.
    fn assert_within(part: &Value, whole: &Value, path: &str) {
        match (part, whole) {
            (Value::Object(part), Value::Object(whole)) => {
                for (key, value) in part {
                    let found = whole.get(key).unwrap_or(&Value::Null);
                    assert_within(value, found, &format!("{path}.{key}"));
                }
            }
            (Value::Array(part), Value::Array(whole)) => {
                assert_eq!(part.len(), whole.len(), "{path}");
                for (index, (part, whole)) in part.iter().zip(whole).enumerate() {
                    assert_within(part, whole, &format!("{path}[{index}]"));
                }
            }
            _ => assert_eq!(part, whole, "{path}"),
        }
    }

    #[test]
    fn it_is_the_pod_of_the_readme_s_line() {
        let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
        let readme = std::fs::read_to_string(readme).unwrap();
        let line = readme.split("<!-- kubectl-run -->").nth(1).unwrap();
        let line = line.split("<!-- /kubectl-run -->").next().unwrap();
        let (flags, overrides) = line.split_once("--overrides '").unwrap();
        let mut overrides: Value =
            serde_json::from_str(overrides.rsplit_once('\'').unwrap().0).unwrap();
        let wanted = wanted(None);
        for flag in [
            &format!("kubectl run {}", wanted.name),
            &format!("--namespace {}", wanted.namespace),
            &format!("--image {}", wanted.image),
            "--restart Never",
        ] {
            assert!(flags.contains(flag), "{flag} is not in {flags}");
        }
        // `kubectl run` calls the container like the pod.
        overrides["spec"]["containers"][0]["name"] = CONTAINER.into();
        assert_within(&overrides, &document(&wanted), "");
    }

    #[test]
    fn nothing_of_it_is_lost_on_the_way_to_the_api_server() {
        for node in [None, Some("ip-10-0-3-11")] {
            let sent = serde_json::to_value(pod(&wanted(node)).unwrap()).unwrap();
            let mut document = document(&wanted(node));
            if node.is_none() {
                document["spec"].as_object_mut().unwrap().remove("nodeName");
            }
            assert_eq!(sent, document);
        }
    }

    #[test]
    fn it_is_like_the_workload_but_no_replica_of_it_and_never_root() {
        let wanted = Wanted {
            ids: Ids { user: Some(0), group: Some(1000), fs_group: Some(2), supplemental: vec![3] },
            network: Network {
                of_host: true,
                dns_policy: Some("None".into()),
                ..Network::default()
            },
            selected: Some(Selected {
                labels: BTreeMap::from([("app".to_owned(), "api".to_owned())]),
                pod: "api-1".to_owned(),
                uid: "u-1".to_owned(),
            }),
            args: &["--output", "facts"],
            ..wanted(None)
        };
        let sent = serde_json::to_value(pod(&wanted).unwrap()).unwrap();
        let context = &sent["spec"]["securityContext"];
        assert_eq!(
            (&context["runAsUser"], &context["runAsNonRoot"]),
            (&json!(NOBODY), &json!(true))
        );
        assert_eq!((&context["runAsGroup"], &context["fsGroup"]), (&json!(1000), &json!(2)));
        assert_eq!(sent["metadata"]["labels"]["app"], "api");
        assert_eq!(sent["metadata"]["ownerReferences"][0]["controller"], true);
        assert_eq!(sent["spec"]["readinessGates"].as_array().unwrap().len(), 1);
        assert_eq!(sent["spec"]["hostNetwork"], true);
    }
}
