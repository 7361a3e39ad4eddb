//! The role's account knows the cluster's issuer and accepts the token's audience.

use super::{pod_identity_instead, sts_endpoint, token_claims};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, inputs::OIDC_PROVIDER},
};

pub(super) static LINK: Link = Link {
    id: "oidc-provider",
    title: "OIDC provider",
    means: "The account of the role has an IAM OIDC provider with exactly the token's issuer, which lists its audience, and whose keys AWS can fetch.",
    judged: "From STS's own answer to the pod's token. The issuer's host is not asked from here: inside a VPC with the EKS endpoint its name does not exist, although STS can fetch the keys.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html",
        "https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html",
    ],
    faults: &[&MISSING, &AUDIENCE, &KEYS, &THUMBPRINT],
    signs: &[
        Sign::new(
            "No OpenIDConnect provider found in your account for <issuer>",
            "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: No OpenIDConnect provider found in your account for https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E",
            "https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors",
            &[Way(&LINK, &MISSING)],
        )
        .showing(&[&sts_endpoint::LINK]),
        Sign::new(
            token_claims::INCORRECT_AUDIENCE,
            "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: Incorrect token audience",
            "https://repost.aws/knowledge-center/eks-error-invalid-identity-token",
            &[Way(&token_claims::LINK, &token_claims::AUDIENCE), Way(&LINK, &AUDIENCE)],
        )
        .exhaustive()
        .showing(&[&sts_endpoint::LINK]),
        Sign::new(
            "Couldn't retrieve verification key from your identity provider",
            "InvalidIdentityToken: Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
            "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
            &[Way(&LINK, &KEYS)],
        )
        .showing(&[&sts_endpoint::LINK]),
        Sign::new(
            "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
            "InvalidIdentityToken: OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
            "https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors",
            &[Way(&LINK, &THUMBPRINT)],
        )
        .showing(&[&sts_endpoint::LINK]),
    ],
    host: no_host,
    look,
};

const VERIFY: &str = "eks-triage probe -n <namespace> --serviceaccount <service-account>";

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the administrator of the role's account",
    impact: "every role that trusts this cluster; nothing restarts",
    verify: VERIFY,
    expect: "OIDC provider intact",
};

pub(super) static MISSING: Fault = OURS.fault(
    "missing",
    "the role's account has no OIDC provider for this cluster's issuer",
    "create the provider for exactly this issuer, in the account of the role",
    "aws iam create-open-id-connect-provider --url <issuer> --client-id-list sts.amazonaws.com",
);
static AUDIENCE: Fault = OURS.fault(
    "audience-not-listed",
    "the OIDC provider does not list the token's audience, sts.amazonaws.com",
    "add the audience to the provider, byte for byte",
    "aws iam get-open-id-connect-provider --open-id-connect-provider-arn <oidc-provider> --query ClientIDList\n# look for an invisible character: the list must hold exactly sts.amazonaws.com\naws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn <oidc-provider> --client-id sts.amazonaws.com",
);
static KEYS: Fault = OURS.fault(
    "keys-not-fetched",
    "AWS could not fetch the issuer's keys just now",
    "try again with a pause: AWS fetches the keys itself, and this passes",
    "# nothing to change: neither the cluster's egress nor the role is involved\n\
     sleep 60    # then run the verification",
);
static THUMBPRINT: Fault = OURS.fault(
    "thumbprint",
    "the OIDC provider pins a thumbprint that its certificate no longer has",
    "renew the provider's thumbprint",
    "aws iam update-open-id-connect-provider-thumbprint --open-id-connect-provider-arn <oidc-provider> --thumbprint-list <thumbprint>",
);

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    let (answer, source) = facts.pod.web_identity.need(&OIDC_PROVIDER)?;
    if answer.accepted() {
        return Ok(Verdict::intact("STS accepted the token", source));
    }
    Err(OIDC_PROVIDER.missing(&answer.code))
}
