//! A Report in its forms; a renderer decides nothing.

mod compact;
mod console;
mod explain;
pub mod groups;
mod html;
mod json;
mod markdown;
mod redact;
mod story;
mod text;
mod wrap;

pub use compact::compact;
pub use console::console;
pub use explain::{HEADINGS, explain, table};
pub use html::html;
pub use json::json;
pub use markdown::markdown;
pub use redact::{Redaction, Scope, redact};
pub use text::text;
