//! Facts as recordings and collectors give them: a patch over what is healthy, judged and told.

#![no_main]

use std::sync::OnceLock;

use diagnosis::facts::Facts;
use libfuzzer_sys::fuzz_target;
use serde::Deserialize as _;
use serde_json::Value;

const HEALTHY: [&str; 6] = [
    include_str!("../../recordings/healthy/node-join.json"),
    include_str!("../../recordings/healthy/pod-network.json"),
    include_str!("../../recordings/healthy/image-pull.json"),
    include_str!("../../recordings/healthy/irsa.json"),
    include_str!("../../recordings/healthy/pod-identity.json"),
    include_str!("../../recordings/healthy/rbac.json"),
];

fn healthy() -> &'static [Value] {
    static ALL: OnceLock<Vec<Value>> = OnceLock::new();
    ALL.get_or_init(|| {
        HEALTHY.iter().map(|it| serde_json::from_str(it).expect("a recording")).collect()
    })
}

fuzz_target!(|input: &[u8]| {
    let Some((which, text)) = input.split_first() else { return };
    let Ok(change) = serde_json::from_slice::<Value>(text) else { return };
    let bases = healthy();
    let mut facts = bases[usize::from(*which) % bases.len()].clone();
    patch(&mut facts, change);
    let Ok(facts) = Facts::deserialize(&facts) else { return };
    fuzz::sound(&facts);
});

/// RFC 7396, as in the recordings.
fn patch(base: &mut Value, change: Value) {
    match (base, change) {
        (Value::Object(base), Value::Object(change)) => {
            for (key, value) in change {
                if value.is_null() {
                    base.remove(&key);
                } else {
                    patch(base.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        (base, change) => *base = change,
    }
}
