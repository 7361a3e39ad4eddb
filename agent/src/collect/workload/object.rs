//! A pod by what of its spec decides its identity.

use diagnosis::facts::{Container, ProjectedToken, WorkloadPod};
use k8s_openapi::api::core::v1::{self as core, Pod, PodSpec};

use super::environment;
use crate::kubernetes::time;

const SKIP_LABEL: &str = "eks.amazonaws.com/skip-pod-identity-webhook";
const SKIP_CONTAINERS: &str = "eks.amazonaws.com/skip-containers";

/// What kubectl takes without `-c`.
const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";

pub(super) fn pod(object: &Pod, container: Option<&str>) -> WorkloadPod {
    let metadata = &object.metadata;
    let none = PodSpec::default();
    let spec = object.spec.as_ref().unwrap_or(&none);
    let annotation =
        |name: &str| metadata.annotations.as_ref().and_then(|it| it.get(name)).cloned();
    let context = spec.security_context.as_ref();
    let first = || spec.containers.first().map(|it| it.name.clone());
    let asked = container.map(str::to_owned);
    let asked = asked.or_else(|| annotation(DEFAULT_CONTAINER)).or_else(first);
    let user = context.and_then(|it| it.run_as_user);
    WorkloadPod {
        namespace: metadata.namespace.clone().unwrap_or_default(),
        name: metadata.name.clone().unwrap_or_default(),
        service_account: account(spec),
        created: metadata.creation_timestamp.as_ref().map(time),
        node: spec.node_name.clone(),
        controller: controller(object),
        phase: object.status.as_ref().and_then(|it| it.phase.clone()).unwrap_or_default(),
        host_network: spec.host_network == Some(true),
        windows: windows(spec),
        skips_webhook: metadata.labels.as_ref().is_some_and(|it| it.contains_key(SKIP_LABEL)),
        skip_containers: annotation(SKIP_CONTAINERS),
        container: asked.unwrap_or_default(),
        containers: containers(spec).map(|it| read(it, user)).collect(),
        tokens: tokens(spec),
        fs_group: context.and_then(|it| it.fs_group),
    }
}

/// A Deployment owns its pods by a ReplicaSet, which has the hash of the template in its name.
fn controller(object: &Pod) -> Option<String> {
    let metadata = &object.metadata;
    let owner =
        metadata.owner_references.iter().flatten().find(|it| it.controller == Some(true))?;
    let hash = || metadata.labels.as_ref()?.get("pod-template-hash");
    match owner.kind.as_str() {
        "ReplicaSet" => {
            let name = owner.name.strip_suffix(hash()?.as_str())?.strip_suffix('-')?;
            Some(format!("deployment/{name}"))
        }
        "StatefulSet" | "DaemonSet" => {
            Some(format!("{}/{}", owner.kind.to_lowercase(), owner.name))
        }
        _ => None,
    }
}

/// The API server fills it in; an old object may have it empty.
fn account(spec: &PodSpec) -> String {
    let name = spec.service_account_name.as_deref().filter(|it| !it.is_empty());
    name.unwrap_or("default").to_owned()
}

pub(super) fn has_ended(pod: &Pod) -> bool {
    let phase = pod.status.as_ref().and_then(|it| it.phase.as_deref());
    matches!(phase, Some("Succeeded" | "Failed"))
}

/// In the order in which they start.
pub(super) fn containers(spec: &PodSpec) -> impl Iterator<Item = &core::Container> {
    spec.init_containers.iter().flatten().chain(&spec.containers)
}

fn windows(spec: &PodSpec) -> bool {
    let selected = spec.node_selector.as_ref().and_then(|it| it.get("kubernetes.io/os"));
    spec.os.as_ref().is_some_and(|it| it.name == "windows")
        || selected.is_some_and(|it| it == "windows")
}

fn read(container: &core::Container, user: Option<i64>) -> Container {
    let own = container.security_context.as_ref().and_then(|it| it.run_as_user);
    let mounts = container.volume_mounts.iter().flatten();
    Container {
        name: container.name.clone(),
        identity: environment::identity(container),
        env_from: container.env_from.as_ref().is_some_and(|it| !it.is_empty()),
        mounts: mounts.map(|it| it.name.clone()).collect(),
        run_as_user: own.or(user),
    }
}

fn tokens(spec: &PodSpec) -> Vec<ProjectedToken> {
    let volumes = spec.volumes.iter().flatten();
    let sources = volumes.filter_map(|volume| Some((volume, volume.projected.as_ref()?)));
    let sources = sources.flat_map(|(volume, it)| {
        it.sources
            .iter()
            .flatten()
            .filter_map(|it| Some((&volume.name, it.service_account_token.as_ref()?)))
    });
    let token = |(volume, it): (&String, &core::ServiceAccountTokenProjection)| ProjectedToken {
        volume: volume.clone(),
        audience: it.audience.clone().unwrap_or_default(),
        expiration_seconds: it.expiration_seconds,
    };
    sources.map(token).collect()
}

/// What links quote, one thing a line.
pub(super) fn text(pod: &WorkloadPod, object: &Pod) -> String {
    let mut lines = vec![format!("pod {}/{}", pod.namespace, pod.name)];
    lines.extend(pod.created.as_ref().map(|it| format!("created {it}")));
    lines.push(format!("serviceAccountName: {}", pod.service_account));
    lines.extend(pod.node.as_ref().map(|it| format!("nodeName: {it}")));
    if !pod.phase.is_empty() {
        lines.push(format!("phase: {}", pod.phase));
    }
    for (is, line) in [
        (pod.host_network, "hostNetwork: true"),
        (pod.windows, "os: windows"),
        (pod.skips_webhook, "label eks.amazonaws.com/skip-pod-identity-webhook is there"),
    ] {
        lines.extend(is.then(|| line.to_owned()));
    }
    let skipped = pod.skip_containers.as_ref();
    lines.extend(skipped.map(|it| format!("{SKIP_CONTAINERS}: {}", super::records::one_line(it))));
    lines.extend(pod.fs_group.map(|it| format!("fsGroup: {it}")));
    for (container, spec) in pod.containers.iter().zip(object.spec.iter().flat_map(containers)) {
        let name = &container.name;
        let mut say = |what: String| lines.push(format!("container {name}: {what}"));
        let environment = environment::lines(spec);
        if environment.is_empty() {
            say("env sets no AWS_ variable".to_owned());
        }
        environment.into_iter().for_each(&mut say);
        if container.env_from {
            say("envFrom sets more".to_owned());
        }
        if let Some(user) = container.run_as_user {
            say(format!("runAsUser {user}"));
        }
        for mount in &container.mounts {
            say(format!("mounts {mount}"));
        }
    }
    for token in &pod.tokens {
        let ProjectedToken { volume, audience, expiration_seconds } = token;
        let lifetime = expiration_seconds.map(|it| format!(", {it} s")).unwrap_or_default();
        lines.push(format!("volume {volume}: serviceAccountToken, audience {audience}{lifetime}"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rollout_is_of_what_owns_the_pod() {
        let of = |kind: &str, name: &str| {
            let owner = json!({"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": "u",
                "controller": true});
            let pod = json!({"metadata": {"ownerReferences": [owner],
                "labels": {"pod-template-hash": "7d9f"}}});
            controller(&serde_json::from_value(pod).unwrap())
        };
        assert_eq!(of("ReplicaSet", "api-web-7d9f").as_deref(), Some("deployment/api-web"));
        assert_eq!(of("StatefulSet", "db").as_deref(), Some("statefulset/db"));
        for (kind, name) in [("ReplicaSet", "by-hand"), ("Job", "api-7d9f"), ("Rollout", "x")] {
            assert_eq!(of(kind, name), None, "{kind}");
        }
    }
}
