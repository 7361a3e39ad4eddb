//! Which instance this is, its profile, and its role's credentials without the credentials.

use diagnosis::document::imds;
use diagnosis::facts::{Instance, Profile, RoleDocument};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::session::{Answer, Session};
use crate::collect::ask::{Found, Missed};
use crate::collect::signed::Credentials;

const IDENTITY: &str = "dynamic/instance-identity/document";
const HOSTNAME: &str = "meta-data/local-hostname";
const INFO: &str = "meta-data/iam/info";
const ROLES: &str = "meta-data/iam/security-credentials/";

/// What this instance is, and the name that it is given. The values that come from beside the
/// document stay empty in the instance where they cannot be had.
pub(super) async fn instance(session: &Session<'_>) -> (Found<Instance>, Found<String>) {
    let (document, domain, partition, name) = tokio::join!(
        session.get(IDENTITY),
        session.text("meta-data/services/domain"),
        session.text("meta-data/services/partition"),
        hostname(session),
    );
    let value = |text: Result<Option<String>, Missed>| text.ok().flatten().unwrap_or_default();
    let beside = Instance {
        domain: value(domain),
        partition: value(partition),
        local_hostname: name.as_ref().map(|(name, _)| name.clone()).unwrap_or_default(),
        ..Instance::default()
    };
    (document.and_then(|document| identity(&document, beside)), name)
}

fn identity(document: &Answer, beside: Instance) -> Found<Instance> {
    let body = document.body.as_ref().ok_or_else(|| absent(document))?;
    let it = imds::identity(body).map_err(|why| Missed::new(&document.place, why))?;
    let Instance { domain, partition, local_hostname, .. } = beside;
    let it = Instance { domain, partition, local_hostname, ..it };
    let text = fields(&[
        ("accountId", &it.account_id),
        ("region", &it.region),
        ("availabilityZone", &it.availability_zone),
        ("instanceId", &it.instance_id),
        ("instanceType", &it.instance_type),
        ("architecture", &it.architecture),
    ]);
    Ok((it, document.source(text)))
}

/// The private DNS name, under which a node is registered unless it was configured otherwise.
async fn hostname(session: &Session<'_>) -> Found<String> {
    let answer = session.get(HOSTNAME).await?;
    let text = answer.text()?.unwrap_or_default();
    // One name for each domain of the DHCP options; the first is the instance's own.
    let name = text.split_whitespace().next().ok_or_else(|| absent(&answer))?;
    Ok((name.to_owned(), answer.source(name)))
}

/// Absent right after boot, too, for about two seconds; this asks once.
pub(super) async fn profile(session: &Session<'_>) -> Found<Profile> {
    let document = session.get(INFO).await?;
    let Some(body) = &document.body else {
        return Ok((Profile::None, document.source(document.reach.to_string())));
    };
    let profile = imds::profile(body).map_err(|why| Missed::new(&document.place, why))?;
    let text = match &profile {
        Profile::Document { code, message, arn, id } => fields(&[
            ("Code", code),
            ("Message", message),
            ("InstanceProfileArn", arn),
            ("InstanceProfileId", id),
        ]),
        Profile::None => String::new(),
    };
    Ok((profile, document.source(text)))
}

/// The document without its keys, and the keys by themselves, where there are any.
pub(super) async fn role(session: &Session<'_>) -> (Found<RoleDocument>, Option<Credentials>) {
    let mut credentials = None;
    let found = named_role(session, &mut credentials).await;
    (found, credentials)
}

async fn named_role(
    session: &Session<'_>,
    credentials: &mut Option<Credentials>,
) -> Found<RoleDocument> {
    let list = session.get(ROLES).await?;
    let names = list.text()?;
    let Some(name) = names.as_deref().and_then(|it| it.lines().next()).map(str::trim) else {
        let what = if list.body.is_some() { ", with an empty list of roles" } else { "" };
        return Ok((RoleDocument::None, list.source(format!("{}{what}", list.reach))));
    };
    if !is_role_name(name) {
        return Err(Missed::new(&list.place, "the list of roles holds what is no role's name"));
    }
    let document = session.get(&format!("{ROLES}{name}")).await?;
    let body = document.body.as_ref().ok_or_else(|| absent(&document))?;
    let date = document.reach.server_date.clone();
    let role = imds::role(name, body, date).map_err(|why| Missed::new(&document.place, why))?;
    *credentials = keys(body);
    let text = match &role {
        RoleDocument::Document { code, message, expiration, .. } => {
            fields(&[("Code", code), ("Message", message), ("Expiration", expiration)])
        }
        RoleDocument::None => String::new(),
    };
    Ok((role, document.source(text)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    access_key_id: String,
    secret_access_key: String,
    token: String,
}

/// A document that tells of a failure holds none.
fn keys(body: &[u8]) -> Option<Credentials> {
    let Keys { access_key_id, secret_access_key, token } = serde_json::from_slice(body).ok()?;
    let id = Zeroizing::new(access_key_id);
    Some(Credentials::new(&id, &Zeroizing::new(secret_access_key), &Zeroizing::new(token)))
}

fn absent(answer: &Answer) -> Missed {
    Missed::new(&answer.place, answer.reach.to_string())
}

/// IAM's own rule. The name becomes part of a path.
fn is_role_name(name: &str) -> bool {
    let allowed = |it: u8| it.is_ascii_alphanumeric() || b"_+=,.@-".contains(&it);
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}

/// The fields that may be quoted, as IMDS writes them: a line for each that is there.
fn fields(fields: &[(&str, &String)]) -> String {
    let line = |(name, value): &(&str, &String)| {
        let value = serde_json::Value::from(value.as_str());
        format!("\"{name}\" : {value}\n")
    };
    fields.iter().filter(|(_, value)| !value.is_empty()).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_name_cannot_leave_its_path() {
        let longest = "r".repeat(64);
        for good in ["eks-node", "a_b+c=d,e.f@g", &longest] {
            assert!(is_role_name(good), "{good}");
        }
        let long = "r".repeat(65);
        for bad in ["", "a/b", "a?b", "a b", "<html>", "rôle", &long] {
            assert!(!is_role_name(bad), "{bad}");
        }
    }

    #[test]
    fn a_field_is_quoted_as_the_service_writes_it_and_an_empty_one_not_at_all() {
        let (code, message) = ("Success".to_owned(), "say \"x\"\n".to_owned());
        let text = fields(&[("Code", &code), ("Message", &message), ("Id", &String::new())]);
        assert_eq!(text, "\"Code\" : \"Success\"\n\"Message\" : \"say \\\"x\\\"\\n\"\n");
    }
}
