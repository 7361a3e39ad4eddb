//! The integration tests, by topic.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod dependencies;
mod knowledge;
mod readme;
mod recordings;
mod scenarios;
mod schema;
