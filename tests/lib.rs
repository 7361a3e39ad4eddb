//! Recordings: a healthy one for each chain, and for each fault a merge patch (RFC 7396) over it.

use std::{fs, path::PathBuf};

use diagnosis::facts::Facts;
use serde::Deserialize;
use serde_json::Value;

/// `tests/recordings`
pub fn recordings() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("recordings")
}

/// # Panics
/// When the recording is absent or no JSON: nothing can be tested without it.
pub fn read_json(path: &str) -> Value {
    let path = recordings().join(path);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Everything of this chain holds.
pub fn healthy(chain: &str) -> Value {
    read_json(&format!("healthy/{chain}.json"))
}

/// A node and a pod with web identity, at once. A pod has one identity: Pod Identity is on its own.
pub fn all_healthy() -> Value {
    let mut all = Value::Null;
    for chain in diagnosis::chain::CHAINS.iter().filter(|it| it.id != "pod-identity") {
        patch(&mut all, &healthy(chain.id));
    }
    all
}

/// Whether it begins with something that can be typed.
pub fn is_command(how: &str) -> bool {
    const PROGRAMS: [&str; 9] = [
        "eks-triage",
        "sudo",
        "kubectl",
        "aws",
        "journalctl",
        "tail",
        "curl",
        "crictl",
        "systemctl",
    ];
    let first = how.split_whitespace().next().unwrap_or_default();
    PROGRAMS.contains(&first)
}

/// RFC 7396: `null` takes a key away, which is also how a fact that may be null becomes so.
pub fn patch(base: &mut Value, change: &Value) {
    match (base, change) {
        (Value::Object(base), Value::Object(change)) => {
            for (key, value) in change {
                if value.is_null() {
                    base.remove(key);
                } else {
                    patch(base.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        (base, change) => change.clone_into(base),
    }
}

/// Refuses a key that is not a fact: such a recording would prove nothing.
pub fn facts(value: &Value) -> Result<Facts, String> {
    let facts = Facts::deserialize(value).map_err(|error| error.to_string())?;
    let known = serde_json::to_value(&facts).map_err(|error| error.to_string())?;
    stray(value, &known, "").map_or(Ok(facts), Err)
}

/// The first key of `value` that `known` lacks.
fn stray(value: &Value, known: &Value, path: &str) -> Option<String> {
    match (value, known) {
        (Value::Object(value), Value::Object(known)) => value.iter().find_map(|(key, inner)| {
            let path = format!("{path}/{key}");
            match known.get(key) {
                Some(known) => stray(inner, known, &path),
                None => Some(format!("{path} is not a fact")),
            }
        }),
        (Value::Array(value), Value::Array(known)) => {
            let pairs = value.iter().zip(known).enumerate();
            pairs.into_iter().find_map(|(at, (a, b))| stray(a, b, &format!("{path}/{at}")))
        }
        _ => None,
    }
}
