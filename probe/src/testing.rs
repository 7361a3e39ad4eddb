//! Tokens and a network for tests: nothing here leaves loopback.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reach::{Net, Options};

/// Everything that a test does not send elsewhere ends at a closed port.
pub(crate) const DEAD: &str = "127.0.0.1:1";

pub(crate) fn encode(header: &str, claims: &str) -> String {
    let [header, claims] = [header, claims].map(|it| URL_SAFE_NO_PAD.encode(it));
    format!("{header}.{claims}.UExBTlRFRA")
}

/// A token of `prod/ACCOUNT` as the kubelet would mount it.
pub(crate) fn token(account: &str, audience: &str) -> String {
    let issuer = "https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539";
    encode(
        r#"{"alg":"RS256","kid":"k1"}"#,
        &format!(
            r#"{{"iss":"{issuer}","sub":"system:serviceaccount:prod:{account}",
               "aud":["{audience}"],"exp":1772445600,"iat":1772359200}}"#
        ),
    )
}

/// Connects to `to` where `from` is meant. No name resolves.
pub(crate) fn net(connect_to: &[(&str, &str)]) -> Net {
    let imds = [("169.254.169.254:80", DEAD)];
    let pairs = connect_to.iter().chain(&imds);
    let connect_to = pairs.map(|(from, to)| format!("{from}={to}").parse().unwrap()).collect();
    let resolver = Some(DEAD.parse().unwrap());
    let phase_limit = Duration::from_millis(500);
    Net::new(Options { resolver, connect_to, phase_limit, ca_bundle: None }).unwrap()
}
