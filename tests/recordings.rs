//! Every fault has a recording that breaks its link by it, and the healthy one breaks nothing.
//!
//! `UPDATE_EXPECTED=1 cargo test` writes the expected texts anew; read the diff.

use std::{fmt::Write as _, fs};

use diagnosis::{
    chain::{self, Fault, Link},
    facts::Facts,
    judge,
    report::{Evidence, LinkView, Outcome, Report, State},
};
use integration::{all_healthy, facts, healthy, patch, read_json, recordings};
use serde_json::{Value, json};

/// Where a link's endpoint is measured: the faults of the ladder are recorded once, and laid over each.
const ENDPOINTS: &[(&str, &str)] = &[
    ("cluster-endpoint", "/node/clusterEndpoint"),
    ("sts-from-node", "/node/sts"),
    ("ec2-endpoint", "/node/ec2"),
    ("ecr-api-endpoint", "/node/ecrApi"),
    ("registry-endpoint", "/node/registry"),
    ("layer-endpoint", "/node/layerHost"),
    ("sts-endpoint", "/pod/stsRegional"),
];

pub(crate) fn recorded(chain: &str, link: &Link, fault: &Fault) -> Facts {
    // As the account tells of it, which has never been on the node.
    let account = format!("faults/account/{}/{}.json", link.id, fault.id);
    if recordings().join(&account).exists() {
        let mut value = healthy("account");
        patch(&mut value, &read_json(&account));
        return facts(&value).unwrap_or_else(|error| panic!("{account}: {error}"));
    }
    let mut value = healthy(chain);
    let own = format!("faults/{chain}/{}/{}.json", link.id, fault.id);
    if recordings().join(&own).exists() {
        patch(&mut value, &read_json(&own));
    } else {
        ladder(&mut value, link, fault);
    }
    facts(&value).unwrap_or_else(|error| panic!("{own}: {error}"))
}

fn ladder(value: &mut Value, link: &Link, fault: &Fault) {
    let endpoint = ENDPOINTS.iter().find(|(id, _)| *id == link.id);
    let (_, pointer) = endpoint.unwrap_or_else(|| {
        panic!("{}/{} has no recording", link.id, fault.id);
    });
    let seen = value.pointer_mut(&format!("{pointer}/seen")).unwrap();
    patch(&mut seen["value"], &read_json(&format!("ladder/{}.json", fault.id)));
    let reach: diagnosis::facts::Reach = serde_json::from_value(seen["value"].clone()).unwrap();
    seen["source"]["text"] = json!(reach.to_string());
    if link.id == "sts-from-node" {
        // Who in the node's own network needs it.
        let role = "arn:aws:iam::111122223333:role/cni";
        let own = json!({"namespace": "kube-system", "name": "aws-node", "roleArn": role});
        let source = json!({"place": "GET /api/v1/serviceaccounts", "text": role});
        let seen = json!({"seen": {"value": [own], "source": source}});
        patch(value, &json!({"cluster": {"annotated": seen}}));
    }
    if link.id == "sts-endpoint" {
        // Without the endpoint there is no answer of it.
        // Nor was the other host asked: that it answers would be a fault of its own.
        let unasked =
            json!({"webIdentity": "skipped", "caller": "skipped", "stsGlobal": "skipped"});
        patch(value, &json!({"pod": unasked}));
    }
}

pub(crate) fn every_fault() -> impl Iterator<Item = (&'static str, &'static Link, &'static Fault)> {
    chain::links()
        .flat_map(|(chain, link)| link.faults.iter().map(move |fault| (chain.id, link, *fault)))
}

/// Every fault, and what is healthy.
pub(crate) fn all() -> Vec<(String, Facts)> {
    let mut all: Vec<_> = every_fault()
        .map(|(chain, link, fault)| {
            (format!("{chain}/{}/{}", link.id, fault.id), recorded(chain, link, fault))
        })
        .collect();
    all.push(("healthy".to_owned(), facts(&all_healthy()).unwrap()));
    for chain in diagnosis::chain::CHAINS {
        all.push((format!("healthy {}", chain.id), facts(&healthy(chain.id)).unwrap()));
    }
    all
}

#[test]
fn every_fault_is_decided_from_its_recording() {
    let mut wrong = Vec::new();
    for (chain, link, fault) in every_fault() {
        let report = judge(&recorded(chain, link, fault));
        let expected = (Some(chain), Some(link.id), Some(fault.id), Some(fault.plane));
        let found = (report.chain, report.link, report.fault, report.plane);
        if found != expected || report.outcome != Outcome::Decided {
            wrong.push(format!("{expected:?} but found {:?} {found:?}", report.outcome));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_fault_is_told_as_expected() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut wrong = Vec::new();
    for (chain, link, fault) in every_fault() {
        let name = format!("{}/{chain}/{}/{}.txt", "expected", link.id, fault.id);
        let path = recordings().join(&name);
        let text = told(&judge(&recorded(chain, link, fault)), link);
        if update {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        } else if fs::read_to_string(&path).unwrap_or_default() != text {
            wrong.push(format!("{name}:\n{text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The link under test alone, so that a new link does not touch the texts of the others.
fn told(report: &Report, link: &Link) -> String {
    let views = report.chains.iter().flat_map(|chain| &chain.links);
    let view: &LinkView = views.into_iter().find(|it| it.id == link.id).unwrap();
    let (fix, verify) = (report.fix.as_ref().unwrap(), report.verify.as_ref().unwrap());
    let mut text = format!("{}\n✗ {}: {}\n", report.title, view.title, view.detail);
    for Evidence { quote, source, .. } in &report.evidence {
        writeln!(text, "  {source}: {quote}").unwrap();
    }
    write!(
        text,
        "fix: {}\n{}\nby: {}\nimpact: {}\nverify: {}\nexpect: {}\n",
        fix.summary, fix.change, fix.owner, fix.impact, verify.command, verify.expect
    )
    .unwrap();
    text
}

#[test]
fn no_recording_and_no_expected_text_is_an_orphan() {
    // What only the account tells is recorded over its own healthy one.
    let known: Vec<String> = every_fault()
        .flat_map(|(chain, link, fault)| {
            [chain, "account"].map(|room| format!("{room}/{}/{}", link.id, fault.id))
        })
        .collect();
    for (room, ending) in [("faults", "json"), ("expected", "txt")] {
        let root = recordings().join(room);
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path.strip_prefix(&root).unwrap().with_extension("");
                let name = name.to_str().unwrap().to_owned();
                assert!(known.contains(&name), "{name} is the {ending} of no fault");
            }
        }
    }
}

#[test]
fn the_healthy_recording_leaves_every_link_intact_or_not_applicable() {
    let facts = facts(&all_healthy()).unwrap();
    for (chain, link, state) in diagnosis::checklist(&facts) {
        assert!(
            matches!(state, State::Intact | State::NotApplicable),
            "{chain}/{link} is {state:?}"
        );
    }
    let report = judge(&facts);
    assert_eq!(report.outcome, Outcome::Healthy);
    assert!(report.needs.is_empty() && report.also.is_empty() && report.fix.is_none());
}

#[test]
fn a_healthy_account_breaks_no_link() {
    let report = judge(&facts(&healthy("account")).unwrap());
    assert_ne!(report.outcome, Outcome::Decided, "{}", report.title);
    assert!(report.also.is_empty() && report.risks.is_empty(), "{:?}", report.risks);
}

#[test]
fn a_healthy_account_leaves_what_the_account_decides_intact() {
    const LINKS: [&str; 10] = [
        "creator",
        "cluster",
        "node-group",
        "scaling",
        "launch-template",
        "instance",
        "instance-profile",
        "node-role",
        "node-policies",
        "access",
    ];
    let states = diagnosis::checklist(&facts(&healthy("account")).unwrap());
    for link in LINKS {
        let state = states.iter().find(|it| it.1 == link).map(|it| it.2);
        let well = matches!(state, Some(State::Intact | State::NotApplicable));
        assert!(well, "{link} is {state:?}");
    }
}

/// The links of one chain that its own healthy recording leaves otherwise.
fn unwell(recording: &str, chain: &str) -> Vec<(&'static str, State)> {
    let all = diagnosis::checklist(&facts(&healthy(recording)).unwrap());
    let own = all.into_iter().filter(|(of, ..)| *of == chain).map(|(_, link, state)| (link, state));
    own.filter(|(_, state)| !matches!(state, State::Intact | State::NotApplicable)).collect()
}

#[test]
fn each_chain_is_well_in_its_own_healthy_recording() {
    // Those of a node share its facts, and stand in one recording only together.
    for chain in ["irsa", "pod-identity"] {
        let unwell = unwell(chain, chain);
        assert!(unwell.is_empty(), "{chain}: {unwell:?}");
    }
}

#[test]
fn a_pod_with_one_mechanism_has_nothing_of_the_other() {
    let states = |recording: &str| diagnosis::checklist(&facts(&healthy(recording)).unwrap());
    let other = |it: &(&str, &str, State)| it.0 == "pod-identity";
    let of_web_identity: Vec<_> = states("irsa").into_iter().filter(other).collect();
    assert!(of_web_identity.iter().all(|(.., it)| *it == State::NotApplicable));
    let report = judge(&facts(&healthy("pod-identity")).unwrap());
    assert_eq!(report.outcome, Outcome::Healthy, "{:?}", report.needs);
    assert!(report.risks.is_empty(), "{:?}", report.risks);
    assert_eq!(unwell("pod-identity", "irsa"), []);
}

#[test]
fn what_a_client_does_wrong_is_not_refuted_by_a_probe_that_fares_better() {
    let mut value = healthy("pod-identity");
    let text = "CredentialsEndpointError: invalid endpoint host, \"169.254.170.23\", only loopback hosts are allowed.";
    value["lines"] =
        json!([{"place": "app.log", "line": 7, "at": "2026-03-01T10:00:00Z", "text": text}]);
    let report = judge(&facts(&value).unwrap());
    assert_eq!(report.outcome, Outcome::Healthy, "the workload itself was at work later");
    assert_eq!(report.set_aside.len(), 1);
    value["pod"]["caller"] = json!("skipped");
    let report = judge(&facts(&value).unwrap());
    assert_eq!(report.fault, Some("sdk-refuses-address"));
    assert_eq!(report.evidence[0].quote, text);
}

#[test]
fn without_facts_every_link_is_unknown() {
    let states = diagnosis::checklist(&Facts::default());
    assert!(states.iter().all(|(.., state)| *state == State::Unknown), "{states:?}");
    let report = judge(&Facts::default());
    assert_eq!(report.outcome, Outcome::Undecided);
    assert!(!report.needs.is_empty());
}

#[test]
fn a_key_that_is_not_a_fact_is_refused() {
    let misspelt = [
        json!({"node": {"kubeletHealth": "skipped"}}),
        json!({"pod": {"token": {"seen": {"value": "missing", "source": {"placee": "x"}}}}}),
        json!({"lines": [{"text": "x", "lineNumber": 3}]}),
    ];
    for value in misspelt {
        assert!(facts(&value).is_err(), "{value} was accepted");
        let lenient: Result<Facts, _> = serde_json::from_value(value);
        assert!(lenient.is_ok(), "a reader in the field must skip what it does not know");
    }
}

#[test]
fn evidence_is_a_substring_of_what_was_read() {
    for (chain, link, fault) in every_fault() {
        let facts = recorded(chain, link, fault);
        let all = serde_json::to_string(&facts).unwrap();
        let report = judge(&facts);
        assert!(!report.evidence.is_empty(), "{chain}/{}/{}", link.id, fault.id);
        for Evidence { quote, .. } in &report.evidence {
            let escaped = serde_json::to_string(quote).unwrap();
            assert!(!quote.is_empty(), "{chain}/{}/{} quotes nothing", link.id, fault.id);
            assert!(all.contains(escaped.trim_matches('"')), "{quote} was not read");
        }
    }
}

#[test]
fn looks_from_node_and_pod_merge_in_any_order() {
    let whole = facts(&all_healthy()).unwrap();
    let (mut node, mut pod) = (whole.clone(), whole.clone());
    node.pod = diagnosis::facts::Pod::default();
    (pod.node, pod.cluster) = Default::default();
    let text = |facts: &Facts| serde_json::to_string(facts).unwrap();
    assert_eq!(text(&node.clone().merge(pod.clone())), text(&whole));
    assert_eq!(text(&pod.merge(node)), text(&whole));
}

#[test]
fn a_call_that_came_to_nothing_is_never_healthy() {
    let seen = |status: u16, code: &str, message: &str| {
        json!({"seen": {
            "value": {"status": status, "code": code, "message": message, "detail": ""},
            "source": {"place": "sts", "line": 0, "at": "2026-03-01T10:05:00Z",
                       "text": format!("{code}: {message}")}}})
    };
    let answers = [
        seen(500, "InternalFailure", "The request failed"),
        seen(200, "", "HTTP 200, but not in the words of STS"),
        json!({"failed": {"why": "sts:443: no HTTP answer in time", "source": {"place": "sts"}}}),
    ];
    for answer in answers {
        let mut value = healthy("irsa");
        value["pod"]["webIdentity"] = answer;
        let report = judge(&facts(&value).unwrap());
        assert_eq!(report.outcome, Outcome::Undecided, "{:?}", report.title);
        assert_eq!(report.evidence.len(), 1, "what came of the call is quoted");
        assert!(report.needs.iter().all(|it| it.input != "node-check"), "{:?}", report.needs);
    }
}

#[test]
fn a_pod_that_does_not_run_is_never_healthy() {
    let mut value = healthy("irsa");
    patch(
        &mut value,
        &json!({"cluster": {"pod": {"seen": {
            "value": {"present": {"phase": "Pending"}},
            "source": {"text": "pod prod/api-7d9f\nphase: Pending"}}}}}),
    );
    let report = judge(&facts(&value).unwrap());
    assert_eq!(report.outcome, Outcome::Undecided);
    assert_eq!(report.evidence[0].quote, "phase: Pending");
}

#[test]
fn what_speaks_against_a_link_without_deciding_is_not_healthy() {
    let mut value = healthy("pod-network");
    patch(
        &mut value,
        &json!({"node": {"ipamd": {"seen": {
        "value": {"assigned": 18}, "source": {"text": "TotalIPs: 18, AssignedIPs: 18"}}}}}),
    );
    let report = judge(&facts(&value).unwrap());
    assert_eq!(report.outcome, Outcome::Undecided);
    assert_eq!((report.chain, report.link), (Some("pod-network"), Some("addresses")));
    assert_eq!((report.plane, report.fault), (None, None));
    assert_eq!(report.evidence[0].quote, "TotalIPs: 18, AssignedIPs: 18");
    let needs: Vec<_> = report.needs.iter().map(|it| it.input).collect();
    assert_eq!(needs, ["subnets"]);
}

#[test]
fn the_text_form_has_the_deciding_quote_whole() {
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    for (chain, link, fault) in every_fault() {
        let report = judge(&recorded(chain, link, fault));
        let mut text = Vec::new();
        diagnosis::render::text(&report, &mut text).unwrap();
        let text = bare(&String::from_utf8(text).unwrap());
        let quote = &report.evidence[0].quote;
        assert!(text.contains(&bare(quote)), "{chain}/{}/{}: {quote}", link.id, fault.id);
    }
}
