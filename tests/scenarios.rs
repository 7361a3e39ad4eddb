//! Every scenario of the lab against the real programs: the verdict, its form as text, its exit
//! code, the line that it quotes, that nothing was asked that nobody plays, and that no secret was
//! printed.
//!
//! The quotes are checked in as `tests/scenarios.md`; `UPDATE_EXPECTED=1` writes it anew.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fmt::Write as _, fs, thread};

use lab::{Expect, Scenario};
use serde_json::Value;

/// They mostly wait for what never answers, but each reads a journal, too.
const AT_ONCE: usize = 4;

/// Of the node itself; other ports of loopback are the lab's, and chosen by chance.
const OWN_PORTS: [&str; 3] = ["10248", "61679", "50051"];

#[test]
fn each_scenario_leads_to_its_verdict() {
    lab::binaries().unwrap();
    let scenarios: Vec<_> = Scenario::all().collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut results = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(scenario) = scenarios.get(index) else { return results };
            results.push((index, tried(scenario)));
        }
    };
    let mut results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    results.sort_by_key(|(index, _)| *index);
    let mut wrong = Vec::new();
    let mut table = String::from(
        "# What each scenario of the lab must lead to, and quote\n\n\
         Written by `UPDATE_EXPECTED=1 cargo test -p integration`; milliseconds, times and ports differ from run to run\n\
         and stand as `#`. `cargo run -p lab -- --fault SCENARIO` plays one.\n\n\
         | scenario | plane | link and fault | the line that decides |\n|---|---|---|---|\n",
    );
    for (index, result) in results {
        let scenario = scenarios[index];
        // What a busy machine could not answer in time, it answers one by one.
        let result = result.or_else(|what| {
            println!("{}, played again alone:\n  {what}", scenario.id);
            tried(scenario)
        });
        match (result, scenario.expect) {
            (Err(what), _) => wrong.push(format!("{}:\n  {what}", scenario.id)),
            (Ok(quote), Expect::Decided(plane, key)) => {
                writeln!(table, "| {} | {plane} | {key} | {quote} |", scenario.id).unwrap();
            }
            (Ok(_), _) => {}
        }
    }
    let wrong_ones = wrong.join("\n");
    assert!(wrong.is_empty(), "{} of {} scenarios:\n{wrong_ones}", wrong.len(), scenarios.len());
    quoted(&table);
}

fn quoted(table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios.md");
    if env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, table).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let (mut is, should) = (table.lines(), written.lines());
    let other = should.zip(is.by_ref()).find(|(should, is)| should != is);
    assert!(other.is_none(), "tests/scenarios.md has another line: {other:#?}");
    assert!(written == table, "tests/scenarios.md lacks scenarios, or has too many");
}

fn tried(scenario: &Scenario) -> Result<String, lab::Error> {
    let outcome = scenario.run()?;
    if let Some(secret) = outcome.leaked() {
        return Err(format!("`{secret}` was printed").into());
    }
    outcome.against(scenario.expect)?;
    Ok(quote(&outcome.report()?))
}

/// What is the same in each run of the line that decides.
fn quote(report: &Value) -> String {
    let quote = report["evidence"][0]["quote"].as_str().unwrap_or_default();
    // Of all whose clock was read, the one in the middle is quoted, whoever that is.
    let quote = quote.split_once(": Date ").map_or(quote, |(_, date)| date);
    let mut same = String::new();
    let mut before = "";
    for word in quote.split_inclusive([' ', '(', '"', '`', '=', ',']) {
        let bare = word.trim_end_matches(|it: char| !it.is_ascii_alphanumeric());
        let number = !bare.is_empty() && bare.bytes().all(|it| it.is_ascii_digit());
        // A status and the system's own number of an error are what they are; others count or measure.
        let first = before.is_empty();
        let measured = number && !first && !matches!(before.trim(), "HTTP" | "error");
        let time = bare.len() >= 17 && bare.starts_with("20") && bare.contains(['T', ':']);
        let port = bare.strip_prefix("127.0.0.1:").is_some_and(|it| !OWN_PORTS.contains(&it));
        let offset = before.trim() == "by";
        // A place below the lab's own folder.
        if let Some((_, place)) = word.split_once("/host/").filter(|_| word.contains("-lab-")) {
            same.push_str("#/");
            same.push_str(place);
            before = word;
            continue;
        }
        let differs = measured || offset || time || port;
        if differs {
            same.push_str(&word.replace(bare, "#"));
        } else {
            same.push_str(word);
        }
        before = word;
    }
    // What a client makes of bytes that are no HTTP depends on how many it has by then.
    let same = same.split_once("not an HTTP answer (").map_or(same.as_str(), |(before, _)| before);
    let same = same.replace("gave up when its time was up", "gave up");
    let same = same.replace("gave up after 3s", "gave up");
    same.replace('|', "\\|").replace('\n', " / ")
}
