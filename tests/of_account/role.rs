//! What a role, its policies and its profile may be.

use diagnosis::report::{Outcome, State};
use serde_json::{Value, json};

use super::{CNI, MINIMAL, PULL_ONLY, WORKER, account, group, policies, seen, state, told};

fn cni_role(value: &mut Value) {
    let addon = &mut seen(value, "addons")[2]["value"];
    addon["serviceAccountRoleArn"] = json!("arn:aws:iam::111122223333:role/cni");
}

#[test]
fn every_baseline_that_a_node_can_live_on_is_healthy() {
    let mut pull_only = account();
    policies(&mut pull_only, &[(WORKER, ""), (PULL_ONLY, "")]);
    cni_role(&mut pull_only);
    let mut minimal = pull_only.clone();
    policies(&mut minimal, &[(MINIMAL, ""), (PULL_ONLY, "")]);
    let config = json!({"node-config": {"name": "prod", "gates": ["InstanceIdNodeName"]}});
    group(&mut minimal)["userData"] =
        json!({"seen": {"value": config, "source": {"text": "a NodeConfig"}}});
    let mut own = account();
    let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Resource": "*",
        "Action": ["ecr:Get*", "ecr:BatchGetImage", "ec2:Describe*", "ec2:*NetworkInterface*", "ec2:*PrivateIpAddresses"]}}"#;
    policies(&mut own, &[("arn:aws:iam::111122223333:policy/nodes", text)]);
    let mut beside = account();
    policies(
        &mut beside,
        &[
            (WORKER, ""),
            (PULL_ONLY, ""),
            (CNI, ""),
            ("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore", ""),
        ],
    );
    for value in [pull_only, minimal, own, beside] {
        assert_eq!(state(&value, "node-policies"), State::Intact, "{:?}", told(&value).title);
    }
}

#[test]
fn a_policy_that_nobody_read_keeps_the_answer_open() {
    let mut value = account();
    policies(
        &mut value,
        &[(WORKER, ""), (CNI, ""), ("arn:aws:iam::111122223333:policy/nodes", "")],
    );
    assert_eq!(state(&value, "node-policies"), State::Unknown);
    assert_ne!(told(&value).outcome, Outcome::Decided);
    // What it could take away counts, too.
    policies(
        &mut value,
        &[(WORKER, ""), (CNI, ""), (PULL_ONLY, ""), ("arn:aws:iam::111122223333:policy/guard", "")],
    );
    assert_eq!(state(&value, "node-policies"), State::Unknown);
    let mut unread = account();
    seen(&mut unread, "role")["present"]["unread"] = json!(["inline policies: AccessDenied"]);
    assert_eq!(state(&unread, "node-policies"), State::Unknown);
}

#[test]
fn more_than_the_baseline_is_a_risk_and_no_fault() {
    let everything = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let buckets = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    for (name, text) in [
        ("arn:aws:iam::aws:policy/AdministratorAccess", ""),
        ("arn:aws:iam::aws:policy/AmazonS3FullAccess", ""),
        ("everything", everything),
        ("buckets", buckets),
    ] {
        let mut value = account();
        policies(&mut value, &[(WORKER, ""), (PULL_ONLY, ""), (CNI, ""), (name, text)]);
        let report = told(&value);
        assert_eq!(state(&value, "node-policies"), State::Intact, "{name}");
        assert!(report.fault.is_none() && !report.risks.is_empty(), "{name}");
    }
}

#[test]
fn a_role_is_trusted_under_the_names_of_its_partition() {
    let trusting = |arn: &str, service: &str, condition: Value| {
        let mut value = account();
        let mut statement = json!({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"});
        if !condition.is_null() {
            statement["Condition"] = condition;
        }
        let text = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        let role = &mut group(&mut value)["role"]["seen"];
        (role["value"]["present"]["arn"], role["value"]["present"]["trust"]) =
            (json!(arn), json!(text));
        role["source"]["text"] = json!(text);
        state(&value, "node-role")
    };
    let (aws, china) =
        ("arn:aws:iam::111122223333:role/eks-node", "arn:aws-cn:iam::111122223333:role/eks-node");
    assert_eq!(trusting(china, "ec2.amazonaws.com.cn", Value::Null), State::Intact);
    assert_eq!(trusting(china, "ec2.amazonaws.com", Value::Null), State::Intact);
    assert_eq!(trusting(aws, "ec2.amazonaws.com", Value::Null), State::Intact);
    assert_eq!(trusting(aws, "ec2.amazonaws.com.cn", Value::Null), State::Broken);
    assert_eq!(trusting(aws, "eks.amazonaws.com", Value::Null), State::Broken);
    let only = json!({"StringEquals": {"aws:SourceAccount": "111122223333"}});
    assert_eq!(trusting(aws, "ec2.amazonaws.com", only), State::Unknown);
}
