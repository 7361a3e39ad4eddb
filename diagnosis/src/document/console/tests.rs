//! A block that went through a console, and what became of it there.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::console::{LIMIT, WIDTH};
use crate::facts::{Host, Node, Observed, Os, Source, Subject};
use crate::judge;
use crate::render::console;

fn facts(name: &str) -> Facts {
    let source = Source::new("/etc/os-release", "2026-03-01T10:05:00Z", "ID=amzn");
    let os = Os { id: "amzn".to_owned(), name: "naïve…".to_owned(), ..Os::default() };
    let host = Host { os: Observed::seen(os, source), ..Host::default() };
    Facts {
        subject: Subject { kind: "node".to_owned(), name: name.to_owned(), ..Subject::default() },
        taken_at: format!("2026-03-01T10:05:0{}Z", name.len() % 10),
        node: Box::new(Node { host, ..Node::default() }),
        ..Facts::default()
    }
}

fn block(name: &str) -> String {
    let facts = facts(name);
    console(&judge(&facts), &facts)
}

fn name(text: &str) -> Result<String, Broken> {
    find(text).unwrap().map(|it| it.facts.subject.name)
}

#[test]
fn a_block_is_narrow_small_printable_and_read_back() {
    let block = block("a");
    assert!(block.replace('\n', "\r\n").len() <= LIMIT);
    for line in block.lines() {
        assert!(line.starts_with(MARK) && line.len() <= WIDTH, "{line}");
        assert!(line.bytes().all(|it| matches!(it, b' '..=b'~')), "{line}");
    }
    let read = find(&block).unwrap().unwrap().facts;
    assert_eq!(read.node.host.os.value().unwrap().name, "naïve…");
}

#[test]
fn whoever_speaks_in_between_is_not_heard() {
    let block = block("a");
    let between =
        block.replace('\n', "\r\n[   12.345678] eth0: link up\r\n[  OK  ] Started x.\r\n");
    assert_eq!(name(&between), Ok("a".to_owned()));
    let journal = block.replace(MARK, "[   12.345678] eks-triage[123]: eks-triage ");
    assert_eq!(name(&journal), Ok("a".to_owned()));
    let prompt = block.replace(MARK, "ip-10-0-1-10 login: eks-triage ");
    assert_eq!(name(&prompt), Ok("a".to_owned()));
}

#[test]
fn the_kernel_may_speak_in_the_middle_of_any_line_but_in_the_first_mark() {
    let block = block("a");
    for at in MARK.len()..block.len() {
        for noise in ["[   12.345678] eth0: link up\n", "[   12.345678] a\n[   12.345679] b\n"] {
            let text = format!("{}{noise}{}", &block[..at], &block[at..]);
            assert_eq!(name(&text), Ok("a".to_owned()), "at {at}:\n{text}");
        }
    }
}

#[test]
fn a_cut_is_an_error_with_its_line_or_changes_nothing() {
    let block = block("a");
    for at in 0..block.len() {
        for text in [&block[at..], &block[..at]] {
            match find(text) {
                None => {}
                Some(Ok(it)) => assert_eq!(it.facts.subject.name, "a"),
                Some(Err(it)) => assert!(it.line.is_some_and(|it| it > 0), "{it:?}"),
            }
        }
    }
    let lines: Vec<&str> = block.lines().collect();
    for at in 0..lines.len() {
        let mut fewer = lines.clone();
        let gone = fewer.remove(at);
        let is_text = gone[MARK.len()..].starts_with(TEXT);
        assert_eq!(name(&fewer.join("\n")).is_ok(), is_text, "{gone}");
    }
}

#[test]
fn one_changed_character_is_never_another_verdict() {
    let block = block("a");
    for (at, char) in block.char_indices() {
        let other = if char == 'B' { "C" } else { "B" };
        let text = format!("{}{other}{}", &block[..at], &block[at + 1..]);
        if let Some(Ok(it)) = find(&text) {
            assert_eq!(it.facts.subject.name, "a", "{text}");
        }
    }
}

#[test]
fn of_several_boots_the_last_counts_even_where_it_is_broken() {
    let (first, last) = (block("first"), block("last"));
    let both = format!("{first}boot\n{last}");
    let found = find(&both).unwrap().unwrap();
    assert_eq!(found.facts.subject.name, "last");
    let line = first.lines().count() + 2;
    assert_eq!(
        found.which,
        format!("the last of 2 blocks of a console, printed 2026-03-01T10:05:04Z, line {line}")
    );
    let (head, _) = last.split_at(last.len() / 2);
    let broken = name(&format!("{first}{head}")).unwrap_err();
    assert_eq!(broken.line, Some(line as u64 - 1));
    assert_eq!(name(&format!("{head}\n{first}")), Ok("first".to_owned()));
}

#[test]
fn a_second_copy_of_a_block_does_no_harm() {
    let block = block("a");
    let twice: String = block.split_inclusive('\n').map(|it| it.repeat(2)).collect();
    assert_eq!(name(&twice), Ok("a".to_owned()));
    let (head, _) = block.split_at(block.len() - 20);
    let found = find(&format!("{block}{block}{head}")).unwrap().unwrap();
    assert!(found.which.starts_with("block of a console"), "{}", found.which);
}

#[test]
fn what_the_api_encodes_is_read() {
    let text = format!("boot\r\n{}", block("a").replace('\n', "\r\n"));
    let encoded_text = STANDARD.encode(&text);
    assert!(may_be_encoded(encoded_text.as_bytes()));
    assert_eq!(encoded(encoded_text.as_bytes()).as_ref(), Some(&text));
    assert_eq!(encoded(serde_json::to_string(&text).unwrap().as_bytes()), Some(text));
    assert_eq!(encoded(STANDARD.encode([0x80; 400]).as_bytes()), None);
    assert!(!may_be_encoded(b"started") && !may_be_encoded(b"\"a quoted line\" of a log"));
}

#[test]
fn a_log_keeps_its_lines_but_ours() {
    use std::io::Read;
    let block = block("a");
    let long = "x".repeat(200_000);
    let text = format!("one\n{block}two\n[    1.000000] {block}{long}\nend");
    let mut read = Blanked::new(text.as_bytes());
    let mut left = String::new();
    read.read_to_string(&mut left).unwrap();
    assert!(read.finish().unwrap().is_ok());
    assert_eq!(left.lines().count(), text.lines().count());
    let said: Vec<_> = left.lines().filter(|it| !it.is_empty()).collect();
    assert_eq!(said, ["one", "two", &long, "end"]);
}
