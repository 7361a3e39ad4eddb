//! Kubernetes objects that a report is never about, and what they tell of those that it is about.

use serde_json::Value;

use super::paste::{About, Document};
use super::redact::Clean;
use super::scan;
use crate::facts::{Cluster, CniSettings, Facts, Line, Observed, PodTemplate, Source};

/// An object of another kind stays as it is. `text`: what it was read from.
pub(super) fn read(object: Value, text: &str, source: Source) -> Vec<Document> {
    let named = |path: &str| object.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let (kind, name) = (named("/kind"), named("/metadata/name"));
    match kind {
        "ConfigMap" if name == "aws-auth" => vec![aws_auth(&object, text, source)],
        "SelfSubjectReview" => {
            let user = named("/status/userInfo/username").to_owned();
            let text = format!("username: {user}");
            vec![Document::User(user, Source { line: 0, text, ..source })]
        }
        "DaemonSet" if name == "aws-node" => {
            let mut all = vec![aws_node(&object, &source)];
            all.extend(conditions(&object, kind, &source));
            all
        }
        "Deployment"
        | "ReplicaSet"
        | "StatefulSet"
        | "DaemonSet"
        | "Job"
        | "CronJob"
        | "ReplicationController" => {
            let said = conditions(&object, kind, &source);
            let mut all = vec![template(&object, kind, source)];
            all.extend(said);
            all
        }
        _ => vec![Document::Object { object, source }],
    }
}

/// Why an object of this kind is of no use.
pub fn unused(kind: &str) -> &'static str {
    match kind {
        "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding" => {
            "a denial names the rule that it lacks; whether it is there now, kubectl auth can-i tells"
        }
        "Secret" | "Config" => "it holds secrets, and nothing of it was read",
        "Service" | "Endpoints" | "EndpointSlice" | "Ingress" => {
            "who was asked and did not answer, the client's own words tell"
        }
        "ENIConfig" | "SecurityGroupPolicy" | "CNINode" => {
            "what comes of it, events and ipamd's log tell; aws-node's settings, its DaemonSet"
        }
        "ConfigMap" => "of these only aws-auth is read",
        _ => "no link reads this kind",
    }
}

/// What a workload's pods are made from; of them it tells their ServiceAccount alone.
fn template(object: &Value, kind: &str, source: Source) -> Document {
    let pod = ["/spec/template/spec", "/spec/jobTemplate/spec/template/spec"]
        .iter()
        .find_map(|path| object.pointer(path));
    let Some(pod) = pod else {
        return Document::Unused(kind.to_owned(), "it has no pod template".to_owned());
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let account = [&pod["serviceAccountName"], &pod["serviceAccount"]];
    let account = account.into_iter().map(text).find(|it| !it.is_empty());
    let (namespace, name) =
        (text(&object["metadata"]["namespace"]), text(&object["metadata"]["name"]));
    let template = PodTemplate {
        namespace,
        controller: format!("{}/{name}", kind.to_lowercase()),
        service_account: account.unwrap_or_else(|| "default".to_owned()),
    };
    Document::Template(template, source)
}

/// Why it makes no pods, where it says so.
fn conditions(object: &Value, kind: &str, source: &Source) -> Option<Document> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = object.pointer("/status/conditions").and_then(Value::as_array)?;
    let metadata = &object["metadata"];
    let about = About::new(kind, &text(&metadata["namespace"]), &text(&metadata["name"]));
    let said = all.iter().filter_map(|it| {
        let message = text(&it["message"]);
        let said = format!("{}: {message}", text(&it["reason"]));
        let at = super::stamp::of(&text(&it["lastTransitionTime"]));
        let (place, text) = (source.place.clone(), Clean::new(&said).into_text());
        let line = source.quote(message.lines().next()?).line.unwrap_or(0);
        scan::matters(text.as_bytes())
            .then_some((about.clone(), Line { place, line, at, text, ..Line::default() }))
    });
    let said: Vec<_> = said.collect();
    (!said.is_empty()).then(|| Document::Said(format!("status of a {kind}"), said))
}

fn aws_node(object: &Value, source: &Source) -> Document {
    let containers = object.pointer("/spec/template/spec/containers").and_then(Value::as_array);
    let own = containers.into_iter().flatten().find(|it| it["name"] == "aws-node");
    let Some(own) = own else {
        return Document::Unused(
            "DaemonSet aws-node".to_owned(),
            "no container aws-node".to_owned(),
        );
    };
    let set = |name: &str| {
        let env = own["env"].as_array()?;
        let value = &env.iter().find(|it| it["name"] == name)?["value"];
        Some(value.as_str()?.eq_ignore_ascii_case("true"))
    };
    // What it does not set is off.
    let cni = CniSettings {
        version: own["image"]
            .as_str()
            .and_then(|it| it.rsplit_once(':'))
            .map(|(_, it)| it.to_owned()),
        prefix_delegation: Some(set("ENABLE_PREFIX_DELEGATION").unwrap_or_default()),
        pod_eni: Some(set("ENABLE_POD_ENI").unwrap_or_default()),
        custom_networking: Some(set("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG").unwrap_or_default()),
    };
    settings("DaemonSet aws-node", cni, source.clone())
}

pub(super) fn settings(what: &str, cni: CniSettings, source: Source) -> Document {
    let version = cni.version.clone().unwrap_or_else(|| "of an unknown version".to_owned());
    let cluster = Cluster { cni: Observed::seen(cni, source), ..Cluster::default() };
    let facts = Facts { cluster, ..Facts::default() };
    Document::Seen(format!("{what}, VPC CNI {version}"), Box::new(facts))
}

/// Whom it maps. Groups and usernames are not kept.
fn aws_auth(object: &Value, text: &str, source: Source) -> Document {
    let maps = ["mapRoles", "mapUsers"].map(|key| object["data"][key].as_str().unwrap_or_default());
    let arns = maps.iter().flat_map(|it| it.lines()).filter_map(arn);
    let arns: Vec<String> = arns.map(str::to_owned).collect();
    let shown = text.lines().map(|it| if arn(it).is_some() { it } else { "" });
    let shown = shown.collect::<Vec<_>>().join("\n");
    let source = if shown.trim().is_empty() {
        Source { text: arns.join("\n"), line: 0, ..source }
    } else {
        Source { text: shown, ..source }
    };
    let what = format!("ConfigMap aws-auth, {} principals", arns.len());
    let cluster = Cluster { aws_auth: Observed::seen(arns, source), ..Cluster::default() };
    Document::Seen(what, Box::new(Facts { cluster, ..Facts::default() }))
}

fn arn(line: &str) -> Option<&str> {
    let (key, value) = line.split_once(':')?;
    let is = key.ends_with("rolearn") || key.ends_with("userarn");
    let value = value.trim().trim_matches(['"', '\'', ',']);
    (is && value.starts_with("arn:")).then_some(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn one(object: Value) -> Document {
        let text = serde_json::to_string_pretty(&object).unwrap();
        let source = Source { place: "x".to_owned(), line: 1, at: None, text: text.clone() };
        read(object, &text, source).swap_remove(0)
    }

    #[test]
    fn a_template_tells_the_service_account_of_its_pods() {
        let spec = json!({"template": {"spec": {"serviceAccountName": "api", "containers": []}}});
        for (kind, spec) in
            [("Deployment", spec.clone()), ("CronJob", json!({"jobTemplate": {"spec": spec}}))]
        {
            let object = json!({"kind": kind, "metadata": {"name": "web", "namespace": "prod"},
                "spec": spec});
            let Document::Template(it, _) = one(object) else { panic!("{kind}") };
            assert_eq!((&*it.service_account, &*it.namespace), ("api", "prod"));
        }
        let bare = json!({"kind": "Job", "metadata": {}, "spec": {"template": {"spec": {}}}});
        assert!(matches!(one(bare), Document::Template(it, _) if it.service_account == "default"));
        assert!(matches!(one(json!({"kind": "Deployment"})), Document::Unused(..)));
    }

    #[test]
    fn aws_node_and_aws_auth_are_facts() {
        let node = json!({"kind": "DaemonSet", "metadata": {"name": "aws-node"}, "spec": {
            "template": {"spec": {"containers": [{"name": "aws-node", "image": "r/cni:v1.19.2",
                "env": [{"name": "ENABLE_PREFIX_DELEGATION", "value": "true"}]}]}}}});
        let Document::Seen(_, facts) = one(node) else { panic!() };
        let cni = facts.cluster.cni.value().unwrap();
        assert_eq!((cni.prefix_delegation, cni.pod_eni), (Some(true), Some(false)));
        assert_eq!(cni.version.as_deref(), Some("v1.19.2"));
        let map = json!({"kind": "ConfigMap", "metadata": {"name": "aws-auth"}, "data": {
            "mapRoles": "- rolearn: arn:aws:iam::111122223333:role/node\n  username: x\n"}});
        let Document::Seen(_, facts) = one(map) else { panic!() };
        assert_eq!(
            facts.cluster.aws_auth.value().unwrap(),
            &["arn:aws:iam::111122223333:role/node"]
        );
    }
}
