//! EC2 can assume the role in the instance profile.

use crate::{
    chain::{Fault, Link, Look, Plane, Verdict, no_host},
    facts::{Facts, RoleDocument, inputs::NODE_CHECK},
};

pub(super) static LINK: Link = Link {
    id: "node-role",
    title: "node role",
    means: "EC2 may assume the node's role and hands its credentials to the instance.",
    judged: "From Code in the raw document iam/security-credentials/<role>, which SDKs hide behind a missing key. Only AssumeRoleUnauthorizedAccess is decided; another code stays unknown, quoted.",
    sources: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html",
        "https://github.com/aws/aws-cli/issues/2060",
    ],
    faults: &[&TRUST, &NONE_LISTED],
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

fn look(facts: &Facts) -> Look {
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
