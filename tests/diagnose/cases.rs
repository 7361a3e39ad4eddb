//! Whole cases as a person would paste them, against the real program. `given/` leads to
//! `expected.txt`. Where that is undecided, `then/` holds the one file that the report asks for first,
//! named after that input, and with it `expected-then.txt` decides. `UPDATE_EXPECTED=1` writes the
//! reports anew.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::desk::{Run, cases, diagnose};

fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<_> = fs::read_dir(cases()).unwrap().map(|it| it.unwrap().path()).collect();
    folders.sort();
    folders
}

/// What was read is told too: a file that is taken for another is a wrong report by luck.
fn told(run: &Run) -> String {
    let recognised = run.stderr.replace("eks-triage: ", "");
    format!("{}\nread\n{recognised}\nexit {}\n", run.stdout, run.code.unwrap())
}

fn compare(path: &Path, told: &str, wrong: &mut Vec<String>) {
    if env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(path, told).unwrap();
    }
    if told != fs::read_to_string(path).unwrap_or_default() {
        wrong.push(format!("{}:\n{told}", path.display()));
    }
}

#[test]
fn each_case_leads_to_its_report() {
    let mut wrong = Vec::new();
    for folder in folders() {
        let run = diagnose(&folder, &["given"], b"");
        compare(&folder.join("expected.txt"), &told(&run), &mut wrong);
        if folder.join("then").exists() {
            let run = diagnose(&folder, &["given", "then"], b"");
            compare(&folder.join("expected-then.txt"), &told(&run), &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn report(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&diagnose(folder, arguments, b"").stdout).unwrap()
}

#[test]
fn the_input_that_a_report_asks_for_first_decides_it() {
    let mut count = 0;
    for folder in folders().into_iter().filter(|it| it.join("then").exists()) {
        let mut files = fs::read_dir(folder.join("then")).unwrap().map(|it| it.unwrap().path());
        let (file, more) = (files.next().unwrap(), files.next());
        assert_eq!(more, None, "one input is enough");
        let asked = file.file_stem().unwrap().to_str().unwrap();
        let before = report(&folder, &["given", "-o", "json"]);
        assert_eq!(before["outcome"], "undecided", "{}", folder.display());
        assert_eq!(before["needs"][0]["input"], asked, "{}", folder.display());
        let how = before["needs"][0]["how"].as_str().unwrap();
        assert!(!how.contains('<'), "{}: {how}", folder.display());
        assert_eq!(before["fix"], Value::Null, "{}", folder.display());
        let after = report(&folder, &["given", "then", "-o", "json"]);
        assert_eq!(after["outcome"], "decided", "{}", folder.display());
        // What was decided was among the links that were told to be possible; where a host is, what
        // keeps it from answering is told more closely than a log could.
        let fault = ["plane", "chain", "link"].map(|it| (it, after[it].clone()));
        let named = |it: &Value| fault.iter().all(|(key, value)| it[*key] == *value);
        let possible = before["possible"].as_array().unwrap();
        assert!(possible.iter().any(named), "{}: {fault:?}", folder.display());
        count += 1;
    }
    assert!(count >= 6, "{count} cases in two steps");
}

#[test]
fn the_cases_are_of_all_planes_and_of_none() {
    let mut planes = BTreeMap::<String, BTreeSet<String>>::new();
    let mut two = 0;
    for folder in folders() {
        let all = ["-o", "json", "given", "then"];
        let report = report(&folder, &all[..if folder.join("then").exists() { 4 } else { 3 }]);
        let place = format!("{}/{}", report["link"], report["fault"]);
        planes.entry(report["plane"].to_string()).or_default().insert(place);
        let name = folder.file_name().unwrap().to_str().unwrap();
        if name.starts_with("none-") {
            assert_eq!((&report["plane"], &report["fix"]), (&Value::Null, &Value::Null), "{name}");
        }
        if name.starts_with("two-faults-") {
            assert_eq!(report["also"].as_array().unwrap().len(), 1, "{name}");
            two += 1;
        }
    }
    let count = |plane: &str| planes.get(plane).map_or(0, BTreeSet::len);
    for plane in ["\"iam\"", "\"network\"", "\"image\"", "\"rbac\"", "\"node\""] {
        assert!(count(plane) >= 2, "{plane}: {planes:?}");
    }
    assert!(planes.contains_key("null") && two >= 2, "{planes:?}");
}
