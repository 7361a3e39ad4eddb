//! A folder of an account's answers with what agents saw on its nodes: one report, same ids.

use integration::{healthy, patch, read_json};
use serde_json::{Value, json};

use crate::diagnose::desk::Desk;
use crate::postmortem::documents;

const ONE: &str = "i-0aaa";
const OTHER: &str = "i-0bbb";

/// What `eks-triage facts` prints on this instance.
fn view(instance: &str, fault: &str) -> String {
    let mut value = healthy("node-join");
    if !fault.is_empty() {
        patch(&mut value, &read_json(&format!("faults/node-join/{fault}.json")));
    }
    patch(&mut value, &json!({"account": null}));
    value.to_string().replace("10.100.0.", "172.20.0.").replace("i-0abc123def4567890", instance)
}

fn told(views: &[(&str, &str)]) -> (Value, String) {
    let desk = Desk::new();
    for (name, value) in documents() {
        desk.has(&name, serde_json::to_string_pretty(&value).unwrap());
    }
    for (name, text) in views {
        desk.has(&format!("reports/{name}"), text);
    }
    let run = desk.run(&[".", "-o", "json"]);
    let report = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    (report, run.stderr)
}

/// Of the chain that all of it is about.
fn links(report: &Value) -> Vec<&str> {
    let chains = report["chains"].as_array().unwrap();
    let chain = chains.iter().find(|it| it["id"] == "node-join").unwrap();
    chain["links"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect()
}

#[test]
fn of_several_nodes_the_broken_one_decides_and_is_named() {
    let (alone, _) = told(&[]);
    assert_eq!((&alone["outcome"], &alone["instance"]), (&json!("healthy"), &Value::Null));
    let (well, ill) = (view(ONE, ""), view(OTHER, "kubelet-config/swap-on"));
    for views in [[("a", &*well), ("b", &*ill)], [("a", &*ill), ("b", &*well)]] {
        let (report, _) = told(&views);
        assert_eq!(report["fault"], "swap-on", "{report}");
        assert_eq!(report["instance"], OTHER);
        assert_eq!(
            (&report["subject"]["kind"], &report["subject"]["name"]),
            (&json!("nodegroup"), &json!("workers"))
        );
        let (alone, joined) = (links(&alone), links(&report));
        assert!(alone.iter().all(|it| joined.contains(it)), "{alone:?} {joined:?}");
    }
}

#[test]
fn a_node_without_a_report_says_nothing_against_the_others() {
    let (report, _) = told(&[("a", &view(ONE, ""))]);
    assert_eq!((&report["outcome"], &report["instance"]), (&json!("healthy"), &json!(ONE)));
    let (report, _) = told(&[("b", &view(OTHER, "access/unauthorized"))]);
    assert_eq!((&report["fault"], &report["instance"]), (&json!("unauthorized"), &json!(OTHER)));
}

#[test]
fn a_report_cut_off_and_one_of_a_stranger_are_told_and_the_rest_decides() {
    let (whole, ill) = (view(ONE, ""), view(OTHER, "kubelet-config/swap-on"));
    let stranger = view("i-0ddd", "clock/breaks-tokens");
    let half = &whole[..whole.len() / 2];
    let (report, _) = told(&[("half", half), ("ill", &ill), ("stranger", &stranger)]);
    let inputs = report["inputs"].to_string();
    assert!(inputs.contains("reports/half") && inputs.contains("reports/stranger"), "{inputs}");
    assert_eq!(
        (&report["fault"], &report["instance"]),
        (&json!("swap-on"), &json!(OTHER)),
        "{report}"
    );
}
