//! The S3 bucket of ECR's layers: content under a signed address, and S3's refusal otherwise.

use super::registry::content;
use crate::canary;
use crate::reply::Reply;
use crate::server::Asked;

pub(super) fn answer(asked: &Asked<'_>) -> Reply {
    let signed = asked.query.contains(canary::LAYER_SIGNATURE);
    match content(asked.path.trim_start_matches('/')).filter(|_| signed) {
        Some(content) => Reply::text(200, content).with("content-type", "application/octet-stream"),
        None => Reply::xml(
            403,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code>\
             <Message>Access Denied</Message><RequestId>EXAMPLE</RequestId></Error>",
        ),
    }
}
