//! A word of a command line, for a shell.

/// Quoted where a shell would read more in it.
pub fn word(text: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_./:@=,+".contains(it);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_read_is_quoted() {
        assert_eq!(word("arn:aws:iam::111122223333:role/a"), "arn:aws:iam::111122223333:role/a");
        assert_eq!(word("arn:aws:s3:::data/*"), "'arn:aws:s3:::data/*'");
        assert_eq!(word("a'b"), r"'a'\''b'");
        assert_eq!(word(""), "''");
    }
}
