//! Logs that came in an answer: of CloudWatch, of a console, of a command on a node. Each line of
//! theirs is read as if it stood alone.

use std::borrow::Cow;
use std::io::Read;

use serde_json::Value;

use crate::document::paste::{About, Broken, Document, elements, number, value_of};
use crate::document::{console, log, stamp};
use crate::facts::Line;

/// What each tool calls its text, what else its answer has, and what it is.
const TEXTS: [(&str, &str, &str); 1] =
    [("StandardOutputContent", "CommandId", "output of a command")];

const CONSOLE: &str = "console output";

/// The console of an instance that holds a block of ours, and what else it holds; `None` for anything
/// else.
pub(in crate::document) fn console(
    place: &str,
    text: &str,
    line: u32,
    value: &Value,
) -> Option<Vec<Document>> {
    let inner = value.get("InstanceId").and(value.get("Output"))?.as_str()?;
    let inner = console::encoded(inner.as_bytes()).map_or(Cow::Borrowed(inner), Cow::Owned);
    let mut reader = console::Blanked::new(inner.as_bytes());
    let mut rest = String::new();
    reader.read_to_string(&mut rest).ok()?;
    let at = line + number(text, text.find("Output").unwrap_or(0)) - 1;
    let said = records(place, at, None, &rest);
    let found = match reader.finish() {
        Some(Ok(found)) => Some(Document::Console(found)),
        Some(Err(Broken { line, why })) => {
            let within =
                line.map(|it| format!(", in line {it} of the console")).unwrap_or_default();
            Some(Document::Broken(Broken { line: Some(at.into()), why: why + &within }))
        }
        None => None,
    };
    let what = format!("{CONSOLE}, {} lines", inner.lines().count());
    Some(found.into_iter().chain([Document::Said(what, said)]).collect())
}

/// `None` for something else.
pub(super) fn read(place: &str, text: &str, line: u32, value: &Value) -> Option<Document> {
    for key in ["events", "logEvents"] {
        let first = value.get(key).and_then(Value::as_array).and_then(|it| it.first());
        if first.is_some_and(|it| it["message"].is_string() && it.get("timestamp").is_some()) {
            return cloudwatch(place, text, line, key);
        }
    }
    let is = |key: &str| value.get(key).is_some_and(Value::is_string);
    let (key, _, what) = TEXTS.iter().find(|(key, with, _)| is(key) && is(with))?;
    let inner = value[key].as_str()?;
    let at = line + number(text, text.find(key).unwrap_or(0)) - 1;
    let said = records(place, at, None, inner);
    Some(Document::Said(format!("{what}, {} lines", inner.lines().count()), said))
}

fn cloudwatch(place: &str, text: &str, line: u32, key: &str) -> Option<Document> {
    let array = value_of(text, key)?;
    let begin = text.len() - array.len();
    let all = elements(array);
    let said = all.iter().flat_map(|(inner, element)| {
        let event: Value = serde_json::from_str(element).unwrap_or_default();
        let at = line + number(text, begin + inner) - 1;
        // Only named by its key, a time is told from other numbers.
        let time = stamp::of(&format!("\"timestamp\": {}", event["timestamp"]));
        records(place, at, time.as_deref(), event["message"].as_str().unwrap_or_default())
    });
    let said = said.collect();
    Some(Document::Said(format!("CloudWatch log, {} events", all.len()), said))
}

/// All of them stand on that one line.
fn records(place: &str, line: u32, at: Option<&str>, text: &str) -> Vec<(About, Line)> {
    let read = log::read(place, &mut text.as_bytes()).unwrap_or_default();
    let said = read.lines.into_iter().map(|it| {
        let at = it.at.clone().or(at.map(str::to_owned));
        (About::default(), Line { line, at, ..it })
    });
    said.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_within_an_answer_are_read_each_by_itself() {
        let of = |text: &str| {
            let value = serde_json::from_str(text).unwrap();
            match console("x.json", text, 1, &value)
                .and_then(|mut it| it.pop())
                .or_else(|| read("x.json", text, 1, &value))
            {
                Some(Document::Said(_, said)) => said,
                other => panic!("{other:?}"),
            }
        };
        let said = of(
            "{\"events\": [\n {\"timestamp\": 1772359500000, \"message\": \"AccessDenied x\"},\n \
            {\"timestamp\": 1772359501000, \"message\": \"ok\"},\n \
            {\"timestamp\": 1772359502000, \"message\": \"ExpiredToken y\"}]}",
        );
        let told: Vec<_> = said.iter().map(|(_, it)| (it.line, it.at.as_deref())).collect();
        assert_eq!(told, [(2, Some("2026-03-01T10:05:00Z")), (4, Some("2026-03-01T10:05:02Z"))]);
        let said =
            of("{\"InstanceId\": \"i-0abc\",\n\"Output\": \"boot\\r\\nAccessDenied z\\r\\n\"}");
        assert_eq!((said[0].1.line, &*said[0].1.text), (2, "AccessDenied z"));
    }
}
