//! Facts in, Report out. Knows no socket, no file, no environment and no clock.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod aws;
pub mod chain;
mod console;
pub mod document;
pub mod facts;
pub mod iam;
mod judge;
pub mod os;
mod path;
pub mod pattern;
pub mod render;
pub mod report;

pub use judge::{checklist, concerns, judge, without_identity, worst};
