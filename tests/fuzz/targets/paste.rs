//! Whatever is pasted: recognised and taken apart the same way each time, its facts judged.

#![no_main]

use diagnosis::document::console::{self, Blanked, Console};
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
    // As a console: what is found must be what a whole text and one that is read in pieces agree on.
    let found = console::find(&text).map(|it| it.map(|it| it.which));
    let mut read = Blanked::new(text.as_bytes());
    let left = std::io::copy(&mut read, &mut std::io::sink()).expect("a text is read");
    assert!(left <= text.len() as u64, "more is left than there was");
    assert_eq!(read.finish().map(|it| it.map(|it| it.which)), found);
    drop(console::encoded(input));
    for document in documents.ok().flatten().unwrap_or_default() {
        match document {
            Document::Facts(facts) => fuzz::sound(&facts),
            Document::Trust(source) => drop(Policy::parse(&source.text)),
            Document::Permissions(PolicyDocument { text, .. }) => drop(Policy::parse(&text)),
            Document::Role { role, .. } => drop(Policy::parse(&role.trust)),
            Document::Console(Console { facts, .. }) => fuzz::sound(&facts),
            Document::Said(_, said) => {
                let lines = said.into_iter().map(|(_, line)| line).collect();
                fuzz::sound(&Facts { lines, ..Facts::default() });
            }
            _ => {}
        }
    }
});
