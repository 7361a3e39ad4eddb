//! The block that a node prints at boot: printed by the real program, read back from what a console
//! makes of it; and the gate, which only documents close.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use diagnosis::document::console;
use diagnosis::facts::Facts;
use diagnosis::report::{Outcome, Report};
use diagnosis::{judge, render};
use integration::{all_healthy, facts};
use lab::{Config, Door, Expect, Lab, Program, Run, Scenario, Standin};
use serde_json::{Value, json};

use crate::recordings;

const LIMIT: Duration = Duration::from_mins(1);

/// What IMDS says without anybody else.
const PROVEN: [&str; 5] = [
    "node-join/instance-profile/none-attached",
    "node-join/instance-profile/not-existing",
    "node-join/instance-profile/without-role",
    "node-join/node-role/trust-refuses-ec2",
    "node-join/node-role/none-listed",
];

fn verdict(report: &Report) -> impl PartialEq + std::fmt::Debug + use<> {
    (report.outcome, report.plane, report.chain, report.link, report.fault, report.title.clone())
}

fn read(text: &str) -> Facts {
    *console::find(text).unwrap().unwrap_or_else(|it| panic!("{it:?}\n{text}")).facts
}

/// What a node can have seen: the account is looked at from a desk.
fn all() -> impl Iterator<Item = (String, Facts)> {
    recordings::all().into_iter().filter(|(_, facts)| facts.collector.command != "cluster")
}

#[test]
fn every_recording_is_read_back_from_between_the_lines_of_others() {
    let mut largest = 0;
    for (case, facts) in all() {
        let report = judge(&facts);
        let block = render::console(&report, &facts);
        let sent = block.replace('\n', "\r\n");
        largest = largest.max(sent.len());
        assert!(sent.len() <= 4096, "{case}: {} bytes", sent.len());
        assert!(block.lines().all(|it| it.len() < 80 && it.is_ascii()), "{case}:\n{block}");
        let noise = "[    7.123456] systemd[1]: a unit\r\n[  OK  ] Reached target.\r\n";
        let text = format!("boot\r\n{}login: ", sent.replace("\r\n", &format!("\r\n{noise}")));
        assert_eq!(verdict(&judge(&read(&text))), verdict(&report), "{case}");
        // As the CLI prints it, and as the API does.
        let answer = json!({"InstanceId": "i-0abc", "Output": text}).to_string();
        let value: Value = serde_json::from_str(&answer).unwrap();
        let output = value["Output"].as_str().unwrap();
        assert_eq!(verdict(&judge(&read(output))), verdict(&report), "{case}");
    }
    println!("largest block: {largest} bytes");
}

#[test]
fn what_does_not_fit_is_left_out_and_the_verdict_stays() {
    let mut value = all_healthy();
    let line = |at: usize| {
        let text = format!("{at} {}", "xyzzy ".repeat(at % 97));
        json!({"place": "kubelet", "line": at, "text": text})
    };
    value["lines"] = (0..400).map(line).collect();
    let interface =
        |at: usize| json!({"id": format!("eni-{:x}", at * 7919), "mac": format!("{at}")});
    value["node"]["interfaces"]["seen"]["value"] = (0..300).map(interface).collect();
    let lines: Vec<_> = (0..500).map(|at| (at * 104_729).to_string()).collect();
    let text = lines.join("\n");
    value["node"]["imds"]["seen"]["source"]["text"] = json!(text);
    value["subject"]["name"] = json!("name-".repeat(40));
    let facts = facts(&value).unwrap();
    let report = judge(&facts);
    let block = render::console(&report, &facts);
    assert!(block.replace('\n', "\r\n").len() <= 4096);
    assert_eq!(verdict(&judge(&read(&block))), verdict(&report));
}

#[test]
fn any_part_of_a_block_is_the_same_verdict_or_an_error() {
    let (_, facts) = all().next().unwrap();
    let report = judge(&facts);
    let block = render::console(&report, &facts);
    for at in 0..=block.len() {
        for part in [&block[..at], &block[at..]] {
            if let Some(Ok(it)) = console::find(part) {
                assert_eq!(verdict(&judge(&it.facts)), verdict(&report), "cut at {at}");
            }
        }
    }
}

fn check(lab: &Lab, arguments: &[&str]) -> Run {
    let mut command = lab.agent("check").unwrap();
    lab::run(command.args(arguments), LIMIT).unwrap()
}

#[test]
fn a_late_metadata_service_is_waited_for_and_the_verdict_stands_on_the_console() {
    let mut config = Config::default();
    config.door(Standin::Imds, Door::Refused);
    let lab = Lab::start(config).unwrap();
    let console = lab.folder().join("console");
    let to = format!("--console={}", console.display());
    let run = thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(1500));
            let open = |it: &mut Config| {
                it.door(Standin::Imds, Door::Open);
            };
            lab.change(open).unwrap();
        });
        check(&lab, &["--wait", "30s", &to])
    });
    let block = fs::read_to_string(&console).unwrap();
    assert_eq!((run.code, &run.stdout), (Some(0), &block), "{}", run.stderr);
    let facts = read(&block);
    assert_eq!(judge(&facts).outcome, Outcome::Healthy);
    assert!(facts.subject.name.starts_with("ip-10-0-1-10."), "{}", facts.subject.name);
    let told = format!("{block}{}", serde_json::to_string(&facts).unwrap());
    let secrets = lab.secrets();
    assert!(secrets.iter().all(|it| !told.contains(it.as_str())), "a secret on the console");
}

#[test]
fn a_metadata_service_that_never_comes_is_told_and_the_boot_goes_on() {
    let mut config = Config::default();
    config.door(Standin::Imds, Door::BlackHole);
    let lab = Lab::start(config).unwrap();
    let run = check(&lab, &["--wait", "1s", "--deadline", "2s", "--console=/nowhere/console"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert!(run.stderr.contains("does not answer yet"), "{}", run.stderr);
    assert!(run.stderr.contains("/nowhere/console: "), "{}", run.stderr);
    assert_eq!(judge(&read(&run.stdout)).link, Some("imds"));
}

#[test]
fn a_role_that_appears_two_seconds_after_the_service_is_no_fault() {
    let absent = lab::Reply::html(404);
    let mut config = Config::default();
    for path in ["/latest/meta-data/iam/info", "/latest/meta-data/iam/security-credentials/"] {
        config.rules.push(lab::Rule::new(Standin::Imds, path, absent.clone()).times(2));
    }
    let lab = Lab::start(config).unwrap();
    let run = check(&lab, &["--wait", "30s", "--gate"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.starts_with("HEALTHY"), "{}", run.stdout);
}

#[test]
fn the_gate_is_closed_by_documents_and_by_nothing_else() {
    lab::binaries().unwrap();
    let own = |it: &&Scenario| it.program == Program::Check;
    let scenarios: Vec<_> = Scenario::all().filter(own).collect();
    let next = AtomicUsize::new(0);
    let closed = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(it) = scenarios.get(next.fetch_add(1, Ordering::Relaxed)) {
            let run = check(&it.lab().unwrap(), &["--gate", "--deadline", "2s"]);
            let proven = matches!(it.expect, Expect::Decided(_, key) if PROVEN.contains(&key));
            closed.fetch_add(usize::from(proven), Ordering::Relaxed);
            if run.code != Some(if proven { 3 } else { 0 }) {
                wrong.push(format!("{}: {:?} {}{}", it.id, run.code, run.stdout, run.stderr));
            }
        }
        wrong
    };
    let wrong: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(closed.into_inner() >= 3, "some scenarios close it");
}

#[test]
fn a_gate_passes_in_time_whatever_hangs() {
    let hang = |config: &mut Config, door| {
        for standin in Standin::ALL {
            config.door(standin, door);
        }
    };
    for door in [Door::BlackHole, Door::Silent] {
        let mut config = Config::default();
        hang(&mut config, door);
        let lab = Lab::start(config).unwrap();
        let run = check(&lab, &["--gate", "--wait", "90s", "--deadline", "90s"]);
        assert_eq!(run.code, Some(0), "{door:?}: {}", run.stderr);
    }
    // The documents alone are enough.
    let mut config = Config { profile: lab::Profile::None, ..Config::default() };
    hang(&mut config, Door::BlackHole);
    config.door(Standin::Imds, Door::Open);
    let lab = Lab::start(config).unwrap();
    let run = check(&lab, &["--gate", "--wait", "90s", "--deadline", "90s"]);
    assert_eq!(run.code, Some(3), "{}{}", run.stdout, run.stderr);
}

#[test]
fn diagnose_finds_the_block_in_each_form_of_the_console() {
    let config = Config { profile: lab::Profile::None, ..Config::default() };
    let lab = Lab::start(config).unwrap();
    let printed = check(&lab, &["--console=/nowhere"]).stdout;
    let console =
        format!("[    0.000000] Linux\r\n{}", printed.replace('\n', "\r\n[  1.000001] x\r\n"));
    let answer = json!({"InstanceId": "i-0abc123def4567890", "Output": console}).to_string();
    let quoted = serde_json::to_string(&console).unwrap();
    let diagnose = |name: &str, text: &str| {
        let file = lab.folder().join(name);
        fs::write(&file, text).unwrap();
        let mut command = lab.agent("diagnose").unwrap();
        lab::run(command.args(["-ojson", file.to_str().unwrap()]), LIMIT).unwrap()
    };
    for (name, text) in [("text", &console), ("answer", &answer), ("quoted", &quoted)] {
        let run = diagnose(name, text);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!((run.code, &report["fault"]), (Some(3), &json!("none-attached")), "{name}");
        let told = report["inputs"].to_string();
        assert!(told.contains("block of a console, printed 20"), "{name}: {told}");
    }
    let half = &console[..console.len() / 2];
    for (name, text) in [
        ("half", half.to_owned()),
        ("half-answer", json!({"InstanceId": "i-0", "Output": half}).to_string()),
    ] {
        let run = diagnose(name, &text);
        assert_ne!(run.code, Some(3), "{name}: {}", run.stdout);
        // Where, and what: with the line of the file, or of the console within it.
        let at = format!("{name}:");
        let place = run.stderr.split(&at).nth(1).and_then(|it| it.split(':').next());
        assert!(place.is_some_and(|it| it.parse::<u32>().is_ok()), "{}", run.stderr);
        assert!(run.stderr.contains("block"), "{}", run.stderr);
    }
}
