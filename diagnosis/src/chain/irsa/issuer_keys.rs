//! AWS can fetch the issuer's keys, and trusts the host that serves them.

use super::{oidc_provider, pod_identity_instead, provider_audience, sts_endpoint, trust};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, inputs::PROBE_REPORT},
};

pub(super) static LINK: Link = Link {
    id: "issuer-keys",
    title: "issuer keys",
    means: "AWS itself fetches the issuer's signing keys over HTTPS. It is AWS's path, not the cluster's: no route, proxy or NetworkPolicy here has a part in it.",
    judged: "From STS's own answer alone. A thumbprint is looked at only when the host's certificate is of no root that AWS trusts, which the hosts of EKS are: it is a fault only where STS says so.",
    sources: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
    ],
    faults: &[&NOT_FETCHED, &THUMBPRINT],
    signs: &[
        Sign::new(
            "Couldn't retrieve verification key from your identity provider",
            "InvalidIdentityToken: Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
            "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
            &[Way(&LINK, &NOT_FETCHED)],
        )
        .showing(&[&sts_endpoint::LINK, &oidc_provider::LINK]),
        Sign::new(
            "IDPCommunicationError",
            "An error occurred (IDPCommunicationError) when calling the AssumeRoleWithWebIdentity operation (reached max retries: 4): The identity provider could not be reached",
            "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
            &[Way(&LINK, &NOT_FETCHED)],
        )
        .showing(&[&sts_endpoint::LINK, &oidc_provider::LINK]),
        Sign::new(
            "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
            "InvalidIdentityToken: OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
            "https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors",
            &[Way(&LINK, &THUMBPRINT)],
        )
        .showing(&[&sts_endpoint::LINK, &oidc_provider::LINK]),
    ],
    host: no_host,
    look,
};

/// STS says these only of a token that it found genuine.
pub(super) static GENUINE: &[&Link] =
    &[&sts_endpoint::LINK, &oidc_provider::LINK, &provider_audience::LINK, &LINK];

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the administrator of the role's account",
    impact: "nothing restarts; it holds for every role that trusts this cluster",
    verify: "eks-triage probe -n <namespace> --serviceaccount <service-account>",
    expect: "issuer keys intact",
};

static NOT_FETCHED: Fault = OURS.fault(
    "keys-not-fetched",
    "AWS could not fetch the issuer's keys just now",
    "try again with a pause: AWS fetches the keys itself, and this passes",
    "# nothing to change: neither the cluster's egress nor the role is involved\n\
     sleep 60    # then run the verification; an SDK that retries InvalidIdentityToken does the same",
);
static THUMBPRINT: Fault = OURS.fault(
    "thumbprint",
    "the OIDC provider pins a thumbprint that its certificate does not have",
    "renew the provider's thumbprint",
    "# the SHA-1 of the last certificate that the issuer's host presents, without colons:\necho | openssl s_client -showcerts -connect <issuer-host>:443\naws iam update-open-id-connect-provider-thumbprint --open-id-connect-provider-arn <oidc-provider> --thumbprint-list <thumbprint>",
);

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    match trust::accepted(facts) {
        Some((_, source)) => Ok(Verdict::intact("STS verified the token", source)),
        None => Err(PROBE_REPORT.missing("only STS can say; it gave no credentials")),
    }
}
