//! What the account alone decides of a node's join, and what it must leave open.

use diagnosis::{
    checklist, judge,
    report::{Outcome, Report, State},
};
use integration::{facts, healthy, patch};
use serde_json::{Value, json};

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

fn policies(value: &mut Value, policies: &[(&str, &str)]) {
    let all: Vec<Value> =
        policies.iter().map(|(name, text)| json!({"name": name, "text": text})).collect();
    seen(value, "role")["present"]["policies"] = json!(all);
}

fn issue(value: &mut Value, code: &str, message: &str, status: &str) {
    let issues =
        json!({"issues": [{"code": code, "message": message, "resourceIds": ["workers"]}]});
    let group = &mut seen(value, "nodegroup")["present"];
    (group["health"], group["status"]) = (issues, json!(status));
    let text =
        format!("\"status\": \"{status}\",\n\"code\": \"{code}\",\n\"message\": \"{message}\"");
    self::group(value)["nodegroup"]["seen"]["source"]["text"] = json!(text);
}

const WORKER: &str = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy";
const MINIMAL: &str = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodeMinimalPolicy";
const PULL_ONLY: &str = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly";
const CNI: &str = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy";

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
fn what_only_sums_up_is_quoted_and_decides_nothing() {
    for code in
        ["NodeCreationFailure", "ClusterUnreachable", "InternalFailure", "Unknown", "NewCode"]
    {
        let mut value = account();
        issue(&mut value, code, "Instances failed to join the kubernetes cluster", "CREATE_FAILED");
        let report = told(&value);
        assert_eq!(report.outcome, Outcome::Undecided, "{code}");
        assert_eq!(report.fault, None);
        assert!(report.evidence.iter().any(|it| it.quote.contains("failed to join")), "{code}");
    }
    let mut value = account();
    issue(&mut value, "NodeCreationFailure", "Instances failed to join", "CREATE_FAILED");
    policies(&mut value, &[(WORKER, ""), (CNI, "")]);
    assert_eq!(told(&value).fault, Some("no-pull"), "another link decides");
}

/// aws-sdk-eks 1.160
const CODES: [&str; 35] = [
    "AccessDenied",
    "AmiIdNotFound",
    "AsgInstanceLaunchFailures",
    "AutoScalingGroupInstanceRefreshActive",
    "AutoScalingGroupInvalidConfiguration",
    "AutoScalingGroupNotFound",
    "AutoScalingGroupOptInRequired",
    "AutoScalingGroupRateLimitExceeded",
    "ClusterUnreachable",
    "Ec2InstanceTypeDoesNotExist",
    "Ec2LaunchTemplateDeletionFailure",
    "Ec2LaunchTemplateInvalidConfiguration",
    "Ec2LaunchTemplateMaxLimitExceeded",
    "Ec2LaunchTemplateNotFound",
    "Ec2LaunchTemplateVersionMaxLimitExceeded",
    "Ec2LaunchTemplateVersionMismatch",
    "Ec2SecurityGroupDeletionFailure",
    "Ec2SecurityGroupNotFound",
    "Ec2SubnetInvalidConfiguration",
    "Ec2SubnetListTooLong",
    "Ec2SubnetMissingIpv6Assignment",
    "Ec2SubnetNotFound",
    "IamInstanceProfileNotFound",
    "IamLimitExceeded",
    "IamNodeRoleNotFound",
    "IamThrottling",
    "InstanceLimitExceeded",
    "InsufficientFreeAddresses",
    "InternalFailure",
    "KubernetesLabelInvalid",
    "LimitExceeded",
    "NodeCreationFailure",
    "NodeTerminationFailure",
    "PodEvictionFailure",
    "SourceEc2LaunchTemplateNotFound",
];

#[test]
fn no_health_code_is_passed_over() {
    const OPEN: [&str; 5] = [
        "AccessDenied",
        "AsgInstanceLaunchFailures",
        "ClusterUnreachable",
        "InternalFailure",
        "NodeCreationFailure",
    ];
    for code in CODES {
        let mut value = account();
        issue(&mut value, code, "something went wrong", "DEGRADED");
        seen(&mut value, "activities").as_array_mut().unwrap().clear();
        let report = told(&value);
        let expected = if OPEN.contains(&code) { Outcome::Undecided } else { Outcome::Decided };
        assert_eq!(report.outcome, expected, "{code}: {}", report.title);
    }
}

#[test]
fn a_launch_that_failed_before_one_that_went_well_is_over() {
    let at = |launched: &str| {
        let mut value = account();
        let text =
            "Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more";
        let activity = &mut seen(&mut value, "activities")[0];
        patch(
            &mut activity["value"],
            &json!({"StatusCode": "Failed", "StatusMessage": text, "StartTime": launched}),
        );
        activity["source"]["text"] = json!(format!("\"StatusMessage\": \"{text}\""));
        value
    };
    assert_eq!(told(&at("2026-03-01T09:40:00Z")).fault, Some("quota"));
    let older = at("2026-03-01T08:00:00Z");
    assert_eq!(state(&older, "scaling"), State::Intact);
    assert_ne!(told(&older).outcome, Outcome::Decided);
}

#[test]
fn an_instance_that_was_ended_after_a_while_is_a_symptom() {
    let mut value = account();
    for it in seen(&mut value, "instances").as_array_mut().unwrap() {
        let reason = json!({"Code": "Client.UserInitiatedShutdown", "Message": "User initiated"});
        patch(&mut it["value"], &json!({"State": {"Name": "terminated"}, "StateReason": reason}));
        it["source"]["text"] = json!("\"Code\": \"Client.UserInitiatedShutdown\"");
    }
    let report = told(&value);
    assert_eq!((report.outcome, report.fault), (Outcome::Undecided, None));
    assert!(report.evidence[0].quote.contains("Client.UserInitiatedShutdown"));
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
fn a_stack_that_failed_before_the_group_was_there_is_over() {
    let mut value = account();
    let reason =
        "User: arn:aws:iam::111122223333:user/ci is not authorized to perform: eks:CreateNodegroup";
    let event = json!({"StackName": "s", "ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": reason});
    let source =
        json!({"place": "events", "text": format!("\"ResourceStatusReason\": \"{reason}\"")});
    *seen(&mut value, "stackEvents") = json!([{"value": event, "source": source}]);
    assert_eq!(state(&value, "creator"), State::Intact);
}

#[test]
fn the_creators_own_output_names_what_was_refused() {
    let heard = |text: &str| {
        let line = json!({"place": "apply.log", "line": 3, "text": text});
        told(&json!({"lines": [line]}))
    };
    let user =
        "User: arn:aws:sts::111122223333:assumed-role/terraform/ci is not authorized to perform:";
    for (text, fault) in [
        (
            format!(
                "Error: creating EKS Node Group (prod:workers): operation error EKS: CreateNodegroup, api error AccessDeniedException: {user} iam:PassRole on resource: arn:aws:iam::111122223333:role/eks-node"
            ),
            "may-not-pass-role",
        ),
        (
            format!(
                "operation error EKS: CreateNodegroup, api error AccessDeniedException: {user} eks:CreateNodegroup on resource: arn:aws:eks:us-west-2:111122223333:cluster/prod with an explicit deny in a service control policy"
            ),
            "organization-denies",
        ),
        (
            format!(
                "api error AccessDenied: {user} autoscaling:CreateAutoScalingGroup because no identity-based policy allows the autoscaling:CreateAutoScalingGroup action"
            ),
            "not-allowed",
        ),
    ] {
        let report = heard(&text);
        assert_eq!((report.link, report.fault), (Some("creator"), Some(fault)), "{text}");
        assert!(report.title.contains("role/terraform"), "{}", report.title);
    }
    // A workload that passes a role on is none of it.
    let other = heard(&format!(
        "AccessDenied: {user} iam:PassRole on resource: arn:aws:iam::111122223333:role/task"
    ));
    assert_ne!(other.link, Some("creator"));
}

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

/// What is not there is skipped.
fn drop(value: &mut Value, facts: &[&str]) {
    for fact in facts {
        group(value)[*fact] = json!("skipped");
    }
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
fn an_account_tells_what_a_node_could_not_look_at() {
    let mut value = account();
    let failed = json!({"failed": {"why": "no answer in time", "source": {"place": "IMDS"}}});
    value["node"] = json!({"profile": failed, "role": failed});
    assert_eq!(state(&value, "instance-profile"), State::Intact);
    assert_eq!(state(&value, "node-role"), State::Intact);
}
