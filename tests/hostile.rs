//! Bad input: a clear error or an honest unknown, never a panic, and nothing leaked.

use std::time::Duration;

use lab::{Config, Door, Lab, Reply, Rule, Run, Standin, Then, TokenFile, Workload, canary};
use serde_json::Value;

const LIMIT: Duration = Duration::from_secs(20);

fn sound(run: &Run, what: &str) {
    let all = format!("{}{}", run.stdout, run.stderr);
    assert!(matches!(run.code, Some(0 | 3 | 4)), "{what}: {:?} {all}", run.code);
    assert!(!all.contains("panicked"), "{what}: {all}");
    for leaked in canary::ALL {
        assert!(!all.contains(leaked), "{what}: {leaked}");
    }
}

fn probe(what: &str, config: Config) -> Value {
    let lab = Lab::start(config).unwrap();
    let run = lab::run(lab.probe().unwrap().args(["--output", "json"]), LIMIT).unwrap();
    sound(&run, what);
    serde_json::from_str(&run.stdout).unwrap()
}

fn check(what: &str, config: Config) -> Value {
    let lab = Lab::start(config).unwrap();
    let run = lab::run(lab.agent("check").unwrap().args(["--output", "json"]), LIMIT).unwrap();
    sound(&run, what);
    serde_json::from_str(&run.stdout).unwrap()
}

/// `{"alg":"none"}` and claims that are otherwise good.
const UNSIGNED: &str = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJpIiwic3ViIjoicyIsImV4cCI6OTk5OTk5OTk5OX0.";

/// What a token file can hold in the place of this token, and a word of the reason.
fn no_tokens(token: &lab::Token) -> Vec<(&'static str, TokenFile, &'static str)> {
    let good = Lab::start(Config::default()).unwrap().mint(token).unwrap();
    vec![
        ("a folder", TokenFile::Directory, "director"),
        ("empty", TokenFile::Bytes(Vec::new()), "empty"),
        ("a megabyte", TokenFile::Bytes(vec![b'a'; 1 << 20]), "longer than"),
        ("not base64", TokenFile::Bytes(b"!!!.???.###".to_vec()), "not base64url"),
        ("not text", TokenFile::Bytes(vec![0xff, 0x00, 0xfe]), "not text"),
        ("alg none", TokenFile::Bytes(UNSIGNED.into()), "unsigned"),
        ("a newline", TokenFile::Bytes(format!("{good}\n").into_bytes()), "white space"),
    ]
}

#[test]
fn each_token_file_that_is_none_is_told_apart() {
    for (what, file, reason) in no_tokens(&lab::Token::for_sts()) {
        let mut config = Config::default();
        config.workload.token = Some(file);
        let report = probe(what, config);
        assert_eq!(report["link"], "token-file", "{what}: {report}");
        assert_eq!(report["fault"], "not-a-token", "{what}");
        assert!(report["title"].as_str().unwrap().contains(reason), "{what}: {}", report["title"]);
    }
}

#[test]
fn each_pod_identity_token_file_that_is_none_is_told_apart() {
    for (what, file, reason) in no_tokens(&lab::Token::for_pod_identity()) {
        let report = probe(what, with_pod_identity(Some(file)));
        assert_eq!(report["link"], "pod-identity-token", "{what}: {report}");
        assert_eq!(report["fault"], "not-a-token", "{what}");
        assert!(report.to_string().contains(reason), "{what}: {report}");
    }
}

fn with_pod_identity(token: Option<TokenFile>) -> Config {
    let mut config = Config::default();
    config.door(Standin::PodIdentity, Door::Open);
    config.workload = Workload::with_pod_identity();
    if let (Some(own), Some(token)) = (&mut config.workload.pod_identity, token) {
        own.token = Some(token);
    }
    config
}

#[test]
fn whatever_the_pod_identity_agent_answers_is_never_called_healthy() {
    let credentials = format!(
        "{{\"AccessKeyId\":\"{}\",\"SecretAccessKey\":\"{}\",\"Token\":\"{}\"}}",
        canary::POD_IDENTITY_KEY_ID,
        canary::POD_IDENTITY_SECRET,
        canary::STS_TOKEN
    );
    let whole = Reply::text(200, &*credentials);
    let mut coded = Reply::text(400, format!("[{credentials}]: (Code): {credentials}"));
    coded.body.push('\n');
    let cases: Vec<(&str, Reply)> = vec![
        ("a page", Reply::html(200)),
        ("a proxy's refusal", Reply::html(403)),
        ("a server error", Reply::html(502)),
        ("half a document", whole.clone().cut_short()),
        ("a document without its end", whole.then(Then::Hang)),
        ("credentials in an error", Reply::text(500, &*credentials)),
        ("credentials in a coded error", coded),
        ("credentials behind other words", Reply::text(500, format!("oops {credentials}"))),
        ("a body that never ends", Reply::endless(200)),
        ("an error that never ends", Reply::endless(500)),
        ("nothing at all", Reply::text(200, "")),
        ("deep nesting", Reply::text(200, "[".repeat(60_000))),
        ("control characters", Reply::text(400, "Too Many Requests\u{1b}[2J\u{7}")),
        ("a redirect", Reply::text(302, "").with("location", "http://127.0.0.1:1/")),
    ];
    std::thread::scope(|scope| {
        for (what, reply) in cases {
            scope.spawn(move || {
                let mut config = with_pod_identity(None);
                config.rule(Rule::new(Standin::PodIdentity, "/", reply));
                let report = probe(what, config);
                assert_ne!(report["outcome"], "healthy", "{what}: {report}");
                assert!(!report["evidence"].as_array().unwrap().is_empty(), "{what}: {report}");
                assert!(!report.to_string().contains('\u{1b}'), "{what}");
            });
        }
    });
}

#[test]
fn a_password_in_a_proxy_s_address_goes_nowhere() {
    let mut config = with_pod_identity(None);
    config.workload.env = vec![
        ("HTTP_PROXY", "http://user:canary-proxy-password@proxy.corp:3128/"),
        ("http_proxy", "http://user:canary-proxy-password@proxy.corp:3128/"),
    ];
    let lab = Lab::start(config).unwrap();
    for form in ["text", "json", "facts"] {
        let mut command = lab.probe().unwrap();
        let run = lab::run(command.args(["--output", form]), LIMIT).unwrap();
        sound(&run, form);
        let all = format!("{}{}", run.stdout, run.stderr);
        assert!(all.contains("proxy.corp:3128"), "{form}: {all}");
        assert!(!all.contains("canary-proxy"), "{form}: {all}");
    }
}

/// As `eks-triage facts` prints them, and as `diagnosis` reads them.
#[test]
fn the_probe_prints_its_facts_for_others_to_judge() {
    let lab = Lab::start(with_pod_identity(None)).unwrap();
    let run = lab::run(lab.probe().unwrap().args(["--output", "facts"]), LIMIT).unwrap();
    sound(&run, "facts");
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    let facts = integration::facts(&value).unwrap();
    assert_eq!(facts.collector.command, "probe");
    assert_eq!(value["pod"]["podIdentityAgent"]["seen"]["value"]["host"], "169.254.170.23");
    let claims = &value["pod"]["podIdentityToken"]["seen"]["value"]["claims"];
    assert_eq!(claims["audience"][0], "pods.eks.amazonaws.com");
    assert_eq!(diagnosis::judge(&facts).outcome, diagnosis::report::Outcome::Healthy);
}

#[test]
fn a_token_that_is_swapped_during_the_run_is_read_whole() {
    let lab = Lab::start(Config::default()).unwrap();
    let (one, two) = (lab.folder().join("one"), lab.folder().join("two"));
    for (path, uid) in [(&one, "uid-one"), (&two, "uid-two")] {
        let token = lab::Token { pod_uid: uid.to_owned(), ..lab::Token::for_sts() };
        std::fs::write(path, lab.mint(&token).unwrap()).unwrap();
    }
    let link = lab.folder().join("rotating");
    std::os::unix::fs::symlink(&one, &link).unwrap();
    let ended = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // As the kubelet does it: a new link is renamed over the old one.
            let next = lab.folder().join("next");
            for target in [&two, &one].into_iter().cycle() {
                if ended.load(std::sync::atomic::Ordering::Relaxed) {
                    break;
                }
                std::os::unix::fs::symlink(target, &next).unwrap();
                std::fs::rename(&next, &link).unwrap();
            }
        });
        for _ in 0..10 {
            let mut command = lab.probe().unwrap();
            command.env("AWS_WEB_IDENTITY_TOKEN_FILE", &link);
            let run = lab::run(&mut command, LIMIT).unwrap();
            assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
        }
        ended.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn whatever_imds_answers_is_a_fault_or_an_honest_unknown() {
    let document = "/latest/meta-data/iam/security-credentials/eks-node";
    let identity = "/latest/dynamic/instance-identity/document";
    let half = Reply::text(
        200,
        format!("{{\"Code\":\"Success\",\"SecretAccessKey\":\"{}\",", canary::NODE_SECRET),
    );
    let cases: Vec<(&str, &'static str, Reply)> = vec![
        ("a page for a token", "/latest/api/token", Reply::html(200)),
        ("a page for the role", document, Reply::html(200)),
        ("half a document", document, half),
        ("a body that never ends", document, Reply::endless(200)),
        ("a body that hangs", document, Reply::text(200, "{").then(Then::Hang)),
        ("a token that never ends", "/latest/api/token", Reply::endless(200)),
        ("a page for the instance", identity, Reply::html(200)),
        ("an array", identity, Reply::text(200, "[[[[[[[[[[")),
        ("deep nesting", identity, Reply::text(200, "[".repeat(60_000))),
        ("an unknown code", document, Reply::text(200, r#"{"Code":"SomethingNew"}"#)),
        ("nothing at all", document, Reply::text(200, "")),
        (
            "a redirect",
            "/latest/api/token",
            Reply::text(302, "").with("location", "http://127.0.0.1:1/"),
        ),
    ];
    std::thread::scope(|scope| {
        for (what, path, reply) in cases {
            scope.spawn(move || {
                let mut config = Config::default();
                config.rule(Rule::new(Standin::Imds, path, reply));
                let report = check(what, config);
                let chain =
                    report["chains"].as_array().unwrap().iter().find(|it| it["id"] == "node-join");
                let links = chain.unwrap()["links"].as_array().unwrap();
                let held =
                    |id: &str| links.iter().find(|it| it["id"] == id).unwrap()["state"] == "intact";
                let suspect = if path.ends_with("token") {
                    "imds"
                } else if path == document {
                    "node-role"
                } else {
                    "registration"
                };
                assert!(!held(suspect), "{what}: {suspect} is called intact: {report}");
            });
        }
    });
}

#[test]
fn whatever_sts_answers_is_never_called_healthy() {
    let long = format!("<Error><Code>{}</Code></Error>", "A".repeat(500_000));
    let cases: Vec<(&str, Reply)> = vec![
        ("a page", Reply::html(200)),
        ("a server error", Reply::html(503)),
        ("half an answer", Reply::xml(200, "<AssumeRoleWithWebIdentityResponse><Assume")),
        ("a body that never ends", Reply::endless(200)),
        ("an enormous code", Reply::xml(400, long)),
        (
            "control characters",
            Reply::xml(
                400,
                "<ErrorResponse><Error><Code>X\u{1b}[2J</Code><Message>\u{7}\u{1b}]0;owned</Message></Error></ErrorResponse>",
            ),
        ),
        (
            "entities",
            Reply::xml(
                400,
                "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><Error><Code>&b;</Code></Error>",
            ),
        ),
    ];
    std::thread::scope(|scope| {
        for (what, reply) in cases {
            scope.spawn(move || {
                let mut config = Config::default();
                config.rule(Rule::new(Standin::StsRegional, "/", reply).method("POST"));
                let report = probe(what, config);
                assert_eq!(report["outcome"], "undecided", "{what}: {report}");
                assert!(!report["evidence"].as_array().unwrap().is_empty(), "{what}");
            });
        }
    });
}

#[test]
fn output_that_cannot_be_written_changes_no_exit_code() {
    let lab = Lab::start(Config::default()).unwrap();
    for mut command in [lab.agent("check").unwrap(), lab.probe().unwrap()] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        command.stdout(full).stderr(std::process::Stdio::null());
        let status = command.status().unwrap();
        assert_eq!(status.code(), Some(0), "{command:?}");
    }
}

#[test]
fn a_wrong_command_line_exits_with_2_and_unknown_links_are_named() {
    let lab = Lab::start(Config::default()).unwrap();
    for arguments in [&["--no-such-option"][..], &["--deadline", "soon"]] {
        let run = lab::run(lab.agent("check").unwrap().args(arguments), LIMIT).unwrap();
        assert_eq!(run.code, Some(2), "{}", run.stderr);
    }
    let run = lab::run(lab.agent("explain").unwrap().arg("no-such-link"), LIMIT).unwrap();
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("no-such-link") && run.stderr.contains("eks-triage explain"));
}
