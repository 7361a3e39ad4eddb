//! The agent's doors: who may report, who may read, and that neither gets more than that.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use lab::{Config, Lab, Reply, Rule, Serving, Standin, Token, canary, world};
use serde_json::Value;

const LIMIT: Duration = Duration::from_secs(20);

struct Answer {
    status: u16,
    head: String,
    body: String,
}

fn ask(at: SocketAddr, head: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let head = format!("{head}\r\nhost: 127.0.0.1\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).unwrap();
    // Who is refused early may find the door closed before all is said.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
    Answer { status, head: head.to_lowercase(), body: body.to_owned() }
}

fn report(serving: &Serving, token: Option<&str>, body: &[u8]) -> Answer {
    let bearer = token.map(|it| format!("\r\nauthorization: Bearer {it}")).unwrap_or_default();
    ask(serving.node(), &format!("POST /v1/reports HTTP/1.1{bearer}"), body)
}

fn summary(serving: &Serving) -> Value {
    let answer = ask(serving.local(), "GET /v1/summary HTTP/1.1", b"");
    assert_eq!(answer.status, 200, "{}", answer.head);
    serde_json::from_str(&answer.body).unwrap()
}

fn healthy() -> Vec<u8> {
    serde_json::to_vec(&integration::healthy("irsa")).unwrap()
}

fn started(config: Config) -> (Lab, Serving) {
    let lab = Lab::start(config).unwrap();
    let serving = lab.serve(&[]).unwrap();
    serving.looked_once().unwrap();
    (lab, serving)
}

#[test]
fn a_probes_report_is_in_the_summary_under_the_pod_of_its_token() {
    let (lab, serving) = started(Config::default());
    let run = lab::run(&mut lab.probe().unwrap(), LIMIT).unwrap();
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let summary = summary(&serving);
    assert_eq!(summary["schemaVersion"], 1);
    assert_eq!(summary["node"]["subject"]["name"], world::NODE);
    let pod = &summary["pods"][0];
    assert_eq!(pod["namespace"], world::NAMESPACE);
    assert_eq!(pod["name"], world::POD);
    assert_eq!(pod["uid"], world::POD_UID);
    assert_eq!(pod["serviceAccount"], world::SERVICE_ACCOUNT);
    assert_eq!(pod["report"]["outcome"], "healthy");
}

#[test]
fn whose_token_is_not_meant_for_this_agent_is_refused() {
    let (lab, serving) = started(Config::default());
    let mint = |token: &Token| lab.mint(token).unwrap();
    let reports = Token::for_reports;
    let both = vec!["eks-triage".to_owned(), "https://kubernetes.default.svc".to_owned()];
    let cases = [
        ("none", None, 401),
        ("no token at all", Some("garbage".to_owned()), 401),
        ("forged", Some(mint(&Token { forged: true, ..reports() })), 401),
        ("expired", Some(mint(&Token { expires_in: -60, ..reports() })), 401),
        ("of another node", Some(mint(&Token { node: "ip-10-0-9-9".into(), ..reports() })), 403),
        ("for the API server", Some(mint(&Token::for_the_api_server())), 403),
        ("for STS", Some(mint(&Token::for_sts())), 403),
        ("for Pod Identity", Some(mint(&Token::for_pod_identity())), 403),
        ("for two audiences", Some(mint(&Token { audiences: both, ..reports() })), 403),
    ];
    let before = reviews(&lab);
    for (what, token, status) in &cases {
        let answer = report(&serving, token.as_deref(), &healthy());
        assert_eq!(answer.status, *status, "{what}: {}", answer.body);
        if let Some(token) = token {
            assert!(!answer.body.contains(token), "{what}");
            assert!(!serving.said().contains(token.as_str()), "{what} was logged");
        }
    }
    assert_eq!(summary(&serving)["pods"], Value::Array(Vec::new()));
    // Only a token of the right audience is ever shown to the API server.
    assert!(reviews(&lab) - before <= 3, "{} tokens were forwarded", reviews(&lab) - before);
}

fn reviews(lab: &Lab) -> usize {
    lab.requests().iter().filter(|it| it.path.ends_with("/tokenreviews")).count()
}

#[test]
fn a_body_that_is_no_report_is_refused_with_a_reason() {
    let (lab, serving) = started(Config::default());
    let token =
        |uid: &str| lab.mint(&Token { pod_uid: uid.into(), ..Token::for_reports() }).unwrap();
    let deep = "[".repeat(60_000);
    let cases: [(&str, Vec<u8>, u16); 6] = [
        ("a megabyte", vec![b' '; 1 << 20], 413),
        ("depth", deep.into_bytes(), 400),
        ("not JSON", b"secret-in-the-body: yes".to_vec(), 400),
        ("not text", vec![0xff, 0xfe, 0x00], 400),
        ("another shape", b"{\"pod\": 7}".to_vec(), 400),
        ("an enormous number", b"{\"lines\": [{\"line\": 1e999}]}".to_vec(), 400),
    ];
    for (index, (what, body, status)) in cases.into_iter().enumerate() {
        let answer = report(&serving, Some(&token(&format!("uid-{index}"))), &body);
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        assert!(!answer.body.contains("secret-in-the-body"), "{what}");
    }
    assert_eq!(summary(&serving)["pods"], Value::Array(Vec::new()));
    let again = report(&serving, Some(&token("uid-good")), &healthy());
    assert_eq!(again.status, 200, "still there for the next one: {}", again.body);
}

#[test]
fn a_pod_speaks_for_itself_only() {
    let (lab, serving) = started(Config::default());
    let mut facts = integration::all_healthy();
    facts["subject"] = serde_json::json!({"kind": "node", "namespace": "", "name": world::NODE});
    facts["node"]["kubelet"]["seen"]["value"]["ended"] = "connect-refused".into();
    let token = lab.mint(&Token::for_reports()).unwrap();
    let body = serde_json::to_vec(&facts).unwrap();
    assert_eq!(report(&serving, Some(&token), &body).status, 200);
    let summary = summary(&serving);
    assert_eq!(summary["node"]["outcome"], "healthy", "a pod changed the node's verdict");
    let pod = &summary["pods"][0]["report"];
    assert_eq!(pod["subject"]["kind"], "pod");
    assert_eq!(pod["subject"]["name"], world::POD);
    assert_ne!(pod["link"], "kubelet", "a pod spoke of the node");
}

#[test]
fn without_the_api_server_a_known_token_goes_on_and_an_unknown_one_waits() {
    let (lab, serving) = started(Config::default());
    let known = lab.mint(&Token::for_reports()).unwrap();
    assert_eq!(report(&serving, Some(&known), &healthy()).status, 200);
    lab.change(|config| {
        let path = "/apis/authentication.k8s.io/v1/tokenreviews";
        config.rule(Rule::new(Standin::Cluster, path, Reply::text(500, "etcd is gone")));
    })
    .unwrap();
    let unknown =
        lab.mint(&Token { pod_uid: "unseen".into(), pod: "unseen".into(), ..Token::for_reports() });
    let answer = report(&serving, Some(&unknown.unwrap()), &healthy());
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.head.contains("retry-after:"), "{}", answer.head);
    // Known, though so soon after the first that it may be told to come back later.
    let status = report(&serving, Some(&known), &healthy()).status;
    assert!(matches!(status, 200 | 429), "{status}");
}

#[test]
fn each_door_serves_its_own_paths_only() {
    let (_lab, serving) = started(Config::default());
    let get = |at, path: &str| ask(at, &format!("GET {path} HTTP/1.1"), b"").status;
    for (path, local, node) in [
        ("/healthz", 200, 200),
        ("/readyz", 200, 200),
        ("/v1/summary", 200, 404),
        ("/metrics", 200, 404),
        ("/v1/reports", 404, 405),
        ("/", 404, 404),
        ("/../v1/summary", 404, 404),
    ] {
        assert_eq!(get(serving.local(), path), local, "{path} on loopback");
        assert_eq!(get(serving.node(), path), node, "{path} at the node");
    }
}

#[test]
fn nothing_that_is_served_or_said_holds_a_secret() {
    let mut config = Config::default();
    config.workload.static_keys = true;
    let lab = Lab::start(config).unwrap();
    let serving = lab.serve(&["--log-level", "trace"]).unwrap();
    serving.looked_once().unwrap();
    let mut probe = lab.probe().unwrap();
    probe.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
    let run = lab::run(&mut probe, LIMIT).unwrap();
    let mut look = lab.agent("facts").unwrap();
    look.args(["--log-level", "trace", "--image", world::IMAGE]).env("RUST_LOG", "trace");
    let facts = lab::run(&mut look, LIMIT).unwrap();
    let served = |path: &str| ask(serving.local(), &format!("GET {path} HTTP/1.1"), b"").body;
    let sinks = [
        ("the probe's stdout", run.stdout),
        ("the probe's stderr", run.stderr),
        ("facts", facts.stdout),
        ("the agent's stderr", facts.stderr),
        ("serve's log", serving.said()),
        ("/v1/summary", served("/v1/summary")),
        ("/v1/summary as text", served("/v1/summary?format=text")),
        ("/metrics", served("/metrics")),
    ];
    let tokens = ["token", "report-token"].map(|name| {
        let token = std::fs::read_to_string(lab.folder().join(name)).unwrap();
        // Header and claims are no secret; the signature makes them one.
        token.rsplit_once('.').unwrap().1.to_owned()
    });
    for (sink, text) in &sinks {
        assert!(!text.is_empty(), "{sink} is empty, so that nothing was tested");
        for secret in canary::ALL.iter().copied().chain(tokens.iter().map(String::as_str)) {
            assert!(!text.contains(secret), "{sink} has {secret}");
        }
    }
}
