//! The cluster's API server as this node reaches it, and this node's own object there.

use std::time::Duration;

use diagnosis::facts::{
    Kubeconfig, NodeCondition, NodeObject, Observed, Reach, RegisteredNode, Source, Taint,
};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Node;
use kube::core::response::reason;
use kube::{Api, Client, Config};
use reach::{Net, Request, Trust};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use self::access::{Access, Server};
use super::Options;
use super::ask::{self, Found, Missed, observed};
use crate::kubernetes;

mod access;
mod kubeconfig;

/// A managed API server answers in well under a second; this leaves it a slow day.
const LIMIT: Duration = Duration::from_secs(10);

const PLACE: &str = "the cluster's API server";

const PRESSURES: [&str; 4] =
    ["DiskPressure", "MemoryPressure", "PIDPressure", "NetworkUnavailable"];

/// Where kubelets keep their Leases.
const LEASES: &str = "kube-node-lease";

pub(super) struct ClusterApi {
    pub(super) endpoint: Observed<Reach>,
    pub(super) node: Observed<NodeObject>,
    pub(super) kubeconfig: Observed<Kubeconfig>,
    /// Of the API server; only with the kubelet's own kubeconfig.
    pub(super) version: Observed<String>,
}

/// Which cluster this node was given, for whoever asks in the node's own name.
#[derive(Clone)]
pub(super) struct Target {
    /// Without a slash at its end, and whom to trust there.
    pub(super) server: Result<(String, Trust), String>,
    pub(super) cluster: Option<String>,
    pub(super) region: Option<String>,
}

impl Default for Target {
    fn default() -> Self {
        let server = Err("the cluster's endpoint is not known".to_owned());
        Self { server, cluster: None, region: None }
    }
}

/// `target` is told as soon as the kubeconfig has been read. `name` comes as soon as it is known under which name this node should be registered.
pub(super) async fn look(
    net: &Net,
    options: &Options,
    name: impl Future<Output = Result<String, String>>,
    target: watch::Sender<Option<Target>>,
    deadline: Instant,
) -> ClusterApi {
    let deadline = ask::within(LIMIT, deadline);
    let Access { server, config, kubeconfig } = access::load(options, deadline).await;
    let given = kubeconfig.value();
    target.send_replace(Some(Target {
        server: server.clone().map(|it| (it.url, it.trust)),
        cluster: given.and_then(|it| it.cluster.clone()),
        region: given.and_then(|it| it.region.clone()),
    }));
    let mut version = Observed::Skipped;
    let told = given.is_some().then_some(&mut version);
    let node = async {
        let missed = |why: String| Missed::new(PLACE, why);
        let config = config.map_err(missed)?;
        node(net, config, &name.await.map_err(missed)?, told, deadline).await
    };
    let (endpoint, node) = tokio::join!(endpoint(net, server, deadline), node);
    ClusterApi { endpoint, node: observed(node), kubeconfig, version }
}

/// Without credentials: 200, 401 and 403 all come from the right server.
async fn endpoint(net: &Net, server: Result<Server, String>, deadline: Instant) -> Observed<Reach> {
    let Server { url, trust, remark } = match server {
        Ok(server) => server,
        Err(why) => return observed(Err(Missed::new(PLACE, why))),
    };
    let place = format!("GET {url}/livez{remark}");
    let request = Request::get(&format!("{url}/livez")).map(|it| it.trust(trust));
    ask::reach(net, &place, request, deadline).await
}

/// Credentials may come from a program that never ends, which is then left behind.
/// With the kubelet's own kubeconfig its Lease may be read, too, and the `version` is told.
async fn node(
    net: &Net,
    config: Config,
    name: &str,
    version: Option<&mut Observed<String>>,
    deadline: Instant,
) -> Found<NodeObject> {
    let url = config.cluster_url.to_string();
    let place = format!("GET {}/api/v1/nodes/{name}", url.trim_end_matches('/'));
    if !is_object_name(name) {
        return Err(Missed::new(&place, format!("`{name}` cannot be the name of a Node")));
    }
    let client = timeout_at(deadline, kubernetes::client(net.clone(), config)).await;
    let client = client
        .unwrap_or_else(|_| Err("the credentials did not come in time".to_owned()))
        .map_err(|why| Missed::new(&place, why))?;
    let beside = async {
        let version = version?;
        let leases = Api::<Lease>::namespaced(client.clone(), LEASES);
        let (lease, told) = tokio::join!(
            timeout_at(deadline, leases.get(name)),
            timeout_at(deadline, client.apiserver_version()),
        );
        let place = format!("GET {}/version", url.trim_end_matches('/'));
        *version = observed(match told {
            Ok(Ok(it)) => {
                let source = Source::new(place, reach::now(), &*it.git_version);
                Ok((it.git_version, source))
            }
            Ok(Err(error)) => Err(Missed::new(&place, crate::output::chain(&error))),
            Err(_) => Err(Missed::new(&place, "no answer in time")),
        });
        lease.ok().and_then(Result::ok)
    };
    let nodes = Api::<Node>::all(client.clone());
    let (answer, lease) = tokio::join!(timeout_at(deadline, nodes.get(name)), beside);
    match answer {
        Ok(answer) => read(&place, answer, lease),
        Err(_) => Err(Missed::new(&place, "no answer in time")),
    }
}

/// For who has a client already.
pub(super) async fn node_object(
    client: Client,
    name: &str,
    deadline: Instant,
) -> Observed<NodeObject> {
    let place = format!("kubectl get node {name}");
    let answer = timeout_at(deadline, Api::<Node>::all(client).get(name)).await;
    observed(match answer {
        Ok(answer) => read(&place, answer, None),
        Err(_) => Err(Missed::new(&place, "no answer in time")),
    })
}

fn read(place: &str, answer: Result<Node, kube::Error>, lease: Option<Lease>) -> Found<NodeObject> {
    let status = match answer {
        Ok(node) => {
            let renewed = lease.and_then(|it| it.spec?.renew_time);
            let node = RegisteredNode {
                lease_renewed: renewed.map(|it| kubernetes::micro_time(&it)),
                ..registered(node)
            };
            let source = Source::new(place, reach::now(), text(&node));
            return Ok((NodeObject::Registered(Box::new(node)), source));
        }
        Err(kube::Error::Api(status)) => status,
        Err(error) => return Err(Missed::new(place, crate::output::chain(&error))),
    };
    if !reason::is_known(&status.reason) {
        let why = format!("HTTP {}, but not in the words of an API server", status.code);
        return Err(Missed::new(place, why));
    }
    let text = format!("{} {}: {}", status.code, status.reason, status.message);
    if status.code == 404 && status.reason == reason::NOT_FOUND {
        return Ok((NodeObject::Absent, Source::new(place, reach::now(), text)));
    }
    Err(Missed::new(place, text))
}

pub(crate) fn registered(node: Node) -> RegisteredNode {
    let (status, spec) = (node.status.unwrap_or_default(), node.spec.unwrap_or_default());
    let conditions = status.conditions.unwrap_or_default();
    let pressed = conditions.iter().filter(|it| it.type_ != "Ready" && it.status == "True");
    let pressures = pressed.map(|it| it.type_.clone()).filter(|it| PRESSURES.contains(&&**it));
    let pressures = pressures.collect();
    let ready = conditions.into_iter().find(|it| it.type_ == "Ready");
    let pods = status.capacity.as_ref().and_then(|it| it.get("pods"));
    RegisteredNode {
        name: node.metadata.name.unwrap_or_default(),
        provider_id: spec.provider_id.unwrap_or_default(),
        taints: spec.taints.unwrap_or_default().into_iter().map(taint).collect(),
        cordoned: spec.unschedulable.unwrap_or_default(),
        kubelet_version: status.node_info.map(|it| it.kubelet_version).unwrap_or_default(),
        created: node.metadata.creation_timestamp.as_ref().map(kubernetes::time),
        pressures,
        ready: ready.map(|it| NodeCondition {
            status: it.status,
            reason: it.reason.unwrap_or_default(),
            message: it.message.unwrap_or_default(),
        }),
        max_pods: pods.and_then(|it| it.0.parse().ok()),
        lease_renewed: None,
    }
}

fn taint(it: k8s_openapi::api::core::v1::Taint) -> Taint {
    Taint {
        key: it.key,
        value: it.value.unwrap_or_default(),
        effect: it.effect,
        since: it.time_added.as_ref().map(kubernetes::time),
    }
}

pub(crate) fn text(node: &RegisteredNode) -> String {
    let mut lines = vec![format!("name: {}", node.name)];
    if !node.provider_id.is_empty() {
        lines.push(format!("providerID: {}", node.provider_id));
    }
    if let Some(NodeCondition { status, reason, message }) = &node.ready {
        let message = message.replace('\n', " ");
        lines.push(format!("Ready: {status}, reason: {reason}, message: {message}"));
    }
    if let Some(pods) = node.max_pods {
        lines.push(format!("pods: {pods}"));
    }
    for Taint { key, value, effect, since } in &node.taints {
        let value = if value.is_empty() { String::new() } else { format!("={value}") };
        let since = since.as_ref().map(|it| format!(" since {it}")).unwrap_or_default();
        lines.push(format!("taint: {key}{value}:{effect}{since}"));
    }
    if node.cordoned {
        lines.push("unschedulable: true".to_owned());
    }
    lines.extend(node.pressures.iter().map(|it| format!("{it}: True")));
    if let Some(renewed) = &node.lease_renewed {
        lines.push(format!("Lease renewTime: {renewed}"));
    }
    lines.join("\n")
}

/// It becomes part of a path.
fn is_object_name(name: &str) -> bool {
    let allowed =
        |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-' || it == b'.';
    (1..=253).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: u16, reason: &str) -> Result<Node, kube::Error> {
        let status = kube::core::Status::failure("no", reason).with_code(code);
        Err(kube::Error::Api(status.boxed()))
    }

    #[test]
    fn a_node_is_read_with_what_the_links_quote() {
        let node = r#"{"kind":"Node","metadata":{"name":"ip-10-0-1-10"},
            "spec":{"providerID":"aws:///us-west-2a/i-0abc"},
            "status":{"capacity":{"pods":"29","cpu":"2"},"conditions":[
                {"type":"DiskPressure","status":"False"},
                {"type":"Ready","status":"False","reason":"KubeletNotReady","message":"a\nb"}]}}"#;
        let node = serde_json::from_str(node).unwrap();
        let Ok((NodeObject::Registered(node), source)) = read("GET x", Ok(node), None) else {
            panic!("not read");
        };
        assert_eq!(node.max_pods, Some(29));
        let lines: Vec<_> = source.text.lines().collect();
        assert_eq!(lines[1], "providerID: aws:///us-west-2a/i-0abc");
        assert_eq!(lines[2], "Ready: False, reason: KubeletNotReady, message: a b");
    }

    #[test]
    fn only_the_api_server_s_own_404_means_that_there_is_no_such_node() {
        let Ok((NodeObject::Absent, source)) = read("GET x", refused(404, "NotFound"), None) else {
            panic!("not absent");
        };
        assert_eq!(source.text, "404 NotFound: no");
        let Err(missed) = read("GET x", refused(404, "<html>"), None) else { panic!("absent") };
        assert!(!missed.why.contains("html"), "{}", missed.why);
    }

    #[test]
    fn a_refusal_is_no_observation_of_the_object() {
        let Err(missed) = read("GET x", refused(403, "Forbidden"), None) else { panic!("seen") };
        assert_eq!(missed.why, "403 Forbidden: no");
    }

    #[test]
    fn a_name_cannot_leave_its_path() {
        assert!(is_object_name("ip-10-0-1-10.us-west-2.compute.internal"));
        for bad in ["", "..", "a/b", "a?b", "Node", "a b"] {
            assert!(!is_object_name(bad), "{bad}");
        }
    }
}
