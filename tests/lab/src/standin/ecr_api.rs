//! ECR's API: `GetAuthorizationToken`, for whoever signs with the node's key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::reply::Reply;
use crate::server::Asked;
use crate::{canary, world};

const TARGET: &str = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken";
const HALF_A_DAY: i64 = 12 * 3600;

pub(super) fn answer(asked: &Asked<'_>) -> Reply {
    let refuse =
        |code: &str, message: &str| json(400, &json!({"__type": code, "message": message}));
    if asked.header("x-amz-target") != Some(TARGET) {
        return json(404, &json!({"__type": "UnknownOperationException"}));
    }
    let Some(signed) = asked.header("authorization") else {
        return refuse("MissingAuthenticationTokenException", "Missing Authentication Token");
    };
    if !signed.contains(canary::NODE_KEY_ID) {
        let message = "The security token included in the request is invalid.";
        return refuse("UnrecognizedClientException", message);
    }
    let token = STANDARD.encode(format!("AWS:{}", canary::ECR_PASSWORD));
    json(
        200,
        &json!({"authorizationData": [{
            "authorizationToken": token,
            "expiresAt": asked.now() + HALF_A_DAY,
            "proxyEndpoint": format!("https://{}.dkr.ecr.{}.{}", world::ACCOUNT, world::REGION, world::DOMAIN),
        }]}),
    )
}

fn json(status: u16, body: &serde_json::Value) -> Reply {
    Reply::json(status, body).with("content-type", "application/x-amz-json-1.1")
}
