//! The integration tests, by topic.

mod dependencies;
mod knowledge;
mod readme;
mod recordings;
mod schema;
