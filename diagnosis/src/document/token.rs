//! A projected ServiceAccount token into what may be shown of it.
//!
//! Reads claims for display and comparison only; whoever needs to trust them asks TokenReview.

use std::time::{Duration, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

use crate::facts::{Claims, TokenFile};

/// A projected token has about 1 KiB; aws-iam-authenticator refuses more than 4 KiB.
pub const LIMIT: usize = 16 * 1024;

/// 9999-12-31, the last instant that RFC 3339 can write.
const LAST_SECOND: u64 = 253_402_300_799;

#[derive(Deserialize)]
struct Header {
    #[serde(default)]
    alg: String,
    #[serde(default)]
    kid: String,
}

#[derive(Deserialize)]
struct Body {
    iss: String,
    sub: String,
    #[serde(default)]
    aud: Audience,
    exp: Seconds,
    #[serde(default)]
    iat: Option<Seconds>,
}

#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Audience {
    #[default]
    None,
    One(String),
    Many(Vec<String>),
}

/// JSON numbers may be fractional.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Seconds {
    Whole(u64),
    Fraction(f64),
}

/// The claims of a token file's content. A reason names what is wrong and quotes nothing.
pub fn claims(content: &[u8]) -> TokenFile {
    read(content).map_or_else(|why| TokenFile::Malformed { why }, TokenFile::Claims)
}

fn read(content: &[u8]) -> Result<Claims, String> {
    if content.is_empty() {
        return Err("the file is empty".to_owned());
    }
    if content.len() > LIMIT {
        return Err(format!("longer than {LIMIT} bytes, which no projected token is"));
    }
    let text = str::from_utf8(content).map_err(|_| "not text".to_owned())?;
    if text.trim_end().len() != text.len() {
        return Err("ends with white space, which STS counts as part of the token".to_owned());
    }
    let parts: Vec<&str> = text.split('.').collect();
    let [header, body, signature] = parts[..] else {
        return Err(format!("{} dot-separated parts, where a token has 3", parts.len()));
    };
    let header: Header = part("header", header)?;
    if header.alg.eq_ignore_ascii_case("none") || signature.is_empty() {
        return Err("unsigned, which nobody accepts".to_owned());
    }
    let body: Body = part("claims", body)?;
    Ok(Claims {
        issuer: body.iss,
        subject: body.sub,
        audience: match body.aud {
            Audience::None => Vec::new(),
            Audience::One(it) => vec![it],
            Audience::Many(them) => them,
        },
        expires: date(body.exp)?,
        issued: body.iat.map(date).transpose()?.unwrap_or_default(),
        key_id: header.kid,
        algorithm: header.alg,
    })
}

fn part<T: for<'a> Deserialize<'a>>(name: &str, part: &str) -> Result<T, String> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| format!("its {name} is not base64url"))?;
    serde_json::from_slice(&bytes)
        .map_err(|_| format!("its {name} is not the JSON object that a projected token has"))
}

fn date(seconds: Seconds) -> Result<String, String> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float cast saturates, and what is out of range is refused below"
    )]
    let seconds = match seconds {
        Seconds::Whole(it) => it,
        Seconds::Fraction(it) if it >= 0.0 => it as u64,
        Seconds::Fraction(_) => return Err("one of its times lies before 1970".to_owned()),
    };
    if seconds > LAST_SECOND {
        return Err("one of its times lies beyond the year 9999".to_owned());
    }
    let time = UNIX_EPOCH + Duration::from_secs(seconds);
    Ok(humantime::format_rfc3339_seconds(time).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, body: &str) -> String {
        let encode = |it: &str| URL_SAFE_NO_PAD.encode(it);
        format!("{}.{}.c2lnbmF0dXJl", encode(header), encode(body))
    }

    const HEADER: &str = r#"{"alg":"RS256","kid":"k1"}"#;

    #[test]
    fn a_projected_token_gives_its_claims() {
        let body = r#"{"iss":"https://oidc.eks.us-west-2.amazonaws.com/id/A","exp":1772445600,
            "sub":"system:serviceaccount:prod:api","aud":["sts.amazonaws.com"],"iat":1772359200.5}"#;
        let TokenFile::Claims(claims) = claims(token(HEADER, body).as_bytes()) else {
            panic!("not read");
        };
        assert_eq!(claims.subject, "system:serviceaccount:prod:api");
        assert_eq!(claims.audience, ["sts.amazonaws.com"]);
        assert_eq!(claims.expires, "2026-03-02T10:00:00Z");
        assert_eq!(
            (claims.issued.as_str(), claims.key_id.as_str()),
            ("2026-03-01T10:00:00Z", "k1")
        );
    }

    #[test]
    fn each_way_of_not_being_a_token_has_its_own_reason_and_quotes_nothing() {
        let body = r#"{"iss":"i","sub":"planted","exp":1772445600}"#;
        let cases: Vec<(Vec<u8>, &str)> = vec![
            (vec![], "empty"),
            (vec![b'a'; 1 << 20], "longer than"),
            (vec![0xff, 0xfe], "not text"),
            (b"planted".to_vec(), "1 dot-separated parts"),
            (b"a.b.c.d.e".to_vec(), "5 dot-separated parts"),
            (b"!!.planted.x".to_vec(), "header is not base64url"),
            (format!("{}\n", token(HEADER, body)).into_bytes(), "white space"),
            (token(r#"{"alg":"none"}"#, body).into_bytes(), "unsigned"),
            (token(HEADER, "[1]").into_bytes(), "claims is not the JSON"),
            (token(HEADER, r#"{"iss":"i","sub":"s","exp":1e300}"#).into_bytes(), "year 9999"),
            (token(HEADER, r#"{"iss":"i","sub":"s","exp":-1}"#).into_bytes(), "before 1970"),
        ];
        for (content, reason) in cases {
            let TokenFile::Malformed { why } = claims(&content) else {
                panic!("accepted, expected {reason}");
            };
            assert!(why.contains(reason), "{why} does not say {reason}");
            assert!(!why.contains("planted"), "{why}");
        }
    }
}
