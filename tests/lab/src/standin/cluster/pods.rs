//! Pods that somebody makes: kept as they came, and said to have run when they are asked for.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::status;
use crate::reply::Reply;
use crate::server::Asked;

/// Pods by namespace and name, and the uids of those that were deleted.
#[derive(Default)]
pub(crate) struct Pods(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    pods: BTreeMap<(String, String), Value>,
    deleted: Vec<String>,
}

impl Pods {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn was_deleted(&self, uid: &str) -> bool {
        self.kept().deleted.iter().any(|it| it == uid)
    }

    /// Those that nobody deleted, as they were posted.
    pub(crate) fn all(&self) -> Vec<Value> {
        self.kept().pods.values().cloned().collect()
    }
}

pub(super) fn answer(namespace: &str, rest: &[&str], asked: &Asked<'_>) -> Reply {
    let mut kept = asked.shared.pods.kept();
    match (asked.method, rest) {
        ("POST", []) => create(namespace, asked.body, &mut kept),
        ("GET", [name, "log"]) => {
            let found = kept.pods.contains_key(&key(namespace, name));
            if found { Reply::text(200, LOG) } else { absent(name) }
        }
        ("GET", [name]) => {
            let found = kept.pods.get(&key(namespace, name));
            found.map_or_else(|| absent(name), |pod| Reply::json(200, &ended(pod)))
        }
        ("DELETE", [name]) => match kept.pods.remove(&key(namespace, name)) {
            Some(pod) => {
                let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
                kept.deleted.push(uid.to_owned());
                Reply::json(200, &pod)
            }
            None => absent(name),
        },
        _ => status(405, "MethodNotAllowed", "the server does not allow this method"),
    }
}

/// What the container of every pod wrote.
const LOG: &str = "written by the pod\n";

fn key(namespace: &str, name: &str) -> (String, String) {
    (namespace.to_owned(), name.to_owned())
}

fn absent(name: &str) -> Reply {
    status(404, "NotFound", &format!("pods \"{name}\" not found"))
}

fn create(namespace: &str, body: &[u8], kept: &mut Kept) -> Reply {
    let Ok(mut pod) = serde_json::from_slice::<Value>(body) else {
        return status(400, "BadRequest", "the object provided is unrecognized");
    };
    let number = kept.pods.len() + kept.deleted.len();
    let metadata = &mut pod["metadata"];
    let name = match (metadata["name"].as_str(), metadata["generateName"].as_str()) {
        (Some(name), _) => name.to_owned(),
        (None, Some(prefix)) => format!("{prefix}{number:05}"),
        (None, None) => {
            return status(422, "Invalid", "Pod is invalid: metadata.name: Required value");
        }
    };
    if kept.pods.contains_key(&key(namespace, &name)) {
        return status(409, "AlreadyExists", &format!("pods \"{name}\" already exists"));
    }
    metadata["name"] = name.clone().into();
    metadata["namespace"] = namespace.into();
    metadata["uid"] = format!("c0ffee00-2222-4222-8333-{number:012}").into();
    pod["status"] = json!({"phase": "Pending"});
    kept.pods.insert(key(namespace, &name), pod.clone());
    Reply::json(201, &pod)
}

fn ended(pod: &Value) -> Value {
    let mut pod = pod.clone();
    let name = pod["spec"]["containers"][0]["name"].clone();
    let state = json!({"terminated": {"exitCode": 0, "reason": "Completed", "message": "{}"}});
    let image = pod["spec"]["containers"][0]["image"].clone();
    pod["status"] = json!({
        "phase": "Succeeded",
        "containerStatuses": [{
            "name": name, "image": image, "imageID": "", "ready": false, "restartCount": 0,
            "state": state,
        }],
    });
    pod
}
