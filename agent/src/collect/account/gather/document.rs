//! Documents in the shape in which the AWS CLI prints them.

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{PrettyFormatter, Serializer};

/// What AWS did not say is not there, instead of being empty.
pub(super) fn value(it: &impl Serialize) -> Value {
    let mut value = serde_json::to_value(it).unwrap_or_default();
    strip(&mut value);
    value
}

pub(super) fn values<T: Serialize>(all: &[T]) -> Vec<Value> {
    all.iter().map(value).collect()
}

/// Indented as the AWS CLI does.
pub(crate) fn text(value: &Value) -> String {
    let mut text = Vec::new();
    let mut printer = Serializer::with_formatter(&mut text, PrettyFormatter::with_indent(b"    "));
    // A value has no keys but texts, and memory takes all of it.
    let _ = value.serialize(&mut printer);
    text.push(b'\n');
    String::from_utf8_lossy(&text).into_owned()
}

/// A list that is empty was read, and stays.
fn strip(value: &mut Value) {
    match value {
        Value::Object(all) => {
            all.values_mut().for_each(strip);
            all.retain(|_, it| !is_nothing(it));
        }
        Value::Array(all) => all.iter_mut().for_each(strip),
        _ => {}
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(it) => it.is_empty(),
        Value::Object(it) => it.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_there_is_left_out_and_what_is_empty_stays() {
        let it = value(
            &json!({"a": null, "b": "", "c": {"d": null}, "e": [], "f": [{"g": ""}], "h": 0}),
        );
        assert_eq!(it, json!({"e": [], "f": [{}], "h": 0}));
        assert_eq!(text(&json!({"a": [1]})), "{\n    \"a\": [\n        1\n    ]\n}\n");
    }
}
