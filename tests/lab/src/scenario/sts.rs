//! What STS says to a token.

use super::decided::probe;
use super::{Expect, Program, Scenario};
use crate::config::Config;
use crate::config::identity::{Refusal, sts};
use crate::reply::Reply;
use crate::world::Standin;

const fn undecided(
    id: &'static str,
    title: &'static str,
    arrange: fn(&mut Config),
    plane: Option<&'static str>,
    needs: &'static str,
) -> Scenario {
    let expect = Expect::Undecided { plane, link: None, needs };
    Scenario { id, title, program: Program::Probe, arrange, expect }
}

fn refused(config: &mut Config, refusal: Refusal) {
    config.sts.refusal = Some(refusal);
}

pub(super) static ALL: &[Scenario] = &[
    probe(
        "sts-throttles",
        "STS throttles the account",
        |it| refused(it, sts::THROTTLING),
        "iam",
        "irsa/sts-endpoint/throttled",
    ),
    probe(
        "sts-request-limit",
        "STS throttles with another code",
        |it| refused(it, sts::REQUEST_LIMIT),
        "iam",
        "irsa/sts-endpoint/throttled",
    ),
    probe(
        "sts-region-disabled",
        "STS is not activated in this region for the account",
        |it| refused(it, sts::REGION_DISABLED),
        "iam",
        "irsa/sts-endpoint/region-disabled",
    ),
    probe(
        "sts-sign-region",
        "a second call is signed for another region",
        |it| refused(it, sts::SIGNATURE_SCOPE),
        "iam",
        "irsa/sts-endpoint/sign-region",
    ),
    undecided(
        "sts-client-token",
        "STS does not know credentials: of another partition, or static ones that are gone",
        |it| refused(it, sts::CLIENT_TOKEN),
        Some("iam"),
        "probe-report",
    ),
    probe(
        "sts-signature-expired",
        "a second call is signed by a clock that is late",
        |it| refused(it, sts::SIGNATURE_EXPIRED),
        "iam",
        "irsa/token-claims/clock-skew",
    ),
    probe(
        "sts-signature-early",
        "a second call is signed by a clock that is early",
        |it| refused(it, sts::SIGNATURE_EARLY),
        "iam",
        "irsa/token-claims/clock-skew",
    ),
    probe(
        "clock-skew",
        "the node's clock is a day behind that of STS, for which the token expired",
        |it| it.clock_offset = 25 * 3600,
        "iam",
        "irsa/token-claims/clock-skew",
    ),
    probe(
        "clock-skew-unnoticed",
        "the node's clock is twenty minutes behind that of STS",
        |it| it.clock_offset = 20 * 60,
        "iam",
        "irsa/token-claims/clock-skew",
    ),
    probe(
        "sts-token-expired",
        "STS calls a token expired that the file's claims call good",
        |it| refused(it, sts::TOKEN_EXPIRED),
        "iam",
        "irsa/token-claims/clock-skew",
    ),
    probe(
        "sts-token-expired-tight",
        "STS calls a token expired, in its other spelling",
        |it| refused(it, sts::TOKEN_EXPIRED_TIGHT),
        "iam",
        "irsa/token-claims/clock-skew",
    ),
    probe(
        "sts-token-too-old",
        "STS calls a token too old",
        |it| refused(it, sts::TOKEN_TOO_OLD),
        "iam",
        "irsa/token-claims/clock-skew",
    ),
    probe(
        "sts-claim-rejected",
        "STS rejects a claim of the token",
        |it| refused(it, sts::IDP_REJECTED),
        "iam",
        "irsa/token-claims/claim-rejected",
    ),
    probe(
        "sts-keys-not-fetched",
        "AWS could not fetch the issuer's keys",
        |it| refused(it, sts::KEYS_NOT_RETRIEVED),
        "iam",
        "irsa/issuer-keys/keys-not-fetched",
    ),
    probe(
        "sts-idp-communication",
        "AWS could not reach the issuer",
        |it| refused(it, sts::IDP_COMMUNICATION),
        "iam",
        "irsa/issuer-keys/keys-not-fetched",
    ),
    probe(
        "sts-thumbprint",
        "the provider's thumbprint is not that of the issuer's certificate",
        |it| refused(it, sts::THUMBPRINT),
        "iam",
        "irsa/issuer-keys/thumbprint",
    ),
    probe(
        "sts-arn-invalid",
        "STS takes the role's ARN for none",
        |it| refused(it, sts::ARN_INVALID),
        "iam",
        "irsa/role-arn/malformed",
    ),
    undecided(
        "sts-arn-constraint",
        "STS takes the role's ARN for too short",
        |it| refused(it, sts::ARN_CONSTRAINT),
        None,
        "pod",
    ),
    undecided(
        "sts-not-a-jwt",
        "STS takes the token for none, though the file holds one",
        |it| refused(it, sts::NOT_A_JWT),
        Some("iam"),
        "probe-report",
    ),
    probe(
        "sts-denied-by-scp",
        "the organization denies the call",
        |it| refused(it, sts::DENIED_BY_SCP),
        "iam",
        "irsa/explicit-deny/service-control-policy",
    ),
    probe(
        "sts-denied-by-endpoint",
        "the policy of the VPC endpoint does not allow the call",
        |it| refused(it, sts::DENIED_BY_ENDPOINT),
        "network",
        "irsa/explicit-deny/vpc-endpoint-policy",
    ),
    undecided(
        "sts-malformed-policy",
        "the caller hands over a session policy that is none",
        |it| refused(it, sts::MALFORMED_POLICY),
        None,
        "pod",
    ),
    undecided(
        "sts-packed-policy",
        "the caller hands over a session policy that is too large",
        |it| refused(it, sts::PACKED_POLICY),
        None,
        "pod",
    ),
    undecided("sts-internal", "STS fails by itself", |it| refused(it, sts::INTERNAL), None, "pod"),
    undecided(
        "sts-html",
        "a page answers in the place of STS",
        |it| _ = it.answer(Standin::StsRegional, Reply::html(200)),
        None,
        "pod",
    ),
    undecided(
        "not-authorized",
        "the role's trust policy refuses the token; which part of it, only the policy says",
        |it| it.sts.trusted = false,
        Some("iam"),
        "trust-policy",
    ),
];
