//! What several facts together come to, where each alone would say something else: two mechanisms, a
//! healthy probe beside a workload that is not, an account that nobody may read.

use diagnosis::{
    facts::Line,
    judge,
    report::{Outcome, Report, State},
};
use integration::{facts, healthy, patch, read_json};
use serde_json::{Value, json};

const LOG: &str = "logs of prod/api-7d9f/app";
const BEFORE: &str = "2026-03-01T10:00:00Z";

fn report(chain: &str, changes: &[Value]) -> Report {
    let mut value = healthy(chain);
    for it in changes {
        patch(&mut value, it);
    }
    judge(&facts(&value).unwrap_or_else(|error| panic!("{error}")))
}

/// The workload was not seen at work, and said this before the probe looked.
fn said(text: &str) -> Value {
    let (place, at) = (LOG.into(), Some(BEFORE.into()));
    let line = Line { place, at, text: text.into(), ..Line::default() };
    json!({"pod": {"caller": "skipped"}, "lines": [line]})
}

fn seen(value: &Value, text: &str) -> Value {
    json!({"seen": {"value": value, "source":
        {"place": "somewhere", "line": 0, "at": "2026-03-01T10:05:00Z", "text": text}}})
}

fn state(report: &Report, link: &str) -> Option<State> {
    let mut links = report.chains.iter().flat_map(|it| &it.links);
    links.find(|it| it.id == link).map(|it| it.state)
}

fn decided(report: &Report) -> (Option<&str>, Option<&str>) {
    assert_eq!(report.outcome, Outcome::Decided, "{} {:?}", report.title, report.possible);
    (report.link, report.fault)
}

#[test]
fn an_association_that_waits_for_the_next_pod_does_not_make_the_web_identity_wrong() {
    let association = healthy("pod-identity")["account"]["association"].clone();
    let report = report("irsa", &[json!({"account": {"association": association}})]);
    assert_eq!(report.outcome, Outcome::Healthy, "{}", report.title);
    assert!(report.risks[0].title.starts_with("an association waits"), "{:?}", report.risks);
}

#[test]
fn a_call_as_the_node_does_not_show_that_the_own_identity_works() {
    let node = "arn:aws:sts::111122223333:assumed-role/eks-node/i-0abc123def4567890";
    let refuses = "CredentialsEndpointError: invalid endpoint host, \"169.254.170.23\", only loopback hosts are allowed.";
    let caller = json!({"pod": {"caller": seen(&json!(node), node)}});
    let report = report("pod-identity", &[said(refuses), caller]);
    assert_eq!(decided(&report), (Some("pod-identity-agent"), Some("sdk-refuses-address")));
    assert!(report.set_aside.is_empty(), "{:?}", report.set_aside);
}

#[test]
fn a_probe_with_a_token_of_its_own_does_not_refute_the_workload() {
    for (text, fault) in [
        (
            "ExpiredTokenException: Token expired: current date/time 1772359500 must be before the expiration date/time 1772352000",
            "stale-in-client",
        ),
        (
            "open /var/run/secrets/eks.amazonaws.com/serviceaccount/token: permission denied",
            "unreadable",
        ),
        ("SignatureDoesNotMatch: Credential should be scoped to a valid region.", "sign-region"),
    ] {
        let report = report("irsa", &[said(text)]);
        assert_eq!(decided(&report).1, Some(fault), "{text}");
    }
    let missing =
        "open /var/run/secrets/eks.amazonaws.com/serviceaccount/token: no such file or directory";
    let report = report("irsa", &[said(missing)]);
    assert_eq!((report.outcome, report.link), (Outcome::Undecided, Some("token-file")));
}

#[test]
fn what_passed_before_the_probe_looked_is_set_aside() {
    for text in [
        "An error occurred (Throttling) when calling the AssumeRoleWithWebIdentity operation (reached max retries: 4): Rate exceeded",
        "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity",
        "Post \"https://sts.us-west-2.amazonaws.com/\": dial tcp 52.94.1.1:443: i/o timeout",
    ] {
        let report = report("irsa", &[said(text)]);
        assert_eq!((report.outcome, report.set_aside.len()), (Outcome::Healthy, 1), "{text}");
    }
}

#[test]
fn a_workload_that_asks_the_global_host_is_heard_though_the_regional_one_answers() {
    let ended = json!({"pod": {"stsGlobal": {"seen": {
        "value": {"ended": "connect-timed-out"},
        "source": {"text": "sts.amazonaws.com:443 (10.0.3.12) dns 2 ms, tcp 3000 ms: connect timed out"}}}}});
    let text =
        "caused by: Post \"https://sts.amazonaws.com/\": dial tcp 52.46.149.173:443: i/o timeout";
    let report = report("irsa", &[said(text), ended]);
    assert_eq!(decided(&report), (Some("sts-endpoint"), Some("global-host-chosen")));
    assert_eq!(report.evidence[0].quote, text);
    assert!(report.evidence[1].quote.starts_with("sts.amazonaws.com:443"));
}

#[test]
fn a_role_of_the_same_name_in_another_account_says_nothing() {
    let role = "arn:aws:iam::444455556666:role/api-reader";
    let list = json!({"account": "111122223333", "providers": []});
    let report = report(
        "irsa",
        &[json!({
            "pod": {"caller": "skipped", "webIdentity": "skipped"},
            "cluster": {"serviceAccount": {"seen": {"value": {"present": {"roleArn": role}}}}},
            "account": {"oidcProviders": seen(&list, "no OIDC provider in account 111122223333")},
        })],
    );
    for link in ["oidc-provider", "role", "trust-principal", "trust-conditions"] {
        assert_eq!(state(&report, link), Some(State::Unknown), "{link}");
    }
    assert_eq!(report.fault, None);
}

/// A pod of a ServiceAccount without a role, of which only the cluster's objects were read.
fn unannotated(account: &str, annotated: &[&str]) -> Value {
    let role = "arn:aws:iam::111122223333:role/data";
    let all: Vec<Value> = annotated
        .iter()
        .map(|it| json!({"namespace": "prod", "name": it, "roleArn": role}))
        .collect();
    let text: Vec<String> = annotated.iter().map(|it| format!("prod/{it} {role}")).collect();
    let own = json!({"present": {"namespace": "prod", "name": account}});
    let pod = json!({"present": {"namespace": "prod", "name": "api-7d9f", "phase": "Running",
        "serviceAccount": account, "container": "app", "containers": [{"name": "app"}]}});
    json!({"takenAt": "2026-03-01T10:05:00Z", "cluster": {
        "serviceAccount": seen(&own, "eks.amazonaws.com/role-arn is not set"),
        "annotated": seen(&json!(all), &text.join("\n")),
        "pod": seen(&pod, &format!("serviceAccountName: {account}\ncontainer app: env sets no AWS_ variable")),
    }})
}

fn of(value: &Value) -> Report {
    judge(&facts(value).unwrap())
}

#[test]
fn without_an_annotation_there_may_still_be_an_association() {
    let mut value = unannotated("api", &[]);
    let open = of(&value);
    assert_eq!((open.outcome, open.link), (Outcome::Undecided, Some("role-arn")));
    assert_eq!(open.needs[0].input, "association");
    value["account"]["association"] = seen(&json!("absent"), "no association for prod/api");
    assert_eq!(decided(&of(&value)), (Some("role-arn"), Some("annotation-missing")));
}

#[test]
fn which_of_several_service_accounts_was_meant_is_not_guessed() {
    let absent = seen(&json!("absent"), "no association for prod/default");
    let mut one = unannotated("default", &["api"]);
    one["account"]["association"] = absent.clone();
    assert_eq!(decided(&of(&one)), (Some("pod-service-account"), Some("default-used")));
    let mut two = unannotated("default", &["api", "batch"]);
    two["account"]["association"] = absent;
    let report = of(&two);
    assert_eq!((report.outcome, report.fault), (Outcome::Undecided, None), "{}", report.title);
    assert!(report.needs.iter().any(|it| it.input == "pod-template"), "{:?}", report.needs);
}

#[test]
fn a_role_that_comes_from_a_secret_is_not_a_malformed_one() {
    let identity = json!({"roleArn": "(set from elsewhere)", "tokenFile": "(set from elsewhere)"});
    let failed = json!({"why": "403 Forbidden", "source": {"place": "kubectl get serviceaccount"}});
    let pod = json!({"cluster": {"pod": {"seen": {"value": {"present": {
        "containers": [{"name": "app", "identity": identity, "mounts": []}]}},
        "source": {"text": "container app: AWS_ROLE_ARN=(set from elsewhere)"}}}}});
    let hidden = json!({"pod": null, "cluster": {
        "serviceAccount": {"seen": null, "failed": failed}, "annotated": "skipped"}});
    let report = report("irsa", &[pod, hidden]);
    assert_eq!(report.fault, None, "{}", report.title);
    assert_eq!(state(&report, "role-arn"), Some(State::Unknown));
}

#[test]
fn an_external_id_that_no_refusal_tells_is_not_taken_for_a_wrong_one() {
    let target = "arn:aws:iam::444455556666:role/data";
    let text = format!(
        "AccessDenied: User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: sts:AssumeRole on resource: {target}"
    );
    let allow = format!(
        r#"{{"Statement": {{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "{target}"}}}}"#
    );
    let trusting = |role: &str| {
        let trust = format!(
            r#"{{"Statement": {{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::111122223333:role/{role}"}}, "Action": "sts:AssumeRole", "Condition": {{"StringEquals": {{"sts:ExternalId": "x"}}}}}}}}"#
        );
        let role = json!({"present": {"arn": target, "trust": trust}});
        let own = json!({"present": {"policies": [{"name": "hop", "text": allow}]}});
        let account = json!({"account": {
            "targetRole": seen(&role, &trust), "role": {"seen": {"value": own}}}});
        report("irsa", &[said(&text), account])
    };
    assert_eq!(trusting("api-reader").fault, None);
    assert_eq!(decided(&trusting("batch")).1, Some("target-trust-lacks"));
}

#[test]
fn behind_a_proxy_a_direct_connection_decides_nothing() {
    let timed_out = json!({"cluster": {"pod": "skipped"}, "pod": {"webIdentity": "skipped",
        "caller": "skipped", "stsRegional": {"seen": {"value": {
            "phases": [{"phase": "tcp", "millis": 3000}], "ended": "connect-timed-out"}}}}});
    let through = json!({"pod": {"identity": {"seen": {"value": {"httpsProxy": "proxy:3128"}}}}});
    let direct = report("irsa", std::slice::from_ref(&timed_out));
    assert_eq!(state(&direct, "sts-endpoint"), Some(State::Broken), "{}", direct.title);
    let report = report("irsa", &[timed_out, through]);
    assert_eq!(state(&report, "sts-endpoint"), Some(State::Unknown), "{}", report.title);
    assert_eq!(report.outcome, Outcome::Undecided, "{}", report.title);
    assert!(report.needs.iter().any(|it| it.input == "workload-log"), "{:?}", report.needs);
}

#[test]
fn what_keeps_other_pods_from_starting_is_not_what_ails_one_that_runs() {
    let mut node = healthy("pod-network");
    patch(&mut node, &read_json("faults/pod-network/capacity/max-pods-too-high.json"));
    assert_eq!(
        decided(&judge(&facts(&node).unwrap())),
        (Some("capacity"), Some("max-pods-too-high"))
    );
    for key in ["subject", "takenAt", "collector"] {
        node.as_object_mut().unwrap().remove(key);
    }
    let injection = read_json("faults/irsa/injection/predates-annotation.json");
    let report = report("irsa", &[node, injection]);
    assert_eq!(decided(&report).0, Some("injection"), "{}", report.title);
    assert!(report.also.iter().any(|it| it.link == "capacity"), "{:?}", report.also);
}

/// Lines of one log, in their order.
fn log(lines: &[&str]) -> Report {
    let text = lines.join("\n");
    let log = diagnosis::document::log::read("events.txt", &mut text.as_bytes()).unwrap();
    judge(&diagnosis::facts::Facts { lines: log.lines, ..Default::default() })
}

#[test]
fn a_retry_that_went_through_decides_nothing() {
    let failed = "Warning  Failed  kubelet  Failed to pull image \"registry.example/api:1\": rpc error: code = NotFound desc = failed to pull and unpack image \"registry.example/api:1\": failed to resolve reference \"registry.example/api:1\": registry.example/api:1: not found";
    let pulled = "Normal  Pulled  kubelet  Successfully pulled image \"registry.example/api:1\" in 1.3s (1.3s including waiting)";
    let other =
        "Normal  Pulled  kubelet  Successfully pulled image \"registry.example/sidecar:1\" in 1s";
    let unauthorized = r#"E0606 19:33:03.828406 3214 kubelet_node_status.go:96] "Unable to register node with API server" err="Unauthorized" node="ip-10-0-1-10.ec2.internal""#;
    let registered = r#"I0606 19:35:03.828406 3214 kubelet_node_status.go:81] "Successfully registered node" node="ip-10-0-1-10.ec2.internal""#;
    for (lines, broken) in [
        (&[failed][..], true),
        (&[failed, pulled], false),
        (&[pulled, failed], true),
        (&[failed, other], true),
        (&[unauthorized], true),
        (&[unauthorized, registered], false),
        (&[registered, unauthorized], true),
        (&[failed, registered], true),
    ] {
        let report = log(lines);
        assert_eq!(report.outcome == Outcome::Decided, broken, "{lines:?}: {}", report.title);
        let aside = report.set_aside.iter().any(|it| it.why.starts_with("it went through later"));
        assert_eq!(aside, !broken, "{lines:?}: {:?}", report.set_aside);
    }
}

#[test]
fn within_one_look_no_answer_is_older_than_what_was_read_beside_it() {
    let refused = read_json("faults/irsa/oidc-provider/missing.json");
    let later = |at: &str| {
        json!({"pod": {"token": {"seen": {"source": {"at": at}}},
        "identity": {"seen": {"source": {"at": at}}}, "stsRegional": {"seen": {"source": {"at": at}}}},
        "account": null, "cluster": null, "takenAt": at})
    };
    let listed = |at: &str| {
        let providers = healthy("irsa")["account"]["oidcProviders"].clone();
        let mut value = json!({"account": {"oidcProviders": providers}});
        patch(&mut value, &json!({"account": {"oidcProviders": {"seen": {"source": {"at": at}}}}}));
        value
    };
    let judged = |at: &str| report("irsa", &[later(at), refused.clone(), listed(at)]);
    let report = judged("2026-03-01T10:05:01Z");
    assert_eq!(decided(&report), (Some("oidc-provider"), Some("missing")));
    let report = judged("2026-03-01T11:05:00Z");
    assert_ne!(report.outcome, Outcome::Decided, "{}", report.title);
}

#[test]
fn a_type_that_the_table_lacks_has_the_limits_that_ec2_tells() {
    let unknown = json!({"node": {"instance": {"seen": {"value": {"instanceType": "x9.large"}}}}});
    let too_many = read_json("faults/pod-network/capacity/max-pods-too-high.json");
    let before = report("pod-network", &[unknown.clone(), too_many.clone()]);
    assert_eq!(state(&before, "capacity"), Some(State::Unknown), "{}", before.title);
    let limits = json!([{"instanceType": "x9.large", "interfaces": 3, "addresses": 10}]);
    let told = json!({"account": {"instanceLimits": seen(&limits, "x9.large")}});
    let report = report("pod-network", &[unknown, too_many, told]);
    // 110 pods are what an image guesses for such a type.
    assert_eq!(decided(&report), (Some("capacity"), Some("type-unknown")));
    assert!(report.title.contains("x9.large"), "{}", report.title);
}
