//! The pod has one AWS identity, or two that agree.

use super::{WORKLOAD, accepted, associated, environment, not_in_use};
use crate::{
    chain::{Common, Fault, Link, Look, Verdict, no_host},
    facts::{
        FROM_ELSEWHERE, Facts, Observed,
        inputs::{ASSOCIATION, POD},
    },
};

pub(super) static LINK: Link = Link {
    id: "one-mechanism",
    title: "one mechanism",
    means: "Where a container has both web identity and container credentials, SDKs take web identity, which stands earlier in the default chain; the association then has no effect. The webhook injects Pod Identity alone, so that the other comes from the pod template.",
    judged: "From the names of the variables and the two roles. The same role twice, or two that both work, are a risk. Another role, or a web identity that STS refuses, is a fault.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html",
        "https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html",
        "aws/amazon-eks-pod-identity-webhook pkg/handler/handler.go, 2026-08",
    ],
    faults: &[&WEB_IDENTITY_FIRST],
    signs: &[],
    host: no_host,
    look,
};

const OURS: Common = Common {
    impact: "the pods of this workload are recreated, and act as the association's role",
    expect: "one mechanism intact",
    ..WORKLOAD
};

static WEB_IDENTITY_FIRST: Fault = OURS.fault(
    "web-identity-first",
    "two mechanisms on one pod: the SDK takes web identity, role <role>, not the association's role <association-role>",
    "remove the web identity from the pod template; or the association, if web identity is meant",
    "# in the pod template, delete AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE from env and envFrom; then re-create the pod\n\
     # web identity is meant instead? then\n\
     aws eks delete-pod-identity-association --cluster-name <cluster> --association-id <association>",
);

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = not_in_use(facts) {
        return Ok(verdict);
    }
    let (env, source) = environment(facts)?;
    let Some(role) = env.role_arn.as_deref().filter(|_| env.token_file.is_some()) else {
        return Ok(match env.container_credentials_uri {
            Some(_) => Verdict::intact("Pod Identity alone", source),
            None => Verdict::not_applicable("no identity was injected"),
        });
    };
    if role == FROM_ELSEWHERE {
        let quote = source.quote("AWS_ROLE_ARN");
        return Err(POD.doubt("both are set; AWS_ROLE_ARN comes from elsewhere", quote));
    }
    let quote = source.quote(role);
    if let Some((association, found)) = associated(facts) {
        let acts_as = association.target_role_arn.as_ref().unwrap_or(&association.role_arn);
        if acts_as != role {
            let broken = Verdict::broken(&WEB_IDENTITY_FIRST, role, quote);
            return Ok(named(broken, role).and_evidence(found.quote(acts_as)));
        }
    }
    let web = &facts.pod.web_identity;
    let works = web.value().map(crate::facts::Answer::accepted);
    match (works, accepted(facts), web) {
        (Some(false), Some(given), Observed::Seen { source: refused, .. }) => {
            let broken = Verdict::broken(&WEB_IDENTITY_FIRST, "STS refuses it", quote);
            Ok(named(broken, role).and_evidence(refused.quote("")).and_evidence(given.quote("")))
        }
        _ if works == Some(true) || associated(facts).is_some() => {
            let risk = "two mechanisms on one pod; the SDK takes the web identity";
            Ok(Verdict::intact("both, with no harm seen", source).and_risk(risk, quote))
        }
        _ => Err(ASSOCIATION.doubt("both are set; the association's role was not seen", quote)),
    }
}

fn named(broken: Verdict, role: &str) -> Verdict {
    broken.with("role", crate::aws::RoleArn::parse(role).map_or(role, |it| it.name))
}
