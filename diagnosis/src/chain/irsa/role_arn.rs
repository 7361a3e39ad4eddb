//! The ServiceAccount names a role, in a form that STS accepts.

use super::{pod_identity_instead, sts_endpoint, workload};
use crate::{
    aws::{RoleArn, partition_of_region},
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{
        FROM_ELSEWHERE, Facts, Missing, Observed, ServiceAccount, Source,
        inputs::{ASSOCIATION, SERVICE_ACCOUNT},
    },
};

pub(super) static LINK: Link = Link {
    id: "role-arn",
    title: "role annotation",
    means: "The ServiceAccount's annotation eks.amazonaws.com/role-arn is the ARN of a role, in the partition of the region. The webhook injects even a malformed one.",
    judged: "From the annotation, else from AWS_ROLE_ARN as it was injected. A pod without it tells nothing of the annotation: unknown until the ServiceAccount is seen.",
    sources: &[
        "aws/amazon-eks-pod-identity-webhook README.md, 2026-08",
        "https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html",
    ],
    faults: &[&MISSING, &ELSEWHERE, &INVISIBLE, &MALFORMED, &PARTITION],
    signs: &[
        Sign::new(
            "Request ARN is invalid",
            "An error occurred (ValidationError) when calling the AssumeRoleWithWebIdentity operation: Request ARN is invalid",
            "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
            &[Way(&LINK, &MALFORMED)],
        )
        .showing(&[&sts_endpoint::LINK]),
    ],
    host: no_host,
    look,
};

const ANNOTATE: &str = "kubectl annotate --overwrite serviceaccount -n <namespace> <service-account> \\\n  eks.amazonaws.com/role-arn=arn:<partition>:iam::<account>:role/<role>\n# then re-create the pods that use it: existing pods never change";

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: "eks-triage probe -n <namespace> --serviceaccount <service-account>",
    expect: "role annotation intact",
};

pub(super) static MISSING: Fault = OURS.fault(
    "annotation-missing",
    "the ServiceAccount <service-account> names no role",
    "annotate the ServiceAccount with its role",
    ANNOTATE,
);
pub(super) static ELSEWHERE: Fault = OURS.fault(
    "annotated-elsewhere",
    "the ServiceAccount <service-account> names no role; <other> does",
    "annotate the ServiceAccount that the pods use, or let them use the one that has the role",
    "# if <other> was meant to be this one, annotate this one too, and let the role trust it:\nkubectl annotate --overwrite serviceaccount -n <namespace> <service-account> \\\n  eks.amazonaws.com/role-arn=arn:<partition>:iam::<account>:role/<role>\n# if it is in this namespace and the pods were meant to use it, name it in the pod template: serviceAccountName\n# then re-create the pods: existing pods never change",
);
static INVISIBLE: Fault = OURS.fault(
    "invisible-character",
    "the role annotation is the ARN of a role but for a character that is not seen",
    "write the annotation anew, by hand",
    ANNOTATE,
);
static MALFORMED: Fault = OURS.fault(
    "malformed",
    "the role annotation is not the ARN of a role",
    "correct the annotation's text",
    ANNOTATE,
);
static PARTITION: Fault = OURS.fault(
    "other-partition",
    "the role's ARN is of another partition than the region <region>",
    "write the ARN with the partition of this region, <partition>",
    ANNOTATE,
);

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    let seen = facts.cluster.service_account.need(&SERVICE_ACCOUNT).ok();
    let (arn, source) = match seen.and_then(|(it, source)| Some((it.present()?, source))) {
        Some((own, source)) => match &own.role_arn {
            Some(arn) => (arn, source),
            None => return unannotated(facts, own, source),
        },
        None => injected(facts)?,
    };
    let Some(role) = RoleArn::parse(arn) else {
        let quote = source.quote_any(&[arn, "role-arn", "AWS_ROLE_ARN"]);
        let clean: String = arn.chars().filter(|it| visible(*it)).collect();
        return Ok(match RoleArn::parse(&clean) {
            Some(role) => Verdict::broken(&INVISIBLE, escaped(arn), quote)
                .with("partition", role.partition)
                .with("account", role.account)
                .with("role", role.name),
            None => Verdict::broken(&MALFORMED, escaped(arn), quote),
        });
    };
    if let Some(region) = region(facts) {
        let expected = partition_of_region(region).id;
        if role.partition != expected {
            let detail = format!("{}, in {region}", role.partition);
            let broken = Verdict::broken(&PARTITION, detail, source.quote(arn));
            // The fix writes the right ARN, not the one that is there.
            return Ok(broken.with("partition", expected).with("region", region));
        }
    }
    Ok(Verdict::intact(arn, source))
}

fn injected(facts: &Facts) -> Result<(&String, &Source), Missing> {
    let own = workload::workload(facts);
    if let Some((arn, it)) = own.and_then(|it| Some((it.container.identity.role_arn.as_ref()?, it)))
    {
        if arn == FROM_ELSEWHERE {
            return Err(SERVICE_ACCOUNT.missing("AWS_ROLE_ARN comes from a Secret or a ConfigMap"));
        }
        return Ok((arn, it.source));
    }
    let (env, source) = facts.pod.identity.need(&SERVICE_ACCOUNT)?;
    let none = || SERVICE_ACCOUNT.missing("nothing was injected; the ServiceAccount was not seen");
    env.role_arn.as_ref().map(|arn| (arn, source)).ok_or_else(none)
}

/// Somebody may have annotated another one in the place of this.
fn unannotated(facts: &Facts, own: &ServiceAccount, source: &Source) -> Look {
    let quote = source.quote_any(&["role-arn", &own.name]);
    // An association needs no annotation. The environment of a new pod shows whether there is one.
    let new = facts.pod.identity.value();
    if new.is_none() && facts.account.association.value().is_none() {
        let why = "no annotation; whether an association gives a role was not seen";
        return Err(ASSOCIATION.doubt(why, quote));
    }
    let Observed::Seen { value: all, source: listed } = &facts.cluster.annotated else {
        return Ok(Verdict::broken(&MISSING, "no annotation", quote));
    };
    let namesake = all.iter().find(|it| it.name == own.name && it.namespace != own.namespace);
    let neighbour = all.iter().find(|it| it.name != own.name && it.namespace == own.namespace);
    let Some(other) = namesake.or(neighbour) else {
        return Ok(Verdict::broken(&MISSING, "no annotation", quote));
    };
    let other = format!("{}/{}", other.namespace, other.name);
    if own.name == "default" {
        // Nobody annotates it: the pod was to use another one, which is the next link's to say.
        let why = format!("default names no role; {other} does");
        return Err(SERVICE_ACCOUNT.missing(why));
    }
    let broken = Verdict::broken(&ELSEWHERE, format!("no annotation; {other} has one"), quote);
    Ok(broken.and_evidence(listed.quote(&other)).with("other", other))
}

/// The cluster's own; what a template sets as `AWS_REGION` may be wrong itself.
fn region(facts: &Facts) -> Option<&str> {
    let cluster = facts.account.cluster.value().and_then(|it| it.arn.split(':').nth(3));
    cluster.or_else(|| facts.pod.identity.value()?.region.as_deref())
}

fn visible(it: char) -> bool {
    it.is_ascii_graphic() || it.is_alphanumeric()
}

fn escaped(arn: &str) -> String {
    let one = |it: char| match it {
        ' ' | '!'..='~' => it.to_string(),
        other => other.escape_default().to_string(),
    };
    arn.chars().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_shown() {
        assert_eq!(escaped("a b\u{200b}\n"), "a b\\u{200b}\\n");
        assert!("\u{200b}\u{feff}\u{a0} \n\t".chars().all(|it| !visible(it)));
    }
}
