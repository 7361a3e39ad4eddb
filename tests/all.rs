//! The integration tests, by topic.

mod dependencies;
mod knowledge;
mod recordings;
mod schema;
