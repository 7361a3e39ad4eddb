//! Nodes that no managed node group makes.

use diagnosis::{
    document::account::{Answers, GroupId},
    judge,
    report::{Outcome, State},
};
use serde_json::{Value, json};

use crate::postmortem::documents;

use super::{LINKS, account, drop, group, seen, state, told};

#[test]
fn of_auto_mode_aws_owns_what_launches_nodes() {
    let mut value = account();
    group(&mut value)["compute"]["seen"]["value"] = json!("auto-mode");
    value["subject"] = json!({"kind": "nodepool", "name": "general-purpose"});
    group(&mut value)["nodegroup"] = json!("skipped");
    for link in ["creator", "node-group", "scaling", "launch-template", "instance-profile"] {
        assert_eq!(state(&value, link), State::NotApplicable, "{link}");
    }
    let entry = &mut seen(&mut value, "accessEntries")[1];
    entry["value"]["type"] = json!("EC2");
    assert_eq!(state(&value, "access"), State::Intact);
}

#[test]
fn a_group_that_eks_does_not_manage_is_well_by_the_same_links() {
    let mut value = account();
    group(&mut value)["compute"]["seen"]["value"] = json!("self-managed");
    drop(&mut value, &["nodegroup"]);
    for link in LINKS {
        let state = state(&value, link);
        assert!(matches!(state, State::Intact | State::NotApplicable), "{link} is {state:?}");
    }
    assert!(told(&value).risks.is_empty());
}

#[test]
fn a_pool_of_karpenter_is_well_by_its_conditions() {
    let condition = |kind: &str| json!({"kind": kind, "status": "True", "reason": kind});
    let conditions = ["Launched", "Registered", "Initialized"].map(condition);
    let claim = json!({"name": "default-x1", "nodePool": "default", "conditions": conditions});
    let pool = json!({"name": "default", "nodeClass": "EC2NodeClass/default", "conditions": [condition("Ready")]});
    let seen = |it: Value| json!({"seen": {"value": [it], "source": {"place": "pools.yaml", "text": "NodePool"}}});
    let mut value = account();
    value["subject"] = json!({"kind": "nodepool", "name": "default"});
    value["cluster"] = json!({"nodePools": seen(pool), "nodeClaims": seen(claim.clone())});
    group(&mut value)["compute"]["seen"]["value"] = json!("karpenter");
    drop(&mut value, &["nodegroup", "scalingGroup", "activities", "launchTemplate"]);
    for link in LINKS {
        let state = state(&value, link);
        assert!(matches!(state, State::Intact | State::NotApplicable), "{link} is {state:?}");
    }
    // Not registered yet, and nobody says why.
    let mut open = claim;
    open["conditions"][1] = json!({"kind": "Registered", "status": "Unknown", "reason": "NodeNotFound", "message": "Node not registered with cluster"});
    value["cluster"]["nodeClaims"] = seen(open);
    let report = told(&value);
    assert_eq!((report.outcome, report.fault), (Outcome::Undecided, None));
}

#[test]
fn what_a_controller_says_of_a_pool_is_quoted() {
    let pool = |name: &str, status: &str, message: &str| {
        let class = json!({"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": name});
        json!({"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": name},
            "spec": {"template": {"spec": {"nodeClassRef": class}}},
            "status": {"conditions": [{"type": "NodeClassReady", "status": status,
                "reason": "NodeClassReady", "message": message}]}})
    };
    let pools = [
        pool("spot", "False", "nodeclass \"spot\" does not exist"),
        pool("well", "True", ""),
        pool("gpu", "False", "security groups of gpu do not match"),
    ];
    let list = json!({"apiVersion": "karpenter.sh/v1", "kind": "NodePoolList", "items": pools});
    let text = serde_json::to_string_pretty(&list).unwrap();
    let mut answers = Answers::default();
    for (name, value) in documents() {
        answers.take(&name, &serde_json::to_string_pretty(&value).unwrap()).unwrap();
    }
    answers.take("pools.json", &text).unwrap();
    for (name, said) in [("spot", "does not exist"), ("gpu", "of gpu do not match")] {
        let report = judge(&answers.facts(&GroupId { kind: "nodepool", name: name.to_owned() }));
        assert_eq!(report.fault, Some("node-class-not-ready"), "{name}: {}", report.title);
        let quoted = &report.evidence[0];
        assert!(quoted.quote.contains(said), "{name}: {}", quoted.quote);
    }
}
