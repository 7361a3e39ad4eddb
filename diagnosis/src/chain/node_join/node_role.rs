//! EC2 can assume the role in the instance profile.

use super::of_account;
use crate::{
    aws::RoleArn,
    chain::{Fault, Link, Look, Plane, Verdict, no_host},
    facts::{
        Facts, Role, RoleDocument, RoleObject, Source,
        inputs::{NODE_CHECK, NODE_ROLE},
    },
    iam::{self, Answer, Caller, Policy, Request},
};

pub(super) static LINK: Link = Link {
    id: "node-role",
    title: "node role",
    means: "EC2 may assume the node's role and hands its credentials to the instance.",
    judged: "From Code in the raw document iam/security-credentials/<role>, which SDKs hide behind a missing key. Only AssumeRoleUnauthorizedAccess is decided; another code stays unknown, quoted. Where nobody was on the node, from the account: the role exists, and its trust policy, evaluated, lets EC2 assume it, in China under either of its names.",
    sources: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html",
        "https://github.com/aws/aws-cli/issues/2060",
    ],
    faults: &[&TRUST, &NONE_LISTED, &ABSENT, &TRUST_DENIES],
    signs: &[],
    host: no_host,
    look,
};

const REFUSED: &str = "AssumeRoleUnauthorizedAccess";

static TRUST: Fault = Fault {
    id: "trust-refuses-ec2",
    plane: Plane::Node,
    title: "EC2 may not assume the node role <node-role> (AssumeRoleUnauthorizedAccess)",
    fix: "let the role's trust policy name EC2, and nothing else",
    change: "aws iam update-assume-role-policy --role-name <node-role> --policy-document \\\n  '{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}'\n# already so? then a service control policy of the organization denies it: ask its owner",
    owner: "the owner of the node role",
    impact: "all nodes with this role; credentials appear within minutes, nothing restarts",
    verify: "eks-triage check, on the node, a few minutes later",
    expect: "node role intact",
};
static NONE_LISTED: Fault = Fault {
    id: "none-listed",
    plane: Plane::Node,
    title: "the metadata service lists no role for this instance",
    fix: "attach an instance profile that contains the node role",
    change: "aws ec2 describe-instances --instance-ids <instance> --query 'Reservations[].Instances[].IamInstanceProfile'\naws iam get-instance-profile --instance-profile-name <profile> --query InstanceProfile.Roles",
    owner: "the owner of the node group's launch template",
    impact: "this node alone; its kubelet retries by itself",
    verify: "eks-triage check, on the node, about a minute later",
    expect: "node role intact",
};

static ABSENT: Fault = Fault {
    id: "absent",
    plane: Plane::Node,
    title: "the node role <node-role> does not exist",
    fix: "make the role again, trusted by EC2 and with the baseline of a node, and its access entry anew",
    change: "aws iam create-role --role-name <node-role> --assume-role-policy-document \\\n  '{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}'\naws iam attach-role-policy --role-name <node-role> --policy-arn arn:<partition>:iam::aws:policy/AmazonEKSWorkerNodePolicy\naws iam attach-role-policy --role-name <node-role> --policy-arn arn:<partition>:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly\n# its instance profile held the old one; and an access entry that is older than the role is void: delete and create it\naws eks delete-access-entry --cluster-name <cluster> --principal-arn <node-role-arn>\naws eks create-access-entry --cluster-name <cluster> --type EC2_LINUX --principal-arn <node-role-arn>",
    owner: "the owner of the node role",
    impact: "all nodes with this role; those that run lose their credentials within hours",
    verify: "aws iam get-role --role-name <node-role> --query Role.Arn --output text",
    expect: "<node-role-arn>",
};
static TRUST_DENIES: Fault = Fault {
    id: "trust-denies-ec2",
    title: "the trust policy of the node role <node-role> denies EC2 to assume it",
    fix: "take EC2 out of that Deny; an Allow beside it changes nothing",
    change: "aws iam get-role --role-name <node-role> --query Role.AssumeRolePolicyDocument\n# the statement with \"Effect\": \"Deny\" must not match ec2.amazonaws.com; then\naws iam update-assume-role-policy --role-name <node-role> --policy-document file://trust.json",
    verify: "aws iam get-role --role-name <node-role> --query 'Role.AssumeRolePolicyDocument.Statement[?Effect==`Deny`]'",
    expect: "[]",
    ..TRUST
};

/// As the account tells it, where nobody was on the node.
fn by_account(facts: &Facts) -> Look {
    let gone = |code: &str| code == "IamNodeRoleNotFound";
    if let Some((issue, source)) = of_account::issues(facts).find(|(it, _)| gone(&it.code)) {
        let (code, message) = of_account::quoted(issue, source);
        return Ok(Verdict::broken(&ABSENT, &issue.code, code).and_evidence(message));
    }
    let (role, source) = facts.account.group.role.need(&NODE_ROLE)?;
    match role {
        RoleObject::Absent => {
            let broken = Verdict::broken(&ABSENT, "NoSuchEntity", source.quote("NoSuchEntity"));
            Ok(match of_account::role_arn(facts) {
                Some(arn) => {
                    let name = arn.rsplit('/').next().unwrap_or_default();
                    broken.with("node-role", name).with("node-role-arn", arn)
                }
                None => broken,
            })
        }
        RoleObject::Present(role) => trust(role, source),
    }
}

fn trust(role: &Role, source: &Source) -> Look {
    let policy = Policy::parse(&role.trust)
        .map_err(|error| NODE_ROLE.missing(format!("its trust policy: {error}")))?;
    let partition = RoleArn::parse(&role.arn).map_or("aws", |it| it.partition);
    let services: &[&str] = match partition {
        "aws-cn" => &["ec2.amazonaws.com", "ec2.amazonaws.com.cn"],
        _ => &["ec2.amazonaws.com"],
    };
    let mut denied = None;
    for service in services {
        let mut request = Request::call("", "sts:AssumeRole", Some(&role.arn));
        request.caller = Caller::Service((*service).to_owned());
        match iam::trust(&policy, &request) {
            Answer::Allowed { .. } => {
                return Ok(Verdict::intact(format!("trusts {service}"), source));
            }
            Answer::Denied { explicit, why } => denied = Some((explicit, why)),
            Answer::Unknown { why } => {
                let words = why.first().map_or("its trust policy is open", |it| &it.words);
                return Err(NODE_ROLE.missing(words));
            }
        }
    }
    let Some((explicit, why)) = denied else { return Err(NODE_ROLE.missing("its trust policy")) };
    let first = why.first();
    let quote = first.map_or("", |it| it.quote.lines().next().unwrap_or_default().trim());
    let words = first.map_or("no statement allows it", |it| &it.words);
    // Isolated partitions have service names of their own.
    if !explicit && !matches!(partition, "aws" | "aws-cn" | "aws-us-gov") {
        return Err(NODE_ROLE.doubt(words, source.quote(quote)));
    }
    let fault = if explicit { &TRUST_DENIES } else { &TRUST };
    Ok(Verdict::broken(fault, words, source.quote(quote)))
}

fn look(facts: &Facts) -> Look {
    let group = &facts.account.group;
    if facts.node.role.value().is_none() && group.compute.value().is_some() {
        return by_account(facts);
    }
    let (document, source) = facts.node.role.need(&NODE_CHECK)?;
    let RoleDocument::Document { role, code, .. } = document else {
        return Ok(Verdict::broken(&NONE_LISTED, "no role listed", source.quote("role")));
    };
    let verdict = match code.as_str() {
        "Success" => Verdict::intact(role, source),
        REFUSED => Verdict::broken(&TRUST, code, source.quote(REFUSED)),
        _ => {
            let why = format!("the role's document says {code}, which is not known");
            return Err(NODE_CHECK.doubt(why, source.quote(code)));
        }
    };
    Ok(verdict.with("node-role", role))
}
