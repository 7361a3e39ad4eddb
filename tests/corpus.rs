//! Real lines of failures, each row alone as a log: the plane, the line that is quoted, and, where
//! the lines cannot decide, what is asked for. `--nocapture` prints the table and every miss.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use diagnosis::{
    document::log,
    facts::Facts,
    judge,
    report::{Outcome, Report},
};
use serde::Deserialize;

use crate::knowledge::FORBIDDEN;

/// A row as it was collected: what the thread behind `source` found out about its lines.
#[derive(Deserialize)]
struct Row {
    id: String,
    lines: Vec<String>,
    deciding_line: String,
    plane: String,
    /// Whether these lines alone can tell.
    plane_from_lines: bool,
    source: String,
}

/// `no basic auth credentials` stays undecided until a network fact is there: without a token the
/// kubelet may not have reached ECR, or may not have been allowed to.
const ON_PURPOSE: &[&str] = &["c044", "c047"];

impl Row {
    fn plane(&self) -> Option<&'static str> {
        match self.plane.as_str() {
            "iam_irsa" => Some("iam"),
            "network_cni" => Some("network"),
            "node_join" => Some("node"),
            "image" => Some("image"),
            "rbac" => Some("rbac"),
            "none" => None,
            other => panic!("{}: no plane is called {other}", self.id),
        }
    }

    fn decidable(&self) -> bool {
        let lines_alone = self.plane_from_lines && !ON_PURPOSE.contains(&self.id.as_str());
        lines_alone && self.plane().is_some()
    }

    fn judged(&self) -> Report {
        let text = self.lines.join("\n");
        let log = log::read("app.log", &mut text.as_bytes()).unwrap();
        judge(&Facts { lines: log.lines, ..Facts::default() })
    }

    /// A long line may be quoted in part; escapes and frames around the text do not count.
    fn quoted(&self, report: &Report) -> bool {
        let bare = |text: &str| text.replace(['\\', '│'], "").trim().to_owned();
        let deciding = bare(&self.deciding_line);
        let mut quotes = report.evidence.iter().map(|it| bare(&it.quote));
        quotes.any(|it| !it.is_empty() && (deciding.contains(&it) || it.contains(&deciding)))
    }
}

#[derive(Default)]
struct Count {
    rows: usize,
    decidable: usize,
    /// Of the decidable.
    right: usize,
    wrong: usize,
    abstained: usize,
    quoted: usize,
}

#[derive(Default)]
struct Measure {
    planes: BTreeMap<String, Count>,
    misses: Vec<String>,
    wrong: Vec<String>,
}

impl Measure {
    fn of(file: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(file);
        let text = fs::read_to_string(path).unwrap();
        let mut measure = Self::default();
        for line in text.lines() {
            let row: Row = serde_json::from_str(line).unwrap();
            assert!(row.source.starts_with("http"), "{} has no source", row.id);
            measure.add(&row);
        }
        print!("{file}\n{}", measure.table());
        measure.misses.iter().for_each(|it| println!("{it}"));
        measure
    }

    fn add(&mut self, row: &Row) {
        let report = row.judged();
        let told = report.plane.map(diagnosis::chain::Plane::word);
        let count = self.planes.entry(row.plane.clone()).or_default();
        count.rows += 1;
        let miss = if row.decidable() {
            let quoted = row.quoted(&report);
            count.decidable += 1;
            count.right += usize::from(told == row.plane());
            count.quoted += usize::from(quoted);
            match told {
                None => count.abstained += 1,
                Some(it) => count.wrong += usize::from(Some(it) != row.plane()),
            }
            (told != row.plane()).then_some("plane").or((!quoted).then_some("quote"))
        } else {
            count.wrong += usize::from(told.is_some());
            if told.is_none() {
                undecided(row, &report);
            }
            told.map(|_| "plane")
        };
        if told.is_some() && (!row.decidable() || told != row.plane()) {
            self.wrong.push(row.id.clone());
        }
        self.misses.extend(miss.map(|what| self::miss(what, row, &report)));
        safe(row, &report);
    }

    fn table(&self) -> String {
        let mut table = "plane        rows decidable right wrong abstained quoted\n".to_owned();
        for (plane, it) in &self.planes {
            let Count { rows, decidable, right, wrong, abstained, quoted } = it;
            writeln!(
                table,
                "{plane:12} {rows:4} {decidable:9} {right:5} {wrong:5} {abstained:9} {quoted:6}"
            )
            .unwrap();
        }
        table
    }

    fn sum(&self, of: impl Fn(&Count) -> usize) -> usize {
        self.planes.values().map(of).sum()
    }

    /// In hundredths of the rows that can be decided.
    fn reaches(&self, right: usize, quoted: usize, wrong: &[&str]) {
        let all = self.sum(|it| it.decidable);
        for (what, found, wanted) in [
            ("planes", self.sum(|it| it.right), right),
            ("quotes", self.sum(|it| it.quoted), quoted),
        ] {
            assert!(found * 100 >= all * wanted, "{found} of {all} {what}");
        }
        assert_eq!(self.wrong, wrong, "a wrong plane is worse than none");
    }
}

fn undecided(row: &Row, report: &Report) {
    assert_eq!(report.outcome, Outcome::Undecided, "{}", row.id);
    assert!(report.needs.iter().all(|it| !it.how.is_empty()), "{}", row.id);
    assert!(!report.needs.is_empty(), "{} asks for nothing", row.id);
}

/// Whatever the thread itself ended with.
fn safe(row: &Row, report: &Report) {
    let Some(fix) = &report.fix else { return };
    // Actions such as ecr:GetAuthorizationToken know no other resource.
    let change = fix.change.replace("\"Resource\": \"*\"", "");
    for text in [&fix.summary, &change, &fix.owner, &fix.impact] {
        let found: Vec<_> = FORBIDDEN.iter().filter(|it| text.contains(**it)).collect();
        assert!(found.is_empty(), "{}: {found:?} in {text}", row.id);
    }
}

fn miss(what: &str, row: &Row, report: &Report) -> String {
    let told = report.plane.map_or("-", diagnosis::chain::Plane::word);
    let cause = [report.link, report.fault].map(|it| it.unwrap_or("-")).join("/");
    let quotes: Vec<_> = report.evidence.iter().map(|it| it.quote.as_str()).collect();
    let Row { id, plane, deciding_line, .. } = row;
    format!("{what}: {id} {plane} told {told} {cause}\n  {deciding_line}\n  quoted {quotes:?}")
}

#[test]
fn each_row_of_the_corpus_gets_its_plane_and_its_line() {
    Measure::of("failure-lines.jsonl").reaches(97, 90, &[]);
}

/// Known, and not hidden: a person's own role refused is told as the credential plugin that failed
/// by it; and a Service address that refuses can be the network's or the application's.
const WRONG: &[&str] = &["m056", "m088"];

#[test]
fn each_row_of_other_threads_gets_its_plane_and_its_line() {
    Measure::of("more.jsonl").reaches(92, 90, WRONG);
}

/// Collected for the planes image, network and rbac, and for what is of none.
#[test]
fn each_row_on_images_networks_and_rules_gets_its_plane_and_its_line() {
    Measure::of("more-image-network-rbac.jsonl").reaches(96, 90, &[]);
}
