//! An instance profile with a role is attached to the instance.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{Facts, Observed, Profile, Source, inputs::NODE_CHECK},
};

pub(super) static LINK: Link = Link {
    id: "instance-profile",
    title: "instance profile",
    means: "The instance carries an instance profile that exists and contains a role. Without it the node has no AWS identity at all.",
    judged: "From the raw document iam/info: 404 means no profile, its Code names a deleted or recreated one, a message in a successful document names one without a role. Where EC2 may be asked, its id of the profile must be the same.",
    sources: &[
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html",
    ],
    faults: &[&NONE_ATTACHED, &NOT_EXISTING, &ANOTHER, &WITHOUT_ROLE],
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

fn look(facts: &Facts) -> Look {
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
