//! The role's account knows the cluster's issuer.

use super::{pod_identity_instead, sts_endpoint, trust, wanted};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, OidcProvider, OidcProviders, inputs::OIDC_PROVIDER},
    report::Evidence,
};

pub(super) static LINK: Link = Link {
    id: "oidc-provider",
    title: "OIDC provider",
    means: "The account of the role, which need not be the cluster's, has an IAM OIDC provider with exactly the token's issuer: byte for byte, without a slash at its end.",
    judged: "From STS's own answer to the pod's token, else from the list of providers of the role's account; a list of another account decides nothing. The issuer's host is not asked from here: inside a VPC with the EKS endpoint its name does not exist, although STS can fetch the keys.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/cross-account-access.html",
        "https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors",
    ],
    faults: &[&MISSING, &ELSEWHERE, &SPELT],
    signs: &[
        Sign::new(
            "No OpenIDConnect provider found in your account for <issuer>",
            "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: No OpenIDConnect provider found in your account for https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E",
            "https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors",
            &[Way(&LINK, &MISSING)],
        )
        .showing(&[&sts_endpoint::LINK]),
    ],
    host: no_host,
    look,
};

const NO_PROVIDER: &str = "No OpenIDConnect provider found";

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the administrator of the role's account",
    impact: "nothing restarts; every role of that account may then trust this cluster, none does by itself",
    verify: "eks-triage probe -n <namespace> --serviceaccount <service-account>",
    expect: "OIDC provider intact",
};

const CREATE: &str = "# with credentials of account <account>, the role's:\naws iam create-open-id-connect-provider --url <issuer> --client-id-list sts.amazonaws.com";

pub(super) static MISSING: Fault = OURS.fault(
    "missing",
    "the role's account has no OIDC provider for this cluster's issuer",
    "create the provider for exactly this issuer, in the account of the role",
    CREATE,
);
static ELSEWHERE: Fault = OURS.fault(
    "missing-in-role-account",
    "the role is in account <account>, not in the cluster's, and that account has no OIDC provider for this cluster",
    "create the provider in the account of the role: STS looks only there",
    CREATE,
);
static SPELT: Fault = OURS.fault(
    "issuer-spelt-differently",
    "the account's OIDC provider has the issuer in another spelling: a slash at its end, or another case",
    "create the provider with the issuer exactly as the token has it; a provider's URL cannot be changed",
    "aws iam create-open-id-connect-provider --url <issuer> --client-id-list sts.amazonaws.com\n# when no role trusts the other one any more:\naws iam delete-open-id-connect-provider --open-id-connect-provider-arn <oidc-provider>",
);

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    if let Some((_, source)) = trust::accepted(facts) {
        return Ok(Verdict::intact("STS accepted the token", source));
    }
    let account = wanted::account(facts);
    let cluster = facts.account.cluster.value().and_then(|it| it.arn.split(':').nth(4));
    let named = |it: Verdict| it.with("account", account.unwrap_or("<account>"));
    if let Some(refused) = trust::refused(facts, NO_PROVIDER) {
        let other = account.is_some() && cluster.is_some() && account != cluster;
        if other {
            let detail = format!("none in account {}", account.unwrap_or_default());
            let broken = Verdict::broken(&ELSEWHERE, detail, refused.quote(NO_PROVIDER));
            return Ok(named(broken));
        }
    }
    let (list, source) = facts.account.oidc_providers.need(&OIDC_PROVIDER)?;
    let (claims, _) = trust::claims(facts)?;
    let issuer = claims.issuer.strip_prefix("https://").unwrap_or(&claims.issuer);
    if account != Some(list.account.as_str()) {
        let whose = account.unwrap_or("an account that was not seen");
        let why = format!("the list is of account {}, the role is in {whose}", list.account);
        return Err(OIDC_PROVIDER.missing(why));
    }
    if let Some(it) = list.providers.iter().find(|it| url(it) == issuer) {
        return Ok(Verdict::intact(&it.arn, source));
    }
    let same = |it: &&OidcProvider| plain(url(it)).eq_ignore_ascii_case(plain(issuer));
    let broken = match list.providers.iter().find(same) {
        Some(it) => {
            Verdict::broken(&SPELT, url(it), source.quote(&it.arn)).with("oidc-provider", &it.arn)
        }
        None => Verdict::broken(&MISSING, held(list), whole(source.quote(""), &source.text)),
    };
    Ok(named(broken.with("issuer", &claims.issuer)))
}

/// The provider of this issuer, in a list that is of the role's account.
pub(super) fn of<'a>(list: &'a OidcProviders, issuer: &str) -> Option<&'a OidcProvider> {
    let issuer = issuer.strip_prefix("https://").unwrap_or(issuer);
    list.providers.iter().find(|it| url(it) == issuer)
}

/// What follows `oidc-provider/` is the provider's URL.
fn url(provider: &OidcProvider) -> &str {
    provider.arn.split_once(":oidc-provider/").map_or("", |(_, url)| url)
}

fn plain(url: &str) -> &str {
    url.trim_end_matches('/')
}

fn held(list: &OidcProviders) -> String {
    match list.providers.len() {
        0 => format!("account {} has no provider", list.account),
        count => format!("none of the {count} of account {}", list.account),
    }
}

/// What is absent has no line of its own: the list is the proof.
fn whole(first: Evidence, list: &str) -> Evidence {
    Evidence { quote: list.trim().to_owned(), ..first }
}
