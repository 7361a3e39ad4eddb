//! IAM roles for service accounts: from the annotation to temporary credentials.

use super::{Chain, Verdict};
use crate::facts::Facts;

mod caller;
mod credential_precedence;
mod injection;
mod oidc_provider;
mod role_arn;
mod sts_endpoint;
mod token_claims;
mod token_file;
mod trust_policy;

pub static CHAIN: Chain = Chain {
    id: "irsa",
    title: "ServiceAccount to role",
    links: &[
        &role_arn::LINK,
        &injection::LINK,
        &credential_precedence::LINK,
        &token_file::LINK,
        &token_claims::LINK,
        &sts_endpoint::LINK,
        &oidc_provider::LINK,
        &trust_policy::LINK,
        &caller::LINK,
    ],
};

/// With Pod Identity injected and no role for web identity, this chain has nothing to hold.
fn pod_identity_instead(facts: &Facts) -> Option<Verdict> {
    let env = facts.pod.identity.value()?;
    let instead = env.container_credentials_uri.is_some()
        && env.role_arn.is_none()
        && env.token_file.is_none();
    instead.then(|| Verdict::not_applicable("Pod Identity is configured instead"))
}
