//! What was not read, and what two vantages read of one thing.

use diagnosis::report::{Outcome, State};
use serde_json::json;

use super::{LINKS, account, group, seen, state, told};

#[test]
fn what_may_not_be_read_breaks_nothing() {
    let whole = account();
    let all: Vec<String> = whole["account"]["group"].as_object().unwrap().keys().cloned().collect();
    for fact in all {
        let mut value = account();
        let source = json!({"place": "the call", "at": "2026-03-01T10:00:00Z"});
        group(&mut value)[&fact] = json!({"failed": {"why": "AccessDenied", "source": source}});
        let broken = |link: &&&str| state(&value, link) == State::Broken;
        assert_eq!(LINKS.iter().find(broken), None, "{fact}");
    }
    let mut value = account();
    value["account"]["accessEntries"] = json!("skipped");
    group(&mut value)["accessEntries"] = json!("skipped");
    assert_eq!(state(&value, "access"), State::Unknown);
}

#[test]
fn an_absent_entry_is_none_only_where_all_that_may_map_was_read() {
    let mut value = account();
    let admin = "arn:aws:iam::111122223333:role/admin";
    value["account"]["accessEntries"]["seen"]["value"] = json!([admin]);
    seen(&mut value, "accessEntries").as_array_mut().unwrap().truncate(1);
    assert_eq!(state(&value, "access"), State::Unknown, "aws-auth may map it");
    assert_eq!(told(&value).outcome, Outcome::Undecided);
    let mapped = |arn: &str| {
        let map = json!({"roleArn": arn, "username": "system:node:{{EC2PrivateDNSName}}", "groups": ["system:nodes"]});
        json!({"seen": {"value": [map], "source": {"place": "aws-auth.yaml", "text": arn}}})
    };
    value["cluster"]["mappedRoles"] = mapped("arn:aws:iam::111122223333:role/eks-node");
    assert_eq!(state(&value, "access"), State::Intact);
    value["cluster"]["mappedRoles"] = mapped("arn:aws:iam::111122223333:role/not-eks-node");
    assert_eq!(told(&value).fault, Some("no-entry"), "a suffix is no match");
    value["cluster"]["mappedRoles"] = mapped("arn:aws:iam::444455556666:role/eks-node");
    assert_eq!(told(&value).fault, Some("no-entry"), "nor is another account");
}

#[test]
fn faults_that_a_node_shows_are_seen_from_the_account_too() {
    let mut empty = account();
    seen(&mut empty, "instanceProfile")["present"]["Roles"] = json!([]);
    let mut anew = account();
    seen(&mut anew, "instanceProfile")["present"]["InstanceProfileId"] = json!("AIPANEW");
    let mut newer = account();
    seen(&mut newer, "nodegroup")["present"]["version"] = json!("1.35");
    let mut old = account();
    seen(&mut old, "nodegroup")["present"]["version"] = json!("1.29");
    for (value, fault) in [
        (empty, "without-role"),
        (anew, "made-anew"),
        (newer, "newer-than-the-cluster"),
        (old, "too-old-for-the-cluster"),
    ] {
        assert_eq!(told(&value).fault, Some(fault));
    }
}

#[test]
fn an_account_tells_what_a_node_could_not_look_at() {
    let mut value = account();
    let failed = json!({"failed": {"why": "no answer in time", "source": {"place": "IMDS"}}});
    value["node"] = json!({"profile": failed, "role": failed});
    assert_eq!(state(&value, "instance-profile"), State::Intact);
    assert_eq!(state(&value, "node-role"), State::Intact);
}
