//! A word of a command line, for a shell.

/// Quoted where a shell would read more in it.
pub(super) fn word(text: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_./:@=,+".contains(it);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
