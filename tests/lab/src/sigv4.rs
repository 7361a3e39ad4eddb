//! Signature Version 4 as AWS verifies it: in the headers of a request, or in its query.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>.
//! It is written anew here, because whoever verifies with the code that signed verifies nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, UNIX_EPOCH};

use ring::digest::{SHA256, digest};
use ring::hmac;

use crate::config::identity::{Refusal, refusal};
use crate::server::Asked;
use crate::{canary, world};

/// How far a signature's time may be from the server's, in seconds.
const SKEW: i64 = 5 * 60;

/// A presigned call of STS holds so long, whatever its query says.
const PRESIGNED: i64 = 15 * 60;

const NOT_SIGNED: Refusal =
    refusal(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
const INCOMPLETE: Refusal =
    refusal(400, "IncompleteSignature", "Authorization header requires existence of its parts.");
const UNKNOWN_KEY: Refusal =
    refusal(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
const EXPIRED: Refusal =
    refusal(403, "ExpiredToken", "The security token included in the request is expired");
const WRONG_SCOPE: Refusal =
    refusal(403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region.");
const NO_MATCH: &str = "The request signature we calculated does not match the signature you \
    provided. Check your AWS Secret Access Key and signing method. Consult the service \
    documentation for details.";

/// Whose signature it is, by the role and the session of his ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signer {
    pub(crate) role: &'static str,
    pub(crate) session: &'static str,
}

/// A status, a code and a message.
pub(crate) type Refused = (u16, &'static str, String);

struct Key {
    id: &'static str,
    secret: &'static str,
    session: Option<&'static str>,
    of: Signer,
}

const KEYS: [Key; 3] = [
    Key {
        id: canary::STS_KEY_ID,
        secret: canary::STS_SECRET,
        session: Some(canary::STS_TOKEN),
        of: Signer { role: world::ROLE, session: "session" },
    },
    Key {
        id: canary::NODE_KEY_ID,
        secret: canary::NODE_SECRET,
        session: Some(canary::NODE_TOKEN),
        of: Signer { role: world::NODE_ROLE, session: world::INSTANCE_ID },
    },
    Key {
        id: canary::DESK_KEY_ID,
        secret: canary::DESK_SECRET,
        session: None,
        of: Signer { role: "operator", session: "desk" },
    },
];

/// The parts of a signature, from wherever they are.
struct Signature {
    credential: String,
    signed_headers: String,
    value: String,
    date: String,
    session: Option<String>,
    presigned: bool,
}

impl Signature {
    fn of(asked: &Asked<'_>) -> Result<Self, Refusal> {
        let query = pairs(asked.query);
        let parameter = |name: &str| {
            let found = query.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| decode(value))
        };
        if let Some(credential) = parameter("X-Amz-Credential") {
            let wanted = |name| parameter(name).ok_or(INCOMPLETE);
            return Ok(Self {
                credential,
                signed_headers: wanted("X-Amz-SignedHeaders")?,
                value: wanted("X-Amz-Signature")?,
                date: wanted("X-Amz-Date")?,
                session: parameter("X-Amz-Security-Token"),
                presigned: true,
            });
        }
        let header = asked.header("authorization").ok_or(NOT_SIGNED)?;
        let rest = header.strip_prefix("AWS4-HMAC-SHA256 ").ok_or(INCOMPLETE)?;
        let parts: BTreeMap<_, _> =
            rest.split(',').filter_map(|it| it.trim().split_once('=')).collect();
        let part = |name: &str| parts.get(name).map(|it| (*it).to_owned()).ok_or(INCOMPLETE);
        Ok(Self {
            credential: part("Credential")?,
            signed_headers: part("SignedHeaders")?,
            value: part("Signature")?,
            date: asked.header("x-amz-date").ok_or(INCOMPLETE)?.to_owned(),
            session: asked.header("x-amz-security-token").map(str::to_owned),
            presigned: false,
        })
    }
}

/// In the order of STS: whose key, whether it is over, the time, and then the signature itself.
pub(crate) fn verify(asked: &Asked<'_>, service: &str) -> Result<Signer, Refused> {
    let said = |it: Refusal| (it.status, it.code, it.message.to_owned());
    let it = Signature::of(asked).map_err(said)?;
    let scope: Vec<_> = it.credential.split('/').collect();
    let [id, day, region, of, "aws4_request"] = scope[..] else { return Err(said(INCOMPLETE)) };
    let key = KEYS.iter().find(|key| key.id == id).ok_or_else(|| said(UNKNOWN_KEY))?;
    if it.session.as_deref() != key.session {
        return Err(said(UNKNOWN_KEY));
    }
    if key.id == canary::NODE_KEY_ID && asked.config.credentials_last <= 0 {
        return Err(said(EXPIRED));
    }
    if region != world::REGION || of != service {
        return Err(said(WRONG_SCOPE));
    }
    in_time(&it, asked.now()).map_err(|why| (403, "SignatureDoesNotMatch", why))?;
    let canonical = canonical(asked, &it.signed_headers);
    let scope = format!("{day}/{region}/{of}/aws4_request");
    let hash = hex(digest(&SHA256, canonical.as_bytes()).as_ref());
    let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{hash}", it.date);
    let mut signing = format!("AWS4{}", key.secret).into_bytes();
    for part in [day, region, of, "aws4_request", &text] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &signing);
        signing = hmac::sign(&key, part.as_bytes()).as_ref().to_vec();
    }
    let host = it.signed_headers.split(';').any(|it| it == "host");
    if host && it.date.starts_with(day) && hex(&signing) == it.value {
        Ok(key.of)
    } else {
        Err((403, "SignatureDoesNotMatch", NO_MATCH.to_owned()))
    }
}

fn in_time(it: &Signature, now: i64) -> Result<(), String> {
    let signed = seconds(&it.date).ok_or("Date must be in ISO-8601 'basic format'")?;
    let lasts = if it.presigned { PRESIGNED } else { SKEW };
    let (date, today) = (&it.date, basic(now));
    if signed < now - lasts {
        let (limit, minutes) = (basic(now - lasts), lasts / 60);
        let why = format!("is now earlier than {limit} ({today} - {minutes} min.)");
        return Err(format!("Signature expired: {date} {why}"));
    }
    if signed > now + SKEW {
        let (limit, minutes) = (basic(now + SKEW), SKEW / 60);
        let why = format!("is still later than {limit} ({today} + {minutes} min.)");
        return Err(format!("Signature not yet current: {date} {why}"));
    }
    Ok(())
}

fn canonical(asked: &Asked<'_>, signed_headers: &str) -> String {
    let mut query = pairs(asked.query);
    query.retain(|(name, _)| name != "X-Amz-Signature");
    let mut query: Vec<_> = query
        .iter()
        .map(|(name, value)| format!("{}={}", encode(&decode(name)), encode(&decode(value))))
        .collect();
    query.sort();
    let mut text = format!("{}\n{}\n{}\n", asked.method, asked.path, query.join("&"));
    for name in signed_headers.split(';') {
        let value = asked.header(name).unwrap_or_default();
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name}:{value}");
    }
    let body = hex(digest(&SHA256, asked.body).as_ref());
    let _ = write!(text, "\n{signed_headers}\n{body}");
    text
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let all = query.split('&').filter(|it| !it.is_empty());
    all.map(|it| it.split_once('=').unwrap_or((it, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// A plus is a plus, other than in a form.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = rest.as_slice_of(2).and_then(|it| u8::from_str_radix(&it, 16).ok());
        match (byte, hex) {
            (b'%', Some(value)) => {
                bytes.push(value);
                rest.nth(1);
            }
            (byte, _) => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

trait Ahead {
    fn as_slice_of(&self, count: usize) -> Option<String>;
}

impl Ahead for std::str::Bytes<'_> {
    fn as_slice_of(&self, count: usize) -> Option<String> {
        let ahead: Vec<u8> = self.clone().take(count).collect();
        (ahead.len() == count).then(|| String::from_utf8(ahead).ok()).flatten()
    }
}

/// As AWS encodes what stands in a URL, and IAM every policy.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, it| {
        let _ = write!(text, "{it:02x}");
        text
    })
}

/// `20260301T100000Z`
fn basic(seconds: i64) -> String {
    super::standin::rfc3339(seconds).replace(['-', ':'], "")
}

fn seconds(basic: &str) -> Option<i64> {
    let (day, time) = basic.strip_suffix('Z')?.split_once('T')?;
    if day.len() != 8 || time.len() != 6 || !basic.is_ascii() {
        return None;
    }
    let day = format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]);
    let time = format!("{}:{}:{}", &time[..2], &time[2..4], &time[4..]);
    let time = humantime::parse_rfc3339(&format!("{day}T{time}Z")).ok()?;
    time.duration_since(UNIX_EPOCH).map(|it: Duration| it.as_secs()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_it_is_written() {
        assert_eq!(basic(1_772_445_600), "20260302T100000Z");
        assert_eq!(seconds("20260302T100000Z"), Some(1_772_445_600));
        for bad in ["", "2026-03-02T10:00:00Z", "20260302T100000", "2026030ÄT10000Z"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }

    fn time(date: &str, presigned: bool) -> Result<(), String> {
        let text = String::new;
        let (credential, signed_headers, value) = (text(), text(), text());
        let (date, session) = (date.to_owned(), None);
        let it = Signature { credential, signed_headers, value, date, session, presigned };
        in_time(&it, 1_772_445_600)
    }

    #[test]
    fn a_signature_has_its_time() {
        assert_eq!(time("20260302T095500Z", false), Ok(()));
        let late = "Signature expired: 20260302T094000Z is now earlier than 20260302T094500Z (20260302T100000Z - 15 min.)";
        assert_eq!(time("20260302T094000Z", true).unwrap_err(), late);
        assert_eq!(time("20260302T094600Z", true), Ok(()));
        let late = time("20260302T095459Z", false).unwrap_err();
        assert!(late.ends_with("- 5 min.)"), "{late}");
        let early = "Signature not yet current: 20260302T102000Z is still later than 20260302T100500Z (20260302T100000Z + 5 min.)";
        assert_eq!(time("20260302T102000Z", true).unwrap_err(), early);
    }

    #[test]
    fn a_value_is_encoded_as_signatures_want_it() {
        assert_eq!(decode("a%2Fb+c%zz%"), "a/b+c%zz%");
        assert_eq!(encode("a/b+c~=ä"), "a%2Fb%2Bc~%3D%C3%A4");
    }
}
