//! The integration tests, by topic.
