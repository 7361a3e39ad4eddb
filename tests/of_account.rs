//! What the account alone decides of a node's join, and what it must leave open.

use diagnosis::{
    checklist, judge,
    report::{Report, State},
};
use integration::{facts, healthy};
use serde_json::{Value, json};

mod compute;
mod elsewhere;
mod honest;
mod maker;
mod nodegroup;
mod read;
mod role;

fn account() -> Value {
    healthy("account")
}

fn group(value: &mut Value) -> &mut Value {
    &mut value["account"]["group"]
}

/// The value of one observed fact of the group.
fn seen<'a>(value: &'a mut Value, fact: &str) -> &'a mut Value {
    &mut group(value)[fact]["seen"]["value"]
}

fn told(value: &Value) -> Report {
    judge(&facts(value).unwrap())
}

fn state(value: &Value, link: &str) -> State {
    let all = checklist(&facts(value).unwrap());
    all.into_iter().find(|it| it.1 == link).unwrap().2
}

/// What is not there is skipped.
fn drop(value: &mut Value, facts: &[&str]) {
    for fact in facts {
        group(value)[*fact] = json!("skipped");
    }
}

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

fn policies(value: &mut Value, policies: &[(&str, &str)]) {
    let all: Vec<Value> =
        policies.iter().map(|(name, text)| json!({"name": name, "text": text})).collect();
    seen(value, "role")["present"]["policies"] = json!(all);
}

const WORKER: &str = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy";
const MINIMAL: &str = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodeMinimalPolicy";
const PULL_ONLY: &str = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly";
const CNI: &str = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy";
