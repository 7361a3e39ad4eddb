//! STS: `AssumeRoleWithWebIdentity`, which nobody signs, and `GetCallerIdentity`.
//!
//! The wording of refusals is that of STS itself, as AWS users quote it:
//! <https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors>.

use std::collections::BTreeMap;

use diagnosis::aws::RoleArn;
use serde_json::{Value, json};

use super::rfc3339;
use crate::config::account::Unwilling;
use crate::config::identity::{Refusal, sts};
use crate::reply::{Reply, Then};
use crate::server::Asked;
use crate::sigv4::{self, Signer};
use crate::{canary, token, world};

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
const REQUEST_ID: &str = "c6104cbe-af31-11e0-8154-cbc7ccf896c7";
const HOUR: i64 = 3600;

struct Refused(u16, &'static str, String);

pub(super) fn answer(asked: &Asked<'_>) -> Reply {
    if asked.method != "POST" && asked.query.is_empty() {
        return Reply::text(302, "").with("location", "https://aws.amazon.com/iam");
    }
    let text = if asked.body.is_empty() { asked.query.as_bytes() } else { asked.body };
    let form = form(text);
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let answered = match field("Action") {
        "AssumeRoleWithWebIdentity" => {
            assume(asked, field("RoleArn"), field("RoleSessionName"), field("WebIdentityToken"))
        }
        "GetCallerIdentity" => caller(asked),
        "DecodeAuthorizationMessage" => decode(asked),
        other => Err(refuse(400, "InvalidAction", format!("Could not find operation {other}"))),
    };
    answered.unwrap_or_else(|Refused(status, code, message)| {
        Reply::xml(
            status,
            format!(
                "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>Sender</Type><Code>{code}</Code>\
                 <Message>{}</Message></Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>",
                escape(&message)
            ),
        )
        .with("x-amzn-requestid", REQUEST_ID)
    })
}

fn refuse(status: u16, code: &'static str, message: impl Into<String>) -> Refused {
    Refused(status, code, message.into())
}

fn said(Refusal { status, code, message }: Refusal) -> Refused {
    refuse(status, code, message)
}

fn assume(asked: &Asked<'_>, arn: &str, session: &str, token: &str) -> Result<Reply, Refused> {
    if let Some(refusal) = asked.config.sts.refusal {
        return Err(said(refusal));
    }
    let role = RoleArn::parse(arn).filter(|it| it.partition == "aws");
    let role = role.ok_or_else(|| said(sts::ARN_INVALID))?;
    let claims = token::claims(token).ok_or_else(|| said(sts::NOT_A_JWT))?;
    let (now, expires) = (asked.now(), claims["exp"].as_i64().unwrap_or_default());
    if expires <= now {
        let message = format!(
            "Token expired: current date/time {now} must be before the expiration date/time {expires}"
        );
        return Err(refuse(400, "ExpiredTokenException", message));
    }
    let account = &asked.config.sts;
    let issuer = claims["iss"].as_str().unwrap_or_default();
    if !account.provider {
        let message = format!("No OpenIDConnect provider found in your account for {issuer}");
        return Err(refuse(400, "InvalidIdentityToken", message));
    }
    let listed = |it: &&&str| account.audiences.contains(*it);
    let audiences = token::audiences(&claims);
    let Some(audience) = audiences.iter().find(listed) else {
        return Err(refuse(400, "InvalidIdentityToken", "Incorrect token audience"));
    };
    if !account.trusted {
        return Err(said(sts::NOT_AUTHORIZED));
    }
    Ok(credentials(asked, role, session, &claims, audience))
}

fn credentials(
    asked: &Asked<'_>,
    role: RoleArn<'_>,
    session: &str,
    claims: &Value,
    audience: &str,
) -> Reply {
    let RoleArn { partition, account, name } = role;
    let issuer = claims["iss"].as_str().unwrap_or_default().trim_start_matches("https://");
    let subject = claims["sub"].as_str().unwrap_or_default();
    let expires = rfc3339(asked.now() + HOUR);
    let (session, key, secret) = (escape(session), canary::STS_KEY_ID, canary::STS_SECRET);
    let token = canary::STS_TOKEN;
    Reply::xml(
        200,
        format!(
            "<AssumeRoleWithWebIdentityResponse xmlns=\"{NAMESPACE}\">\
             <AssumeRoleWithWebIdentityResult><Audience>{}</Audience><AssumedRoleUser>\
             <AssumedRoleId>AROAEXAMPLEROLE000001:{session}</AssumedRoleId>\
             <Arn>arn:{partition}:sts::{account}:assumed-role/{name}/{session}</Arn>\
             </AssumedRoleUser>\
             <Provider>arn:{partition}:iam::{account}:oidc-provider/{}</Provider>\
             <Credentials><AccessKeyId>{key}</AccessKeyId>\
             <SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}</SessionToken>\
             <Expiration>{expires}</Expiration></Credentials>\
             <SubjectFromWebIdentityToken>{}</SubjectFromWebIdentityToken>\
             </AssumeRoleWithWebIdentityResult>\
             <ResponseMetadata><RequestId>{REQUEST_ID}</RequestId></ResponseMetadata>\
             </AssumeRoleWithWebIdentityResponse>",
            escape(audience),
            escape(issuer),
            escape(subject),
        ),
    )
}

/// As JSON for who accepts that, as aws-iam-authenticator does.
fn caller(asked: &Asked<'_>) -> Result<Reply, Refused> {
    if let Some(refusal) = asked.config.sts.caller_refusal {
        return Err(said(refusal));
    }
    let verified = sigv4::verify(asked, "sts");
    let Signer { role, session } =
        verified.map_err(|(status, code, message)| refuse(status, code, message))?;
    if asked.header("accept").is_some_and(|it| it.contains("application/json")) {
        let account = world::ACCOUNT;
        return Ok(Reply::json(
            200,
            &json!({"GetCallerIdentityResponse": {
                "GetCallerIdentityResult": {
                    "Account": account,
                    "Arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"),
                    "UserId": format!("AROAEXAMPLEROLE000001:{session}"),
                },
                "ResponseMetadata": {"RequestId": REQUEST_ID},
            }}),
        ));
    }
    let account = world::ACCOUNT;
    Ok(Reply::xml(
        200,
        format!(
            "<GetCallerIdentityResponse xmlns=\"{NAMESPACE}\"><GetCallerIdentityResult>\
             <Arn>arn:aws:sts::{account}:assumed-role/{role}/{session}</Arn>\
             <UserId>AROAEXAMPLEROLE000001:{session}</UserId><Account>{account}</Account>\
             </GetCallerIdentityResult>\
             <ResponseMetadata><RequestId>{REQUEST_ID}</RequestId></ResponseMetadata>\
             </GetCallerIdentityResponse>"
        ),
    ))
}

/// Whatever the message, it is the one denial of this account.
fn decode(asked: &Asked<'_>) -> Result<Reply, Refused> {
    let account = &asked.config.account;
    let action = "sts:DecodeAuthorizationMessage";
    match account.unwilling(action) {
        Some(Unwilling::Silent) => return Ok(Reply::xml(200, " ").then(Then::Hang)),
        Some(it) => {
            let (status, code, message) = it.refusal(action);
            return Err(refuse(status, code, message));
        }
        None => {}
    }
    let Some(message) = account.decoded else {
        let code = "InvalidAuthorizationMessageException";
        return Err(refuse(400, code, "Message is not valid"));
    };
    Ok(Reply::xml(
        200,
        format!(
            "<DecodeAuthorizationMessageResponse xmlns=\"{NAMESPACE}\">\
             <DecodeAuthorizationMessageResult><DecodedMessage>{}</DecodedMessage>\
             </DecodeAuthorizationMessageResult>\
             <ResponseMetadata><RequestId>{REQUEST_ID}</RequestId></ResponseMetadata>\
             </DecodeAuthorizationMessageResponse>",
            escape(message)
        ),
    ))
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `application/x-www-form-urlencoded`; what is no such thing stays as it came.
pub(super) fn form(text: &[u8]) -> BTreeMap<String, String> {
    let pairs = text.split(|it| *it == b'&');
    let parts = pairs.map(|pair| {
        let mut halves = pair.splitn(2, |it| *it == b'=');
        (decoded(halves.next()), decoded(halves.next()))
    });
    parts.collect()
}

fn decoded(text: Option<&[u8]>) -> String {
    let text = text.unwrap_or_default();
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next().copied() {
        let ahead = rest.as_slice().get(..2);
        let hex = ahead.and_then(|it| u8::from_str_radix(str::from_utf8(it).ok()?, 16).ok());
        match (byte, hex) {
            (b'+', _) => bytes.push(b' '),
            (b'%', Some(value)) => {
                bytes.push(value);
                rest.nth(1);
            }
            (byte, _) => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_decoded_and_what_is_none_stays() {
        let form = form(b"Action=A&RoleArn=arn%3Aaws%3aiam&x=a+b&y=100%&z=%zz&=&q");
        let field = |name: &str| form[name].as_str();
        assert_eq!((field("Action"), field("RoleArn")), ("A", "arn:aws:iam"));
        assert_eq!((field("x"), field("y"), field("z")), ("a b", "100%", "%zz"));
        assert_eq!(field("q"), "");
    }
}
