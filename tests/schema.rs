//! The report's JSON Schema is checked in, and is what the code generates.

use std::{collections::BTreeSet, fs};

use diagnosis::{judge, render, report::Report};
use integration::{all_healthy, facts, recordings};
use serde_json::Value;

use crate::forms::groups;

#[test]
fn the_schema_is_the_one_that_the_code_generates() {
    let path = recordings().join("../report.schema.json");
    let schema = diagnosis::report::schema();
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), text, "UPDATE_EXPECTED=1 cargo test writes it");
}

#[test]
fn a_report_has_exactly_the_keys_of_the_schema() {
    let schema = diagnosis::report::schema();
    let report = judge(&facts(&all_healthy()).unwrap());
    let value = serde_json::to_value(&report).unwrap();
    let keys = |value: &Value| {
        let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    // What only a group of nodes has is left out elsewhere.
    let mut all = keys(&value);
    all.extend(
        ["nodes", "instance", "firstFailure", "changes", "more", "grant"].map(str::to_owned),
    );
    all.sort();
    assert_eq!(all, keys(&schema["properties"]));
    assert_eq!(value["schemaVersion"], 1);
}

#[test]
fn several_groups_have_exactly_the_keys_of_the_schema() {
    let schema = diagnosis::report::schema();
    let groups = groups();
    let mut json = Vec::new();
    render::groups::json(&groups, &mut json).unwrap();
    let value: Value = serde_json::from_slice(&json).unwrap();
    let of = &schema["$defs"]["Groups"];
    let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
    let known: Vec<&String> = of["properties"].as_object().unwrap().keys().collect();
    assert_eq!(BTreeSet::from_iter(keys), BTreeSet::from_iter(known));
    assert_eq!(of["properties"]["groups"]["items"], serde_json::json!({"$ref": "#"}));
    assert_eq!(value["outcome"], "decided");
    let outcomes: Vec<_> =
        value["groups"].as_array().unwrap().iter().map(|it| &it["outcome"]).collect();
    assert_eq!(outcomes, ["decided", "decided", "decided", "undecided", "healthy"]);
    // Whatever a report refers to stands in the same document.
    let text = schema.to_string();
    for name in text.split("\"#/$defs/").skip(1).filter_map(|it| it.split('"').next()) {
        assert!(!schema["$defs"][name].is_null(), "{name}");
    }
}

fn large() -> Report {
    let mut value = all_healthy();
    let lines: Vec<Value> = (1..60)
        .map(|line| {
            let text = format!("Token expired: current date/time {}", "x".repeat(400));
            serde_json::json!({"place": "app.log", "line": line, "at": null, "text": text})
        })
        .collect();
    value["lines"] = Value::Array(lines);
    value["node"]["kubelet"]["seen"]["value"]["ended"] = Value::from("connect-refused");
    judge(&facts(&value).unwrap())
}

#[test]
fn the_compact_form_fits_its_limit_and_keeps_the_verdict() {
    let report = large();
    assert!(serde_json::to_string(&report).unwrap().len() > 4096);
    for limit in [4096, 2048, 1200] {
        let text = render::compact(&report, limit);
        assert!(text.len() <= limit, "{} > {limit}", text.len());
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["outcome"], "decided");
        assert_eq!((&value["chain"], &value["link"]), (&"node-join".into(), &"kubelet".into()));
    }
}

#[test]
fn the_text_form_fits_a_hundred_columns_but_for_what_is_pasted() {
    let report = large();
    let mut text = Vec::new();
    render::text(&report, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let pasted = &report.fix.as_ref().unwrap().change;
    for line in text.lines() {
        let fits = line.chars().count() <= 100 || pasted.contains(line.trim());
        assert!(fits, "{line}");
    }
    assert!(text.starts_with("NODE   no kubelet listens on this node\n"), "{text}");
}

#[test]
fn what_was_read_cannot_steer_a_terminal() {
    let mut value = all_healthy();
    value["node"]["kubelet"]["seen"]["value"]["ended"] = Value::from("connect-refused");
    value["node"]["kubelet"]["seen"]["source"]["text"] =
        Value::from("127.0.0.1:10248 \u{1b}[2J\u{1b}]0;owned\u{7}");
    let mut text = Vec::new();
    render::text(&judge(&facts(&value).unwrap()), &mut text).unwrap();
    assert!(!text.iter().any(|byte| *byte < 0x20 && *byte != b'\n'));
}
