//! The ways in which a node does not join, is not Ready, or gives pods no address: for each, whether
//! it is decided on the node, by which faults, and where that is exercised.
//!
//! `modes.json` says which faults stand for a mode; where these are exercised is looked up. A mode
//! that is `narrowed` has named candidates on the node, and one input that tells them apart.
//! `cargo test -p integration --test all modes -- --nocapture` prints the table, which is also
//! checked in as `tests/modes.md`; `UPDATE_EXPECTED=1` writes it anew.

use std::{env, fmt::Write as _, fs, path::Path};

use diagnosis::chain::{self, Sign};
use diagnosis::document::log;
use diagnosis::{facts::Facts, judge};
use serde::Deserialize;

use crate::coverage::{Exercised, in_the_lab, on_the_cluster};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mode {
    failure: String,
    seen: Seen,
    /// Keys of faults, `chain/link/fault`: the one that it is decided as, or the candidates.
    #[serde(default)]
    by: Vec<String>,
    /// What a node's log says then, as an operator would find it; judged by itself.
    #[serde(default)]
    line: String,
    /// Where it is not decided on the node: what would tell.
    #[serde(default)]
    then: String,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    /// Decided on the node.
    Decided,
    /// Told on the node as one of a few, with what would tell them apart.
    Narrowed,
    /// Only with the account's side.
    Account,
    NotObservable,
}

const COUNT: usize = 97;

/// What is decided or narrowed on the node, at least.
const ON_THE_NODE: usize = 60;

#[test]
fn each_mode_is_decided_where_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(folder.join("modes.json")).unwrap();
    let modes: Vec<Mode> = serde_json::from_str(&text).unwrap();
    assert_eq!(modes.len(), COUNT);
    let mut table = String::from(
        "# How a node fails, and where that is decided\n\n\
         Written by `UPDATE_EXPECTED=1 cargo test -p integration` from `modes.json`. A *recording* breaks the link by the\n\
         fault; a *line* is a log line that names it; *lab* and *cluster* are the real programs.\n\n\
         | | failure | seen | as | exercised by |\n|---|---|---|---|---|\n",
    );
    let mut counts = [0; 4];
    let live = [in_the_lab(), on_the_cluster()];
    for (index, mode) in modes.iter().enumerate() {
        let Mode { failure: name, seen, by, line, then } = mode;
        counts[*seen as usize] += 1;
        let on_the_node = matches!(seen, Seen::Decided | Seen::Narrowed);
        assert!(!on_the_node || !by.is_empty(), "{name}: by no fault");
        assert!(*seen == Seen::Decided || !then.is_empty(), "{name}: nothing says what would tell");
        if !line.is_empty() {
            heard(name, line, by);
        }
        let exercised: Vec<_> = by.iter().map(|key| exercised(key, &live)).collect();
        let exercised = exercised.join("; ");
        let seen = match (seen, then.as_str()) {
            (Seen::Decided, _) => "decided on the node".to_owned(),
            (Seen::Narrowed, then) => format!("narrowed on the node; then {then}"),
            (Seen::Account, then) => format!("with the account's side: {then}"),
            (Seen::NotObservable, then) => format!("not observable: {then}"),
        };
        let by = by.join(", ");
        writeln!(table, "| {} | {name} | {seen} | {by} | {exercised} |", index + 1).unwrap();
    }
    let [decided, narrowed, account, not] = counts;
    let sum = format!(
        "\n{decided} decided and {narrowed} narrowed on the node, {account} with the account's side, {not} not observable.\n"
    );
    table.push_str(&sum);
    println!("{table}");
    assert!(decided + narrowed >= ON_THE_NODE, "{sum}");
    let path = folder.join("modes.md");
    if env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, &table).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == table, "tests/modes.md is not what the tests are:\n{table}");
}

/// The line alone leads to one of these faults, or leaves one of them possible.
fn heard(mode: &str, line: &str, by: &[String]) {
    let lines = log::read("kubelet.log", &mut line.as_bytes()).unwrap().lines;
    let report = judge(&Facts { lines, ..Facts::default() });
    let own = report.link.zip(report.fault);
    let possible = report.possible.iter().map(|it| (it.link, it.fault));
    let named: Vec<_> =
        own.into_iter().chain(possible).map(|(link, fault)| format!("/{link}/{fault}")).collect();
    let right = named.iter().any(|end| by.iter().any(|key| key.ends_with(end.as_str())));
    assert!(right, "{mode}: `{line}` leads to {named:?}, and not to {by:?}");
}

/// Everything that exercises the fault; a key that is no fault's, or that nothing exercises, fails.
fn exercised(key: &str, live: &[Exercised]) -> String {
    let parts: Vec<_> = key.split('/').collect();
    let [chain, link, fault] = parts[..] else { panic!("{key} is no key") };
    let found = chain::links().find(|(its, it)| (its.id, it.id) == (chain, link));
    let (_, link) = found.unwrap_or_else(|| panic!("{key}: no such link"));
    let found = link.faults.iter().find(|it| it.id == fault);
    let fault = found.unwrap_or_else(|| panic!("{key}: no such fault"));
    let live = live.iter().filter_map(|it| it.get(key));
    let mut all: Vec<String> = live.flatten().cloned().collect();
    let says = |it: &Sign| it.could_be.iter().any(|way| std::ptr::eq(way.1, *fault));
    let lines = chain::links().flat_map(|(_, link)| link.signs).filter(|it| says(it)).count();
    if lines > 0 {
        all.push(format!("{lines} lines"));
    }
    let own = format!("recordings/faults/{key}.json");
    let of_the_account = format!("recordings/faults/account/{}/{}.json", link.id, fault.id);
    let of_the_ladder = format!("recordings/ladder/{}.json", fault.id);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    all.extend(
        [own, of_the_account, of_the_ladder].into_iter().find(|it| folder.join(it).exists()),
    );
    assert!(!all.is_empty(), "{key}: nothing exercises it");
    all.join(", ")
}
