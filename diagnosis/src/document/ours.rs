//! What eks-triage itself has printed elsewhere: the lines that its reports quote are heard again.
//! Its verdict is not taken over: what it was judged from is not in it.

use serde_json::Value;

use super::paste::{About, Document, number};
use super::redact::Clean;
use crate::facts::Line;

/// A report as JSON; `None` for something else.
pub(super) fn report(place: &str, text: &str, line: u32, value: &Value) -> Option<Document> {
    let is = ["outcome", "chains", "title"].iter().all(|key| value.get(key).is_some());
    is.then(|| {
        let said = quotes(place, text, line, value);
        let what = format!("report of eks-triage {}", verdict(value));
        told(what, said)
    })
}

/// What `eks-triage summary` prints: the node's report and those of its pods.
pub(super) fn summary(place: &str, text: &str, line: u32, value: &Value) -> Option<Document> {
    let pods = value.get("pods")?.as_array()?;
    value.get("schemaVersion")?;
    let reports = value.get("node").into_iter().chain(pods.iter().map(|it| &it["report"]));
    let said: Vec<_> = reports.flat_map(|it| quotes(place, text, line, it)).collect();
    let what = format!("summary of eks-triage, {} pods", pods.len());
    Some(told(what, said))
}

fn told(what: String, said: Vec<(About, Line)>) -> Document {
    if said.is_empty() {
        return Document::Unused(what, WITHOUT.to_owned());
    }
    Document::Said(what, said)
}

const WITHOUT: &str = "a verdict that quotes no line; give what `eks-triage facts` prints there";

fn verdict(report: &Value) -> String {
    let text = |path: &str| report.pointer(path).and_then(Value::as_str).unwrap_or_default();
    format!("{} ({}: {})", text("/source/command"), text("/outcome"), text("/title"))
}

fn quotes(place: &str, text: &str, line: u32, report: &Value) -> Vec<(About, Line)> {
    let part = |path: &str| report.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let about =
        About::new(part("/subject/kind"), part("/subject/namespace"), part("/subject/name"));
    let at = super::stamp::of(part("/takenAt"));
    let also = report["also"].as_array().into_iter().flatten();
    let all = std::iter::once(report).chain(also).filter_map(|it| it["evidence"].as_array());
    let quotes = all.flatten().filter_map(|it| it["quote"].as_str());
    let said = quotes.map(|quote| {
        // As it stands in the report, with its escapes.
        let escaped = Value::from(quote).to_string();
        let at_byte = text.find(escaped.trim_matches('"')).unwrap_or(0);
        let said = Line {
            place: place.to_owned(),
            line: line + number(text, at_byte) - 1,
            at: at.clone(),
            text: Clean::new(quote).into_text(),
            ..Line::default()
        };
        (about.clone(), said)
    });
    said.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_report_quotes_is_heard_again() {
        let text = "{\"schemaVersion\":1,\"outcome\":\"decided\",\"title\":\"t\",\"chains\":[],\n\
            \"subject\":{\"kind\":\"pod\",\"namespace\":\"prod\",\"name\":\"api\"},\n\
            \"takenAt\":\"2026-03-01T10:00:00Z\",\"source\":{\"command\":\"probe\"},\n\
            \"evidence\":[{\"quote\":\"AccessDenied: \\\"no\\\"\"}]}";
        let value: Value = serde_json::from_str(text).unwrap();
        let Some(Document::Said(what, said)) = report("r.json", text, 1, &value) else { panic!() };
        assert_eq!(what, "report of eks-triage probe (decided: t)");
        let (about, line) = &said[0];
        assert_eq!((about, line.line), (&About::new("pod", "prod", "api"), 4));
        assert_eq!(line.text, "AccessDenied: \"no\"");
        let whole =
            format!("{{\"schemaVersion\":1,\"node\":null,\"pods\":[{{\"report\":{text}}}]}}");
        let value: Value = serde_json::from_str(&whole).unwrap();
        let Some(Document::Said(_, said)) = summary("s", &whole, 1, &value) else { panic!() };
        assert_eq!(said.len(), 1);
    }
}
