//! The answer of EC2's API itself, the console's text in base64, and that text as a JSON string.

use base64::Engine;
use base64::engine::DecodePaddingMode::Indifferent;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use memchr::memmem;

use crate::console::MARK;

/// What EC2 keeps of a console is a tenth of it.
pub const LIMIT: usize = 1 << 20;

/// Shorter texts are words.
const LEAST: usize = 256;

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(Indifferent),
);

/// Whether what begins so may be one that is encoded, once it is whole.
pub fn may_be_encoded(head: &[u8]) -> bool {
    let ours = || memmem::find(head, MARK.as_bytes()).is_some();
    is_base64(head) || (head.trim_ascii_start().starts_with(b"\"") && ours())
}

/// What a text says that is encoded from its begin to its end; `None` for any other.
pub fn encoded(text: &[u8]) -> Option<String> {
    let quoted: Option<String> = serde_json::from_slice(text).ok();
    let text = quoted.as_ref().map_or(text, |it| it.as_bytes());
    if !is_base64(text) {
        return quoted;
    }
    let bare: Vec<u8> = text.iter().copied().filter(|it| !it.is_ascii_whitespace()).collect();
    let inner = String::from_utf8_lossy(&ENGINE.decode(bare).ok()?).into_owned();
    // A console speaks in lines; what was encrypted, or a picture, does not.
    let strange = |it: &char| {
        *it == '\u{fffd}' || (it.is_control() && *it != '\u{1b}' && !it.is_ascii_whitespace())
    };
    let spoken = inner.chars().filter(strange).count() * 20 < inner.len();
    (inner.contains('\n') && spoken).then_some(inner)
}

fn is_base64(text: &[u8]) -> bool {
    let within = |it: &u8| it.is_ascii_alphanumeric() || b"+/=\r\n".contains(it);
    text.len() >= LEAST && text.iter().all(within)
}
