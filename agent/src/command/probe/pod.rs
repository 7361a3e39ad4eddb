//! The probe as a pod: what the README's `kubectl run` line makes, and what a namespace with quotas
//! and an administrator who kills this program need beyond it. Opens nothing.

use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use serde_json::{Value, json};

pub(super) const CONTAINER: &str = "probe";

/// What distinguishes one probe from another.
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    pub(super) namespace: &'a str,
    pub(super) service_account: &'a str,
    pub(super) image: &'a str,
    /// Past the scheduler, so that a node can be probed on which nothing is scheduled.
    pub(super) node: Option<&'a str>,
    /// Kubernetes ends the pod by itself after this, should nobody be left to remove it.
    pub(super) lifetime: Duration,
}

pub(super) fn pod(wanted: &Wanted<'_>) -> Result<Pod, serde_json::Error> {
    serde_json::from_value(document(wanted))
}

fn document(wanted: &Wanted<'_>) -> Value {
    let Wanted { name, namespace, service_account, image, node, lifetime } = wanted;
    json!({
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
                "runAsUser": 65532,
                "runAsGroup": 65532,
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
    })
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
}
