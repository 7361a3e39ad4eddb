//! Whoever creates the nodes may do it.

use super::of_account;
use crate::{
    chain::{Fault, Link, Look, Sign, Verdict, Way, no_host},
    facts::{
        Facts, Observed,
        inputs::{ACTIVITIES, CREATOR_LOG, NODEGROUP, REFUSED_CALLS, STACK_EVENTS},
    },
    pattern::Names,
    report::Evidence,
};

mod faults;

use faults::{
    ACCOUNT_NOT_READY, BY_ORGANIZATION, NOT_ALLOWED, PASS_ROLE, SERVICE_LINKED_ROLE, TEMPLATE,
    VOLUME_KEY,
};

pub(super) static LINK: Link = Link {
    id: "creator",
    title: "creator's permissions",
    means: "Whoever creates the nodes, such as Terraform, eksctl, CloudFormation, EKS itself, Auto Scaling or Karpenter, may make all the calls that this takes, pass the node role on, and use the key of the volumes.",
    judged: "From what refused it: the node group's health, failed events of stacks, the newest failed launch, the reason why an instance went, the conditions of a NodeClaim and of the node class, and CloudTrail, which is asked where nothing else tells: of the refused calls that create nodes those that name this cluster or this group. Else the creator's own output, where somebody gives it. Intact only where creation was seen to succeed; a refusal before that is over.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/security-iam-id-based-policies.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/using-service-linked-roles-eks-nodegroups.html",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html",
        "aws/karpenter-provider-aws pkg/errors/errors.go, v1.14",
        "aws/karpenter-provider-aws pkg/controllers/nodeclass/validation.go, 2026-08",
        "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html",
    ],
    faults: &[
        &NOT_ALLOWED,
        &BY_ORGANIZATION,
        &PASS_ROLE,
        &SERVICE_LINKED_ROLE,
        &TEMPLATE,
        &VOLUME_KEY,
        &ACCOUNT_NOT_READY,
    ],
    signs: &[
        Sign::new(
            "is not authorized to perform: eks:CreateNodegroup",
            "Error: creating EKS Node Group (prod:workers): operation error EKS: CreateNodegroup, https response error StatusCode: 403, RequestID: 1, api error AccessDeniedException: User: arn:aws:iam::111122223333:user/deployer is not authorized to perform: eks:CreateNodegroup on resource: arn:aws:eks:us-west-2:111122223333:cluster/prod",
            "hashicorp/terraform-provider-aws internal/service/eks/node_group.go; the refusal's form is that of aws-sdk-go-v2",
            &[Way(&LINK, &NOT_ALLOWED)],
        ),
        Sign::new(
            "ServiceLinkedRoleCreationNotPermitted",
            "AuthFailure.ServiceLinkedRoleCreationNotPermitted: The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances.",
            "aws/karpenter-provider-aws website/content/en/preview/troubleshooting.md, v1.14",
            &[Way(&LINK, &SERVICE_LINKED_ROLE)],
        ),
        Sign::new(
            "You are not authorized to use launch template",
            "Error: creating Auto Scaling Group (workers): operation error Auto Scaling: CreateAutoScalingGroup, https response error StatusCode: 403, RequestID: 1, api error AccessDenied: You are not authorized to use launch template: lt-0eks",
            "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html",
            &[Way(&LINK, &TEMPLATE)],
        ),
        Sign::new(
            "Client.InternalError: Client error on launch",
            "Launching a new EC2 instance: i-0abc.  Status Reason: Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: Client.InternalError: Client error on launch",
            "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html",
            &[Way(&LINK, &VOLUME_KEY)],
        ),
    ],
    host: no_host,
    look,
};

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = of_account::owned_by_aws(facts) {
        return Ok(verdict);
    }
    if let Some((text, evidence)) = refused(facts)
        && let Some(fault) = fault(text)
    {
        let names = names(text);
        let detail = names.get("action").filter(|it| it.contains(':'));
        let broken = Verdict::broken(fault, detail.map_or(fault.id, |it| it), evidence);
        return Ok(names.into_iter().fold(broken, |it, (name, value)| it.with(name, value)));
    }
    if let Some((detail, source)) = of_account::created(facts) {
        return Ok(Verdict::intact(detail, source));
    }
    let group = &facts.account.group;
    if matches!(group.nodegroup, Observed::Failed { .. }) {
        group.nodegroup.need(&NODEGROUP)?;
    }
    if matches!(group.activities, Observed::Failed { .. }) {
        group.activities.need(&ACTIVITIES)?;
    }
    if matches!(group.stack_events, Observed::Failed { .. }) {
        group.stack_events.need(&STACK_EVENTS)?;
    }
    if matches!(group.refused_calls, Observed::Failed { .. }) {
        group.refused_calls.need(&REFUSED_CALLS)?;
    }
    Err(CREATOR_LOG.missing("nothing was seen to be created, and nothing to refuse it"))
}

/// What somebody refused to the creator, in the words of AWS, where nothing went well since.
fn refused(facts: &Facts) -> Option<(&str, Evidence)> {
    let health = of_account::issues(facts)
        .map(|(issue, source)| (issue.message.as_str(), of_account::quoted(issue, source).1));
    let launch = of_account::failed_launch(facts)
        .map(|(it, source)| (it.status_message.as_str(), of_account::message(source)));
    let code = of_account::issues(facts)
        .map(|(issue, source)| (issue.code.as_str(), of_account::quoted(issue, source).0));
    let instance = of_account::gone(facts).map(|it| {
        let quote = it.source.quote(&format!("\"Code\": \"{}\"", it.state_reason.code));
        (it.state_reason.code.as_str(), quote)
    });
    let claim = of_account::not_launched(facts).map(|(_, it, source)| {
        let said = if it.message.contains("authorized") { &it.message } else { &it.reason };
        (said.as_str(), source.quote(said))
    });
    let class = of_account::class_fails(facts)
        .filter(|(_, it)| it.reason.ends_with(of_account::CHECK_FAILED))
        .map(|(class, it)| {
            (it.message.as_str(), class.source.quote(of_account::plain(&it.message)))
        });
    let now = health.chain(launch).chain(code).chain(instance).chain(claim).chain(class);
    // A stack that failed and whose nodes are there was mended.
    let group = &facts.account.group;
    let events = group.stack_events.value().into_iter().flatten();
    let events = events.map(|it| {
        (it.resource_status_reason.as_str(), it.source.quote("\"ResourceStatusReason\""))
    });
    let calls = group.refused_calls.value().into_iter().flatten();
    let calls = calls.map(|it| (it.said.as_str(), it.source.quote("\"errorMessage\"")));
    let before = events.chain(calls).filter(|_| of_account::created(facts).is_none());
    now.chain(before).find(|(text, _)| fault(text).is_some())
}

/// Which of them it is, by the words.
fn fault(text: &str) -> Option<&'static Fault> {
    let has = |words: &[&str]| words.iter().any(|it| text.contains(it));
    Some(if has(&["ServiceLinkedRole", "SpotSLRCreationFailed", "service-linked role for"]) {
        &SERVICE_LINKED_ROLE
    } else if has(&["authorized to use launch template"]) {
        &TEMPLATE
    } else if has(&["Client.InternalError", "InvalidKMSKey.InvalidState", "perform: kms:"]) {
        &VOLUME_KEY
    } else if has(&["OptInRequired", "AccountPendingVerification", "PendingVerification"]) {
        &ACCOUNT_NOT_READY
    } else if has(&["a service control policy", "no service control policy allows"]) {
        &BY_ORGANIZATION
    } else if has(&["perform: iam:PassRole"]) {
        &PASS_ROLE
    } else if has(&[
        "not authorized to perform",
        "UnauthorizedOperation",
        "authorized to call ec2:",
    ]) {
        &NOT_ALLOWED
    } else {
        return None;
    })
}

/// Who was refused what, as far as the words tell it.
fn names(text: &str) -> Names {
    let word = |after: &str| {
        let rest = text.split_once(after)?.1.trim_start();
        let end = rest.find([' ', '"', ',', ';', '\n', '(']).unwrap_or(rest.len());
        Some(rest[..end].trim_end_matches(['.', ':']).to_owned()).filter(|it| !it.is_empty())
    };
    let told = |word: Option<String>, else_: &str| word.unwrap_or_else(|| else_.to_owned());
    Names::from([
        (
            "action",
            told(word("perform: ").or(word("to call ")).filter(|it| it.contains(':')), "a call"),
        ),
        ("principal", told(word("User: "), "whoever creates the nodes")),
        ("resource", told(word("on resource: "), "what the call is about")),
    ])
}

/// Calls that only somebody makes who creates nodes; a workload that is refused them is a creator.
const CREATING: [&str; 5] = [
    "perform: eks:CreateNodegroup",
    "perform: eks:CreateCluster",
    "perform: autoscaling:CreateAutoScalingGroup",
    "perform: ec2:CreateLaunchTemplate",
    "CreateNodegroup",
];

/// The refusal of a call that creates nodes, whatever kind of policy AWS says refuses it.
pub(super) fn heard(text: &str, could_be: &mut Vec<Way>, names_: &mut Names) {
    let refused = text.contains("authorized to perform: ");
    if refused
        && CREATING.iter().any(|it| text.contains(it))
        && let Some(fault) = fault(text)
    {
        *could_be = vec![Way(&LINK, fault)];
        names_.extend(names(text));
    }
}
