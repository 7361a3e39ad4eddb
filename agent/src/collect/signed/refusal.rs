//! A refusal in the words of an AWS API: the JSON protocols, the query protocol, and EC2's own.

use diagnosis::facts::Answer;
use reach::HeaderMap;
use serde::Deserialize;

/// Nobody quotes more of a message.
const LONGEST: usize = 1000;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Json {
    #[serde(rename = "__type", alias = "code")]
    kind: String,
    #[serde(alias = "Message")]
    message: String,
}

/// What is in none of these words, such as a proxy's page, has no code, and is not repeated.
pub(super) fn read(status: u16, headers: &HeaderMap, body: &[u8]) -> Answer {
    let header = headers.get("x-amzn-errortype").and_then(|it| it.to_str().ok());
    let text = str::from_utf8(body).unwrap_or_default();
    let (code, message) = json(header, text)
        .or_else(|| xml(text))
        .unwrap_or_else(|| (String::new(), "not in the words of an AWS API".to_owned()));
    Answer { status, code, message: message.chars().take(LONGEST).collect(), ..Answer::default() }
}

fn json(header: Option<&str>, text: &str) -> Option<(String, String)> {
    let Json { kind, message } = serde_json::from_str(text).ok()?;
    let code = code(header.unwrap_or(&kind))?;
    Some((code, message))
}

/// `<ErrorResponse><Error>` of the query protocol, `<Response><Errors><Error>` of EC2.
fn xml(text: &str) -> Option<(String, String)> {
    let document = roxmltree::Document::parse(text).ok()?;
    let error = document.descendants().find(|it| it.has_tag_name_of("Error"))?;
    let field = |name: &str| {
        let found = error.children().find(|it| it.has_tag_name_of(name));
        found.and_then(|it| it.text()).unwrap_or_default().trim().to_owned()
    };
    Some((code(&field("Code"))?, field("Message")))
}

trait Named {
    fn has_tag_name_of(&self, name: &str) -> bool;
}

impl Named for roxmltree::Node<'_, '_> {
    /// In whatever namespace.
    fn has_tag_name_of(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

/// Of `com.amazonaws.x#Code`, `Code:http://…` or `Code`; nothing else is a code.
fn code(text: &str) -> Option<String> {
    let text = text.rsplit('#').next()?.split(':').next()?.trim();
    let word = |it: u8| it.is_ascii_alphanumeric() || it == b'.' || it == b'_';
    let good = !text.is_empty() && text.len() <= 100 && text.bytes().all(word);
    good.then(|| text.to_owned())
}
