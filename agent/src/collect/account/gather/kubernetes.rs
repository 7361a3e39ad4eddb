//! What the cluster's own API says of who may join and who did, in the form in which `kubectl get`
//! prints it. All of it is optional.

use std::collections::BTreeSet;
use std::path::Path;

use kube::Client;
use reach::Net;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::document::text;
use super::{Answered, pages};
use crate::{kubernetes, output};

/// One kind of object: its file, where it is read, how kubectl asks for it, and how its list is
/// called.
struct Asked {
    file: &'static str,
    path: &'static str,
    kubectl: &'static str,
    action: &'static str,
}

const CONFIG_MAP: Asked = Asked {
    file: "aws-auth",
    path: "/api/v1/namespaces/kube-system/configmaps/aws-auth",
    kubectl: "kubectl get configmap -n kube-system aws-auth -o json",
    action: "kubernetes:ConfigMaps",
};

const LISTS: [Asked; 8] = [
    Asked {
        file: "nodes",
        path: "/api/v1/nodes",
        kubectl: "kubectl get nodes -o json",
        action: "kubernetes:Nodes",
    },
    Asked {
        file: "nodepools",
        path: "/apis/karpenter.sh/v1/nodepools",
        kubectl: "kubectl get nodepools -o json",
        action: "kubernetes:NodePools",
    },
    Asked {
        file: "nodeclaims",
        path: "/apis/karpenter.sh/v1/nodeclaims",
        kubectl: "kubectl get nodeclaims -o json",
        action: "kubernetes:NodeClaims",
    },
    Asked {
        file: "ec2nodeclasses",
        path: "/apis/karpenter.k8s.aws/v1/ec2nodeclasses",
        kubectl: "kubectl get ec2nodeclasses -o json",
        action: "kubernetes:EC2NodeClasses",
    },
    Asked {
        file: "nodeclasses",
        path: "/apis/eks.amazonaws.com/v1/nodeclasses",
        kubectl: "kubectl get nodeclasses.eks.amazonaws.com -o json",
        action: "kubernetes:NodeClasses",
    },
    Asked {
        file: "pods-pending",
        path: "/api/v1/pods?fieldSelector=status.phase%3DPending",
        kubectl: "kubectl get pods -A --field-selector status.phase=Pending -o json",
        action: "kubernetes:Pods",
    },
    Asked {
        file: "events-not-scaled",
        path: "/api/v1/events?fieldSelector=reason%3DNotTriggerScaleUp",
        kubectl: "kubectl get events -A --field-selector reason=NotTriggerScaleUp -o json",
        action: "kubernetes:Events",
    },
    Asked {
        file: "events-not-scheduled",
        path: "/api/v1/events?fieldSelector=reason%3DFailedScheduling%2Csource%21%3Ddefault-scheduler",
        kubectl: "kubectl get events -A --field-selector reason=FailedScheduling,source!=default-scheduler -o json",
        action: "kubernetes:Events",
    },
];

/// Of what there may be more than anybody reads, so many pages.
const FEW: usize = 4;

/// A Node has a list of all its images.
const PAGE: usize = 250;

const PAGES: usize = 100;

/// What was read of the cluster's API, and the instances that are Nodes of it.
#[derive(Default)]
pub(super) struct Objects {
    pub(super) answered: Vec<Answered>,
    /// Nobody knows them where Nodes may not be read.
    pub(super) joined: Option<BTreeSet<String>>,
}

/// A client for the cluster with this endpoint, where the kubeconfig is of that one.
pub(super) async fn client(
    net: &Net,
    kubeconfig: Option<&Path>,
    endpoint: &str,
    deadline: Instant,
) -> Option<Client> {
    let prepare = async {
        let config = kubernetes::config(kubeconfig).await?;
        let host =
            |it: &str| it.trim_start_matches("https://").trim_end_matches('/').to_lowercase();
        let theirs = config.cluster_url.to_string();
        if host(&theirs) != host(endpoint) {
            return Err(format!("it is of {theirs} and not of this cluster"));
        }
        kubernetes::client(net.clone(), config).await
    };
    let late = |_| Err("its credentials did not come in time".to_owned());
    match timeout_at(deadline, prepare).await.unwrap_or_else(late) {
        Ok(client) => Some(client),
        // Only somebody who named one waits for what it gives.
        Err(why) => {
            if let Some(path) = kubeconfig {
                output::talk(&format!("{} is not used: {why}", path.display()));
            }
            None
        }
    }
}

pub(super) async fn look(client: &Client, deadline: Instant) -> Objects {
    let lists = pages::together(LISTS.map(|it| list(client, it, deadline)));
    let (map, lists) = tokio::join!(object(client, CONFIG_MAP, deadline), lists);
    let joined = lists.first().and_then(Option::as_ref).and_then(|(_, items)| {
        let items = items.as_ref()?.iter();
        let id =
            |it: &Value| it["spec"]["providerID"].as_str()?.rsplit('/').next().map(str::to_owned);
        Some(items.filter_map(id).collect())
    });
    let lists = lists.into_iter().flatten().map(|(it, _)| it);
    Objects { answered: map.into_iter().chain(lists).collect(), joined }
}

async fn object(client: &Client, asked: Asked, deadline: Instant) -> Option<Answered> {
    let found = get(client, asked.path, deadline).await;
    let document = found.transpose()?.map(|mut it| {
        tidy(&mut it);
        it
    });
    Some(answered(&asked, document.map(|it| text(&it))))
}

/// None where the cluster knows no such kind.
async fn list(
    client: &Client,
    asked: Asked,
    deadline: Instant,
) -> Option<(Answered, Option<Vec<Value>>)> {
    let (mut items, mut token) = (Vec::new(), String::new());
    let (first, pages) = if asked.path.contains('?') { ('&', FEW) } else { ('?', PAGES) };
    for _ in 0..pages {
        let more = if token.is_empty() { String::new() } else { format!("&continue={token}") };
        let path = format!("{}{first}limit={PAGE}{more}", asked.path);
        let mut page = match get(client, &path, deadline).await.transpose()? {
            Ok(page) => page,
            Err(why) => return Some((answered(&asked, Err(why)), None)),
        };
        // Each one says what it is, as when kubectl prints it.
        let (version, kind) = (page["apiVersion"].take(), page["kind"].take());
        let kind = kind.as_str().unwrap_or_default().trim_end_matches("List").to_owned();
        for it in page["items"].as_array_mut().map(std::mem::take).unwrap_or_default() {
            let mut it = it;
            it["apiVersion"] = version.clone();
            it["kind"] = Value::from(&*kind);
            tidy(&mut it);
            items.push(it);
        }
        page["metadata"]["continue"].as_str().unwrap_or_default().clone_into(&mut token);
        if token.is_empty() {
            let kind = kind + "List";
            let document = json!({"apiVersion": version, "kind": kind, "items": items});
            return Some((answered(&asked, Ok(text(&document))), Some(items)));
        }
    }
    let why = format!("there are more than {pages} pages");
    Some((answered(&asked, Err(why)), None))
}

fn answered(asked: &Asked, text: Result<String, String>) -> Answered {
    let Asked { file, kubectl, action, .. } = asked;
    Answered { file: format!("{file}.json"), action, command: (*kubectl).to_owned(), text }
}

/// None for what is not there, be it the object or its kind.
async fn get(client: &Client, path: &str, deadline: Instant) -> Result<Option<Value>, String> {
    let request = http::Request::get(path).body(Vec::new()).map_err(|it| it.to_string())?;
    match timeout_at(deadline, client.request::<Value>(request)).await {
        Ok(Ok(found)) => Ok(Some(found)),
        Ok(Err(kube::Error::Api(status))) if status.code == 404 => Ok(None),
        Ok(Err(error)) => Err(output::chain(&error)),
        Err(_) => Err("no answer in time".to_owned()),
    }
}

/// What nobody reads and what is longer than all the rest, as kubectl leaves the first of them out.
fn tidy(object: &mut Value) {
    if let Some(it) = object["metadata"].as_object_mut() {
        it.remove("managedFields");
        if let Some(it) = it.get_mut("annotations").and_then(Value::as_object_mut) {
            it.remove("kubectl.kubernetes.io/last-applied-configuration");
        }
    }
    if let Some(it) = object.get_mut("status").and_then(Value::as_object_mut) {
        it.remove("images");
    }
    // Of a pod that waits only that counts; what it runs may hold secrets.
    if object["kind"] == "Pod" {
        let metadata = &object["metadata"];
        let of = |key: &str| metadata[key].clone();
        *object = json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": of("name"),
                "namespace": of("namespace"),
                "creationTimestamp": of("creationTimestamp"),
            },
            "status": {
                "phase": object["status"]["phase"],
                "conditions": object["status"]["conditions"],
            },
        });
    }
}
