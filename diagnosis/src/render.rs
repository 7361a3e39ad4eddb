//! A Report in its forms; a renderer decides nothing.

mod compact;
mod explain;
mod json;
mod text;
mod wrap;

pub use compact::compact;
pub use explain::{HEADINGS, explain, table};
pub use json::json;
pub use text::text;
