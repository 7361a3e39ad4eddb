//! JSON with places: where each value stands, and which keys stand twice.
//!
//! A general reader keeps neither, and a policy's trap may be in exactly that.

use super::ParseError;

/// Deeper than any policy; IAM's own grammar needs six levels.
const DEPTH: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    /// As written: `1.0` and `1` are two texts.
    Number(String),
    Text(String),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) key: String,
    pub(super) value: Node,
    /// From the key's first quote to the value's end.
    pub(super) span: Span,
}

/// One document and nothing after it.
pub(super) fn read(text: &str) -> Result<Node, ParseError> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut reader = Reader { text, at: start };
    let node = reader.value(DEPTH)?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.error("something follows the end of the document"));
    }
    Ok(node)
}

/// Lines and columns count from 1, columns in characters.
pub(super) fn error_at(text: &str, at: usize, why: impl Into<String>) -> ParseError {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    ParseError { line, column, why: why.into() }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<Node, ParseError> {
        self.space();
        let start = self.at;
        let kind = match self.peek() {
            None => return Err(self.error("the document ends where a value should stand")),
            Some(_) if depth == 0 => return Err(self.error("nested deeper than any policy is")),
            Some(b'{') => Kind::Object(self.object(depth - 1)?),
            Some(b'[') => Kind::Array(self.array(depth - 1)?),
            Some(b'"') => Kind::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => Kind::Number(self.number()?),
            Some(_) => self.word()?,
        };
        Ok(Node { kind, span: Span { start, end: self.at } })
    }

    fn object(&mut self, depth: usize) -> Result<Vec<Member>, ParseError> {
        let mut members = Vec::new();
        self.at += 1;
        self.space();
        if self.eat(b'}') {
            return Ok(members);
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.error("expected a quoted name"));
            }
            let key = self.string()?;
            self.space();
            if !self.eat(b':') {
                return Err(self.error("expected a colon after the name"));
            }
            let value = self.value(depth)?;
            members.push(Member { key, value, span: Span { start, end: self.at } });
            self.space();
            if self.eat(b'}') {
                return Ok(members);
            }
            if !self.eat(b',') {
                return Err(self.error("expected a comma or the end of the object"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Node>, ParseError> {
        let mut items = Vec::new();
        self.at += 1;
        self.space();
        if self.eat(b']') {
            return Ok(items);
        }
        loop {
            items.push(self.value(depth)?);
            self.space();
            if self.eat(b']') {
                return Ok(items);
            }
            if !self.eat(b',') {
                return Err(self.error("expected a comma or the end of the list"));
            }
        }
    }

    fn string(&mut self) -> Result<String, ParseError> {
        let mut out = String::new();
        self.at += 1;
        loop {
            let Some(char) = self.rest().chars().next() else {
                return Err(self.error("the text has no closing quote"));
            };
            match char {
                '"' => {
                    self.at += 1;
                    return Ok(out);
                }
                '\\' => out.push(self.escape()?),
                control if u32::from(control) < 0x20 => {
                    return Err(self.error("a control character stands inside a text"));
                }
                other => {
                    out.push(other);
                    self.at += other.len_utf8();
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, ParseError> {
        let simple = match self.text.as_bytes().get(self.at + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.error("no such escape")),
        };
        self.at += 2;
        Ok(simple)
    }

    fn unicode(&mut self) -> Result<char, ParseError> {
        let mut code = self.hex()?;
        if (0xd800..0xdc00).contains(&code) && self.rest().starts_with("\\u") {
            let low = self.hex()?;
            if (0xdc00..0xe000).contains(&low) {
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            }
        }
        char::from_u32(code).ok_or_else(|| self.error("half of a surrogate pair"))
    }

    fn hex(&mut self) -> Result<u32, ParseError> {
        let digits = self.text.get(self.at + 2..self.at + 6).unwrap_or("");
        let valid = digits.len() == 4 && digits.bytes().all(|it| it.is_ascii_hexdigit());
        let code = u32::from_str_radix(digits, 16).ok().filter(|_| valid);
        let code = code.ok_or_else(|| self.error("\\u needs four hexadecimal digits"))?;
        self.at += 6;
        Ok(code)
    }

    fn number(&mut self) -> Result<String, ParseError> {
        let rest = self.rest();
        let end = rest
            .find(|it: char| !it.is_ascii_digit() && !"+-.eE".contains(it))
            .unwrap_or(rest.len());
        let text = rest[..end].to_owned();
        if serde_json::from_str::<serde_json::Number>(&text).is_err() {
            return Err(self.error("not a number"));
        }
        self.at += end;
        Ok(text)
    }

    fn word(&mut self) -> Result<Kind, ParseError> {
        let words =
            [("true", Kind::Bool(true)), ("false", Kind::Bool(false)), ("null", Kind::Null)];
        for (word, kind) in words {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(kind);
            }
        }
        Err(self.error("expected a value"))
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn error(&self, why: &str) -> ParseError {
        error_at(self.text, self.at, why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_reads_is_what_a_general_reader_reads() {
        for text in [
            r#"{"a": [1, -2.5e3, true, null, "x\n\u00e9\ud83d\ude00"], "b": {}}"#,
            "\u{feff} [ ] ",
            r#""\u200b""#,
        ] {
            let general =
                serde_json::from_str::<serde_json::Value>(text.trim_start_matches('\u{feff}'));
            assert!(general.is_ok() && read(text).is_ok(), "{text}");
        }
        for text in ["", "{", "[1,]", "{\"a\" 1}", "\"\\ud800\"", "tru", "1 2", "01", "\"\n\"", "-"]
        {
            assert!(serde_json::from_str::<serde_json::Value>(text).is_err());
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn an_error_names_its_line_and_column() {
        let error = read("{\n  \"é\": tru }").unwrap_err();
        assert_eq!((error.line, error.column), (2, 8));
    }
}
