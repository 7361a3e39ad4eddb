//! `why node/NAME` against an API server that has one node.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::args::Form;
use crate::testing::{ApiServer, Said, status};

const NAME: &str = "ip-10-0-1-10.us-west-2.compute.internal";

fn node(ready: &str) -> Value {
    json!({
        "metadata": {"name": NAME, "creationTimestamp": "2026-03-01T09:12:00Z",
            "labels": {"eks.amazonaws.com/nodegroup": "workers"}},
        "spec": {"providerID": "aws:///us-west-2a/i-0aaa"},
        "status": {"conditions": [{"type": "Ready", "status": ready, "reason": "KubeletReady",
            "message": "kubelet is posting ready status",
            "lastTransitionTime": "2026-03-01T09:13:00Z"}]},
    })
}

fn events() -> Value {
    let event = |at: &str, reason: &str| {
        json!({"metadata": {}, "involvedObject": {"kind": "Node"}, "reason": reason,
            "message": "said", "lastTimestamp": at})
    };
    let all = [
        event("2026-03-01T09:30:00Z", "NodeNotReady"),
        event("2026-03-01T09:12:30Z", "InvalidDiskCapacity"),
    ];
    json!({"metadata": {}, "items": all})
}

async fn server(ready: &'static str) -> ApiServer {
    ApiServer::start(move |(what, _)| {
        let path = what.strip_prefix("GET ").unwrap_or_default();
        match path {
            _ if path == format!("/api/v1/nodes/{NAME}") => Said::Answer(200, node(ready)),
            "/api/v1/namespaces/default/events" => Said::Answer(200, events()),
            "/api/v1/namespaces/eks-triage/pods" => {
                Said::Answer(200, json!({"metadata": {}, "items": []}))
            }
            _ if path.contains("/leases/") => Said::Answer(
                200,
                json!({"metadata": {}, "spec": {"renewTime": "2026-03-01T09:59:55.000000Z"}}),
            ),
            _ => status(403, "forbidden"),
        }
    })
    .await
}

fn args(server: &ApiServer) -> Why {
    Why {
        target: format!("node/{NAME}").parse().unwrap(),
        namespace: String::new(),
        container: None,
        cluster: None,
        region: None,
        image: String::new(),
        timeout: Duration::from_secs(30),
        no_probe: false,
        kubeconfig: Some(server.kubeconfig()),
        form: Form::default(),
    }
}

async fn facts(args: &Why) -> Result<Facts, String> {
    let net = Net::new(reach::Options::default()).unwrap();
    super::super::why(args, &net, std::future::pending()).await
}

#[tokio::test]
async fn a_node_is_its_object_its_lease_and_its_events() {
    let server = server("False").await;
    let facts = facts(&args(&server)).await.unwrap();
    assert_eq!((&*facts.subject.kind, &*facts.subject.name), ("node", NAME));
    let Some(NodeObject::Registered(it)) = facts.cluster.node.value() else { panic!("no node") };
    assert_eq!(it.provider_id, "aws:///us-west-2a/i-0aaa");
    assert_eq!(it.lease_renewed.as_deref(), Some("2026-03-01T09:59:55Z"));
    let said: Vec<&str> = facts.lines.iter().map(|it| &*it.text).collect();
    assert_eq!(said, ["InvalidDiskCapacity: said", "NodeNotReady: said"]);
    assert_eq!(facts.lines[0].place, format!("events of node {NAME}"));
    let asked = server.asked();
    assert!(asked.iter().all(|(what, _)| what.starts_with("GET ")), "only read: {asked:?}");
}

#[tokio::test]
async fn what_a_ready_node_has_overcome_is_no_news() {
    let server = server("True").await;
    let facts = facts(&args(&server)).await.unwrap();
    let said: Vec<&str> = facts.lines.iter().map(|it| &*it.text).collect();
    assert_eq!(said, ["NodeNotReady: said"]);
}

#[tokio::test]
async fn a_node_that_is_not_there_leads_to_the_account() {
    let server = ApiServer::start(|_| {
        Said::Answer(
            404,
            json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                "reason": "NotFound", "code": 404, "message": "nodes not found"}),
        )
    })
    .await;
    let why = facts(&args(&server)).await.unwrap_err();
    assert!(why.contains("there is no node ip-10-0-1-10"), "{why}");
    assert!(why.contains("`eks-triage cluster NAME`"), "{why}");
    let named =
        Why { cluster: Some("prod".into()), region: Some("us-west-2".into()), ..args(&server) };
    let why = facts(&named).await.unwrap_err();
    assert!(why.contains("`eks-triage cluster prod --region us-west-2`"), "{why}");
}

#[tokio::test]
async fn who_may_not_read_nodes_is_told_so() {
    let server = ApiServer::start(|_| status(403, "nodes is forbidden")).await;
    let why = facts(&args(&server)).await.unwrap_err();
    assert!(why.contains("was not read") && why.contains("forbidden"), "{why}");
}

#[cfg(feature = "account")]
mod with_the_account {
    use std::fs;

    use diagnosis::document::account::Answers;
    use diagnosis::facts::Observed;
    use diagnosis::report::{Outcome, State};

    use super::*;
    use crate::command::why::node::account::joined;

    fn answers(change: impl Fn(&str, String) -> String) -> Answers {
        let mut answers = Answers::default();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/account/healthy");
        for file in fs::read_dir(folder).unwrap() {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            let text = change(&name, fs::read_to_string(file.path()).unwrap());
            answers.take(&name, &text).unwrap();
        }
        answers
    }

    #[tokio::test]
    async fn its_group_is_that_of_its_instance() {
        let server = server("True").await;
        let mut facts = facts(&args(&server)).await.unwrap();
        // The recording's day is over: neither its events nor its Lease are of this one.
        facts.lines.clear();
        if let Observed::Seen { value: NodeObject::Registered(it), .. } = &mut facts.cluster.node {
            it.lease_renewed = None;
        }
        let answers = answers(|_, text| text);
        // Whatever its labels say.
        let facts = joined(&answers, Some("system"), facts);
        assert_eq!(facts.seen_on, "i-0aaa");
        assert!(facts.account.group.nodegroup.value().is_some());
        let report = diagnosis::judge(&facts);
        assert_eq!((&*report.subject.kind, &*report.subject.name), ("node", NAME));
        let chain = report.chains.iter().find(|it| it.id == "node-join").unwrap();
        let link = |id: &str| chain.links.iter().find(|it| it.id == id).map(|it| it.state);
        assert_eq!(link("path-to-cluster"), Some(State::Intact), "the account's links are there");
        assert_eq!(link("node-ready"), Some(State::Intact), "and those of the cluster");
        assert_eq!(report.outcome, Outcome::Healthy, "{}", report.title);
    }

    #[tokio::test]
    async fn an_instance_that_nobody_knows_is_of_the_group_that_its_label_names() {
        let server = server("True").await;
        let facts = facts(&args(&server)).await.unwrap();
        let answers = answers(|_, text| text.replace("i-0aaa", "i-0ddd"));
        let found = joined(&answers, Some("workers"), facts.clone());
        assert!(found.account.group.nodegroup.value().is_some());
        assert_eq!(found.seen_on, "");
        let none = joined(&answers, Some("other"), facts);
        assert!(none.account.group.nodegroup.value().is_none());
    }
}
