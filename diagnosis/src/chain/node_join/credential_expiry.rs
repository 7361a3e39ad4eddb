//! The node's credentials are not expired.

use crate::{
    chain::{Fault, Link, Look, Plane, Verdict, ladder::span, no_host},
    facts::{Facts, Observed, RoleDocument, inputs::NODE_CHECK, seconds},
};

pub(super) static LINK: Link = Link {
    id: "credential-expiry",
    title: "node credentials",
    means: "The credentials that the metadata service hands out expire in the future. EC2 renews them at least five minutes before; some SDKs go on serving expired ones.",
    judged: "From Expiration in the role's document against the server's Date, else against this machine's clock; and from STS, which refuses what is over. Less than five minutes left is told as a remark: EC2 should have renewed them.",
    sources: &[
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html",
    ],
    faults: &[&EXPIRED],
    signs: &[],
    host: no_host,
    look,
};

static EXPIRED: Fault = Fault {
    id: "expired",
    plane: Plane::Node,
    title: "the node's credentials expired at <expires> and were not renewed",
    fix: "restore the role's trust in EC2, which stopped the renewal",
    change: "aws iam get-role --role-name <node-role> --query Role.AssumeRolePolicyDocument\n# it must allow ec2.amazonaws.com to sts:AssumeRole; a role detached from its profile after boot\n# leaves its last credentials behind: reattach it, then\naws ec2 describe-iam-instance-profile-associations --filters Name=instance-id,Values=<instance>",
    owner: "the owner of the node role",
    impact: "all nodes with this role; nothing restarts",
    verify: "eks-triage check, on the node, a few minutes later",
    expect: "node credentials intact",
};

/// EC2 has new ones at least so many seconds before.
const RENEWED: i64 = 300;

fn look(facts: &Facts) -> Look {
    let (document, source) = facts.node.role.need(&NODE_CHECK)?;
    let RoleDocument::Document { role, expiration, server_date, .. } = document else {
        return Err(NODE_CHECK.missing("no role, so no credentials"));
    };
    let now = server_date.as_ref().unwrap_or(&facts.taken_at);
    if expiration.is_empty() || now.is_empty() {
        return Err(NODE_CHECK.missing("the role's document names no expiration"));
    }
    // What their user is told is worth more than what they say of themselves.
    let over = [&facts.node.caller, &facts.node.token_judged].into_iter().find_map(|it| match it {
        Observed::Seen { value, source } if value.code == "ExpiredToken" => Some(source),
        _ => None,
    });
    if let Some(said) = over.filter(|_| expiration > now) {
        let broken = Verdict::broken(&EXPIRED, "ExpiredToken", said.quote("ExpiredToken"));
        return Ok(broken.with("expires", expiration).with("node-role", role));
    }
    if expiration > now {
        let intact = Verdict::intact(format!("until {expiration}"), source);
        let left = seconds(now, expiration).filter(|it| *it < RENEWED);
        return Ok(match left.map(i64::unsigned_abs) {
            None => intact,
            Some(left) => {
                let title = format!(
                    "the node's credentials end in {}, and EC2 has not renewed them",
                    span(left)
                );
                intact.and_risk(title, source.quote(expiration))
            }
        });
    }
    let broken = Verdict::broken(&EXPIRED, expiration, source.quote(expiration));
    Ok(broken.with("expires", expiration).with("node-role", role))
}
