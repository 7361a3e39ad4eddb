//! Bytes into facts: the documents that collectors fetch. Knows their shapes and drops their secrets.

pub mod imds;
pub mod ipamd;
pub mod token;
