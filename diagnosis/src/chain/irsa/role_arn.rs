//! The ServiceAccount names a role, in a form that STS accepts.

use super::{pod_identity_instead, sts_endpoint};
use crate::{
    aws::{RoleArn, partition_of_region},
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, Observed, ServiceAccountObject, Source, inputs::SERVICE_ACCOUNT},
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
    faults: &[&MISSING, &MALFORMED, &PARTITION],
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

const fn fault(id: &'static str, title: &'static str, fix: &'static str) -> Fault {
    Fault {
        id,
        plane: Plane::Iam,
        title,
        fix,
        change: "kubectl annotate --overwrite serviceaccount -n <namespace> <service-account> \\\n  eks.amazonaws.com/role-arn=arn:<partition>:iam::<account>:role/<role>\n# then re-create the pods that use it: existing pods never change",
        owner: "the owner of the workload",
        impact: "the pods of this workload are recreated",
        verify: "eks-triage probe -n <namespace> --serviceaccount <service-account>",
        expect: "role annotation intact",
    }
}

static MISSING: Fault = fault(
    "annotation-missing",
    "the ServiceAccount <service-account> names no role",
    "annotate the ServiceAccount with its role",
);
static MALFORMED: Fault = fault(
    "malformed",
    "the role annotation is not the ARN of a role",
    "correct the annotation's text",
);
static PARTITION: Fault = fault(
    "other-partition",
    "the role's ARN is of another partition than the region <region>",
    "write the ARN with the partition of this region, <partition>",
);

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    let env = facts.pod.identity.value();
    let (arn, source) = match &facts.cluster.service_account {
        Observed::Seen { value: ServiceAccountObject::Present(value), source } => {
            let Some(arn) = &value.role_arn else {
                let quote = source.quote(&value.name);
                return Ok(Verdict::broken(&MISSING, "no annotation", quote));
            };
            (arn, source)
        }
        _ => injected(facts)?,
    };
    let Some(role) = RoleArn::parse(arn) else {
        return Ok(Verdict::broken(&MALFORMED, arn, source.quote(arn)));
    };
    if let Some(region) = env.and_then(|it| it.region.as_deref()) {
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

fn injected(facts: &Facts) -> Result<(&String, &Source), crate::facts::Missing> {
    let (env, source) = facts.pod.identity.need(&SERVICE_ACCOUNT)?;
    let none = || SERVICE_ACCOUNT.missing("nothing was injected; the ServiceAccount was not seen");
    env.role_arn.as_ref().map(|arn| (arn, source)).ok_or_else(none)
}
