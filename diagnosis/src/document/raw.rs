//! A line as a terminal, a logger or a chat left it: colours, boxes, escapes, wraps.

use memchr::{memchr, memmem};

use super::{scan, stamp};

/// How often a log line is wrapped into JSON once more before nobody could read it.
const LAYERS: usize = 3;

/// Without line end, colours and the frame that some tools draw around an error.
pub(super) fn line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_end_matches(['\r', '\n']);
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        clean.push_str(&rest[..at]);
        rest = after_escape(&rest[at + 1..]);
    }
    clean.push_str(rest);
    let framed = |it: char| ('\u{2500}'..='\u{259f}').contains(&it);
    if clean.starts_with(framed) || clean.ends_with(framed) {
        let inner = clean.trim_start_matches(framed).trim_end_matches(framed);
        return inner.trim_end().to_owned();
    }
    clean
}

/// CSI sequences end with a letter, all others are of one character.
fn after_escape(text: &str) -> &str {
    let Some(sequence) = text.strip_prefix('[') else {
        return text.get(text.chars().next().map_or(0, char::len_utf8)..).unwrap_or("");
    };
    let end = sequence.find(|it: char| ('@'..='~').contains(&it));
    end.and_then(|end| sequence.get(end + 1..)).unwrap_or("")
}

/// Without colours, and with the lines whole that a container runtime cut in parts or kubectl wrapped
/// in YAML. As many lines as before: those that a line has taken in follow it as empty ones.
pub(super) fn clean<'a>(text: &'a [u8], scratch: &'a mut Vec<u8>) -> &'a [u8] {
    let coloured = memchr(0x1b, text).is_some();
    let broken = || PARTS.iter().chain([&MESSAGE]).any(|it| memmem::find(text, it).is_some());
    if !coloured && !broken() {
        return text;
    }
    scratch.clear();
    let (mut ends, mut partial, mut wrapped) = (0, false, None);
    for line in text.split_inclusive(|it| *it == b'\n') {
        let (line, end) = line.strip_suffix(b"\n").map_or((line, 0), |line| (line, 1));
        let indent = indent(line);
        let goes_on = wrapped.is_some_and(|depth| indent > depth && indent < line.len());
        let skipped = match (partial, goes_on) {
            (true, _) => after_stream(line),
            (_, true) => indent,
            _ => {
                scratch.extend(std::iter::repeat_n(b'\n', std::mem::take(&mut ends)));
                0
            }
        };
        if goes_on {
            scratch.push(b' ');
        } else {
            wrapped = line[indent..].starts_with(&MESSAGE[1..]).then_some(indent);
        }
        uncoloured(&line[skipped..], scratch);
        partial = is_part(line);
        ends += end;
    }
    scratch.extend(std::iter::repeat_n(b'\n', ends));
    scratch
}

/// Also that of an item of a list.
fn indent(line: &[u8]) -> usize {
    line.iter().position(|it| !matches!(it, b' ' | b'-')).unwrap_or(line.len())
}

/// How long it is then.
pub(super) fn cleaned(text: &[u8]) -> usize {
    clean(text, &mut Vec::new()).len()
}

/// How the CRI marks a line that goes on with the next one.
const PARTS: [&[u8]; 2] = [b" stderr P ", b" stdout P "];

/// The values in YAML that are as long as a log line.
const MESSAGE: &[u8] = b" message: ";

pub(super) fn is_part(line: &[u8]) -> bool {
    let head = &line[..line.len().min(64)];
    PARTS.iter().any(|it| memmem::find(head, it).is_some())
}

/// The length of stamp, stream and mark.
fn after_stream(line: &[u8]) -> usize {
    let head = &line[..line.len().min(64)];
    let text = std::str::from_utf8(head).unwrap_or_default();
    text.len() - stamp::without(text).len()
}

fn uncoloured(mut line: &[u8], into: &mut Vec<u8>) {
    while let Some(at) = memchr(0x1b, line) {
        into.extend(&line[..at]);
        let sequence = &line[at + 1..];
        line = match sequence {
            [b'[', rest @ ..] => {
                let end = rest.iter().position(|it| (b'@'..=b'~').contains(it));
                end.map_or(&[], |end| &rest[end + 1..])
            }
            [_, rest @ ..] => rest,
            [] => sequence,
        };
    }
    into.extend(line);
}

/// What a record says, where that is more than can be read in it as it stands. As many lines.
pub(super) fn meant(text: &str) -> Option<String> {
    unescaped(text).filter(|it| scan::readable(it) > scan::readable(text))
}

/// What a text says that was escaped for JSON or a quoted string, `None` where nothing is. Line ends
/// become spaces, so that a record keeps as many lines as the file has.
pub(super) fn unescaped(text: &str) -> Option<String> {
    let mut layers = LAYERS;
    let mut current = once(text)?;
    while let Some(inner) = once(&current).filter(|_| layers > 1) {
        (current, layers) = (inner, layers - 1);
    }
    Some(current)
}

fn once(text: &str) -> Option<String> {
    let first = text.find('\\')?;
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = text[first..].chars();
    let mut changed = false;
    while let Some(letter) = rest.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        let mut ahead = rest.clone();
        let meant = match ahead.next() {
            Some(it @ ('"' | '\\' | '/')) => Some(it),
            Some('n' | 't' | 'r') => Some(' '),
            Some('u') => {
                let digits: String = ahead.by_ref().take(4).collect();
                u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)
            }
            _ => None,
        };
        match meant {
            Some('\u{1b}') => (changed, rest) = (true, after_escape(ahead.as_str()).chars()),
            Some(meant) => {
                (changed, rest) = (true, ahead);
                out.push(if meant.is_control() { ' ' } else { meant });
            }
            None => out.push('\\'),
        }
    }
    changed.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_frames_and_line_ends_are_no_text() {
        for (raw, clean) in [
            ("\u{1b}[31mERROR\u{1b}[0m denied\r\n", "ERROR denied"),
            ("\u{1b}[1;38;5;196mX\u{1b}[K", "X"),
            ("│ Error: AccessDenied                │", " Error: AccessDenied"),
            ("╷", ""),
            ("broken \u{1b}[", "broken "),
            ("broken \u{1b}", "broken "),
            ("plain", "plain"),
        ] {
            assert_eq!(line(raw.as_bytes()), clean, "{raw}");
        }
        assert_eq!(line(b"\xff\xfe x"), "\u{fffd}\u{fffd} x");
    }

    #[test]
    fn a_text_within_json_within_json_is_read() {
        assert_eq!(unescaped("nothing here"), None);
        assert_eq!(unescaped(r"C:\dir"), None);
        assert_eq!(unescaped(r#"{"m":"get \"https://a/\": x\n\tat y"}"#).as_deref(), {
            Some(r#"{"m":"get "https://a/": x  at y"}"#)
        });
        assert_eq!(unescaped(r#"\\\"a\\\""#).as_deref(), Some("\"a\""));
        assert_eq!(unescaped(r"\u003cnil\u003e \ud800").as_deref(), Some(r"<nil> \ud800"));
    }
}
