//! What a node saw and what the account says, in one report: one fault is told once.

use diagnosis::{
    document::account::{Answers, GroupId},
    facts::Facts,
    judge,
    report::{Outcome, Report, State},
};
use integration::{facts, healthy, patch, read_json};
use serde_json::{Value, json};

use crate::postmortem::{documents, text};

const ON: &str = "i-0aaa";

/// Of the recordings.
const OTHER: &str = "i-0abc123def4567890";

fn group() -> GroupId {
    GroupId { kind: "nodegroup", name: "workers".to_owned() }
}

fn answers(change: &dyn Fn(&str, &mut Value)) -> Answers {
    let mut answers = Answers::default();
    for (name, mut value) in documents() {
        change(&name, &mut value);
        answers.take(&name, &serde_json::to_string_pretty(&value).unwrap()).unwrap();
    }
    answers
}

/// What the agent of an instance of the account saw, with one fault.
fn view(fault: &str) -> Facts {
    let mut value = healthy("node-join");
    if !fault.is_empty() {
        patch(&mut value, &read_json(&format!("faults/node-join/{fault}.json")));
    }
    patch(&mut value, &json!({"account": null}));
    // The same cluster and instance as the account's.
    let text = value.to_string().replace("10.100.0.", "172.20.0.").replace(OTHER, ON);
    let value: Value = serde_json::from_str(&text).unwrap();
    facts(&value).unwrap()
}

fn joined(change: &dyn Fn(&str, &mut Value), view: &Facts) -> Report {
    let answers = answers(change);
    let group = group();
    judge(&answers.joined(&group, answers.facts(&group), std::slice::from_ref(view)))
}

/// The cluster's own security group admits nobody.
fn closed(name: &str, value: &mut Value) {
    if name == "describe-security-groups.json" {
        for it in value["SecurityGroups"].as_array_mut().unwrap() {
            it["IpPermissions"] = json!([]);
        }
    }
}

fn no_entry(name: &str, value: &mut Value) {
    if name == "list-access-entries.json" {
        value["accessEntries"] = json!(["arn:aws:iam::111122223333:role/admin"]);
    }
    if name == "describe-access-entry-eks-node.json" {
        value["accessEntry"]["principalArn"] = "arn:aws:iam::111122223333:role/other".into();
    }
}

/// A public endpoint alone, which does not admit the address of the nodes' NAT gateway.
fn elsewhere(name: &str, value: &mut Value) {
    if name == "describe-cluster.json" {
        let config = &mut value["cluster"]["resourcesVpcConfig"];
        config["endpointPrivateAccess"] = false.into();
        config["publicAccessCidrs"] = json!(["198.51.100.7/32"]);
    }
}

type Change = fn(&str, &mut Value);

#[test]
fn silence_on_the_node_is_told_with_what_the_account_has_closed() {
    for (change, fault, decided) in [
        (closed as Change, "group-closed", ("path-to-cluster", "cluster-group-closed")),
        (elsewhere, "public-address-silent", ("endpoint-access", "nat-not-in-allow-list")),
    ] {
        let report = joined(&change, &view(&format!("cluster-endpoint/{fault}")));
        assert_eq!(report.outcome, Outcome::Decided, "{}", text(&report));
        assert_eq!((report.link, report.fault), (Some(decided.0), Some(decided.1)));
        let again = report.also.iter().filter(|it| it.link == "cluster-endpoint").count();
        assert_eq!(again, 0, "{}", text(&report));
        let quotes: Vec<&str> = report.evidence.iter().map(|it| &*it.quote).collect();
        assert!(quotes.iter().any(|it| it.contains("timed out")), "{quotes:?}");
        let links = report.chains.iter().find(|it| it.id == "node-join").unwrap().links.iter();
        let broken: Vec<_> = links.filter(|it| it.state == State::Broken).map(|it| it.id).collect();
        assert!(broken.contains(&"cluster-endpoint"), "the checklist shows both: {broken:?}");
        assert_eq!(report.instance.as_deref(), Some(ON));
    }
}

#[test]
fn a_node_group_that_only_sums_up_gives_way_to_the_fault_of_the_account() {
    let summed = |name: &str, value: &mut Value| {
        closed(name, value);
        if name == "describe-nodegroup-workers.json" {
            value["nodegroup"]["status"] = "CREATE_FAILED".into();
            value["nodegroup"]["health"]["issues"] = json!([{"code": "NodeCreationFailure",
                "message": "Instances failed to join the kubernetes cluster",
                "resourceIds": ["i-0aaa"]}]);
        }
    };
    let answers = answers(&summed);
    let report = judge(&answers.facts(&group()));
    assert_eq!((report.outcome, report.link), (Outcome::Decided, Some("path-to-cluster")));
    assert!(report.also.iter().all(|it| it.fault != "never-joined"), "{}", text(&report));
}

#[test]
fn what_the_node_saw_and_the_account_does_not_explain_decides() {
    let report = joined(&closed, &view("kubelet-config/swap-on"));
    assert_eq!(report.fault, Some("swap-on"), "{}", text(&report));
    assert!(report.also.iter().any(|it| it.link == "path-to-cluster"), "{}", text(&report));
}

#[test]
fn a_refusal_on_the_node_and_a_missing_entry_are_one_fault() {
    let report = joined(&no_entry, &view("access/unauthorized"));
    assert_eq!((report.outcome, report.link), (Outcome::Decided, Some("access")));
    assert!(report.also.iter().all(|it| it.link != "access"), "{}", text(&report));
}

#[test]
fn a_healthy_node_in_a_healthy_account_is_healthy() {
    let report = joined(&|_, _| {}, &view(""));
    assert_eq!(report.outcome, Outcome::Healthy, "{}", text(&report));
    assert_eq!((&*report.subject.kind, &*report.subject.name), ("nodegroup", "workers"));
    assert_eq!(report.instance.as_deref(), Some(ON));
}

#[test]
fn a_risk_of_the_account_stays_beside_a_healthy_node() {
    let wide = |name: &str, value: &mut Value| {
        if name == "describe-vpc-endpoints.json" {
            let all = value["VpcEndpoints"].as_array_mut().unwrap();
            all.retain(|it| it["ServiceName"] != "com.amazonaws.us-west-2.sts");
        }
        if name == "describe-route-tables.json" {
            for it in value["RouteTables"].as_array_mut().unwrap() {
                it["Routes"].as_array_mut().unwrap().retain(|it| it.get("NatGatewayId").is_none());
            }
        }
    };
    let report = joined(&wide, &view(""));
    assert_eq!(report.outcome, Outcome::Healthy, "{}", text(&report));
    assert!(report.risks.iter().any(|it| it.title.contains("STS")), "{}", text(&report));
}

#[test]
fn of_two_nodes_the_one_that_fails_is_told() {
    let answers = answers(&|_, _| {});
    let well = view("");
    let mut ill = view("instance-profile/none-attached");
    if let diagnosis::facts::Observed::Seen { value, .. } = &mut ill.node.instance {
        value.instance_id = "i-0bbb".to_owned();
    }
    for views in [vec![well.clone(), ill.clone()], vec![ill.clone(), well.clone()]] {
        let report = judge(&answers.joined(&group(), answers.facts(&group()), &views));
        assert_eq!(report.fault, Some("none-attached"), "{}", text(&report));
        assert_eq!(report.instance.as_deref(), Some("i-0bbb"));
    }
}

#[test]
fn a_node_is_of_the_group_that_its_instance_is_of() {
    let answers = answers(&|_, _| {});
    assert_eq!(answers.group_of(&view("")), Some((ON.to_owned(), group())));
    let mut other = view("");
    if let diagnosis::facts::Observed::Seen { value, .. } = &mut other.node.instance {
        value.instance_id = "i-0zzz".to_owned();
    }
    assert_eq!(answers.group_of(&other), None);
    let mut by_name = Facts::default();
    by_name.subject.kind = "node".to_owned();
    by_name.subject.name = "ip-10-0-1-10.us-west-2.compute.internal".to_owned();
    assert_eq!(answers.group_of(&by_name).unwrap().0, ON);
}
