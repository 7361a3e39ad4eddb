//! What must hold of every input, whoever wrote it. `just fuzz` runs all targets over seeds made
//! from the recordings, the cases and the samples of the signs; see `run`.

use diagnosis::{
    facts::Facts,
    judge,
    render::{self, Scope},
    report::{Evidence, Report},
};
use serde_json::Value;

/// The same facts give the same report; its quotes were read; every form of it can be written, and
/// no account is left in the redacted one.
pub fn sound(facts: &Facts) {
    let report = judge(facts);
    let told = json(&report);
    assert_eq!(told, json(&judge(facts)), "two reports of the same facts");
    let read = serde_json::to_value(facts).expect("facts are plain values");
    let mut texts = Vec::new();
    leaves(&read, &mut texts);
    for quote in evidence(&report).map(|it| &it.quote) {
        let verbatim = texts.iter().any(|it| it.contains(quote.as_str()));
        assert!(verbatim, "quoted, but not read: {quote:?}");
    }
    forms(&report);
    for scope in [Scope::Account, Scope::All] {
        let redacted = render::redact(&report, facts, scope);
        let told: Value = serde_json::from_str(&json(&redacted)).expect("written as JSON");
        let mut left = Vec::new();
        leaves(&told, &mut left);
        for text in left {
            assert!(accounts(text).is_empty(), "an account in a redacted report: {text:?}");
        }
        forms(&redacted);
    }
}

fn json(report: &Report) -> String {
    serde_json::to_string(report).expect("a report is a plain value")
}

fn forms(report: &Report) {
    let mut out = Vec::new();
    render::text(report, &mut out).expect("text");
    render::markdown(report, &mut out).expect("markdown");
    out.clear();
    render::html(report, &mut out).expect("HTML");
    let html = String::from_utf8(out).expect("HTML is UTF-8");
    assert!(!html.contains("<script") && !html.contains("<img"), "markup of the input: {html}");
    assert!(render::compact(report, 4096).len() <= 4096);
}

fn evidence(report: &Report) -> impl Iterator<Item = &Evidence> {
    let links = report.chains.iter().flat_map(|it| &it.links).flat_map(|it| &it.evidence);
    let also = report.also.iter().flat_map(|it| &it.evidence);
    let risks = report.risks.iter().flat_map(|it| &it.evidence);
    let aside = report.set_aside.iter().map(|it| &it.evidence);
    report.evidence.iter().chain(links).chain(also).chain(risks).chain(aside)
}

/// Every text of a document.
pub fn leaves<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Array(all) => all.iter().for_each(|it| leaves(it, into)),
        Value::Object(all) => all.values().for_each(|it| leaves(it, into)),
        _ => {}
    }
}

/// Runs of exactly twelve digits, but for the registry that is everyone's.
fn accounts(text: &str) -> Vec<&str> {
    let digits = text.split(|it: char| !it.is_ascii_digit());
    digits.filter(|it| it.len() == 12 && *it != "602401143452").collect()
}
