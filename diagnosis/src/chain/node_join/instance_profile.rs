//! An instance profile with a role is attached to the instance.

use super::of_account;
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{
        Facts, Observed, Profile, Source,
        aws::Presence,
        inputs::{INSTANCE_PROFILE, NODE_CHECK},
    },
};

pub(super) static LINK: Link = Link {
    id: "instance-profile",
    title: "instance profile",
    means: "The instance carries an instance profile that exists and contains a role. Without it the node has no AWS identity at all.",
    judged: "From the raw document iam/info: 404 means no profile, its Code names a deleted or recreated one, a message in a successful document names one without a role. Where EC2 may be asked, its id of the profile must be the same. Where nobody was on the node, from the account: the profile that its instances or its launch template name, and whether it holds exactly the node role.",
    sources: &[
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html",
    ],
    faults: &[&NONE_ATTACHED, &NOT_EXISTING, &ANOTHER, &WITHOUT_ROLE, &ABSENT, &ANOTHER_ROLE],
    signs: &[],
    host: no_host,
    look,
};

const NO_ROLE: &str = "Instance Profile does not contain a role";

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the owner of the node group's launch template",
    impact: "this node alone; its kubelet retries by itself",
    verify: "eks-triage check, on the node, about a minute later",
    expect: "instance profile intact",
};

static NONE_ATTACHED: Fault = OURS.fault(
    "none-attached",
    "no instance profile is attached to this instance",
    "attach the node group's instance profile, and name it in the launch template",
    "aws ec2 associate-iam-instance-profile --instance-id <instance> --iam-instance-profile Name=<profile>",
);
static NOT_EXISTING: Fault = OURS.fault(
    "not-existing",
    "the attached instance profile was deleted or recreated (InstanceProfileNotFound)",
    "associate the profile that exists now, or replace the instance",
    "aws ec2 describe-iam-instance-profile-associations --filters Name=instance-id,Values=<instance>\n\
     aws ec2 replace-iam-instance-profile-association --association-id <association> --iam-instance-profile Name=<profile>",
);
static ANOTHER: Fault = OURS.fault(
    "made-anew",
    "the instance profile <profile> was made anew: the instance has one id of it, EC2 another",
    "associate the profile that exists now, or replace the instance",
    "aws ec2 describe-iam-instance-profile-associations --filters Name=instance-id,Values=<instance>\n\
     aws ec2 replace-iam-instance-profile-association --association-id <association> --iam-instance-profile Name=<profile>",
);
static WITHOUT_ROLE: Fault = OURS.fault(
    "without-role",
    "the instance profile <profile> contains no role",
    "put the node role into the instance profile",
    "aws iam add-role-to-instance-profile --instance-profile-name <profile> --role-name <node-role>",
);

const OF_GROUP: Common = Common {
    owner: "the owner of the node group, with the owner of the node role",
    impact: "new nodes of the group; those that run keep their credentials for some hours",
    verify: "aws iam get-instance-profile --instance-profile-name <instance-profile> --query 'InstanceProfile.Roles[].Arn'",
    expect: "the ARN of the node role, alone",
    ..OURS
};

static ABSENT: Fault = OF_GROUP.fault(
    "absent",
    "the instance profile that the group's nodes are launched with does not exist",
    "make the instance profile again, with the node role in it",
    "aws iam create-instance-profile --instance-profile-name <instance-profile>\n\
     aws iam add-role-to-instance-profile --instance-profile-name <instance-profile> --role-name <node-role>\n\
     # one that EKS made for a managed node group (eks-…) does not come back by itself: make a new node group",
);
static ANOTHER_ROLE: Fault = OF_GROUP.fault(
    "another-role",
    "the instance profile <instance-profile> holds role <other>, while the group's node role is <node-role>",
    "put the node role, which the cluster knows, into the instance profile",
    "aws iam remove-role-from-instance-profile --instance-profile-name <instance-profile> --role-name <other>\n\
     aws iam add-role-to-instance-profile --instance-profile-name <instance-profile> --role-name <node-role>\n\
     # is <other> meant? then it is the cluster that must know it, by an access entry of its own",
);

/// As the account tells it, where nobody was on the node.
fn by_account(facts: &Facts) -> Look {
    if let Some(verdict) = of_account::owned_by_aws(facts) {
        return Ok(verdict);
    }
    let names = |it: &str| it == "IamInstanceProfileNotFound" || it == "InstanceProfileNameInvalid";
    let issue = of_account::issues(facts).find(|(it, _)| names(&it.code));
    if let Some((issue, source)) = issue {
        let (code, message) = of_account::quoted(issue, source);
        let broken = Verdict::broken(&ABSENT, &issue.code, code).and_evidence(message);
        return Ok(profile_named(facts, broken));
    }
    if let Some((_, it, source)) = of_account::not_launched(facts).filter(|it| names(&it.1.reason))
    {
        let broken = Verdict::broken(&ABSENT, &it.reason, source.quote(&it.reason));
        return Ok(profile_named(facts, broken));
    }
    if let Some((class, it)) = of_account::class_fails(facts)
        && it.reason == of_account::PROFILE_GONE
    {
        let quote = class.source.quote(of_account::plain(&it.message));
        let name = it.message.split('"').nth(1).unwrap_or_default();
        let broken = Verdict::broken(&ABSENT, &it.message, quote);
        return Ok(if name.is_empty() { broken } else { broken.with("instance-profile", name) });
    }
    let (profile, source) = facts.account.group.instance_profile.need(&INSTANCE_PROFILE)?;
    let Presence::Present(profile) = profile else {
        let broken = Verdict::broken(&ABSENT, "NoSuchEntity", source.quote("NoSuchEntity"));
        return Ok(profile_named(facts, broken));
    };
    let name = &profile.instance_profile_name;
    let Some(role) = profile.roles.first() else {
        let quote = source.quote("\"Roles\"");
        return Ok(Verdict::broken(&WITHOUT_ROLE, name, quote).with("profile", name));
    };
    let wanted = of_account::nodegroup(facts).map(|(it, _)| it.node_role.as_str());
    if let Some(wanted) = wanted.filter(|it| !it.is_empty() && *it != role.arn) {
        let broken = Verdict::broken(&ANOTHER_ROLE, &role.role_name, source.quote(&role.arn));
        let wanted = wanted.rsplit('/').next().unwrap_or_default();
        return Ok(broken.with("other", &role.role_name).with("node-role", wanted));
    }
    let mut stale = of_account::alive(facts).filter_map(|it| {
        let own = it.iam_instance_profile.as_ref()?;
        let same_arn = own.arn == profile.arn && !own.id.is_empty();
        (same_arn && own.id != profile.instance_profile_id).then_some((it, &own.id))
    });
    if let Some((it, id)) = stale.next() {
        let broken = Verdict::broken(&ANOTHER, id, it.source.quote(id));
        let broken = broken.and_evidence(source.quote(&profile.instance_profile_id));
        return Ok(broken.with("profile", name).with("instance", &it.instance_id));
    }
    Ok(Verdict::intact(format!("{name}, role {}", role.role_name), source))
}

fn profile_named(facts: &Facts, verdict: Verdict) -> Verdict {
    let template = of_account::there(&facts.account.group.launch_template);
    let of_template =
        template.and_then(|(it, _)| it.launch_template_data.iam_instance_profile.as_ref());
    let of_instance = of_account::alive(facts).find_map(|it| it.iam_instance_profile.as_ref());
    let last = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
    let name = of_template.or(of_instance).map(|it| match it.name.as_str() {
        "" => last(&it.arn),
        name => name.to_owned(),
    });
    match name.filter(|it| !it.is_empty()) {
        Some(name) => verdict.with("instance-profile", name),
        None => verdict,
    }
}

fn look(facts: &Facts) -> Look {
    let group = &facts.account.group;
    if facts.node.profile.value().is_none() && group.compute.value().is_some() {
        return by_account(facts);
    }
    let (profile, source) = facts.node.profile.need(&NODE_CHECK)?;
    let Profile::Document { code, message, arn, id } = profile else {
        return Ok(Verdict::broken(&NONE_ATTACHED, "iam/info is 404", source.quote("404")));
    };
    let (_, name) = arn.rsplit_once('/').unwrap_or(("", arn));
    let verdict = match code.as_str() {
        "InstanceProfileNotFound" => Verdict::broken(&NOT_EXISTING, code, source.quote(code)),
        "Success" if message.contains(NO_ROLE) => {
            Verdict::broken(&WITHOUT_ROLE, name, source.quote(NO_ROLE))
        }
        "Success" => match described(facts).filter(|(it, _)| !id.is_empty() && *it != id) {
            Some((other, ec2)) => {
                let broken = Verdict::broken(&ANOTHER, other, source.quote(id));
                broken.and_evidence(ec2.quote(other))
            }
            None => Verdict::intact(name, source),
        },
        _ => {
            let why = format!("iam/info says {code}, which is not known");
            return Err(NODE_CHECK.doubt(why, source.quote(code)));
        }
    };
    Ok(if name.is_empty() { verdict } else { verdict.with("profile", name) })
}

/// The profile's id as EC2 has it.
fn described(facts: &Facts) -> Option<(&String, &Source)> {
    let Observed::Seen { value, source } = &facts.node.described else { return None };
    Some((value.profile_id.as_ref()?, source))
}
