//! The paths from a group's subnets: what is one change away from a healthy account, and what nobody
//! may conclude from it.

use diagnosis::report::{LinkView, Outcome, Report, State};
use diagnosis::{checklist, judge};
use integration::{facts, healthy};
use serde_json::{Value, json};

mod blocks;
mod files;
mod inside;
mod ipv6;
mod outside;
mod services;
mod unread;

const OWN: [&str; 6] = [
    "endpoint-access",
    "control-plane-network",
    "vpc-dns",
    "path-to-cluster",
    "path-to-services",
    "kubelet-port",
];

/// One list of the healthy account, as it was read.
fn list<'a>(account: &'a mut Value, kind: &str) -> &'a mut Vec<Value> {
    account["account"]["group"][kind]["seen"]["value"].as_array_mut().unwrap()
}

/// The resource of this list that has this id, whichever key holds it.
fn resource<'a>(account: &'a mut Value, kind: &str, id: &str) -> &'a mut Value {
    let has = |it: &Value| {
        let members = it["value"].as_object().unwrap();
        members.iter().any(|(key, it)| key.ends_with("Id") && it == id)
    };
    let found = list(account, kind).iter_mut().find(|it| has(it));
    &mut found.unwrap()["value"]
}

fn without(account: &mut Value, kind: &str, key: &str, value: &str) {
    list(account, kind).retain(|it| it["value"][key] != value);
}

fn access(account: &mut Value, private: bool, public: bool) {
    let cluster = &mut account["account"]["group"]["cluster"]["seen"]["value"]["present"];
    let config = &mut cluster["resourcesVpcConfig"];
    config["endpointPrivateAccess"] = json!(private);
    config["endpointPublicAccess"] = json!(public);
}

/// Routes of the private subnets.
fn routes(account: &mut Value) -> &mut Vec<Value> {
    resource(account, "routeTables", "rtb-0private")["Routes"].as_array_mut().unwrap()
}

fn no_default(account: &mut Value) {
    routes(account).retain(|it| it["DestinationCidrBlock"] != "0.0.0.0/0");
}

fn told(account: &Value) -> Report {
    judge(&facts(account).unwrap())
}

fn state(account: &Value, link: &str) -> State {
    let all = checklist(&facts(account).unwrap());
    all.into_iter().find(|(_, id, _)| *id == link).unwrap().2
}

fn view<'a>(report: &'a Report, link: &str) -> &'a LinkView {
    report.chains.iter().flat_map(|it| &it.links).find(|it| it.id == link).unwrap()
}

/// The link and the fault that were decided.
fn decided(account: &Value) -> (&'static str, &'static str) {
    let report = told(account);
    assert_eq!(report.outcome, Outcome::Decided, "{}", report.title);
    (report.link.unwrap(), report.fault.unwrap())
}

#[test]
fn a_healthy_account_has_its_network_intact_and_says_hop_by_hop() {
    let account = healthy("account");
    for link in OWN.into_iter().chain(["subnet-addresses"]) {
        assert_eq!(state(&account, link), State::Intact, "{link}");
    }
    let report = told(&account);
    let detail = &view(&report, "path-to-cluster").detail;
    assert!(
        detail.starts_with("subnet-0aa → rtb-0private 10.0.0.0/16 local → eni-0cpa (subnet-0aa)"),
        "{detail}"
    );
    let detail = &view(&report, "path-to-services").detail;
    assert!(detail.contains("EC2 by vpce-0ec2") && detail.contains("by vpce-0s3"), "{detail}");
}
