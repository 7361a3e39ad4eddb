//! The association's role lets EKS assume it.

use super::{
    VERIFY, accepted, associated, eks_auth, not_in_use, refused,
    role::{self, Faults, Trust},
    target_role,
};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, WHY, Way, no_host},
    facts::{
        Facts, PodObject, RoleObject, Source,
        inputs::{ASSOCIATION, ASSOCIATION_ROLE},
    },
    iam::Risk,
};

pub(super) static LINK: Link = Link {
    id: "association-trust",
    title: "association's role",
    means: "The association's role exists, and its trust policy lets pods.eks.amazonaws.com do sts:AssumeRole, and sts:TagSession too while the association's session tags are on, under conditions that this pod meets.",
    judged: "From the credentials that the agent hands out, else from the role's trust policy against the request that EKS makes. EKS says nothing of the cause when it refuses.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html",
        "https://github.com/aws/eks-pod-identity-agent/issues/139",
    ],
    faults: &[
        &ROLE_ABSENT,
        &SERVICE_NOT_TRUSTED,
        &ASSUME_ROLE_MISSING,
        &TAG_SESSION_MISSING,
        &CONDITION_MISMATCH,
        &DENIED,
        &HOST_NETWORK,
    ],
    signs: &[Sign::new(
        REFUSED,
        "HTTP 400 [5a1f2c3d-0000-4000-8000-000000000007]: (AccessDeniedException): Unauthorized Exception! EKS does not have permissions to assume the associated role., fault: client",
        "https://github.com/aws/eks-pod-identity-agent/issues/139",
        &[
            Way(&LINK, &ROLE_ABSENT),
            Way(&LINK, &SERVICE_NOT_TRUSTED),
            Way(&LINK, &ASSUME_ROLE_MISSING),
            Way(&LINK, &TAG_SESSION_MISSING),
            Way(&LINK, &CONDITION_MISMATCH),
            Way(&LINK, &DENIED),
            Way(&LINK, &HOST_NETWORK),
            Way(&target_role::LINK, &target_role::ABSENT),
            Way(&target_role::LINK, &target_role::TRUST_LACKS_ROLE),
            Way(&target_role::LINK, &target_role::EXTERNAL_ID),
            Way(&target_role::LINK, &target_role::CONDITION_MISMATCH),
            Way(&target_role::LINK, &target_role::DENIED),
            Way(&target_role::LINK, &target_role::ROLE_LACKS_ASSUME),
        ],
    )
    .showing(eks_auth::ANSWERED)],
    host: no_host,
    look,
};

const REFUSED: &str = "EKS does not have permissions to assume the associated role";

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the owner of role <association-role>",
    impact: "nothing restarts; it takes effect within seconds",
    verify: VERIFY,
    expect: "association's role intact",
};

const TRUST: &str = "aws iam get-role --role-name <association-role> --query Role.AssumeRolePolicyDocument > trust.json\n# in it, one statement for EKS Pod Identity:\n{ \"Effect\": \"Allow\", \"Principal\": { \"Service\": \"pods.eks.amazonaws.com\" },\n  \"Action\": [ \"sts:AssumeRole\", \"sts:TagSession\" ] }\naws iam update-assume-role-policy --role-name <association-role> --policy-document file://trust.json";

static ROLE_ABSENT: Fault = Fault {
    owner: "the owner of the cluster's associations",
    ..OURS.fault(
        "role-absent",
        "the association names the role <association-role>, which does not exist",
        "correct the role in the association, or create the role",
        "aws eks update-pod-identity-association --cluster-name <cluster> --association-id <association> --role-arn <role-arn>",
    )
};
static SERVICE_NOT_TRUSTED: Fault = OURS.fault(
    "service-not-trusted",
    "the trust policy of role <association-role> does not name pods.eks.amazonaws.com",
    "let the role trust EKS Pod Identity, and leave what else it trusts",
    TRUST,
);
static ASSUME_ROLE_MISSING: Fault = OURS.fault(
    "assume-role-missing",
    "the trust policy of role <association-role> lets EKS do no sts:AssumeRole",
    "add the action sts:AssumeRole for pods.eks.amazonaws.com",
    TRUST,
);
static TAG_SESSION_MISSING: Fault = OURS.fault(
    "tag-session-missing",
    "the trust policy of role <association-role> lets EKS do no sts:TagSession, which session tags need",
    "add the action sts:TagSession for pods.eks.amazonaws.com",
    TRUST,
);
static CONDITION_MISMATCH: Fault = OURS.fault(
    "condition-mismatch",
    "a condition in the trust policy of role <association-role> does not match this pod: <key>",
    "correct this one condition in the trust policy of role <association-role>",
    "# <why>\n\
     # in its place:\n\
     <corrected>",
);
static DENIED: Fault = OURS.fault(
    "denied",
    "a Deny in the trust policy of role <association-role> keeps EKS out",
    "let the owner of that Deny except this request, or give the association another role",
    "# <why>\n\
     aws iam get-role --role-name <association-role> --query Role.AssumeRolePolicyDocument",
);
static HOST_NETWORK: Fault = Fault {
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: WHY,
    ..OURS.fault(
        "host-network",
        "EKS refuses a pod on the host's network, though its role's trust policy allows it",
        "give the pod a network of its own, or its role by web identity",
        "# in the pod template:\nspec:\n  hostNetwork: false\n\
         # the workload needs the host's network? then web identity, whose role trusts the cluster's OIDC provider:\n\
         kubectl annotate --overwrite serviceaccount -n <namespace> <service-account> \\\n  eks.amazonaws.com/role-arn=<association-role-arn>",
    )
};

static FAULTS: Faults = Faults {
    principal: &SERVICE_NOT_TRUSTED,
    action: |action| match action {
        "sts:TagSession" => &TAG_SESSION_MISSING,
        _ => &ASSUME_ROLE_MISSING,
    },
    condition: |_| &CONDITION_MISMATCH,
    denied: &DENIED,
};

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = not_in_use(facts) {
        return Ok(verdict);
    }
    if let Some(given) = accepted(facts) {
        let verdict = Verdict::intact("EKS assumes it", given);
        let Some((Trust::Allowed(risks), source)) = evaluated(facts) else { return Ok(verdict) };
        return Ok(with(verdict, &risks, source));
    }
    facts.account.association.need(&ASSOCIATION)?;
    let (object, source) = facts.account.association_role.need(&ASSOCIATION_ROLE)?;
    let (Some((association, found)), Some(_)) = (associated(facts), object.present()) else {
        let named = associated(facts).map_or(source.quote(""), |(it, at)| at.quote(&it.role_arn));
        return Ok(
            Verdict::broken(&ROLE_ABSENT, "no such role", source.quote("")).and_evidence(named)
        );
    };
    let Some((trust, source)) = evaluated(facts) else {
        return Err(ASSOCIATION_ROLE.missing("its trust policy was not seen"));
    };
    match trust {
        Trust::Broken(verdict) => Ok(verdict.and_evidence(found.quote(&association.role_arn))),
        Trust::Open(words) => Err(ASSOCIATION_ROLE.missing(words)),
        Trust::Allowed(risks) => {
            let verdict = Verdict::intact(&association.role_arn, source);
            match refused(facts).filter(|(code, _)| *code == "AccessDeniedException") {
                Some((_, asked)) if association.target_role_arn.is_none() => {
                    still_refused(facts, asked)
                }
                _ => Ok(with(verdict, &risks, source)),
            }
        }
    }
}

fn evaluated(facts: &Facts) -> Option<(Trust, &Source)> {
    let crate::facts::Observed::Seen { value: RoleObject::Present(it), source } =
        &facts.account.association_role
    else {
        return None;
    };
    let requests = role::by_eks(facts, &it.arn)?;
    Some((role::trust(&it.trust, &requests, source, &FAULTS), source))
}

fn still_refused(facts: &Facts, asked: &Source) -> Look {
    let quote = asked.quote(REFUSED);
    let pod = facts.cluster.pod.value().and_then(PodObject::present);
    if pod.is_some_and(|it| it.host_network) {
        return Ok(Verdict::broken(&HOST_NETWORK, "hostNetwork", quote));
    }
    let why = "its trust policy allows EKS, which refuses: a policy of the organization, or a change of these seconds";
    Err(ASSOCIATION_ROLE.doubt(why, quote))
}

fn with(verdict: Verdict, risks: &[Risk], source: &Source) -> Verdict {
    risks.iter().fold(verdict, |verdict, it| {
        verdict
            .and_risk(&it.words, source.quote(it.quote.lines().next().unwrap_or_default().trim()))
    })
}
