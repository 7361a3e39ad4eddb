//! The integration tests, by topic.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod console;
mod corpus;
mod coverage;
mod deadline;
mod dependencies;
mod diagnose;
mod forms;
mod hostile;
mod joined;
mod knowledge;
mod lines;
mod modes;
mod network;
mod of_account;
mod policies;
mod postmortem;
mod readme;
mod recordings;
mod redaction;
mod reports;
mod scenarios;
mod schema;
mod serve;
mod soak;
mod together;
