//! What EC2 and EKS Auth say to whoever signs nothing; more is not asked of them here.

use serde_json::json;

use crate::reply::Reply;

/// Without an action it sends the reader to its documentation.
pub(super) fn unsigned() -> Reply {
    Reply::text(302, "").with("location", "https://aws.amazon.com/ec2")
}

pub(super) fn eks_auth() -> Reply {
    let message = json!({"message": "Missing Authentication Token"});
    Reply::json(403, &message).with("x-amzn-errortype", "MissingAuthenticationTokenException")
}
