//! Lines for a terminal.

use std::io::{Result, Write};

pub(super) const WIDTH: usize = 100;

/// Breaks at spaces; a single longer word stays whole.
pub(super) fn wrapped(out: &mut impl Write, text: &str, indent: &str) -> Result<()> {
    let begin = text.len() - text.trim_start().len();
    let mut current = text[..begin].to_owned();
    let mut empty = true;
    for word in text[begin..].split(' ') {
        let long = current.chars().count() + 1 + word.chars().count() > WIDTH;
        if long && !empty {
            writeln!(out, "{}", current.trim_end())?;
            indent.clone_into(&mut current);
        } else if !empty {
            current.push(' ');
        }
        current.extend(word.chars().map(printable));
        empty = false;
    }
    writeln!(out, "{}", current.trim_end())
}

/// What was read from the network must not steer a terminal.
pub(super) fn printable(char: char) -> char {
    if char.is_control() { '\u{fffd}' } else { char }
}
