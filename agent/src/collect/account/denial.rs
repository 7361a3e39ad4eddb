//! `sts:DecodeAuthorizationMessage`: who was denied what, out of an encoded message.

use diagnosis::facts::{DecodedDenial, Source};
use serde_json::Value;

use super::action::Action;
use super::session::{Refused, Session};
use crate::collect::ask::Found;

/// Without the message, which is longer than anybody reads.
const PLACE: &str = "aws sts decode-authorization-message";

pub(super) async fn decode(session: &Session, encoded: &str) -> Found<DecodedDenial> {
    let missed = |error: Refused| error.at(PLACE);
    let request = session.sts.decode_authorization_message().encoded_message(encoded).send();
    let answer = session.call(Action::DecodeAuthorizationMessage, request).await.map_err(missed)?;
    let message = answer.decoded_message.unwrap_or_default();
    let denial = read(&message).ok_or_else(|| {
        let why = "sts:DecodeAuthorizationMessage: the decoded message names no action";
        missed(Refused::because(why))
    })?;
    let DecodedDenial { principal, action, resource, explicit_deny } = &denial;
    let text = format!(
        "explicitDeny {explicit_deny}\nprincipal {principal}\naction {action}\nresource {resource}"
    );
    Ok((denial, Source::new(PLACE, reach::now(), text)))
}

/// Only these four: the message's conditions can hold values of the request.
fn read(message: &str) -> Option<DecodedDenial> {
    let message: Value = serde_json::from_str(message).ok()?;
    let context = &message["context"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let action = text(&context["action"]);
    (!action.is_empty()).then(|| DecodedDenial {
        principal: text(&context["principal"]["arn"]),
        action,
        resource: text(&context["resource"]),
        explicit_deny: message["explicitDeny"].as_bool().unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_without_an_action_is_no_denial() {
        assert_eq!(read("{}"), None);
        assert_eq!(read("not JSON"), None);
        assert_eq!(read(r#"{"context":{"action":7}}"#), None);
    }
}
