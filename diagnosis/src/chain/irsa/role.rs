//! The role that the ServiceAccount names exists.

use super::{pod_identity_instead, trust, wanted};
use crate::{
    aws::RoleArn,
    chain::{Fault, Link, Look, Plane, Verdict, no_host},
    facts::{Facts, RoleObject, inputs::TRUST_POLICY},
};

pub(super) static LINK: Link = Link {
    id: "role",
    title: "role",
    means: "The role that the annotation names exists in the account that the annotation names. STS answers for a role that is not there as for one that it may not give: Not authorized.",
    judged: "Intact where STS gave credentials or iam:GetRole found it. A refusal to look, or a look into another account, leaves it unknown.",
    sources: &[
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html",
        "https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors",
    ],
    faults: &[&ABSENT, &OF_ADD_ON],
    signs: &[],
    host: no_host,
    look,
};

pub(super) static ABSENT: Fault = Fault {
    id: "absent",
    plane: Plane::Iam,
    title: "account <account> has no role <role>, which the ServiceAccount names",
    fix: "name the role that is meant, or create it with a trust policy for this ServiceAccount",
    change: "# misspelt, or of another account? correct the annotation, then re-create the pods that use it:\nkubectl annotate --overwrite serviceaccount -n <namespace> <service-account> \\\n  eks.amazonaws.com/role-arn=ARN\n# deleted, or never made? create it; how trust.json must read: eks-triage explain irsa/trust-conditions\naws iam create-role --role-name <role> --assume-role-policy-document file://trust.json",
    owner: "the owner of role <role>",
    impact: "nothing restarts when the role is created; a new annotation needs new pods",
    verify: "aws iam get-role --role-name <role> --query Role.Arn --output text",
    expect: "<role-arn>",
};

/// EKS writes the annotation of its add-ons itself, and again.
static OF_ADD_ON: Fault = Fault {
    id: "absent-of-add-on",
    title: "account <account> has no role <role>, which the add-on vpc-cni gives to aws-node: no node becomes Ready",
    fix: "name the role that is meant in the add-on, or create it with a trust policy for aws-node",
    change: "# misspelt? correct the add-on, which writes the annotation:\naws eks update-addon --cluster-name <cluster> --addon-name vpc-cni --service-account-role-arn ARN\n# deleted, or never made? create it; how trust.json must read: eks-triage explain irsa/trust-conditions\naws iam create-role --role-name <role> --assume-role-policy-document file://trust.json\n# and attach the CNI policy that AWS manages to it, to no other role\nkubectl -n kube-system rollout restart daemonset aws-node",
    owner: "the administrator of the role of aws-node",
    impact: "aws-node restarts; running pods keep their addresses",
    plane: Plane::Iam,
    verify: "aws iam get-role --role-name <role> --query Role.Arn --output text",
    expect: "<role-arn>",
};

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    if let Some((answer, source)) = trust::accepted(facts) {
        return Ok(Verdict::intact(format!("STS gave {}", answer.detail), source));
    }
    let (role, source) = facts.account.role.need(&TRUST_POLICY)?;
    let wanted = wanted::web_identity(facts).and_then(RoleArn::parse);
    let RoleObject::Present(role) = role else {
        let name = wanted.map_or("<role>", |it| it.name);
        let asked = wanted::web_identity(facts);
        let mut addons = facts.account.group.addons.value().into_iter().flatten();
        let of_add_on = addons.any(|it| Some(&*it.value.service_account_role_arn) == asked);
        let fault = if of_add_on { &OF_ADD_ON } else { &ABSENT };
        return Ok(Verdict::broken(fault, format!("no {name}"), source.quote("NoSuchEntity")));
    };
    wanted::is(facts, &role.arn)?;
    Ok(Verdict::intact(&role.arn, source))
}
