//! Markdown and HTML tell what the text form tells, and nothing that was read acts in either.

use std::fs;

use diagnosis::{
    judge, render,
    report::{Outcome, Report},
};
use integration::{all_healthy, facts, healthy, patch, read_json, recordings};
use serde_json::{Value, json};

/// One of each outcome.
fn reports() -> [(&'static str, Report); 3] {
    let mut decided = healthy("irsa");
    patch(&mut decided, &read_json("faults/irsa/trust-conditions/other-namespace.json"));
    let undecided = json!({
        "subject": {"kind": "pod", "namespace": "prod", "name": "api-7d9f"},
        "takenAt": "2026-03-01T10:05:00Z",
        "collector": {"command": "why", "version": "0.1.0"},
        "lines": [{"place": "app.log", "line": 212, "at": "2026-03-01T10:04:00Z", "text":
            "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"}]});
    let of = |value: &Value| judge(&facts(value).unwrap());
    let all =
        [("decided", of(&decided)), ("undecided", of(&undecided)), ("healthy", of(&all_healthy()))];
    let outcomes = all.each_ref().map(|(_, it)| it.outcome);
    assert_eq!(outcomes, [Outcome::Decided, Outcome::Undecided, Outcome::Healthy]);
    all
}

fn markdown(report: &Report) -> String {
    let mut out = Vec::new();
    render::markdown(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn html(report: &Report) -> String {
    let mut out = Vec::new();
    render::html(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn every_outcome_is_told_as_expected() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    for (name, mut report) in reports() {
        report.source.version = "0.1.0".to_owned();
        for (ending, text) in [("md", markdown(&report)), ("html", html(&report))] {
            let path = recordings().join(format!("../forms/{name}.{ending}"));
            if update {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, &text).unwrap();
            }
            let expected = fs::read_to_string(&path).unwrap_or_default();
            assert!(expected == text, "{name}.{ending}: UPDATE_EXPECTED=1 cargo test writes it");
        }
    }
}

/// What a name, a path or a line can hold who was written by an adversary.
const HOSTILE: &str = "```\n</pre><script src=//evil.example></script> [x](https://evil.example) @here ``` \
                       <!channel> ![](https://evil.example/p.png) \" onload='x' \u{202e}gnp\u{1b}[2J";

fn hostile() -> Report {
    let [(_, mut report), ..] = reports();
    let put = |text: &mut String| HOSTILE.clone_into(text);
    put(&mut report.title);
    put(&mut report.subject.name);
    for it in &mut report.evidence {
        put(&mut it.quote);
        put(&mut it.source);
    }
    report.chains.iter_mut().flat_map(|it| &mut it.links).for_each(|it| put(&mut it.detail));
    let (fix, verify) = (report.fix.as_mut().unwrap(), report.verify.as_mut().unwrap());
    [&mut fix.summary, &mut fix.change, &mut fix.owner, &mut fix.impact].into_iter().for_each(put);
    [&mut verify.command, &mut verify.expect].into_iter().for_each(put);
    report
}

#[test]
fn nothing_that_was_read_becomes_markup_of_the_page() {
    let page = html(&hostile());
    // What is between angle brackets was written by us, with ids and classes alone.
    for tag in page.split('<').skip(1).map(|it| it.split('>').next().unwrap()) {
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap();
        let ours = [
            "!doctype",
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "main",
            "header",
            "p",
            "h1",
            "h2",
            "h3",
            "section",
            "figure",
            "figcaption",
            "pre",
            "ul",
            "li",
            "span",
            "b",
            "code",
            "mark",
            "footer",
            "dl",
            "dt",
            "dd",
            "a",
        ];
        assert!(ours.contains(&name), "<{tag}>");
        assert!(!tag.contains("src=") && !tag.contains("onload"), "<{tag}>");
    }
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    assert!(!page.contains('\u{1b}') && !page.contains('\u{202e}'));
    let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    assert!(!style.contains("url(") && !style.contains("@import"), "nothing from elsewhere");
}

#[test]
fn nothing_that_was_read_acts_in_markdown() {
    let text = markdown(&hostile());
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let marks: String = line.chars().take_while(|it| *it == '`').collect();
        match &fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if marks.len() >= 3 && line == format!("{marks}text") => fence = Some(marks),
            None => {
                for piece in outside_code(line) {
                    for act in ["<", "[", "@", "://", "!", "#"] {
                        assert!(!piece.contains(act), "{piece} in {line}");
                    }
                }
            }
        }
    }
    assert_eq!(fence, None, "every fence is closed");
}

/// The text of a line outside its code spans, as CommonMark reads it: a run of backticks ends at the
/// next run of the same length.
fn outside_code(line: &str) -> Vec<&str> {
    let mut outside = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        outside.push(&rest[..at]);
        let run = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let mut inner = at + run;
        let closing = loop {
            let Some(next) = rest[inner..].find('`') else { break None };
            let begin = inner + next;
            let length = rest[begin..].len() - rest[begin..].trim_start_matches('`').len();
            inner = begin + length;
            if length == run {
                break Some(inner);
            }
        };
        rest = &rest[closing.unwrap_or(at + run)..];
    }
    outside.push(rest);
    outside
}

#[test]
fn every_link_of_the_page_has_its_anchor_once_and_a_word_beside_its_glyph() {
    for (_, report) in reports() {
        let page = html(&report);
        for chain in &report.chains {
            for link in &chain.links {
                let id = format!(" id=\"{}/{}\"", chain.id, link.id);
                assert_eq!(page.matches(&id).count(), 1, "{id}");
            }
        }
        for (glyph, word) in [("✓", "intact"), ("✗", "broken"), ("·", "not reached")] {
            let all = page.matches(&format!("<b>{glyph}</b>")).count();
            assert_eq!(page.matches(&format!("<b>{glyph}</b> {word}")).count(), all);
        }
    }
}

#[test]
fn a_form_has_every_line_of_the_fix_and_of_the_verification() {
    for (_, report) in reports() {
        let (Some(fix), Some(verify)) = (&report.fix, &report.verify) else { continue };
        let (text, page) = (markdown(&report), html(&report));
        let escaped = |line: &str| {
            line.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('"', "&quot;")
                .replace('\'', "&#39;")
        };
        for line in fix.change.lines().chain(verify.command.lines()) {
            assert!(text.contains(line), "{line}");
            assert!(page.contains(&escaped(line)), "{line}");
        }
    }
}
