//! The answers of the AWS CLI about roles, providers, clusters and associations, and policies alone;
//! what else answers in JSON is in the files beside this one.
//!
//! Policies stay the text that was pasted, so that what decides is quoted with its line.

use serde::de::IgnoredAny;
use serde_json::Value;

use super::paste::{Document, number, value_of};
use super::{ipamd, ours};
use crate::facts::{
    Account, Association, ClusterIdentity, Facts, Node, Observed, PolicyDocument, Role, Source,
};

pub mod denial;
mod logs;
pub(in crate::document) use logs::console;
mod network;
mod others;
pub(in crate::document) mod trail;

const TRUST: &str = "AssumeRolePolicyDocument";

/// Of the keys that tell a document, for one that is cut.
pub(super) fn looks_known(text: &str) -> bool {
    ["\"Statement\"", "\"Role\"", "\"apiVersion\"", "\"association", "\"Records\"", TRUST]
        .iter()
        .any(|key| text.contains(key))
        || super::account::is_known(text)
}

/// `None` for a shape that is not known. `line`: that of the text's begin.
pub(super) fn read(place: &str, text: &str, line: u32, value: Value) -> Option<Vec<Document>> {
    if let Some(list) = value.get("Roles").and_then(Value::as_array) {
        let roles = list.iter().filter(|it| it.get(TRUST).is_some());
        return Some(roles.map(|it| role(place, &it.to_string(), line, it)).collect());
    }
    if let Some(all) = logs::console(place, text, line, &value) {
        return Some(all);
    }
    one(place, text, line, value).map(|it| vec![it])
}

fn role(place: &str, text: &str, line: u32, it: &Value) -> Document {
    let (trust, at) = trust(text, &it[TRUST], line);
    let role = Role {
        arn: string(&it["Arn"]),
        created: time(&it["CreateDate"]),
        trust,
        unread: vec![NOT_GIVEN.to_owned()],
        ..Role::default()
    };
    let source = Source { place: place.to_owned(), line: at, at: None, text: role.trust.clone() };
    Document::Role { role: Box::new(role), source }
}

fn one(place: &str, text: &str, line: u32, value: Value) -> Option<Document> {
    let source = |text: &str, line: u32| Source {
        place: place.to_owned(),
        line,
        at: None,
        text: text.to_owned(),
    };
    let whole = || source(text, line);
    // From the line on that has this key.
    let at = |key: &str| {
        let begin = text.find(key).and_then(|it| text[..it].rfind('\n')).map_or(0, |it| it + 1);
        source(&text[begin..], line + number(text, begin) - 1)
    };
    let known = |key: &str| value.get(key).filter(|it| !it.is_null());
    if known("Statement").is_some() {
        return Some(policy(place, text, line, &value));
    }
    if let Some(it) = known("Role").or(known(TRUST).map(|_| &value)) {
        return Some(role(place, text, line, it));
    }
    if let Some(list) = known("OpenIDConnectProviderList").and_then(Value::as_array) {
        return Some(Document::Providers(
            list.iter().map(|it| string(&it["Arn"])).collect(),
            whole(),
        ));
    }
    if let (Some(url), Some(ids)) = (known("Url"), known("ClientIDList").and_then(Value::as_array))
    {
        let client_ids = ids.iter().map(string).collect();
        let source = at("ClientIDList");
        return Some(Document::Provider { url: string(url), client_ids, source });
    }
    if let Some(it) = known("cluster").filter(|it| it.get("arn").is_some()) {
        let issuer = string(&it["identity"]["oidc"]["issuer"]);
        let (name, arn) = (string(&it["name"]), string(&it["arn"]));
        // Of all that describe-cluster says, only this is quoted.
        let at = text.find(&*issuer).filter(|_| !issuer.is_empty()).unwrap_or(0);
        let begin = text[..at].rfind('\n').map_or(0, |it| it + 1);
        let quote = text[begin..].lines().next().unwrap_or_default();
        let source = source(quote, line + number(text, begin) - 1);
        return Some(Document::Cluster(
            ClusterIdentity { name, arn, issuer, ..ClusterIdentity::default() },
            source,
        ));
    }
    if let Some(it) = known("association").filter(|it| it.get("associationId").is_some()) {
        return Some(Document::Associations(vec![association(it)], whole()));
    }
    if let Some(list) = known("associations").and_then(Value::as_array) {
        // The name of the list where it has none: that is what it says.
        let source = if list.is_empty() { at("associations") } else { whole() };
        return Some(Document::Associations(list.iter().map(association).collect(), source));
    }
    let wrapped = [("PolicyVersion", "Document"), ("PolicyDocument", "")];
    for (outer, inner) in wrapped {
        if let Some(it) = known(outer) {
            let it = if inner.is_empty() { it } else { &it[inner] };
            let name = known("PolicyName").map_or_else(|| place.to_owned(), string);
            let text = it.as_str().map_or_else(|| it.to_string(), decoded);
            return Some(Document::Permissions(PolicyDocument { name, text }));
        }
    }
    if let (Some(arn), Some(_), Some(_)) = (known("Arn"), known("UserId"), known("Account")) {
        return Some(Document::Caller(string(arn), whole()));
    }
    if let Some(entries) = known("accessEntries").and_then(Value::as_array) {
        let arns: Vec<String> = entries.iter().map(string).collect();
        let what = format!("list of {} access entries", arns.len());
        let account =
            Account { access_entries: Observed::seen(arns, whole()), ..Account::default() };
        return Some(Document::Seen(what, Box::new(Facts { account, ..Facts::default() })));
    }
    let others = || {
        ours::report(place, text, line, &value)
            .or_else(|| ours::summary(place, text, line, &value))
            .or_else(|| trail::read(place, text, line, &value))
            .or_else(|| network::read(&value, &whole()))
            .or_else(|| denial::read(&value, &whole()))
            .or_else(|| books(text, &whole()))
            .or_else(|| logs::read(place, text, line, &value))
            .or_else(|| others::read(&value))
    };
    if let Some(it) = others() {
        return Some(it);
    }
    let facts = ["takenAt", "collector"].iter().all(|key| value.get(key).is_some());
    if facts {
        return Some(match serde_json::from_value(value) {
            Ok(facts) => Document::Facts(Box::new(facts)),
            Err(error) => {
                Document::Unused("facts".to_owned(), format!("of another version: {error}"))
            }
        });
    }
    None
}

/// ipamd's books, as `curl 127.0.0.1:61679/v1/enis` prints them.
fn books(text: &str, source: &Source) -> Option<Document> {
    let books = ipamd::enis(text.as_bytes()).ok()?;
    let what = format!("ipamd's books, {} of {} addresses assigned", books.assigned, books.total);
    // The rest names pods; it may all stand on one line.
    let lines = text.lines().map(|it| match it.find("\"ENI") {
        Some(at) if it.contains("\"TotalIPs\"") => it[..at].trim_end_matches(','),
        _ if it.contains("IPs\"") => it,
        _ => "",
    });
    let source = Source { text: lines.collect::<Vec<_>>().join("\n"), ..source.clone() };
    let node = Node { ipamd: Observed::seen(books, source), ..Node::default() };
    Some(Document::Seen(what, Box::new(Facts { node: Box::new(node), ..Facts::default() })))
}

pub(super) const NOT_GIVEN: &str = "the role's policies were not given";

/// Whom a policy is about tells trust from permissions.
fn policy(place: &str, text: &str, line: u32, value: &Value) -> Document {
    let statements = match &value["Statement"] {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    };
    let any =
        |keys: [&str; 2]| statements.iter().any(|it| keys.iter().any(|key| it.get(*key).is_some()));
    match (any(["Principal", "NotPrincipal"]), any(["Resource", "NotResource"])) {
        (true, true) => {
            let why = "a resource's own policy is not judged yet".to_owned();
            Document::Unused("resource policy".to_owned(), why)
        }
        (true, false) => {
            let (place, text) = (place.to_owned(), text.to_owned());
            Document::Trust(Source { place, line, at: None, text })
        }
        (false, _) => {
            Document::Permissions(PolicyDocument { name: place.to_owned(), text: text.to_owned() })
        }
    }
}

/// As it stands in the answer, with its line; the API itself, unlike its CLI, answers it encoded.
pub(super) fn trust(text: &str, value: &Value, line: u32) -> (String, u32) {
    if let Some(encoded) = value.as_str() {
        let at = text.find(TRUST).unwrap_or(0);
        return (decoded(encoded), line + number(text, at) - 1);
    }
    let found = value_of(text, TRUST).and_then(|rest| {
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<IgnoredAny>();
        values.next()?.ok()?;
        Some((rest[..values.byte_offset()].to_owned(), text.len() - rest.len()))
    });
    match found {
        Some((trust, at)) => (trust, line + number(text, at) - 1),
        None => (value.to_string(), line),
    }
}

/// A policy document as IAM sends it, percent-encoded; a byte that is not encoded stays as it came.
pub fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let mut digit = || char::from(ahead.next()?).to_digit(16);
        let value = digit().zip(digit()).and_then(|(a, b)| u8::try_from(a * 16 + b).ok());
        match value.filter(|_| byte == b'%') {
            Some(value) => {
                bytes.push(value);
                rest = ahead;
            }
            None => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn association(value: &Value) -> (String, String, Association) {
    let some = |key: &str| Some(string(&value[key])).filter(|it| !it.is_empty());
    let association = Association {
        id: string(&value["associationId"]),
        role_arn: string(&value["roleArn"]),
        target_role_arn: some("targetRoleArn"),
        external_id: some("externalId"),
        disable_session_tags: value["disableSessionTags"].as_bool().unwrap_or_default(),
        created: time(&value["createdAt"]),
    };
    (string(&value["namespace"]), string(&value["serviceAccount"]), association)
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Text, or seconds since 1970, as versions of the CLI differ.
pub(crate) fn time(value: &Value) -> Option<String> {
    match value.as_f64() {
        Some(seconds) => super::stamp::since_1970(seconds),
        None => super::stamp::of(value.as_str()?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Document> {
        let all = read("x.json", text, 1, serde_json::from_str(text).unwrap())?;
        all.into_iter().next()
    }

    #[test]
    fn a_role_s_trust_policy_is_quoted_with_its_line() {
        let text = "{\n \"Role\": {\n  \"Arn\": \"arn:aws:iam::111122223333:role/api\",\n  \
            \"CreateDate\": \"2026-03-01T10:00:00+00:00\",\n  \
            \"AssumeRolePolicyDocument\": {\n   \"Statement\": []\n  }\n }\n}";
        let Some(Document::Role { role, source }) = of(text) else { panic!("no role") };
        assert_eq!(role.created.as_deref(), Some("2026-03-01T10:00:00Z"));
        assert_eq!((source.line, &*source.text), (5, "{\n   \"Statement\": []\n  }"));
        assert_eq!(source.quote("Statement").line, Some(6));
        assert_eq!(role.unread, [NOT_GIVEN]);
    }

    #[test]
    fn an_encoded_trust_policy_is_decoded() {
        let text =
            r#"{"Role":{"Arn":"a","AssumeRolePolicyDocument":"%7B%22a%22%3A%20%22b+c%22%7D"}}"#;
        let Some(Document::Role { role, .. }) = of(text) else { panic!("no role") };
        assert_eq!(role.trust, r#"{"a": "b+c"}"#);
        assert_eq!(decoded("%E2%82%AC 100% %zz %4 %25%32"), "€ 100% %zz %4 %2");
    }

    #[test]
    fn policies_are_told_by_whom_they_are_about() {
        let policy = |it: &str| of(&format!("{{\"Statement\":[{{{it}}}]}}")).unwrap();
        assert!(matches!(policy(r#""Principal":{}"#), Document::Trust(_)));
        assert!(matches!(policy(r#""Resource":"x""#), Document::Permissions(_)));
        assert!(matches!(policy(r#""Principal":"x","Resource":"x""#), Document::Unused(..)));
    }

    #[test]
    fn the_other_answers_are_known_by_their_keys() {
        let cluster = "{\"cluster\":{\"name\":\"c\",\"arn\":\"a\",\n\"identity\":{\"oidc\":{\"issuer\":\"https://i/id/X\"}}}}";
        let Some(Document::Cluster(identity, source)) = of(cluster) else { panic!("no cluster") };
        assert_eq!((&*identity.issuer, source.line), ("https://i/id/X", 2));
        let list = r#"{"OpenIDConnectProviderList":[{"Arn":"arn:a"}]}"#;
        assert!(matches!(of(list), Some(Document::Providers(arns, _)) if arns == ["arn:a"]));
        let one = r#"{"Url":"i/id/X","ClientIDList":["sts.amazonaws.com"]}"#;
        assert!(matches!(of(one), Some(Document::Provider { .. })));
        let all = r#"{"associations":[{"namespace":"prod","serviceAccount":"api","associationId":"a-1"}]}"#;
        assert!(matches!(of(all), Some(Document::Associations(all, _)) if all[0].2.id == "a-1"));
        assert!(of(r#"{"level":"error","msg":"x"}"#).is_none());
        assert!(of("[]").is_none() && of("1").is_none());
    }
}
