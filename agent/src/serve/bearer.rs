//! What an Authorization header is worth before anybody is asked about it.
//!
//! A token that was meant for the API server, STS or Pod Identity would open their doors to whoever
//! holds it. So it ends here: it is neither forwarded nor remembered nor logged.

use std::time::{Duration, SystemTime};

use diagnosis::document::token;
use diagnosis::facts::TokenFile;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;

use super::refusal::Denied;

/// Whom a probe's token is for, and nobody else.
pub(super) const AUDIENCE: &str = "eks-triage";

/// A projected token has about 1 KiB; with many groups and a long issuer it does not reach this.
const LIMIT: usize = 8 * 1024;

/// A token that the API server may be asked about. It can be neither printed nor stored.
pub(super) struct Bearer<'a> {
    pub(super) token: &'a str,
    /// As the token says it; true once the API server vouches for it.
    expires: Option<SystemTime>,
}

impl<'a> Bearer<'a> {
    pub(super) fn read(headers: &'a HeaderMap) -> Result<Self, Denied> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(Denied::Unauthenticated(
                "send one `Authorization: Bearer` with a token of audience eks-triage",
            ));
        };
        let value = value.to_str().unwrap_or_default();
        let token = match value.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => return Err(Denied::Unauthenticated("the authorization is not a bearer token")),
        };
        if token.len() > LIMIT || token.split('.').count() != 3 {
            return Err(Denied::Unauthenticated("the token is no projected token"));
        }
        let TokenFile::Claims(claims) = token::claims(token.as_bytes()) else {
            return Err(Denied::Unauthenticated("the token is no projected token"));
        };
        if claims.audience != [AUDIENCE] {
            return Err(Denied::Refused(
                "the token is meant for others; send one whose only audience is eks-triage",
            ));
        }
        Ok(Self { token, expires: humantime::parse_rfc3339(&claims.expires).ok() })
    }

    /// How long it is valid from now on; nothing when it is over.
    pub(super) fn remaining(&self, now: SystemTime) -> Duration {
        self.expires.and_then(|it| it.duration_since(now).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use hyper::header::HeaderValue;

    use super::*;

    /// A token with the given audience, as JSON; `salt` makes it another one.
    pub(in crate::serve) fn token(audience: &str, salt: &str) -> String {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"k1"}"#);
        let claims = URL_SAFE_NO_PAD.encode(format!(
            r#"{{"iss":"https://oidc","sub":"system:serviceaccount:prod:api","exp":4102444800,"aud":{audience}}}"#
        ));
        format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode(format!("signature{salt}")))
    }

    pub(in crate::serve) fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        headers
    }

    fn denied(value: &str) -> Option<Denied> {
        Bearer::read(&headers(value)).err()
    }

    #[test]
    fn a_token_for_the_agent_alone_passes() {
        let token = token(r#"["eks-triage"]"#, "");
        for scheme in ["Bearer", "bearer", "BEARER"] {
            assert_eq!(denied(&format!("{scheme} {token}")), None);
        }
    }

    #[test]
    fn a_token_that_others_would_accept_is_refused() {
        for audience in [
            r#"["sts.amazonaws.com"]"#,
            r#"["pods.eks.amazonaws.com"]"#,
            r#"["https://kubernetes.default.svc"]"#,
            r#"["eks-triage","sts.amazonaws.com"]"#,
            r#"["https://kubernetes.default.svc","eks-triage"]"#,
            r#"["eks-triage","eks-triage"]"#,
            r#"["eks-triage2"]"#,
            "[]",
        ] {
            let denied = denied(&format!("Bearer {}", token(audience, "")));
            assert!(matches!(denied, Some(Denied::Refused(_))), "{audience}: {denied:?}");
        }
    }

    #[test]
    fn what_is_no_token_is_unauthenticated() {
        let good = token(r#"["eks-triage"]"#, "");
        let long = format!("{good}{}", "A".repeat(LIMIT));
        let unsigned = format!("{}.", good.rsplit_once('.').unwrap().0);
        for value in [
            "",
            "Bearer",
            "Bearer ",
            "Basic dXNlcjpwYXNz",
            "Bearer a.b",
            "Bearer a.b.c",
            "Bearer a.b.c.d.e",
            "Bearer ..",
            &good,
            &format!("Bearer {long}"),
            &format!("Bearer {unsigned}"),
            &format!("Bearer {}", token(r#"{"nested":["eks-triage"]}"#, "")),
        ] {
            let denied = denied(value);
            assert!(matches!(denied, Some(Denied::Unauthenticated(_))), "{value}: {denied:?}");
        }
    }

    #[test]
    fn none_and_two_authorizations_are_unauthenticated() {
        let value = format!("Bearer {}", token(r#"["eks-triage"]"#, ""));
        let mut two = headers(&value);
        two.append(AUTHORIZATION, HeaderValue::from_str(&value).unwrap());
        for headers in [HeaderMap::new(), two] {
            assert!(matches!(Bearer::read(&headers), Err(Denied::Unauthenticated(_))));
        }
    }

    #[test]
    fn an_expired_token_has_no_time_left() {
        let value = format!("Bearer {}", token(r#"["eks-triage"]"#, ""));
        let headers = headers(&value);
        let bearer = Bearer::read(&headers).unwrap();
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(bearer.remaining(at(4_102_444_790)), Duration::from_secs(10));
        assert_eq!(bearer.remaining(at(4_102_444_900)), Duration::ZERO);
    }
}
