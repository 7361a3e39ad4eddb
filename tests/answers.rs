//! The answers of the AWS CLI as files, and the same as facts.

use std::fs;

use diagnosis::{document::account::Answers, facts::Facts};
use integration::{facts, healthy, recordings};
use serde_json::Value;

/// The healthy account, file by file.
fn files() -> Vec<(String, String)> {
    let folder = recordings().join("../account/healthy");
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap())
        .filter(|it| it.path().extension().is_some_and(|it| it == "json"))
        .map(|it| (it.file_name().into_string().unwrap(), fs::read_to_string(it.path()).unwrap()))
        .collect();
    all.sort();
    all
}

fn answers() -> Answers {
    let mut answers = Answers::default();
    for (name, text) in files() {
        assert!(answers.take(&name, &text).is_some(), "{name} was not recognised");
    }
    answers
}

/// Without where it was read.
fn values(mut value: Value) -> Value {
    match &mut value {
        Value::Object(all) => {
            all.remove("source");
            // Verbatim, and so as far indented as it was read.
            if let Some(trust) = all.get_mut("trust") {
                *trust = serde_json::from_str(trust.as_str().unwrap()).unwrap();
            }
            all.values_mut().for_each(|it| *it = values(it.take()));
        }
        Value::Array(all) => all.iter_mut().for_each(|it| *it = values(it.take())),
        _ => {}
    }
    value
}

fn group(facts: &Facts) -> Value {
    values(serde_json::to_value(&*facts.account.group).unwrap())
}

#[test]
fn the_folder_is_the_recording() {
    let answers = answers();
    let groups: Vec<String> = answers.groups().iter().map(ToString::to_string).collect();
    assert_eq!(groups, ["nodegroup/workers"]);
    let read = answers.facts(&answers.groups()[0]);
    let recorded = facts(&healthy("account")).unwrap();
    let (read_group, recorded_group) = (group(&read), group(&recorded));
    for (key, value) in recorded_group.as_object().unwrap() {
        if key != "userData" {
            assert_eq!(&read_group[key], value, "{key}");
        }
    }
    assert_eq!(read.subject, recorded.subject);
    assert_eq!(read.account.access_entries.value(), recorded.account.access_entries.value());
}
