//! As many of the facts as there is room for, and always those that the verdict follows from: each
//! choice is tried by judging what is left.

use serde_json::Value;

use crate::facts::{Facts, Source};
use crate::judge;
use crate::report::{Evidence, Report};

/// Packed, in at most so many bytes; nothing where even what decides has no room.
pub(super) fn packed(report: &Report, facts: &Facts, room: usize) -> Vec<u8> {
    let quotes: Vec<&Evidence> = quoted(report).collect();
    let mut value = serde_json::to_value(facts).unwrap_or_default();
    // What nobody misses, then the texts that nobody quotes, then single facts.
    attempt(&mut value, report, |it| lines(it, &quotes));
    attempt(&mut value, report, unseen);
    attempt(&mut value, report, bare);
    if fits(&value, room).is_none() {
        attempt(&mut value, report, |it| texts(it, &quotes));
    }
    for strict in [true, false] {
        let mut all = Vec::new();
        sizes(&value, String::new(), &mut all);
        all.sort();
        while fits(&value, room).is_none() {
            let Some((_, path)) = all.pop() else { break };
            let mut less = value.clone();
            if remove(&mut less, &path) && same(&less, report, strict) {
                value = less;
            }
        }
    }
    if fits(&value, room).is_none() {
        let decide: Vec<&Evidence> = report.evidence.iter().collect();
        attempt(&mut value, report, |it| lines(it, &decide));
    }
    fits(&value, room).filter(|_| same(&value, report, false)).unwrap_or_default()
}

fn fits(value: &Value, room: usize) -> Option<Vec<u8>> {
    let packed = super::pack(value.to_string().as_bytes());
    (packed.len() <= room).then_some(packed)
}

fn attempt(value: &mut Value, report: &Report, change: impl Fn(&mut Value)) {
    let mut less = value.clone();
    change(&mut less);
    if same(&less, report, true) {
        *value = less;
    }
}

/// Whether these facts still lead there; where not strict, other faults beside it may be lost.
fn same(value: &Value, report: &Report, strict: bool) -> bool {
    let Ok(facts) = serde_json::from_value::<Facts>(value.clone()) else { return false };
    let now = judge(&facts);
    let verdict = |it: &Report| {
        let quotes: Vec<_> = it.evidence.iter().map(|it| it.quote.clone()).collect();
        (it.outcome, it.plane, it.chain, it.link, it.fault, it.title.clone(), quotes)
    };
    let also = |it: &Report| it.also.iter().map(|it| (it.link, it.fault)).collect::<Vec<_>>();
    verdict(&now) == verdict(report) && (!strict || also(&now) == also(report))
}

fn quoted(report: &Report) -> impl Iterator<Item = &Evidence> {
    let also = report.also.iter().flat_map(|it| &it.evidence);
    let links = report.chains.iter().flat_map(|it| &it.links).flat_map(|it| &it.evidence);
    report.evidence.iter().chain(also).chain(links)
}

/// Without what nobody looked for.
fn unseen(value: &mut Value) {
    match value {
        Value::Object(all) => {
            all.values_mut().for_each(unseen);
            all.retain(|_, it| *it != "skipped");
        }
        Value::Array(all) => all.iter_mut().for_each(unseen),
        _ => {}
    }
}

/// Without what a reader takes for granted.
fn bare(value: &mut Value) {
    let granted = |key: &str, it: &Value| match it {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
        Value::Number(number) => key == "line" && number.as_u64() == Some(0),
        Value::Bool(_) => false,
    };
    match value {
        Value::Object(all) => {
            all.values_mut().for_each(bare);
            all.retain(|key, it| !granted(key, it));
        }
        Value::Array(all) => all.iter_mut().for_each(bare),
        _ => {}
    }
}

/// Of the records of logs, only those that are quoted.
fn lines(value: &mut Value, quotes: &[&Evidence]) {
    let told = |line: &Value| {
        let text = [&line["verbatim"], &line["text"]].map(|it| it.as_str().unwrap_or_default());
        quotes.iter().any(|it| {
            line["place"] == *it.source && text.iter().any(|text| text.contains(&*it.quote))
        })
    };
    if let Some(all) = value.get_mut("lines").and_then(Value::as_array_mut) {
        all.retain(told);
    }
}

/// Of the texts that were read, only the lines that are quoted.
fn texts(value: &mut Value, quotes: &[&Evidence]) {
    if let Some(source) = value.get_mut("source").filter(|it| it["text"].is_string()) {
        let read: Source = serde_json::from_value(source.clone()).unwrap_or_default();
        let told = |line: &&str| {
            quotes.iter().any(|it| it.source == read.place && line.contains(&*it.quote))
        };
        let kept: Vec<_> = read.text.lines().filter(told).collect();
        source["text"] = Value::from(kept.join("\n"));
    }
    match value {
        Value::Object(all) => all.values_mut().for_each(|it| texts(it, quotes)),
        Value::Array(all) => all.iter_mut().for_each(|it| texts(it, quotes)),
        _ => {}
    }
}

/// Every fact that was observed, by its pointer, with its size.
fn sizes(value: &Value, path: String, into: &mut Vec<(usize, String)>) {
    let Value::Object(all) = value else { return };
    if !path.is_empty() && (all.contains_key("seen") || all.contains_key("failed")) {
        into.push((value.to_string().len(), path));
        return;
    }
    all.iter().for_each(|(key, inner)| sizes(inner, format!("{path}/{key}"), into));
}

fn remove(value: &mut Value, path: &str) -> bool {
    let Some((parent, key)) = path.rsplit_once('/') else { return false };
    let parent = value.pointer_mut(parent).and_then(Value::as_object_mut);
    parent.is_some_and(|it| it.remove(key).is_some())
}
