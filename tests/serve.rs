//! `eks-triage serve` as the DaemonSet runs it: what it reports and takes back, and what a look
//! costs others.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use lab::{Config, Door, Error, Lab, Rule, Serving, Standin, world};
use serde_json::Value;

/// Longer than any of these tests should take; one that reaches it has hung.
const HANGS: Duration = Duration::from_mins(2);

/// How soon a change is noticed.
const TICK: Duration = Duration::from_millis(10);

const FAST: [&str; 4] = ["--period", "20ms", "--deadline", "2s"];

/// The value of a series, `name` or `name{labels}`; 0 where there is none.
pub(crate) fn metric(serving: &Serving, series: &str) -> Result<u64, Error> {
    let metrics = serving.get("/metrics")?;
    let value = metrics.lines().find_map(|it| it.strip_prefix(series)?.strip_prefix(' '));
    Ok(value.map(str::parse).transpose()?.unwrap_or(0))
}

/// Looks that ended.
pub(crate) fn looks(serving: &Serving) -> Result<u64, Error> {
    metric(serving, "eks_triage_check_duration_seconds_count")
}

/// The faults that are reported, as `chain/link/fault`.
pub(crate) fn reported(serving: &Serving) -> Result<Vec<String>, Error> {
    let metrics = serving.get("/metrics")?;
    let labels = |line: &str| {
        let labels = line.strip_prefix("eks_triage_fault{")?.strip_suffix("} 1")?;
        let label = |name: &str| {
            let (_, rest) = labels.split_once(&format!("{name}=\""))?;
            Some(rest.split('"').next()?.to_owned())
        };
        Some([label("chain")?, label("link")?, label("fault")?].join("/"))
    };
    Ok(metrics.lines().filter_map(labels).collect())
}

pub(crate) fn wait(what: &str, mut until: impl FnMut() -> bool) {
    let end = Instant::now() + HANGS;
    while !until() {
        assert!(Instant::now() < end, "waited in vain: {what}");
        std::thread::sleep(TICK);
    }
}

fn served(config: Config, more: &[&str]) -> (Lab, Serving) {
    let lab = Lab::start(config).unwrap();
    let arguments: Vec<_> = FAST.iter().chain(more).copied().collect();
    let serving = lab.serve(&arguments).unwrap();
    serving.looked_once().unwrap();
    (lab, serving)
}

fn told(lab: &Lab) -> Vec<(String, String)> {
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    lab.events().iter().map(|it| (text(&it["type"]), text(&it["reason"]))).collect()
}

fn pair(kind: &str, reason: &str) -> (String, String) {
    (kind.to_owned(), reason.to_owned())
}

#[test]
fn a_fault_is_an_event_on_the_own_node_and_so_is_its_end() {
    let (lab, serving) = served(Config::default(), &[]);
    assert_eq!(reported(&serving).unwrap(), Vec::<String>::new());
    lab.change(|it| _ = it.door(Standin::Kubelet, Door::Refused)).unwrap();
    wait("for the fault's event", || lab.events().len() == 1);
    assert_eq!(reported(&serving).unwrap(), ["node-join/kubelet/not-running"]);
    let event = &lab.events()[0];
    assert_eq!(event["involvedObject"]["uid"], world::NODE);
    assert_eq!(event["source"]["component"], "eks-triage");
    let message = event["message"].as_str().unwrap();
    for part in ["GET http://127.0.0.1:10248/healthz", "refused", "verify: "] {
        assert!(message.contains(part), "{part} is not in {message}");
    }
    lab.change(|it| _ = it.door(Standin::Kubelet, Door::Open)).unwrap();
    wait("for the end's event", || lab.events().len() == 2);
    assert_eq!(
        told(&lab),
        [pair("Warning", "KubeletNotRunning"), pair("Normal", "KubeletNotRunning")]
    );
    assert_eq!(reported(&serving).unwrap(), Vec::<String>::new());
    assert_eq!(lab.strays(), 0);
    // Nothing else is written.
    let asked = lab.requests().into_iter().filter(|it| it.standin == Standin::Cluster);
    let written: Vec<_> = asked
        .filter(|it| it.method != "GET")
        .map(|it| format!("{} {} {}", it.method, it.path, it.status))
        .collect();
    assert_eq!(written, ["POST /api/v1/namespaces/default/events 201"; 2]);
}

#[test]
fn what_was_told_is_not_told_again_by_the_next_process() {
    let mut config = Config::default();
    config.door(Standin::Kubelet, Door::Refused);
    let (lab, serving) = served(config, &[]);
    wait("for the fault's event", || lab.events().len() == 1);
    drop(serving);
    let serving = lab.serve(&FAST).unwrap();
    let known = "eks_triage_events_total{result=\"known\"}";
    wait("for the second process", || metric(&serving, known).unwrap() == 1);
    assert_eq!(lab.events().len(), 1);
}

#[test]
fn a_node_that_cannot_reach_the_cluster_says_so_in_its_log_and_tells_later() {
    let (lab, serving) = served(Config::default(), &[]);
    lab.change(|it| _ = it.door(Standin::Cluster, Door::Refused)).unwrap();
    wait("for the fault", || !reported(&serving).unwrap().is_empty());
    wait("for the log", || serving.said().contains("events wait here"));
    assert_eq!(metric(&serving, "eks_triage_events_waiting").unwrap(), 1);
    assert!(lab.events().is_empty());
    lab.change(|it| _ = it.door(Standin::Cluster, Door::Open)).unwrap();
    wait("for both events", || lab.events().len() == 2);
    let reason = "ClusterEndpointConnectRefused";
    assert_eq!(told(&lab), [pair("Warning", reason), pair("Normal", reason)]);
    assert!(serving.said().contains("Events reach the API server again"));
}

#[test]
fn without_the_right_to_create_events_it_goes_on_and_names_the_right() {
    let (lab, serving) = served(Config::default(), &[]);
    lab.change(|it| {
        let forbidden = serde_json::json!({"kind": "Status", "apiVersion": "v1", "metadata": {},
            "status": "Failure", "reason": "Forbidden", "message": "no", "code": 403});
        let reply = lab::Reply::json(403, &forbidden);
        it.rule(Rule::new(Standin::Cluster, "/api/v1/namespaces/default/events", reply));
        it.door(Standin::Kubelet, Door::Refused);
    })
    .unwrap();
    wait("for the log", || serving.said().contains("manifests/20-rbac.yaml"));
    let before = looks(&serving).unwrap();
    wait("for another look", || looks(&serving).unwrap() > before + 2);
    assert_eq!(reported(&serving).unwrap(), ["node-join/kubelet/not-running"]);
}

#[test]
fn without_events_nothing_is_written() {
    let (lab, serving) = served(Config::default(), &["--events=false", "--confirm", "1/1"]);
    lab.change(|it| _ = it.door(Standin::Kubelet, Door::Refused)).unwrap();
    wait("for the fault", || !reported(&serving).unwrap().is_empty());
    let before = looks(&serving).unwrap();
    wait("for another look", || looks(&serving).unwrap() > before + 2);
    assert!(lab.events().is_empty() && lab.requests().iter().all(|it| it.method != "POST"));
}

#[test]
fn a_single_bad_look_is_in_the_summary_and_reported_to_nobody() {
    let lab = Lab::start(Config::default()).unwrap();
    // Long enough for the bad look to be met in the summary.
    let serving = lab.serve(&["--confirm", "2/2", "--period", "3s"]).unwrap();
    serving.looked_once().unwrap();
    lab.change(|it| {
        let reply = lab::Reply::text(500, "syncloop failed");
        it.rule(Rule::new(Standin::Kubelet, "/healthz", reply).times(1));
    })
    .unwrap();
    let outcome = || serde_json::from_str::<Value>(&serving.get("/v1/summary").unwrap()).unwrap();
    wait("for the bad look", || outcome()["node"]["outcome"] == "decided");
    wait("for the good look", || outcome()["node"]["outcome"] == "healthy");
    assert!(lab.events().is_empty());
    assert_eq!(metric(&serving, "eks_triage_fault_changes_total{change=\"reported\"}").unwrap(), 0);
}

/// Without root in a container and without a signed request much is unknown; then a person must
/// know what to type.
#[test]
fn what_is_unknown_names_the_command_that_would_know() {
    let (_lab, serving) = served(Config::default(), &[]);
    let summary: Value = serde_json::from_str(&serving.get("/v1/summary").unwrap()).unwrap();
    let chains = summary["node"]["chains"].as_array().unwrap();
    let links = chains.iter().flat_map(|it| it["links"].as_array().unwrap());
    let mut unknown = 0;
    for link in links.filter(|it| it["state"] == "unknown") {
        unknown += 1;
        let how = link["needs"]["how"].as_str().unwrap_or_default();
        assert!(integration::is_command(how), "{} asks for `{how}`: {link}", link["id"]);
    }
    assert!(unknown > 0, "nothing is unknown, so that nothing was tested");
}

/// What is granted is what is asked for, and everything else is not.
#[test]
fn the_agent_may_do_three_things_in_kubernetes() {
    let path = integration::recordings().join("../../manifests/20-rbac.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let after = |key: &'static str| {
        text.lines().filter_map(move |it| it.trim_start_matches([' ', '-']).strip_prefix(key))
    };
    let rules: Vec<_> = after("resources: ").zip(after("verbs: ")).collect();
    let expected = [("[tokenreviews]", "[create]"), ("[nodes]", "[get]"), ("[events]", "[create]")];
    assert_eq!(rules, expected);
    let kinds: Vec<_> = after("kind: ").collect();
    let of = |kind: &str| kinds.iter().filter(|it| **it == kind).count();
    // Each is named once more by its binding; the right to create events is of one namespace.
    assert_eq!((of("ClusterRole"), of("Role"), kinds.len()), (2, 2, 8));
    assert_eq!(after("namespace: ").collect::<Vec<_>>()[1..3], ["default", "default"]);
}

/// Counted over whole looks, at what the node talks to.
#[test]
fn a_look_calls_no_aws_api_and_asks_the_metadata_service_little() {
    const LOOKS: u64 = 20;
    let (lab, serving) = served(Config::default(), &[]);
    // The first looks learn what does not change.
    wait("for the first looks", || looks(&serving).unwrap() >= 3);
    lab.forget();
    let first = looks(&serving).unwrap();
    wait("for the others", || looks(&serving).unwrap() >= first + LOOKS);
    let (requests, connections, names) = (lab.requests(), lab.connections(), lab.names());
    let done = looks(&serving).unwrap() - first;
    assert_eq!(requests.iter().find(|it| it.signed), None);
    // Nor an unsigned one, whose action is in its body.
    let reads = |method: &str| matches!(method, "GET" | "HEAD");
    let written = |it: &&lab::Request| it.standin != Standin::Imds && !reads(&it.method);
    assert_eq!(requests.iter().find(written), None);
    assert_eq!(lab.strays(), 0);
    let mut count = BTreeMap::<_, [usize; 2]>::new();
    for it in &requests {
        count.entry(format!("{:?}", it.standin)).or_default()[0] += 1;
    }
    for it in &connections {
        count.entry(format!("{it:?}")).or_default()[1] += 1;
    }
    println!("{done} looks; per look:");
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let per_look = |it: usize| it as f64 / done as f64;
    for (standin, [requests, connections]) in &count {
        let (requests, connections) = (per_look(*requests), per_look(*connections));
        println!("  {standin:13} {requests:5.1} requests {connections:5.1} connections");
    }
    println!("  names         {:5.1} queries", per_look(names.len()));
    // A connection that the service closes after one answer is twelve packets on loopback.
    let imds = requests.iter().filter(|it| it.standin == Standin::Imds).count();
    println!("  to IMDS about {:.0} packets, both ways", per_look(imds) * 12.0);
    assert!(!connections.contains(&Standin::Iam));
}
