//! What a node group, its stack and its launches tell.

use diagnosis::report::{Outcome, State};
use integration::patch;
use serde_json::{Value, json};

use super::{CNI, WORKER, account, policies, seen, state, told};

fn issue(value: &mut Value, code: &str, message: &str, status: &str) {
    let issues =
        json!({"issues": [{"code": code, "message": message, "resourceIds": ["workers"]}]});
    let group = &mut seen(value, "nodegroup")["present"];
    (group["health"], group["status"]) = (issues, json!(status));
    let text =
        format!("\"status\": \"{status}\",\n\"code\": \"{code}\",\n\"message\": \"{message}\"");
    super::group(value)["nodegroup"]["seen"]["source"]["text"] = json!(text);
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
