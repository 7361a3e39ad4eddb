//! What may not be read keeps a group from being called well, unless its nodes show that it holds.

use diagnosis::report::Outcome;
use serde_json::{Value, json};

use super::{account, group, seen, told};

/// The fact as a look that was refused.
fn refused(value: &mut Value, fact: &str, action: &str) {
    let why = format!("AccessDenied: no; these credentials lack {action}");
    group(value)[fact] = json!({"failed": {"why": why, "source": {"place": "aws …", "text": why}}});
}

/// Nodes of the group's two instances, with the status of their condition Ready.
fn nodes(value: &mut Value, ready: [&str; 2]) {
    let instances = seen(value, "instances").clone();
    let node = |(it, status): (&Value, &str)| {
        let id = it["value"]["InstanceId"].as_str().unwrap();
        let condition = json!({"status": status, "reason": "KubeletReady"});
        json!({"name": id, "providerId": format!("aws:///us-west-2a/{id}"), "ready": condition})
    };
    let all: Vec<Value> = instances.as_array().unwrap().iter().zip(ready).map(node).collect();
    value["cluster"]["nodes"] = json!({"seen": {"value": all, "source": {"place": "nodes"}}});
}

#[test]
fn what_may_not_be_read_keeps_an_account_from_being_well() {
    let mut value = account();
    refused(&mut value, "routeTables", "ec2:DescribeRouteTables");
    let report = told(&value);
    assert_eq!(report.outcome, Outcome::Undecided);
    assert_eq!(report.title, "nothing broken in what could be read; 2 links could not be checked");
    assert_eq!(report.needs[0].input, "route-tables");
    refused(&mut value, "nodegroup", "eks:DescribeNodegroup");
    let report = told(&value);
    assert!(report.title.ends_with("3 links could not be checked"), "{}", report.title);
    // The cause before its effects.
    assert_eq!(report.needs[0].input, "nodegroup");
    assert!(report.possible.is_empty() && report.link.is_none());
}

#[test]
fn a_file_that_cannot_be_read_keeps_an_account_from_being_well() {
    let mut value = account();
    value["unread"] = json!(["describe-subnets.json, line 7 EOF while parsing"]);
    let report = told(&value);
    assert_eq!(report.outcome, Outcome::Undecided);
    assert_eq!(report.needs[0].how, "describe-subnets.json, line 7 EOF while parsing");
}

#[test]
fn ready_nodes_show_what_a_kubelet_goes_on_using_and_nothing_else() {
    let lasting = ["accessEntries", "instanceProfile", "dhcpOptions"];
    let mut value = account();
    value["account"]["accessEntries"] = json!("skipped");
    for it in lasting {
        refused(&mut value, it, "x:Any");
    }
    assert_eq!(told(&value).outcome, Outcome::Undecided);
    nodes(&mut value, ["True", "Unknown"]);
    assert_eq!(told(&value).outcome, Outcome::Undecided, "one of them has not joined");
    nodes(&mut value, ["True", "True"]);
    assert_eq!(told(&value).outcome, Outcome::Healthy, "{}", told(&value).title);
    for open in ["nodegroup", "scalingGroup", "launchTemplate", "role", "statuses"] {
        let mut value = value.clone();
        refused(&mut value, open, "x:Any");
        assert_eq!(told(&value).outcome, Outcome::Undecided, "{open}");
    }
}

#[test]
fn the_path_is_shown_where_every_subnet_has_a_ready_node() {
    let mut value = account();
    refused(&mut value, "networkAcls", "ec2:DescribeNetworkAcls");
    let links = |value: &Value| told(value).title.split(' ').nth(7).map(str::to_owned);
    assert_eq!(links(&value).as_deref(), Some("2"));
    nodes(&mut value, ["True", "True"]);
    assert_eq!(links(&value).as_deref(), Some("1"), "the way to AWS stays open");
    for it in seen(&mut value, "instances").as_array_mut().unwrap() {
        it["value"]["SubnetId"] = json!("subnet-0aa");
    }
    assert_eq!(links(&value).as_deref(), Some("2"), "one subnet has no node");
}
