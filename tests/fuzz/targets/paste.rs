//! Whatever is pasted: recognised and taken apart the same way each time, its facts judged.

#![no_main]

use diagnosis::document::paste::{self, Document};
use diagnosis::facts::{Facts, PolicyDocument};
use diagnosis::iam::Policy;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let kind = paste::kind(&input[..input.len().min(paste::HEAD)]);
    let text = String::from_utf8_lossy(input);
    let documents = paste::documents(kind, "pasted", &text);
    let again = paste::documents(kind, "pasted", &text);
    assert_eq!(format!("{documents:?}"), format!("{again:?}"));
    for document in documents.ok().flatten().unwrap_or_default() {
        match document {
            Document::Facts(facts) => fuzz::sound(&facts),
            Document::Trust(source) => drop(Policy::parse(&source.text)),
            Document::Permissions(PolicyDocument { text, .. }) => drop(Policy::parse(&text)),
            Document::Role { role, .. } => drop(Policy::parse(&role.trust)),
            Document::Events(events) => {
                let lines = events.into_iter().map(|(_, line)| line).collect();
                fuzz::sound(&Facts { lines, ..Facts::default() });
            }
            _ => {}
        }
    }
});
