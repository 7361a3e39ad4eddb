//! What makes nodes: autoscalers, node classes, and whoever CloudTrail saw refused.

use diagnosis::document::account::Answers;
use diagnosis::facts::Facts;
use diagnosis::judge;
use diagnosis::report::{Outcome, State};
use serde_json::{Value, json};

use super::{account, seen, state, told};

/// The healthy group with as many nodes as it may have.
fn full() -> Value {
    let mut value = account();
    seen(&mut value, "scalingGroup")["present"]["MaxSize"] = json!(2);
    seen(&mut value, "nodegroup")["present"]["scalingConfig"]["maxSize"] = json!(2);
    value
}

fn list(key: &str, value: &mut Value, all: &[Value]) {
    let source = json!({"place": key, "text": all.iter().map(|it| it["message"].to_string()).collect::<String>()});
    let all: Vec<Value> = all.iter().map(|it| json!({"value": it, "source": source})).collect();
    value["cluster"][key] = json!({"seen": {"value": all, "source": source}});
}

fn waiting(name: &str) -> Value {
    json!({"namespace": "shop", "name": name, "message": "0/2 nodes are available"})
}

fn said(groups: usize) -> Value {
    let message = format!(
        "pod didn't trigger scale-up: 3 node(s) had untolerated taint(s), {groups} max node group size reached"
    );
    json!({"reason": "NotTriggerScaleUp", "namespace": "shop", "pod": "api", "message": message})
}

#[test]
fn a_full_group_is_a_fault_only_where_a_pod_waits_for_it() {
    let mut value = full();
    assert_eq!(state(&value, "scaling"), State::Intact);
    assert_eq!(told(&value).outcome, Outcome::Healthy);
    list("waitingPods", &mut value, &[waiting("api")]);
    list("notScaled", &mut value, &[said(1)]);
    let report = told(&value);
    assert_eq!((report.link, report.fault), (Some("scaling"), Some("maximum-reached")));
    // Another pod than the one that waits.
    list("waitingPods", &mut value, &[waiting("web")]);
    assert_eq!(state(&value, "scaling"), State::Intact);
    // Not all that it may have are in service: that is not the maximum's.
    list("waitingPods", &mut value, &[waiting("api")]);
    seen(&mut value, "scalingGroup")["present"]["Instances"][0]["LifecycleState"] =
        json!("Pending");
    assert_eq!(state(&value, "scaling"), State::Intact);
}

#[test]
fn which_of_several_full_groups_is_meant_stays_open() {
    let mut value = full();
    list("waitingPods", &mut value, &[waiting("api")]);
    list("notScaled", &mut value, &[said(1)]);
    let others = json!([{"name": "gpu", "full": true}, {"name": "small"}]);
    value["account"]["group"]["others"] = others;
    assert_eq!(state(&value, "scaling"), State::Unknown);
    assert_eq!(told(&value).outcome, Outcome::Undecided);
    list("notScaled", &mut value, &[said(2)]);
    assert_eq!(state(&value, "scaling"), State::Broken);
}

#[test]
fn what_may_not_be_read_leaves_a_full_group_open_and_no_other() {
    let failed = |place: &str| json!({"failed": {"why": "Forbidden", "source": {"place": place}}});
    for (mut value, expected) in [(full(), State::Unknown), (account(), State::Intact)] {
        value["cluster"]["waitingPods"] = failed("kubectl get pods");
        value["cluster"]["notScaled"] = failed("kubectl get events");
        assert_eq!(state(&value, "scaling"), expected);
        list("waitingPods", &mut value, &[waiting("api")]);
        assert_eq!(state(&value, "scaling"), expected);
        list("waitingPods", &mut value, &[]);
        assert_eq!(state(&value, "scaling"), State::Intact);
    }
}

fn pasted(documents: &[Value]) -> Vec<Facts> {
    let mut answers = Answers::default();
    for (at, it) in documents.iter().enumerate() {
        let text = serde_json::to_string_pretty(it).unwrap();
        answers.take(&format!("{at}.json"), &text).unwrap_or_else(|| panic!("{text}"));
    }
    answers.groups().iter().map(|it| answers.facts(it)).collect()
}

const SAYS: &str = "SubnetSelector did not match any Subnets";

#[test]
fn what_kubectl_prints_of_pools_and_classes_is_read_alike() {
    let condition = |kind: &str, message: &str| json!({"type": kind, "status": "False", "reason": "SubnetsNotFound", "message": message});
    let pool = json!({
        "apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "batch"},
        "spec": {"template": {"spec": {"nodeClassRef": {"kind": "EC2NodeClass", "name": "default"}}}},
        "status": {"conditions": [condition("NodeClassReady", SAYS)]},
    });
    let class = json!({
        "apiVersion": "karpenter.k8s.aws/v1", "kind": "EC2NodeClass", "metadata": {"name": "default"},
        "spec": {"role": "node"}, "status": {"conditions": [condition("SubnetsReady", SAYS), condition("Ready", SAYS)]},
    });
    let kubectl = |items: &[&Value]| json!({"apiVersion": "v1", "kind": "List", "items": items});
    for documents in [vec![kubectl(&[&pool, &class])], vec![kubectl(&[&pool]), class.clone()]] {
        let report = judge(&pasted(&documents)[0]);
        assert_eq!(report.fault, Some("node-class-without-subnets"), "{}", report.title);
        assert!(report.evidence[0].quote.contains(SAYS), "{:?}", report.evidence);
    }
    // The NodePool alone says that much.
    let report = judge(&pasted(&[kubectl(&[&pool])])[0]);
    assert_eq!(report.fault, Some("node-class-not-ready"));
    assert!(report.evidence[0].quote.contains(SAYS), "{:?}", report.evidence);
}

#[test]
fn cloudtrail_in_each_of_its_forms_tells_who_was_refused() {
    let event = json!({
        "eventVersion": "1.11", "eventName": "CreateNodegroup", "eventTime": "2026-03-01T09:00:10Z",
        "errorCode": "AccessDenied", "userIdentity": {"arn": "arn:aws:iam::111122223333:user/ci"},
        "errorMessage": "User: arn:aws:iam::111122223333:user/ci is not authorized to perform: eks:CreateNodegroup on resource: arn:aws:eks:us-west-2:111122223333:cluster/prod",
        "requestParameters": {"name": "prod", "nodegroupName": "workers"},
    });
    let cluster = json!({"cluster": {
        "name": "prod", "arn": "arn:aws:eks:us-west-2:111122223333:cluster/prod", "status": "ACTIVE"
    }});
    for trail in [
        json!({"Events": [{"EventName": "CreateNodegroup", "CloudTrailEvent": event.to_string()}]}),
        json!({"Records": [event.clone()]}),
        event.clone(),
    ] {
        let report = judge(&pasted(&[cluster.clone(), trail])[0]);
        assert_eq!(report.fault, Some("not-allowed"), "{}", report.title);
        assert!(report.evidence[0].quote.contains("eks:CreateNodegroup"), "{:?}", report.evidence);
    }
}
