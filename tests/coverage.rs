//! Every fault of the IAM chains with the recording that breaks its link, and where it is exercised
//! live: in the lab, on the real cluster, or, where neither can make it, the document that has it.
//!
//! `cargo test -p integration --test all coverage -- --nocapture` prints the table, which is also
//! checked in as `tests/coverage.md`; `UPDATE_EXPECTED=1` writes it anew.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use diagnosis::chain::{self, Chain, Fault, Link};
use integration::recordings;
use lab::{Expect, Scenario};

const CHAINS: [&str; 2] = ["pod-identity", "irsa"];

#[test]
fn every_fault_of_the_iam_chains_has_a_source() {
    let (lab, cluster) = (in_the_lab(), on_the_cluster());
    let mut table = String::from(
        "# Where each fault of the IAM chains is exercised\n\n\
         Written by `UPDATE_EXPECTED=1 cargo test -p integration`. A recording breaks each link by each fault;\n\
         live are the lab's scenarios (`cargo run -p lab -- --fault NAME`) and the cases of `tests/cluster/run`.\n\n\
         | link | fault | recording | live, else documented |\n|---|---|---|---|\n",
    );
    let mut faults = 0;
    for (chain, link) in chain::links().filter(|(chain, _)| CHAINS.contains(&chain.id)) {
        for fault in link.faults {
            let key = format!("{}/{}/{}", chain.id, link.id, fault.id);
            let live = [lab.get(&key), cluster.get(&key)].into_iter().flatten().flatten();
            let live: Vec<_> = live.map(String::as_str).collect();
            let source = match &live[..] {
                [] => documented(link, fault),
                live => live.join(", "),
            };
            assert!(!source.is_empty(), "{key} has neither a live nor a documented source");
            let recording = recording(chain, link, fault);
            writeln!(table, "| {}/{} | {} | {recording} | {source} |", chain.id, link.id, fault.id)
                .unwrap();
            faults += 1;
        }
    }
    println!("{table}\n{faults} faults");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("coverage.md");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, &table).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == table, "tests/coverage.md is not what the tests are:\n{table}");
}

/// Every key that a test exercises live is the key of a fault: a misspelt one would exercise nothing.
#[test]
fn nothing_is_exercised_that_is_no_fault() {
    let known: Vec<String> = chain::links()
        .flat_map(|(chain, link)| {
            link.faults.iter().map(move |it| format!("{}/{}/{}", chain.id, link.id, it.id))
        })
        .collect();
    for (key, by) in in_the_lab().into_iter().chain(on_the_cluster()) {
        assert!(known.contains(&key), "{by:?} expects {key}, which is no fault");
    }
}

fn recording(chain: &Chain, link: &Link, fault: &Fault) -> String {
    let own = format!("faults/{}/{}/{}.json", chain.id, link.id, fault.id);
    let of_the_account = format!("faults/account/{}/{}.json", link.id, fault.id);
    let of_the_ladder = format!("ladder/{}.json", fault.id);
    let found =
        [own, of_the_account, of_the_ladder].into_iter().find(|it| recordings().join(it).exists());
    found.unwrap_or_else(|| panic!("{}/{} has no recording", link.id, fault.id))
}

/// The sign that proves it has a source of its own; else the link's.
fn documented(link: &Link, fault: &Fault) -> String {
    let named = |sign: &&chain::Sign| sign.could_be.iter().any(|way| std::ptr::eq(way.1, fault));
    let sign = chain::links().flat_map(|(_, link)| link.signs).find(named);
    sign.map_or_else(|| link.sources.join(", "), |sign| sign.source.to_owned())
}

pub(crate) type Exercised = BTreeMap<String, Vec<String>>;

pub(crate) fn in_the_lab() -> Exercised {
    let mut keys = Exercised::new();
    for scenario in Scenario::all() {
        if let Expect::Decided(_, key) = scenario.expect {
            keys.entry(key.to_owned()).or_default().push(format!("lab `{}`", scenario.id));
        }
    }
    keys
}

/// A case names the key that it expects, as `chain/link/fault`.
pub(crate) fn on_the_cluster() -> Exercised {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cluster/cases");
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut keys = Exercised::new();
    for path in paths {
        let mut case = String::new();
        for line in fs::read_to_string(path).unwrap().lines() {
            if let Some((name, _)) = line.strip_prefix("case_").and_then(|it| it.split_once('(')) {
                name.clone_into(&mut case);
            }
            for word in line.split([' ', '"', '\'']).filter(|it| it.matches('/').count() == 2) {
                if chain::CHAINS.iter().any(|it| word.starts_with(&format!("{}/", it.id))) {
                    keys.entry(word.to_owned()).or_default().push(format!("cluster `{case}`"));
                }
            }
        }
    }
    keys
}
