//! CloudTrail events, however they were fetched: each call that failed is a line.

use serde_json::Value;

use crate::document::paste::{About, Document, elements, number, value_of};
use crate::document::{log, stamp};
use crate::facts::Line;

/// `None` for something else.
pub(super) fn read(place: &str, text: &str, line: u32, value: &Value) -> Option<Document> {
    let events = events(text, line, value)?;
    let count = events.len();
    let said = events.iter().flat_map(|(line, text)| failed(place, *line, text)).collect();
    Some(Document::Said(format!("CloudTrail, {count} events"), said))
}

/// The text of each, and the line on which it begins.
pub(in crate::document) fn events(
    text: &str,
    line: u32,
    value: &Value,
) -> Option<Vec<(u32, String)>> {
    Some(if value.get("eventVersion").is_some() {
        vec![(line, text.to_owned())]
    } else if is_list(value, "Records", "eventVersion") {
        let array = value_of(text, "Records")?;
        let begin = text.len() - array.len();
        let at = |inner: usize| line + number(text, begin + inner) - 1;
        elements(array).into_iter().map(|(inner, it)| (at(inner), it.to_owned())).collect()
    } else if is_list(value, "Events", "CloudTrailEvent") {
        let inner = value["Events"].as_array()?.iter();
        let lines = (line..).zip(text.lines()).filter(|(_, it)| it.contains("\"CloudTrailEvent\""));
        let lines: Vec<u32> = lines.map(|(at, _)| at).collect();
        // On one line they share it.
        let at = |nth: usize| lines.get(nth).or(lines.first()).copied().unwrap_or(line);
        let event = |(nth, it): (usize, &Value)| {
            Some((at(nth), it["CloudTrailEvent"].as_str()?.to_owned()))
        };
        inner.enumerate().filter_map(event).collect()
    } else {
        return None;
    })
}

fn is_list(value: &Value, key: &str, inner: &str) -> bool {
    let first = value.get(key).and_then(Value::as_array).and_then(|it| it.first());
    first.is_some_and(|it| it.get(inner).is_some())
}

/// What succeeded speaks of nothing.
fn failed(place: &str, line: u32, text: &str) -> Vec<(About, Line)> {
    let Ok(event) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    if event.get("errorCode").is_none_or(Value::is_null) {
        return Vec::new();
    }
    let at = event["eventTime"].as_str().and_then(stamp::of);
    let about = who(&event["userIdentity"]);
    let read = log::read(place, &mut text.as_bytes()).unwrap_or_default();
    let said = read.lines.into_iter().map(|it| {
        let line = Line { line: it.line + line - 1, at: at.clone(), ..it };
        (about.clone(), line)
    });
    said.collect()
}

fn who(identity: &Value) -> About {
    let text = |key: &str| identity[key].as_str().unwrap_or_default();
    if let Some(subject) = text("userName").strip_prefix("system:serviceaccount:")
        && let Some((namespace, name)) = subject.split_once(':')
    {
        return About::new("serviceaccount", namespace, name);
    }
    let mut session = text("arn").split('/').skip(1);
    match (session.next(), session.next()) {
        // A node's session is named after its instance: whoever is on it may have called.
        (Some(role), Some(session)) if !session.starts_with("i-") => About::new("role", "", role),
        _ => About::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(About, Line)> {
        let value = serde_json::from_str(text).unwrap();
        match read("trail.json", text, 1, &value) {
            Some(Document::Said(_, said)) => said,
            other => panic!("{other:?}"),
        }
    }

    const EVENT: &str = "{\n    \"eventVersion\": \"1.08\",\n    \"userIdentity\": {\n      \
        \"arn\": \"arn:aws:sts::111122223333:assumed-role/api/botocore-session-1\"\n    },\n    \
        \"eventTime\": \"2026-03-01T10:05:00Z\",\n    \"errorCode\": \"AccessDenied\",\n    \
        \"errorMessage\": \"User: arn:aws:sts::111122223333:assumed-role/api/s is not authorized to perform: s3:GetObject on resource: \\\"b\\\"\"\n  }";

    #[test]
    fn each_failed_call_is_a_line_in_all_three_forms() {
        let good = "{\"eventVersion\":\"1.08\",\"eventName\":\"GetObject\"}";
        let records = format!("{{\n\"Records\": [\n  {good},\n  {EVENT}\n]}}");
        let inner = Value::from(EVENT.split_whitespace().collect::<Vec<_>>().join(" "));
        let looked_up = format!("{{\n \"Events\": [\n  {{\n   \"CloudTrailEvent\": {inner}\n}}]}}");
        for (text, line) in [(EVENT.to_owned(), 1), (records, 4), (looked_up, 4)] {
            let said = said(&text);
            assert_eq!((said.len(), said[0].1.line), (1, line), "{text}");
            assert_eq!(said[0].1.at.as_deref(), Some("2026-03-01T10:05:00Z"));
            assert_eq!(said[0].0, About::new("role", "", "api"));
            assert!(said[0].1.text.contains("not authorized to perform: s3:GetObject"));
        }
    }

    #[test]
    fn a_web_identity_names_its_service_account() {
        let text = "{\"eventVersion\":\"1\",\"errorCode\":\"AccessDenied\",\"userIdentity\":\
            {\"userName\":\"system:serviceaccount:prod:api\"}}";
        assert_eq!(said(text)[0].0, About::new("serviceaccount", "prod", "api"));
    }
}
