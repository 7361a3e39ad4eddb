//! The Kubernetes API server: as much of it as a node's agent asks.
//!
//! Source: <https://kubernetes.io/docs/reference/kubernetes-api/>, and for what a TokenReview says
//! `staging/src/k8s.io/apiserver/pkg/authentication` in kubernetes/kubernetes, v1.34.

use serde_json::{Value, json};

use super::rfc3339;
use crate::config::{Mapping, NodeObject};
use crate::reply::Reply;
use crate::server::Asked;
use crate::{canary, token, world};

mod events;
mod iam;
mod pods;

pub(crate) use events::Events;
pub(crate) use pods::Pods;

/// Where kubelets keep their Leases.
const LEASES: &str = "kube-node-lease";

/// What the API server takes a token to be meant for when a review names no audience.
const OWN_AUDIENCE: &str = "https://kubernetes.default.svc";

pub(super) fn answer(asked: &Asked<'_>) -> Reply {
    match asked.path {
        // Everybody may ask these.
        "/livez" | "/readyz" | "/healthz" => return Reply::text(200, "ok"),
        "/version" => {
            let version = json!({"major": "1", "minor": "34", "gitVersion": "v1.34.4-eks-0000000"});
            return Reply::json(200, &version);
        }
        _ => {}
    }
    let presented = asked.header("authorization").and_then(|it| it.strip_prefix("Bearer "));
    if let Some(token) = presented.filter(|it| it.starts_with(iam::PREFIX)) {
        return iam::answer(token, asked);
    }
    // It stands for one that was made like the other.
    let other = asked.config.given_cluster != world::CLUSTER_NAME
        || asked.config.mapping == Mapping::Unmapped
        || asked.config.clock_offset.abs() > 900;
    if presented != Some(canary::KUBE_TOKEN) || other {
        return status(401, "Unauthorized", "Unauthorized");
    }
    let parts: Vec<_> = asked.path.trim_start_matches('/').split('/').collect();
    match (asked.method, &parts[..]) {
        ("GET", ["api", "v1", "nodes", name]) => node(name, asked),
        ("POST", ["apis", "authentication.k8s.io", "v1", "tokenreviews"]) => review(asked),
        ("GET", ["apis", "coordination.k8s.io", "v1", "namespaces", LEASES, "leases", name]) => {
            lease(name, asked)
        }
        ("GET", ["api", "v1", "namespaces", namespace, "serviceaccounts", name]) => {
            service_account(namespace, name, asked)
        }
        ("POST", ["api", "v1", "namespaces", namespace, "events"]) => {
            events::create(namespace, asked)
        }
        ("GET", ["api", "v1", "namespaces", _, "events"]) => Reply::json(
            200,
            &json!({"kind": "EventList", "apiVersion": "v1", "metadata": {}, "items": []}),
        ),
        (_, ["api", "v1", "namespaces", namespace, "pods", rest @ ..]) => {
            pods::answer(namespace, rest, asked)
        }
        _ => status(403, "Forbidden", "forbidden: not one of the rules that the agent was given"),
    }
}

fn status(code: u16, reason: &str, message: &str) -> Reply {
    Reply::json(
        code,
        &json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": message, "reason": reason, "code": code,
        }),
    )
}

fn node(name: &str, asked: &Asked<'_>) -> Reply {
    let instance = match asked.config.node {
        NodeObject::OfAnotherInstance => "i-0fffffffffffffff0",
        _ => world::INSTANCE_ID,
    };
    let (ready, reason, message) = match asked.config.node {
        NodeObject::CniNotReady => (
            "False",
            "KubeletNotReady",
            "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized",
        ),
        NodeObject::NotReady => ("False", "KubeletNotReady", "node is not ready"),
        NodeObject::RuntimeDown => ("False", "KubeletNotReady", "[container runtime is down]"),
        NodeObject::PlegUnhealthy => (
            "False",
            "KubeletNotReady",
            "PLEG is not healthy: pleg was last seen active 3m5s ago; threshold is 3m0s",
        ),
        NodeObject::Unknown => {
            ("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
        }
        _ => ("True", "KubeletReady", "kubelet is posting ready status"),
    };
    if name != world::NODE || asked.config.node == NodeObject::Absent {
        return status(404, "NotFound", &format!("nodes \"{name}\" not found"));
    }
    let at = rfc3339(asked.now() - 5);
    let mut conditions = vec![
        json!({"type": "MemoryPressure", "status": "False", "lastHeartbeatTime": at,
               "lastTransitionTime": at, "reason": "KubeletHasSufficientMemory",
               "message": "kubelet has sufficient memory available"}),
        json!({"type": "Ready", "status": ready, "lastHeartbeatTime": at,
               "lastTransitionTime": at, "reason": reason, "message": message}),
    ];
    let pressed = |it: &&'static str| json!({"type": it, "status": "True", "reason": "Lab"});
    conditions.extend(asked.config.pressures.iter().map(pressed));
    let taint = |it: &&'static str| json!({"key": it, "effect": "NoSchedule"});
    let taints: Vec<_> = asked.config.taints.iter().map(taint).collect();
    Reply::json(
        200,
        &json!({
            "kind": "Node", "apiVersion": "v1",
            "metadata": {
                "name": name, "uid": world::NODE_UID,
                "creationTimestamp": rfc3339(asked.now() - 3600),
            },
            "spec": {
                "providerID": format!("aws:///{}/{instance}", world::ZONE),
                "taints": taints, "unschedulable": asked.config.cordoned,
            },
            "status": {
                "capacity": {"pods": "29"}, "allocatable": {"pods": "29"},
                "conditions": conditions,
            },
        }),
    )
}

/// Of the node's own name only, as the Node authorizer has it.
fn lease(name: &str, asked: &Asked<'_>) -> Reply {
    if name != world::NODE || asked.config.node == NodeObject::Absent {
        return status(404, "NotFound", &format!("leases \"{name}\" not found"));
    }
    let renewed = rfc3339(token::now() - asked.config.lease_age).replace('Z', ".000000Z");
    Reply::json(
        200,
        &json!({
            "kind": "Lease", "apiVersion": "coordination.k8s.io/v1",
            "metadata": {"name": name, "namespace": "kube-node-lease"},
            "spec": {
                "holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": renewed,
            },
        }),
    )
}

/// Annotated with what was injected into its workload.
fn service_account(namespace: &str, name: &str, asked: &Asked<'_>) -> Reply {
    if (namespace, name) != (world::NAMESPACE, world::SERVICE_ACCOUNT) {
        return status(404, "NotFound", &format!("serviceaccounts \"{name}\" not found"));
    }
    let mut metadata = json!({
        "name": name, "namespace": namespace, "uid": world::SERVICE_ACCOUNT_UID,
    });
    if let Some(role) = &asked.config.workload.role_arn {
        metadata["annotations"] = json!({"eks.amazonaws.com/role-arn": role});
    }
    let account = json!({"kind": "ServiceAccount", "apiVersion": "v1", "metadata": metadata});
    Reply::json(200, &account)
}

/// A review is answered with 201 whatever it finds.
fn review(asked: &Asked<'_>) -> Reply {
    let Ok(mut review) = serde_json::from_slice::<Value>(asked.body) else {
        return status(400, "BadRequest", "the object provided is unrecognized");
    };
    let spec = &review["spec"];
    let wanted: Vec<_> = match spec["audiences"].as_array() {
        Some(named) => named.iter().filter_map(Value::as_str).collect(),
        None => vec![OWN_AUDIENCE],
    };
    let answered = match authenticate(spec["token"].as_str().unwrap_or_default(), &wanted, asked) {
        Ok(user) => user,
        Err(error) => json!({"user": {}, "error": error}),
    };
    review["spec"]["token"] = "".into();
    review["status"] = answered;
    Reply::json(201, &review)
}

fn authenticate(token: &str, wanted: &[&str], asked: &Asked<'_>) -> Result<Value, String> {
    let invalid = |why: &str| format!("[invalid bearer token, {why}]");
    let claims = asked.shared.mint.verify(token);
    let claims = claims.ok_or_else(|| invalid("failed to validate token signature"))?;
    let time = |name: &str| claims[name].as_i64().unwrap_or_default();
    if time("exp") <= asked.now() || time("nbf") > asked.now() {
        return Err(invalid("service account token has expired"));
    }
    let all = token::audiences(&claims);
    let shared: Vec<_> = all.iter().filter(|it| wanted.contains(it)).collect();
    if shared.is_empty() {
        let why = format!("token audiences {all:?} is invalid for the target audiences {wanted:?}");
        return Err(invalid(&why));
    }
    let bound = &claims["kubernetes.io"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let uid = text(&bound["pod"]["uid"]);
    if asked.config.deleted_pods.contains(&uid) || asked.shared.pods.was_deleted(&uid) {
        return Err(invalid("service account token has been invalidated"));
    }
    let namespace = text(&bound["namespace"]);
    Ok(json!({
        "authenticated": true, "audiences": shared,
        "user": {
            "username": text(&claims["sub"]), "uid": text(&bound["serviceaccount"]["uid"]),
            "groups": [
                "system:serviceaccounts", format!("system:serviceaccounts:{namespace}"),
                "system:authenticated",
            ],
            "extra": {
                "authentication.kubernetes.io/credential-id":
                    [format!("JTI={}", text(&claims["jti"]))],
                "authentication.kubernetes.io/node-name": [text(&bound["node"]["name"])],
                "authentication.kubernetes.io/node-uid": [text(&bound["node"]["uid"])],
                "authentication.kubernetes.io/pod-name": [text(&bound["pod"]["name"])],
                "authentication.kubernetes.io/pod-uid": [uid],
            },
        },
    }))
}
