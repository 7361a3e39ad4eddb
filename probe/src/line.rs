//! Text from elsewhere on one line of bounded length, so that it can forge no other line.

/// What a message from the network may take up.
pub(crate) const MESSAGE: usize = 1024;

/// What cannot be seen is written as an escape, such as `\n` or `\u{200b}`; what is longer than
/// `limit` bytes ends in `…`.
pub(crate) fn line(text: &str, limit: usize) -> String {
    let mut line = String::new();
    for letter in text.chars() {
        let start = line.len();
        match letter {
            // `escape_debug` would escape these too, though anyone can see them.
            '"' | '\'' | '\\' => line.push(letter),
            _ => line.extend(letter.escape_debug()),
        }
        if line.len() > limit {
            line.truncate(start);
            line.push('…');
            break;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_seen_stays_as_it_is() {
        let text = r#"Couldn't  retrieve "key" für C:\x"#;
        assert_eq!(line(text, MESSAGE), text);
    }

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        assert_eq!(
            line("role/api\n\u{1b}[31m\u{200b}", MESSAGE),
            "role/api\\n\\u{1b}[31m\\u{200b}"
        );
    }

    #[test]
    fn what_is_too_long_is_cut_between_letters() {
        assert_eq!(line("aaaé", 4), "aaa…");
        assert_eq!(line("aaa\n", 4), "aaa…");
        assert_eq!(line("aaaa", 4), "aaaa");
    }
}
