//! `why` against an API server that has one workload and plays one fate of its probe.

use std::time::Duration;

use diagnosis::facts::{Observed, PodObject, ServiceAccountObject};
use serde_json::{Value, json};

use super::*;
use crate::args::{Form, Target};
use crate::testing::{ApiServer, Asked, Said, status};

const PODS: &str = "/api/v1/namespaces/prod/pods";
const ROLE: &str = "arn:aws:iam::111122223333:role/api";

fn list(items: &[Value]) -> Said {
    Said::Answer(200, json!({"metadata": {}, "items": items}))
}

fn workload() -> Value {
    json!({
        "metadata": {"namespace": "prod", "name": "api-1", "uid": "u-1",
            "creationTimestamp": "2026-03-01T10:00:00Z", "labels": {"app": "api"}},
        "spec": {
            "serviceAccountName": "api", "nodeName": "ip-10-0-1-10",
            "securityContext": {"runAsUser": 1000, "fsGroup": 2000},
            "containers": [{"name": "app", "env": [{"name": "AWS_ROLE_ARN", "value": ROLE}]}],
        },
        "status": {"phase": "Running", "containerStatuses": [
            {"name": "app", "image": "", "imageID": "", "ready": true, "restartCount": 1,
             "state": {"running": {"startedAt": "2026-03-01T10:00:05Z"}}}]},
    })
}

fn account() -> Value {
    json!({"metadata": {
        "namespace": "prod", "name": "api", "annotations": {"eks.amazonaws.com/role-arn": ROLE},
        "managedFields": [
            {"time": "2026-03-01T09:00:00Z", "fieldsV1":
                {"f:metadata": {"f:annotations": {"f:eks.amazonaws.com/role-arn": {}}}}},
            {"time": "2026-03-02T09:00:00Z", "fieldsV1": {"f:metadata": {"f:labels": {}}}}],
    }})
}

fn policy() -> Value {
    json!({"metadata": {"name": "strict"}, "spec": {
        "podSelector": {"matchLabels": {"app": "api"}}, "policyTypes": ["Egress"]}})
}

const LOG: &str = "2026-03-01T10:05:00Z started\n\
    2026-03-01T10:05:01Z AccessDenied: User: arn:aws:sts::111122223333:assumed-role/node/i-0abc is \
    not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k AKIAIOSFODNN7EXAMPLE\n";

/// What the probe printed, between what it said on stderr.
fn probe_log() -> String {
    let facts = Facts {
        collector: Collector { command: "probe".to_owned(), version: "0.1.0".to_owned() },
        pod: diagnosis::facts::Pod {
            service_account: Observed::seen("system:serviceaccount:prod:api".into(), at("2026")),
            ..Default::default()
        },
        ..Facts::default()
    };
    let facts = serde_json::to_string_pretty(&facts).unwrap();
    format!("eks-triage-probe: {{}}\n{facts}\neks-triage-probe: report not delivered\n")
}

fn at(at: &str) -> diagnosis::facts::Source {
    diagnosis::facts::Source::new("test", at, "")
}

fn read(what: &str) -> Option<Said> {
    let path = what.strip_prefix("GET ")?;
    Some(match path {
        "/api/v1/namespaces/prod/pods/api-1" => Said::Answer(200, workload()),
        "/api/v1/namespaces/prod/pods/api-1/log" => Said::Answer(200, LOG.into()),
        "/api/v1/namespaces/prod/serviceaccounts/api" => Said::Answer(200, account()),
        "/api/v1/serviceaccounts" => list(&[account()]),
        "/apis/networking.k8s.io/v1/namespaces/prod/networkpolicies" => list(&[policy()]),
        PODS => list(&[workload()]),
        "/api/v1/namespaces/prod/services"
        | "/api/v1/namespaces/prod/events"
        | "/api/v1/namespaces/eks-triage/pods" => list(&[]),
        _ => return None,
    })
}

/// Its probe has this status.
async fn cluster(probe: Value) -> ApiServer {
    ApiServer::start(move |(what, body)| match what.split_once(' ').unwrap() {
        _ if read(what).is_some() => read(what).unwrap(),
        ("POST", PODS) => Said::Answer(201, body.clone()),
        ("GET", path) if path.ends_with("/log") => Said::Answer(200, probe_log().into()),
        ("GET", path) if path.starts_with(PODS) => {
            Said::Answer(200, json!({"metadata": {}, "status": probe}))
        }
        ("DELETE", _) => Said::Answer(200, json!({"metadata": {}})),
        _ => status(403, "forbidden"),
    })
    .await
}

fn container(state: &Value) -> Value {
    json!({"containerStatuses": [{"name": "probe", "image": "", "imageID": "", "ready": false,
        "restartCount": 0, "state": state}]})
}

fn ended() -> Value {
    container(&json!({"terminated": {"exitCode": 3, "message": "{}"}}))
}

fn args(server: &ApiServer, target: &str) -> Why {
    Why {
        target: target.parse::<Target>().unwrap(),
        namespace: "prod".to_owned(),
        container: None,
        cluster: None,
        region: None,
        image: "probe:1".to_owned(),
        timeout: Duration::from_secs(30),
        no_probe: false,
        kubeconfig: Some(server.kubeconfig()),
        form: Form::default(),
    }
}

async fn look(args: &Why, stop: impl Future<Output = ()>) -> Result<Facts, String> {
    let net = Net::new(reach::Options::default()).unwrap();
    why(args, &net, stop).await
}

async fn facts(args: &Why) -> Result<Facts, String> {
    look(args, std::future::pending()).await
}

fn created(asked: &[Asked]) -> Option<&Value> {
    asked.iter().find(|(what, _)| what.starts_with("POST")).map(|(_, body)| body)
}

fn assert_removed(asked: &[Asked]) {
    let created = created(asked).expect("no pod was made");
    let delete = format!("DELETE {PODS}/{}", created["metadata"]["name"].as_str().unwrap());
    assert!(asked.iter().any(|(what, _)| *what == delete), "{delete} is not in {asked:?}");
}

#[tokio::test]
async fn the_workload_and_its_probe_become_one_set_of_facts() {
    let server = cluster(ended()).await;
    let facts = facts(&args(&server, "pod/api-1")).await.unwrap();
    assert_eq!((&*facts.subject.kind, &*facts.subject.name), ("pod", "api-1"));
    assert_eq!(facts.collector.command, "why");
    let account = facts.cluster.service_account.value().and_then(|it| it.present()).unwrap();
    assert_eq!(account.annotated.as_deref(), Some("2026-03-01T09:00:00Z"));
    let Some(PodObject::Present(pod)) = facts.cluster.pod.value() else { panic!("no pod") };
    assert_eq!((&*pod.container, pod.containers[0].run_as_user), ("app", Some(1000)));
    assert_eq!(pod.containers[0].identity.role_arn.as_deref(), Some(ROLE));
    assert_eq!(facts.cluster.sharing_pods.value().unwrap(), &["api-1"]);
    assert_eq!(facts.cluster.egress_policies.value().unwrap()[0].name, "strict");
    assert_eq!(facts.cluster.annotated.value().unwrap().len(), 1);
    let caller = "arn:aws:sts::111122223333:assumed-role/node/i-0abc";
    assert_eq!(facts.pod.caller.value().map(String::as_str), Some(caller));
    assert!(facts.pod.service_account.value().is_some(), "the probe's facts are missing");
    // The log before the restart, and the one since.
    assert_eq!(facts.lines.len(), 2, "{:?}", facts.lines);
    assert_eq!(facts.lines[0].place, "logs of prod/api-1/app");
    assert!(!serde_json::to_string(&facts).unwrap().contains("AKIA"));
    assert_removed(&server.asked());
}

#[tokio::test]
async fn the_probe_is_beside_the_workload_and_no_replica_of_it() {
    let server = cluster(ended()).await;
    facts(&args(&server, "api-1")).await.unwrap();
    let asked = server.asked();
    let pod = created(&asked).unwrap();
    assert_eq!(pod["spec"]["nodeName"], "ip-10-0-1-10");
    assert_eq!(pod["spec"]["serviceAccountName"], "api");
    assert_eq!(pod["spec"]["securityContext"]["runAsUser"], 1000);
    assert_eq!(pod["spec"]["securityContext"]["fsGroup"], 2000);
    assert_eq!(pod["spec"]["containers"][0]["args"], json!(["--output", "facts"]));
    assert_eq!(pod["metadata"]["labels"]["app"], "api");
    assert_eq!(pod["metadata"]["ownerReferences"][0]["uid"], "u-1");
    assert_eq!(pod["spec"]["readinessGates"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_interruption_removes_the_probe() {
    let server = cluster(container(&json!({"running": {}}))).await;
    let stop = tokio::time::sleep(Duration::from_millis(1500));
    let why = look(&args(&server, "pod/api-1"), stop).await.unwrap_err();
    assert_eq!(why, "interrupted");
    assert_removed(&server.asked());
}

#[tokio::test]
async fn a_probe_that_does_not_end_is_removed_and_told() {
    let creating = json!({"waiting": {"reason": "ContainerCreating", "message": "no IP yet"}});
    let server = cluster(container(&creating)).await;
    let args = Why { timeout: Duration::from_millis(1500), ..args(&server, "pod/api-1") };
    let facts = facts(&args).await.unwrap();
    assert!(
        facts.lines.iter().any(|it| it.place == "events of the probe's pod"
            && it.text.contains("ContainerCreating: no IP yet")),
        "{:?}",
        facts.lines
    );
    assert_removed(&server.asked());
}

#[tokio::test]
async fn the_probe_s_own_image_says_nothing_of_a_workload_that_runs() {
    let refused = json!({"waiting": {"reason": "ErrImageNeverPull", "message": "pulling image"}});
    let server = cluster(container(&refused)).await;
    let facts = facts(&args(&server, "pod/api-1")).await.unwrap();
    assert!(facts.lines.iter().all(|it| it.place != "events of the probe's pod"));
    assert_removed(&server.asked());
}

#[tokio::test]
async fn a_refused_probe_is_evidence_and_is_not_looked_for() {
    let server = ApiServer::start(|(what, _)| match read(what) {
        Some(said) => said,
        None => status(403, "pods \"x\" is forbidden: violates PodSecurity"),
    })
    .await;
    let facts = facts(&args(&server, "pod/api-1")).await.unwrap();
    let line = facts.lines.last().unwrap();
    assert_eq!(line.place, "events of the probe's pod");
    assert!(line.text.contains("violates PodSecurity"), "{}", line.text);
    assert!(server.asked().iter().all(|(what, _)| !what.starts_with("DELETE")));
}

#[tokio::test]
async fn a_missing_right_is_unknown_and_nothing_is_broken_by_it() {
    let server = ApiServer::start(|(what, _)| match what.as_str() {
        "GET /api/v1/namespaces/prod/pods/api-1" => Said::Answer(200, workload()),
        _ => status(403, "forbidden"),
    })
    .await;
    let facts = facts(&args(&server, "pod/api-1")).await.unwrap();
    assert!(matches!(facts.cluster.service_account, Observed::Failed { .. }));
    assert!(matches!(facts.cluster.annotated, Observed::Failed { .. }));
    assert!(matches!(facts.cluster.sharing_pods, Observed::Failed { .. }));
    assert!(matches!(facts.cluster.egress_policies, Observed::Failed { .. }));
    assert!(matches!(facts.cluster.node, Observed::Failed { .. }));
}

#[tokio::test]
async fn without_a_probe_nothing_is_created() {
    let server = cluster(ended()).await;
    let args = Why { no_probe: true, ..args(&server, "pod/api-1") };
    facts(&args).await.unwrap();
    assert!(server.asked().iter().all(|(what, _)| what.starts_with("GET")));
}

#[tokio::test]
async fn a_service_account_is_looked_at_by_a_pod_that_uses_it() {
    let server = cluster(ended()).await;
    let facts = facts(&args(&server, "sa/api")).await.unwrap();
    assert_eq!((&*facts.subject.kind, &*facts.subject.name), ("pod", "api-1"));
}

#[tokio::test]
async fn a_service_account_that_is_not_there_gets_no_probe() {
    let server = ApiServer::start(|(what, _)| match what.as_str() {
        "GET /api/v1/namespaces/prod/pods" => list(&[]),
        "GET /api/v1/namespaces/prod/serviceaccounts/web" => Said::Answer(
            404,
            json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                "reason": "NotFound", "code": 404, "message": "serviceaccounts \"web\" not found"}),
        ),
        _ => status(403, "forbidden"),
    })
    .await;
    let facts = facts(&args(&server, "sa/web")).await.unwrap();
    assert_eq!(facts.subject.kind, "serviceaccount");
    assert_eq!(facts.cluster.service_account.value(), Some(&ServiceAccountObject::Absent));
    assert!(created(&server.asked()).is_none());
}

#[tokio::test]
async fn what_is_not_there_could_not_be_looked_at() {
    let server = ApiServer::start(|_| {
        Said::Answer(
            404,
            json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                "reason": "NotFound", "code": 404, "message": "pods \"api-1\" not found"}),
        )
    })
    .await;
    let why = facts(&args(&server, "pod/api-1")).await.unwrap_err();
    assert!(why.contains("there is no pod prod/api-1"), "{why}");
    let server = cluster(ended()).await;
    let args = Why { container: Some("web".to_owned()), ..args(&server, "pod/api-1") };
    assert!(facts(&args).await.unwrap_err().contains("has no container web"));
}
