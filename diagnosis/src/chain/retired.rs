//! Keys that once meant something. A script may still look for one, so none is ever used again.

/// `chain/link` or `chain/link/fault`.
pub const RETIRED: &[&str] = &[];
