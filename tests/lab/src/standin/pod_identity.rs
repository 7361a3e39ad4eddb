//! The EKS Pod Identity agent, which wants a token of its own audience.
//!
//! Source: aws/eks-pod-identity-agent, `pkg/handlers`.

use serde_json::json;

use super::rfc3339;
use crate::config::identity::{Refusal, agent};
use crate::reply::Reply;
use crate::server::Asked;
use crate::{canary, token, world};

const AUDIENCE: &str = "pods.eks.amazonaws.com";
const SIX_HOURS: i64 = 6 * 3600;

pub(super) fn answer(asked: &Asked<'_>) -> Reply {
    if asked.path != "/v1/credentials" {
        return Reply::text(404, "404 page not found\n");
    }
    match asked.config.pod_identity.refusal.or_else(|| refusal(asked)) {
        Some(refusal) => refusal.of_the_agent(),
        None => credentials(asked),
    }
}

/// In the order in which the agent looks at a request, and EKS Auth behind it.
fn refusal(asked: &Asked<'_>) -> Option<Refusal> {
    let Some(presented) = asked.header("authorization") else { return Some(agent::EMPTY_TOKEN) };
    let Some(claims) = token::claims(presented) else { return Some(agent::UNPARSABLE_TOKEN) };
    if claims["exp"].as_i64().unwrap_or_default() <= asked.now() {
        return Some(agent::EXPIRED_CLAIMS);
    }
    let meant = token::audiences(&claims).contains(&AUDIENCE);
    (!meant).then_some(agent::TOKEN_INVALID)
}

fn credentials(asked: &Asked<'_>) -> Reply {
    Reply::json(
        200,
        &json!({
            "AccessKeyId": canary::POD_IDENTITY_KEY_ID,
            "SecretAccessKey": canary::POD_IDENTITY_SECRET,
            "Token": canary::STS_TOKEN, "AccountId": world::ACCOUNT,
            "Expiration": rfc3339(asked.now() + SIX_HOURS),
        }),
    )
}
