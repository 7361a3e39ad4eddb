//! `sts:DecodeAuthorizationMessage`: who was denied what, out of an encoded message.

use diagnosis::document::aws::denial;
use diagnosis::facts::{DecodedDenial, Source};

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

fn read(message: &str) -> Option<DecodedDenial> {
    denial::decoded(&serde_json::from_str(message).ok()?)
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
