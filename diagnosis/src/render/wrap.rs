//! Lines for a terminal.

use std::io::{Result, Write};

pub(super) const WIDTH: usize = 100;

/// Breaks at spaces, and a longer word where it must.
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
        for char in word.chars().map(printable) {
            if current.chars().count() >= WIDTH {
                writeln!(out, "{current}")?;
                indent.clone_into(&mut current);
            }
            current.push(char);
        }
        empty = false;
    }
    writeln!(out, "{}", current.trim_end())
}

/// What was read from the network must not steer a terminal.
pub(super) fn printable(char: char) -> char {
    match char {
        '\t' => ' ',
        _ if char.is_control() => '\u{fffd}',
        _ => char,
    }
}
