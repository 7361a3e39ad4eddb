//! A line as a terminal, a logger or a chat left it: colours, boxes, escapes.

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
