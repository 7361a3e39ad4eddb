//! Nodes that are no EC2 instances of a group, and entries of other types than their compute takes.

use diagnosis::report::{Outcome, State};
use serde_json::{Value, json};

use super::{account, drop, group, seen, state, told};

const HYBRID: &str = "mi-0c6ec2f6f79176565";
const POD: &str = "hyperpod-i-0abcdef1234567890";
const ROLE: &str = "arn:aws:iam::111122223333:role/edge";

/// A node that asked STS for itself, beside what the account says of its cluster.
fn node(name: &str) -> Value {
    let mut value = account();
    value["subject"] = json!({"kind": "node", "name": name});
    value["node"]["name"] =
        json!({"seen": {"value": name, "source": {"place": "its name", "text": name}}});
    let arn = format!("arn:aws:sts::111122223333:assumed-role/edge/{name}");
    let source = json!({"place": "sts", "text": arn});
    value["node"]["caller"] =
        json!({"seen": {"value": {"status": 200, "detail": arn}, "source": source}});
    drop(
        &mut value,
        &[
            "compute",
            "nodegroup",
            "scalingGroup",
            "activities",
            "launchTemplate",
            "image",
            "instances",
            "statuses",
            "instanceProfile",
            "role",
        ],
    );
    value
}

fn mode(value: &mut Value, mode: &str) {
    seen(value, "cluster")["present"]["accessConfig"]["authenticationMode"] = json!(mode);
    let text = format!("\"authenticationMode\": \"{mode}\"");
    group(value)["cluster"]["seen"]["source"]["text"] = json!(text);
}

fn entry(value: &mut Value, kind: &str) {
    let source = json!({"place": "entry", "text": format!("\"type\": \"{kind}\"")});
    let own = json!({"value": {"principalArn": ROLE, "type": kind}, "source": source});
    seen(value, "accessEntries").as_array_mut().unwrap().push(own);
    value["account"]["accessEntries"]["seen"]["value"].as_array_mut().unwrap().push(json!(ROLE));
}

fn mapped(value: &mut Value, username: &str) {
    let one = json!([{"roleArn": ROLE, "username": username, "groups": ["system:nodes"]}]);
    let source = json!({"place": "aws-auth", "text": format!("username: {username}")});
    value["cluster"]["mappedRoles"] = json!({"seen": {"value": one, "source": source}});
}

fn decided(value: &Value) -> Option<String> {
    let report = told(value);
    (report.outcome == Outcome::Decided)
        .then(|| format!("{}/{}", report.link.unwrap(), report.fault.unwrap()))
}

#[test]
fn each_kind_of_node_takes_the_entry_of_its_own_type() {
    for (name, own, others) in [
        (HYBRID, "HYBRID_LINUX", ["EC2_LINUX", "STANDARD", "HYPERPOD_LINUX"]),
        (POD, "HYPERPOD_LINUX", ["EC2_LINUX", "STANDARD", "HYBRID_LINUX"]),
    ] {
        let mut value = node(name);
        mode(&mut value, "API");
        entry(&mut value, own);
        assert_eq!(state(&value, "access"), State::Intact, "{name}");
        for other in others {
            let mut value = node(name);
            mode(&mut value, "API_AND_CONFIG_MAP");
            entry(&mut value, other);
            assert_eq!(decided(&value).as_deref(), Some("access/wrong-type"), "{name}, {other}");
            let change = told(&value).fix.unwrap().change;
            assert!(change.contains("delete-access-entry"), "{change}");
            assert!(change.contains(&format!("--type {own} --principal-arn {ROLE}")), "{change}");
        }
    }
}

#[test]
fn a_hybrid_node_joins_by_an_entry_or_by_aws_auth_where_the_mode_reads_it() {
    let mut value = node(HYBRID);
    mode(&mut value, "API");
    assert_eq!(decided(&value).as_deref(), Some("access/no-entry"));
    assert!(told(&value).fix.unwrap().change.contains("--type HYBRID_LINUX"));
    mode(&mut value, "CONFIG_MAP");
    assert_eq!(decided(&value).as_deref(), Some("access/mode-without-entries"));
    mode(&mut value, "API_AND_CONFIG_MAP");
    value["cluster"]["mappedRoles"] = json!("skipped");
    assert_eq!(state(&value, "access"), State::Unknown);
    mapped(&mut value, "system:node:{{SessionName}}");
    assert_eq!(state(&value, "access"), State::Intact);
    mapped(&mut value, "system:node:{{EC2PrivateDNSName}}");
    assert_eq!(decided(&value).as_deref(), Some("access/mapped-to-no-node"));
    let change = told(&value).fix.unwrap().change;
    assert!(change.contains("+ username: system:node:{{SessionName}}"), "{change}");
}

#[test]
fn without_the_node_s_own_word_its_role_is_not_known() {
    let mut value = node(HYBRID);
    mode(&mut value, "API");
    value["node"]["caller"] = json!("skipped");
    assert_eq!(state(&value, "access"), State::Unknown);
    assert_ne!(told(&value).outcome, Outcome::Decided);
}

#[test]
fn an_entry_that_fits_no_instance_is_decided_in_each_mode_that_reads_entries() {
    let kinds =
        ["STANDARD", "HYBRID_LINUX", "HYPERPOD_LINUX", "FARGATE_LINUX", "EC2", "EC2_WINDOWS"];
    for how in ["API", "API_AND_CONFIG_MAP"] {
        for kind in kinds {
            let mut value = account();
            mode(&mut value, how);
            let own = &mut seen(&mut value, "accessEntries")[1];
            own["value"]["type"] = json!(kind);
            own["source"]["text"] = json!(format!("\"type\": \"{kind}\""));
            assert_eq!(decided(&value).as_deref(), Some("access/wrong-type"), "{how}, {kind}");
        }
    }
}
