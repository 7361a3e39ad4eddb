//! Parts of a JSON text by the lines on which they stand, without what is not read of them.

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value};

use crate::document::paste::{elements, number, value_of};
use crate::document::redact::Clean;
use crate::facts::Source;
use crate::facts::aws::Resource;

/// A text, where it is from, and the number of its first line; 0 where lines are not counted.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) place: &'a str,
    pub(super) text: &'a str,
    pub(super) line: u32,
}

/// What stands in the place of a launch template's user data once it was read.
pub(super) const READ: &str = "(read)";

/// A fragment that is longer, and on one line, is written anew.
const ONE_LINE: usize = 200;

impl Part<'_> {
    pub(super) fn source(self) -> Source {
        Source {
            place: self.place.to_owned(),
            line: self.line,
            at: None,
            text: self.text.to_owned(),
        }
    }

    /// The line on which this key stands, else the whole.
    pub(super) fn line_of(self, key: &str) -> Source {
        let at = self.text.find(&format!("\"{key}\"")).unwrap_or(0);
        let begin = self.text[..at].rfind('\n').map_or(0, |it| it + 1);
        let text = self.text[begin..].lines().next().unwrap_or_default();
        let text = if text.len() > ONE_LINE { "" } else { text };
        Self { text, ..self.from(begin) }.source()
    }

    fn from(self, begin: usize) -> Self {
        let line = if self.line == 0 { 0 } else { self.line + number(self.text, begin) - 1 };
        Self { text: self.text.get(begin..).unwrap_or_default(), line, ..self }
    }

    /// The value of this key.
    pub(super) fn value(self, key: &str) -> Option<Self> {
        let rest = value_of(self.text, key)?;
        let length = length(rest)?;
        let found = self.from(self.text.len() - rest.len());
        Some(Self { text: &found.text[..length], ..found })
    }

    /// The elements of the array under this key.
    pub(super) fn elements(self, key: &str) -> Vec<Self> {
        let Some(array) = value_of(self.text, key) else { return Vec::new() };
        let begin = self.text.len() - array.len();
        let (mut line, mut counted) = (self.from(begin).line, 0);
        let each = elements(array).into_iter().map(|(at, text)| {
            if self.line > 0 {
                line += lines(array.get(counted..at).unwrap_or_default());
                counted = at;
            }
            Self { text, line, ..self }
        });
        each.collect()
    }

    /// The resource that this object is; `None` where its shape is another one's.
    pub(super) fn resource<T>(self, value: &Value) -> Option<Resource<T>>
    where
        T: DeserializeOwned + Default + Serialize,
    {
        let mut value = value.clone();
        strip(&mut value);
        hide(&mut value);
        let known = known::<T>();
        let read: T = serde_json::from_value(value.clone()).ok()?;
        Some(Resource { value: read, source: self.shown(value, &known) })
    }

    fn shown(self, value: Value, known: &[String]) -> Source {
        let one_line = !self.text.contains('\n') && self.text.len() > ONE_LINE;
        let (text, line) = if one_line {
            let Value::Object(all) = value else { return self.source() };
            let all: Map<_, _> = all.into_iter().filter(|(key, _)| known.contains(key)).collect();
            (serde_json::to_string_pretty(&Value::Object(all)).unwrap_or_default(), 0)
        } else {
            (blanked(self.text, known), self.line)
        };
        Source { line, text: Clean::new(&text).into_text(), ..Part { text: "", ..self }.source() }
    }
}

fn lines(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX)
}

/// Of the JSON value that the text begins with.
fn length(text: &str) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    Some(values.byte_offset())
}

/// The keys that are read of it.
fn known<T: Default + Serialize>() -> Vec<String> {
    match serde_json::to_value(T::default()) {
        Ok(Value::Object(all)) => all.into_iter().map(|(key, _)| key).collect(),
        _ => Vec::new(),
    }
}

/// A key that is null says as much as one that is not there.
pub(super) fn strip(value: &mut Value) {
    match value {
        Value::Object(all) => {
            all.retain(|_, it| !it.is_null());
            all.values_mut().for_each(strip);
        }
        Value::Array(all) => {
            all.retain(|it| !it.is_null());
            all.iter_mut().for_each(strip);
        }
        _ => {}
    }
}

const DATA: &str = "LaunchTemplateData";
const USER_DATA: &str = "UserData";

fn hide(value: &mut Value) {
    if let Some(it) = value.get_mut(DATA).and_then(|it| it.get_mut(USER_DATA)) {
        *it = Value::String(READ.to_owned());
    }
}

/// Without what is not read of it, and as many lines.
fn blanked(object: &str, known: &[String]) -> String {
    let mut text = String::with_capacity(object.len());
    let mut done = 0;
    for (key, begin, end) in members(object) {
        if !known.contains(&key) {
            text.push_str(object[done..begin].trim_end_matches([' ', '\t']));
            text.extend(object[begin..end].matches('\n'));
            done = end;
        } else if key == DATA {
            let data = begin + object[begin..end].find('{').unwrap_or(0);
            for (key, from, to) in members(&object[data..end]) {
                if key == USER_DATA {
                    text.push_str(&object[done..data + from]);
                    text.extend(["\"", USER_DATA, "\": \"", READ, "\""]);
                    done = data + to;
                }
            }
        }
    }
    text.push_str(&object[done..]);
    text
}

/// The members of an object: each key, where it begins, and where its value ends.
pub(super) fn members(object: &str) -> Vec<(String, usize, usize)> {
    let mut all = Vec::new();
    let trimmed = object.trim_start();
    let Some(mut rest) = trimmed.strip_prefix('{') else { return all };
    loop {
        rest = rest.trim_start_matches(|it: char| it.is_whitespace() || it == ',');
        let begin = object.len() - rest.len();
        let mut keys = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        let Some(Ok(key)) = keys.next() else { return all };
        let after = rest[keys.byte_offset()..].trim_start();
        let Some(value) = after.strip_prefix(':').map(str::trim_start) else { return all };
        let Some(length) = length(value) else { return all };
        rest = &value[length..];
        all.push((key, begin, object.len() - rest.len()));
    }
}
