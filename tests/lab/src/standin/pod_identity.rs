//! The EKS Pod Identity agent, which wants a token of its own audience.
//!
//! Source: aws/eks-pod-identity-agent, `pkg/handlers`.

use serde_json::json;

use super::rfc3339;
use crate::reply::Reply;
use crate::server::Asked;
use crate::{canary, token, world};

const AUDIENCE: &str = "pods.eks.amazonaws.com";
const SIX_HOURS: i64 = 6 * 3600;

pub(super) fn answer(asked: &Asked<'_>) -> Reply {
    if asked.path != "/v1/credentials" {
        return Reply::text(404, "404 page not found\n");
    }
    let Some(presented) = asked.header("authorization") else {
        return Reply::text(400, "Service account token cannot be empty\n");
    };
    let Some(claims) = token::claims(presented) else {
        return Reply::text(400, "Service account token cannot be parsed: token is malformed\n");
    };
    if !token::audiences(&claims).contains(&AUDIENCE) {
        let message = "(InvalidTokenException): The token included in the request is invalid. Audience is missing or incorrect, fault: client";
        return Reply::text(400, format!("[3f1c6c8e-8f5e-4b19-9a0a-000000000001]: {message}\n"));
    }
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
