//! Bytes into facts: the documents that collectors fetch and that people paste. Knows their shapes
//! and drops their secrets.

pub mod account;
pub mod aws;
pub mod certificate;
pub mod console;
pub mod denial;
mod described;
pub mod imds;
pub mod ipamd;
pub mod kubelet;
pub mod log;
mod network;
pub mod object;
mod ours;
pub mod paste;
mod raw;
pub mod redact;
pub mod scan;
pub mod shell;
mod shown;
mod stamp;
pub mod systemd;
pub mod token;
pub mod user_data;
