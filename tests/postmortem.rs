//! An instance that is gone still says why: by EC2's words, by its console, by our block on it.

use std::fs;

use diagnosis::{
    document::account::{Answers, GroupId},
    facts::Facts,
    judge, render,
    report::{Outcome, Report, State},
};
use integration::{facts, healthy, patch, read_json, recordings};
use serde_json::{Value, json};

const GROUP: &str = "workers";
const GONE: &str = "i-0bbb";

/// What a healthy account answers, by the names of its files.
pub(crate) fn documents() -> Vec<(String, Value)> {
    let folder = recordings().join("../account/healthy");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    let read = |file: std::path::PathBuf| {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        (name, serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap())
    };
    files.into_iter().map(read).collect()
}

/// The healthy account, but for what `change` makes of one of its answers, with one more beside.
fn account(change: impl Fn(&str, &mut Value), consoles: &[Value]) -> Facts {
    let mut answers = Answers::default();
    for (name, mut value) in documents() {
        change(&name, &mut value);
        assert!(answers.take(&name, &serde_json::to_string_pretty(&value).unwrap()).is_some());
    }
    for (at, console) in consoles.iter().enumerate() {
        let text = serde_json::to_string_pretty(console).unwrap();
        assert!(answers.take(&format!("get-console-output-{at}.json"), &text).is_some());
    }
    answers.facts(&GroupId { kind: "nodegroup", name: GROUP.to_owned() })
}

/// Both instances were ended by whoever looks after the group.
fn gone(name: &str, value: &mut Value) {
    match name {
        "describe-instances.json" => {
            for reservation in value["Reservations"].as_array_mut().unwrap() {
                for it in reservation["Instances"].as_array_mut().unwrap() {
                    it["State"]["Name"] = "terminated".into();
                    it["StateReason"] = json!({"Code": "Client.UserInitiatedShutdown",
                        "Message": "Client.UserInitiatedShutdown: User initiated shutdown"});
                    it["StateTransitionReason"] = "User initiated (2026-03-01 09:30:00 GMT)".into();
                }
            }
        }
        "describe-auto-scaling-groups.json" => {
            value["AutoScalingGroups"][0]["Instances"] = json!([]);
        }
        _ => {}
    }
}

fn console(instance: &str, text: &str) -> Value {
    json!({"InstanceId": instance, "Timestamp": "2026-03-01T09:31:00.000Z", "Output": text})
}

/// As an AL2023 image writes to its serial console.
fn boot(last: &str) -> String {
    let begin = "[    0.000000] Linux version 6.12.55-74.119.amzn2023.x86_64\r\n\
        [    3.910022] systemd[1]: Detected virtualization amazon.\r\n\
        [    4.812345] systemd[1]: Starting nodeadm-config.service - EKS Nodeadm Config...\r\n\
        [    5.103221] nodeadm[1730]: {\"level\":\"info\",\"ts\":1772356205.1,\
        \"caller\":\"init/init.go:54\",\"msg\":\"Checking user is root..\"}\r\n\
        [    5.120011] nodeadm[1730]: {\"level\":\"info\",\"ts\":1772356205.2,\
        \"caller\":\"init/init.go:62\",\"msg\":\"Loading configuration..\"}\r\n";
    let end = "\r\nAmazon Linux 2023.9.20251117\r\nKernel 6.12.55 on an x86_64 (-)\r\n\r\n\
        ip-10-0-33-11 login: ";
    [begin, last, end].concat()
}

const DENIED: &str = "[   95.512345] nodeadm[1730]: {\"level\":\"fatal\",\"ts\":1772356295.5,\
    \"caller\":\"nodeadm/main.go:36\",\"msg\":\"Command failed\",\"error\":\"operation error EC2: \
    DescribeInstances, https response error StatusCode: 403, RequestID: 1b9c, api error \
    UnauthorizedOperation: You are not authorized to perform this operation.\"}\r\n\
    [FAILED] Failed to start nodeadm-config.service - EKS Nodeadm Config.";

/// In an account whose entry is right, a refusal is a doubt; without the entry it decides.
fn gone_unmapped(name: &str, value: &mut Value) {
    gone(name, value);
    if name == "list-access-entries.json" {
        value["accessEntries"] = json!(["arn:aws:iam::111122223333:role/admin"]);
    }
    if name == "describe-access-entry-eks-node.json" {
        value["accessEntry"]["principalArn"] = "arn:aws:iam::111122223333:role/other".into();
    }
}

const REFUSED: &str = "[   41.200000] kubelet[2205]: E0301 09:11:02.123456    2205 \
    kubelet_node_status.go:107] \"Unable to register node with API server\" err=\"Unauthorized\" \
    node=\"ip-10-0-33-11.us-west-2.compute.internal\"";

fn decided(report: &Report) -> (&str, &str) {
    assert_eq!(report.outcome, Outcome::Decided, "{}", text(report));
    (report.link.unwrap(), report.fault.unwrap())
}

pub(crate) fn text(report: &Report) -> String {
    let mut out = Vec::new();
    render::text(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn what_nodeadm_said_on_the_console_of_an_instance_that_is_gone_decides() {
    let report = judge(&account(gone, &[console(GONE, &boot(DENIED))]));
    assert_eq!(decided(&report), ("bootstrap", "ec2-describe-denied"), "{}", text(&report));
    assert_eq!(report.instance.as_deref(), Some(GONE));
    let evidence = &report.evidence[0];
    assert!(
        evidence.quote.contains("DescribeInstances") && evidence.quote.contains("nodeadm[1730]")
    );
    assert_eq!(evidence.source, "get-console-output-0.json");
    let links = &report.chains[0].links;
    let bootstrap = links.iter().find(|it| it.id == "bootstrap").unwrap();
    assert!(bootstrap.detail.starts_with("console of i-0bbb: "), "{}", bootstrap.detail);
    assert!(text(&report).contains("nodegroup workers, "), "it is told of the group");
}

#[test]
fn what_the_kubelet_said_on_the_console_decides() {
    let report = judge(&account(gone_unmapped, &[console(GONE, &boot(REFUSED))]));
    assert_eq!(decided(&report).0, "access", "{}", text(&report));
    assert_eq!(report.instance.as_deref(), Some(GONE));
}

#[test]
fn our_block_on_the_console_decides_as_it_did_on_the_node() {
    let mut value = healthy("node-join");
    patch(&mut value, &read_json("faults/node-join/instance-profile/none-attached.json"));
    let own = facts(&value).unwrap();
    let block = render::console(&judge(&own), &own).replace('\n', "\r\n");
    let report = judge(&account(gone, &[console(GONE, &boot(&block))]));
    assert_eq!(decided(&report), ("instance-profile", "none-attached"), "{}", text(&report));
    assert_eq!(report.instance.as_deref(), Some(GONE));
    assert_eq!((&*report.subject.kind, &*report.subject.name), ("nodegroup", GROUP));
    assert!(text(&report).contains("as i-0bbb saw it"));
}

#[test]
fn of_two_consoles_the_one_that_failed_is_told_and_not_the_one_that_joined() {
    let joined = "[   30.000000] kubelet[2100]: I0301 09:20:00.000001    2100 \
        kubelet_node_status.go:79] \"Successfully registered node\" node=\"ip-10-0-1-10\"";
    for consoles in [
        [console(GONE, &boot(REFUSED)), console("i-0aaa", &boot(joined))],
        [console("i-0aaa", &boot(joined)), console(GONE, &boot(REFUSED))],
    ] {
        let report = judge(&account(gone_unmapped, &consoles));
        assert_eq!(decided(&report).0, "access");
        assert_eq!(report.instance.as_deref(), Some(GONE));
    }
}

#[test]
fn a_console_of_another_group_says_nothing_of_this_one() {
    let two = |name: &str, value: &mut Value| {
        gone(name, value);
        if name == "list-nodegroups.json" {
            value["nodegroups"] = json!(["system", "workers"]);
        }
    };
    let report = judge(&account(two, &[console("i-0ccc", &boot(DENIED))]));
    assert_ne!(report.link, Some("bootstrap"), "{}", text(&report));
    assert_eq!(report.instance, None);
}

#[test]
fn without_a_console_the_way_to_it_is_told_and_how_long_it_is_kept() {
    let report = judge(&account(gone, &[]));
    assert_eq!(report.outcome, Outcome::Undecided, "{}", text(&report));
    let links = report.chains.iter().flat_map(|it| &it.links);
    let instance = links.filter(|it| it.id == "instance").find(|it| it.state == State::Unknown);
    let instance = instance.unwrap();
    assert!(instance.detail.contains("about an hour"), "{}", instance.detail);
    let needs = report.needs.iter().map(|it| &it.how).find(|it| it.contains("get-console-output"));
    let needs = needs.unwrap_or_else(|| panic!("{}", text(&report)));
    assert!(needs.contains("--instance-id i-0"), "{needs}");
}
