//! Objects of Kubernetes that tell of nodes: who may join, and who was to make them.

use serde_json::Value;

use super::Answers;
use super::fragment::Part;
use super::listing::Listing;
use super::read::string;
use crate::document::paste::parsed;
use crate::document::{shown, stamp};
use crate::facts::aws::Resource;
use crate::facts::{
    Condition, MappedRole, NodeClaim, NodeClass, NodeCondition, NodePool, Observed, RegisteredNode,
    Source, Taint,
};

impl Answers {
    pub(super) fn object(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        let kind = value["kind"].as_str()?;
        let list = value.get("items").and_then(Value::as_array).filter(|_| kind.ends_with("List"));
        let Some(items) = list else { return self.item(text, value) };
        // kubectl calls a list of any kind a List.
        let of = |wanted: &str| {
            kind.trim_end_matches("List") == wanted || items.iter().any(|it| it["kind"] == wanted)
        };
        for (wanted, answers) in [
            ("NodePool", &mut self.node_pools.answers),
            ("NodeClaim", &mut self.node_claims.answers),
            ("Node", &mut self.nodes.answers),
        ] {
            if of(wanted) {
                answers.push(text.line_of("items"));
            }
        }
        if of("EC2NodeClass") || of("NodeClass") {
            self.node_classes.answers.push(text.line_of("items"));
        }
        if ["Pod", "Event"].into_iter().any(of) {
            return self.demand(text, kind, items);
        }
        let parts = text.elements("items");
        let mut told = Vec::new();
        for (at, it) in items.iter().enumerate() {
            told.extend(self.item(parts.get(at).copied().unwrap_or(text), it));
        }
        let empty = items.is_empty()
            && ["NodePoolList", "NodeClaimList", "EC2NodeClassList", "NodeClassList"]
                .contains(&kind);
        (!told.is_empty() || empty).then(|| match &told[..] {
            [one] => one.clone(),
            all => format!("list of {} objects", all.len()),
        })
    }

    fn item(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        let name = string(&value["metadata"], "name");
        let what = match value["kind"].as_str()? {
            "NodePool" => {
                let read = node_pool(value);
                put(&mut self.node_pools, text, &name, read);
                format!("NodePool {name}")
            }
            "NodeClaim" => {
                let read = node_claim(value);
                put(&mut self.node_claims, text, &name, read);
                format!("NodeClaim {name}")
            }
            kind @ ("EC2NodeClass" | "NodeClass") => {
                let read = node_class(value);
                put(&mut self.node_classes, text, &format!("{kind}/{name}"), read);
                format!("{kind} {name}")
            }
            "Node" => {
                let read = node(value);
                put(&mut self.nodes, text, &name, read);
                format!("Node {name}")
            }
            "ConfigMap" if name == "aws-auth" => self.map(text, value),
            _ => return None,
        };
        Some(what)
    }

    fn map(&mut self, text: Part<'_>, value: &Value) -> String {
        let mut mapped = Vec::new();
        let mut arns = Vec::new();
        for key in ["mapRoles", "mapUsers"] {
            let inner = value["data"][key].as_str().unwrap_or_default();
            for entry in parsed(inner).into_iter().filter_map(|(_, it)| it.ok()) {
                for it in entry.as_array().into_iter().flatten() {
                    let [role, user] = ["rolearn", "userarn"].map(|key| string(it, key));
                    arns.extend([&role, &user].into_iter().filter(|it| !it.is_empty()).cloned());
                    let groups = it["groups"].as_array().into_iter().flatten();
                    let groups = groups.filter_map(Value::as_str).map(str::to_owned).collect();
                    if key == "mapRoles" {
                        let username = string(it, "username");
                        mapped.push(MappedRole { role_arn: role, username, groups });
                    }
                }
            }
        }
        let what = format!("ConfigMap aws-auth, {} principals", arns.len());
        let source = map_source(text, value);
        self.aws_auth = Observed::seen(arns, source.clone());
        self.mapped_roles = Observed::seen(mapped, source);
        what
    }

    pub(super) fn mapped<T: Clone>(&self, seen: &Observed<T>) -> Observed<T> {
        match seen {
            Observed::Skipped => self.failed("kubernetes:ConfigMaps", "").unwrap_or_default(),
            seen => seen.clone(),
        }
    }
}

/// The text within the text: it has no lines of its own in JSON.
fn map_source(text: Part<'_>, value: &Value) -> Source {
    let inner = |key: &str| value["data"][key].as_str().unwrap_or_default();
    let said = [inner("mapRoles"), inner("mapUsers")].join("\n");
    Source { text: said, line: 0, ..text.source() }
}

pub(super) fn put<T>(into: &mut Listing<T>, text: Part<'_>, name: &str, value: T) {
    let source = Source { text: shown::of(text.text), ..text.source() };
    into.add(name.to_owned(), Resource { value, source });
}

pub(super) fn time(value: &Value) -> Option<String> {
    value.as_str().and_then(stamp::of)
}

fn conditions(value: &Value) -> Vec<Condition> {
    let all = value["status"]["conditions"].as_array().into_iter().flatten();
    let read = |it: &Value| Condition {
        kind: string(it, "type"),
        status: string(it, "status"),
        reason: string(it, "reason"),
        message: string(it, "message"),
        since: time(&it["lastTransitionTime"]),
    };
    all.map(read).collect()
}

fn node_pool(value: &Value) -> NodePool {
    let class = &value["spec"]["template"]["spec"]["nodeClassRef"];
    NodePool {
        name: string(&value["metadata"], "name"),
        node_class: format!("{}/{}", string(class, "kind"), string(class, "name")),
        conditions: conditions(value),
    }
}

fn node_class(value: &Value) -> NodeClass {
    NodeClass {
        kind: string(value, "kind"),
        name: string(&value["metadata"], "name"),
        role: string(&value["spec"], "role"),
        conditions: conditions(value),
    }
}

fn node_claim(value: &Value) -> NodeClaim {
    let metadata = &value["metadata"];
    NodeClaim {
        name: string(metadata, "name"),
        node_pool: string(&metadata["labels"], "karpenter.sh/nodepool"),
        created: time(&metadata["creationTimestamp"]),
        provider_id: string(&value["status"], "providerID"),
        node_name: string(&value["status"], "nodeName"),
        conditions: conditions(value),
    }
}

/// Conditions that keep pods away while they are True.
const PRESSURES: [&str; 4] =
    ["DiskPressure", "MemoryPressure", "PIDPressure", "NetworkUnavailable"];

fn node(value: &Value) -> RegisteredNode {
    let (metadata, spec, status) = (&value["metadata"], &value["spec"], &value["status"]);
    let conditions = conditions(value);
    let ready = conditions.iter().find(|it| it.kind == "Ready");
    let pressed = |it: &&Condition| it.status == "True" && PRESSURES.contains(&&*it.kind);
    let taints = spec["taints"].as_array().into_iter().flatten();
    let taint = |it: &Value| Taint {
        key: string(it, "key"),
        value: string(it, "value"),
        effect: string(it, "effect"),
        since: time(&it["timeAdded"]),
    };
    RegisteredNode {
        name: string(metadata, "name"),
        provider_id: string(spec, "providerID"),
        ready: ready.map(|it| NodeCondition {
            status: it.status.clone(),
            reason: it.reason.clone(),
            message: it.message.clone(),
        }),
        max_pods: status["capacity"]["pods"].as_str().and_then(|it| it.parse().ok()),
        taints: taints.map(taint).collect(),
        cordoned: spec["unschedulable"].as_bool().unwrap_or_default(),
        kubelet_version: string(&status["nodeInfo"], "kubeletVersion"),
        created: time(&metadata["creationTimestamp"]),
        lease_renewed: None,
        pressures: conditions.iter().filter(pressed).map(|it| it.kind.clone()).collect(),
    }
}
