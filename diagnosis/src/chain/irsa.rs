//! IAM roles for service accounts: from the annotation to temporary credentials.

use super::{Chain, Verdict};
use crate::facts::{Facts, IdentityEnv};

mod caller;
mod credential_precedence;
mod denial;
mod explicit_deny;
mod injection;
mod issuer_keys;
mod oidc_provider;
mod permissions;
mod pod_service_account;
mod provider_audience;
mod role;
mod role_arn;
mod second_hop;
mod service_account;
mod sts_endpoint;
#[cfg(test)]
mod tests;
mod token_claims;
mod token_file;
mod trust;
mod trust_conditions;
mod trust_principal;
mod wanted;
mod workload;

pub static CHAIN: Chain = Chain {
    id: "irsa",
    title: "ServiceAccount to role",
    links: &[
        &service_account::LINK,
        &role_arn::LINK,
        &pod_service_account::LINK,
        &injection::LINK,
        &credential_precedence::LINK,
        &token_file::LINK,
        &token_claims::LINK,
        &sts_endpoint::LINK,
        &oidc_provider::LINK,
        &provider_audience::LINK,
        &issuer_keys::LINK,
        &role::LINK,
        &trust_principal::LINK,
        &trust_conditions::LINK,
        &explicit_deny::LINK,
        &caller::LINK,
        &permissions::LINK,
    ],
};

pub(crate) use sts_endpoint::asked;

/// With Pod Identity injected, or meant to be, and no role for web identity, this chain has nothing
/// to hold.
fn pod_identity_instead(facts: &Facts) -> Option<Verdict> {
    let instead = || Some(Verdict::not_applicable("Pod Identity is configured instead"));
    let web = |it: &IdentityEnv| it.role_arn.is_some() || it.token_file.is_some();
    let env = workload::identity(facts);
    match env {
        Some(env) if web(env) => None,
        Some(env) if env.container_credentials_uri.is_some() => instead(),
        // Whether it reached the pod is the other chain's to say.
        _ if associated(facts) => instead(),
        _ => None,
    }
}

fn associated(facts: &Facts) -> bool {
    let association = facts.account.association.value().and_then(|it| it.present());
    let account = facts.cluster.service_account.value().and_then(|it| it.present());
    association.is_some() && account.is_some_and(|it| it.role_arn.is_none())
}
