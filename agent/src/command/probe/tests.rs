//! `probe` against an API server that plays one fate of a pod.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::testing::{ApiServer, Asked, Said, status};

const PODS: &str = "/api/v1/namespaces/prod/pods";
const ACCOUNT: &str = "GET /api/v1/namespaces/prod/serviceaccounts/api";

/// An API server with the ServiceAccount, on which every pod has this status; asked often enough,
/// the next one.
async fn cluster(statuses: Vec<Value>) -> ApiServer {
    let polls = AtomicUsize::new(0);
    ApiServer::start(move |asked| {
        let (what, body) = asked;
        match what.split_once(' ').unwrap() {
            _ if what == ACCOUNT => account(),
            ("POST", PODS) => Said::Answer(201, body.clone()),
            ("GET", path) if path.ends_with("/log") => {
                Said::Answer(200, "IAM   the verdict\u{1b}[2J\n".into())
            }
            ("GET", path) if path.starts_with(PODS) => {
                let index = polls.fetch_add(1, Ordering::Relaxed).min(statuses.len() - 1);
                Said::Answer(200, json!({"metadata": {}, "status": statuses[index]}))
            }
            ("GET", path) if path.ends_with("/events") => events(),
            ("DELETE", path) if path.starts_with(PODS) => {
                Said::Answer(200, json!({"metadata": {}}))
            }
            _ => status(404, "the server could not find the requested resource"),
        }
    })
    .await
}

fn account() -> Said {
    Said::Answer(
        200,
        json!({"metadata": {"name": "api", "annotations": {
        "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/api"}}}),
    )
}

fn events() -> Said {
    let event = |kind: &str, message: &str| {
        json!({"metadata": {}, "involvedObject": {},
        "type": kind, "reason": "FailedCreatePodSandBox", "message": message})
    };
    Said::Answer(
        200,
        json!({"metadata": {}, "items": [
        event("Normal", "assigned"), event("Warning", "failed to assign an IP address to container")]}),
    )
}

fn ended(code: i32) -> Value {
    container(
        &json!({"terminated": {"exitCode": code, "reason": "Error", "message": "{\"outcome\":1}"}}),
    )
}

fn container(state: &Value) -> Value {
    json!({"phase": "Pending", "containerStatuses": [{"name": "probe", "image": "", "imageID": "",
        "ready": false, "restartCount": 0, "state": state}]})
}

fn args(server: &ApiServer) -> Probe {
    Probe {
        namespace: "prod".to_owned(),
        serviceaccount: "api".to_owned(),
        image: "probe:1".to_owned(),
        node: None,
        timeout: Duration::from_secs(30),
        kubeconfig: Some(server.kubeconfig()),
        output: Relayed::Text,
    }
}

async fn run_with(args: Probe, stop: impl Future<Output = ()>) -> Result<Exit, String> {
    let net = Net::new(reach::Options::default()).unwrap();
    probe(args, net, stop).await
}

async fn run(args: Probe) -> Result<Exit, String> {
    run_with(args, std::future::pending()).await
}

/// The pod was removed, under the name under which it was created.
fn assert_removed(asked: &[Asked]) {
    let created = asked.iter().find(|(what, _)| what.starts_with("POST")).expect("no pod was made");
    let name = created.1["metadata"]["name"].as_str().unwrap();
    let delete = format!("DELETE {PODS}/{name}");
    assert!(asked.iter().any(|(what, _)| *what == delete), "{delete} is not in {asked:?}");
}

#[tokio::test]
async fn its_exit_code_is_the_probe_s() {
    for (code, exit) in [(0, Exit::Healthy), (3, Exit::Decided), (4, Exit::Undecided)] {
        let creating = container(&json!({"waiting": {"reason": "ContainerCreating"}}));
        let server = cluster(vec![creating, ended(code)]).await;
        assert_eq!(run(args(&server)).await, Ok(exit));
        assert_removed(&server.asked());
    }
}

#[tokio::test]
async fn an_end_that_is_no_verdict_could_not_run() {
    for code in [1, 2, 137, -1] {
        let server = cluster(vec![ended(code)]).await;
        let why = run(args(&server)).await.unwrap_err();
        assert!(why.contains(&format!("ended with {code} (Error)")), "{why}");
        assert_removed(&server.asked());
    }
}

#[tokio::test]
async fn json_is_the_termination_message_and_needs_no_log() {
    let server = cluster(vec![ended(3)]).await;
    let exit = run(Probe { output: Relayed::Json, ..args(&server) }).await;
    assert_eq!(exit, Ok(Exit::Decided));
    assert!(server.asked().iter().all(|(what, _)| !what.ends_with("/log")));
}

#[tokio::test]
async fn a_pull_that_fails_is_told_in_the_registry_s_words() {
    let failed = json!({"waiting": {"reason": "ErrImagePull", "message": "403 Forbidden"}});
    let again = json!({"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling"}});
    let server = cluster(vec![container(&failed), container(&again)]).await;
    let why = run(args(&server)).await.unwrap_err();
    assert!(why.contains("ImagePullBackOff: Back-off pulling"), "{why}");
    assert!(why.contains("ErrImagePull: 403 Forbidden"), "{why}");
    assert_removed(&server.asked());
}

#[tokio::test]
async fn a_pod_that_never_starts_is_told_with_its_events_and_removed() {
    let creating = container(&json!({"waiting": {"reason": "ContainerCreating"}}));
    let server = cluster(vec![creating]).await;
    let soon = Duration::from_millis(1200);
    let why = run(Probe { timeout: soon, ..args(&server) }).await.unwrap_err();
    assert!(why.contains("ContainerCreating"), "{why}");
    assert!(why.contains("failed to assign an IP address") && !why.contains("assigned"), "{why}");
    assert_removed(&server.asked());
}

#[tokio::test]
async fn an_interruption_removes_the_pod() {
    let server = cluster(vec![container(&json!({"running": {}}))]).await;
    let stop = tokio::time::sleep(Duration::from_millis(700));
    assert_eq!(run_with(args(&server), stop).await, Err("interrupted".to_owned()));
    assert_removed(&server.asked());
}

#[tokio::test]
async fn a_creation_without_an_answer_removes_what_may_have_come_of_it() {
    let server = ApiServer::start(|(what, _)| match what.split(' ').next().unwrap() {
        "GET" => account(),
        "DELETE" => Said::Answer(200, json!({"metadata": {}})),
        _ => Said::Nothing,
    })
    .await;
    let stop = tokio::time::sleep(Duration::from_millis(700));
    assert_eq!(run_with(args(&server), stop).await, Err("interrupted".to_owned()));
    assert_removed(&server.asked());
}

#[tokio::test]
async fn a_missing_service_account_starts_nothing() {
    let server = ApiServer::start(|_| status(404, "serviceaccounts \"api\" not found")).await;
    let why = run(args(&server)).await.unwrap_err();
    assert!(why.contains("there is no ServiceAccount prod/api"), "{why}");
    assert!(server.asked().iter().all(|(what, _)| what.starts_with("GET")));
}

#[tokio::test]
async fn whoever_may_not_read_service_accounts_can_still_probe() {
    let server = ApiServer::start(|(what, body)| match what.split_once(' ').unwrap() {
        ("POST", _) => Said::Answer(201, body.clone()),
        ("DELETE", _) => Said::Answer(200, json!({"metadata": {}})),
        _ if what == ACCOUNT => status(403, "serviceaccounts is forbidden"),
        (_, path) if path.ends_with("/log") => Said::Answer(200, "HEALTHY\n".into()),
        _ => Said::Answer(200, json!({"metadata": {}, "status": ended(0)})),
    })
    .await;
    assert_eq!(run(args(&server)).await, Ok(Exit::Healthy));
}

#[tokio::test]
async fn a_refused_pod_is_told_in_the_api_server_s_words_and_not_looked_for() {
    let server = ApiServer::start(|(what, _)| match what.as_str() {
        ACCOUNT => account(),
        _ => status(403, "pods is forbidden: violates PodSecurity"),
    })
    .await;
    let why = run(args(&server)).await.unwrap_err();
    assert!(why.contains("403: pods is forbidden: violates PodSecurity"), "{why}");
    assert!(server.asked().iter().all(|(what, _)| !what.starts_with("DELETE")));
}

#[test]
fn a_log_cannot_steer_the_terminal() {
    assert_eq!(printable("a\u{1b}[2J\r\nb✗"), "a\u{fffd}[2J\u{fffd}\nb✗");
}
