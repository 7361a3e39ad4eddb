//! `eks-triage serve` under random faults, for as many looks as `SOAK_LOOKS` says: it does not
//! grow, it reports every fault, and it reports none any more after the first whole look that sees
//! it gone. `tests/bench/soak` runs it long, then also with faults that hang.

use std::collections::BTreeSet;
use std::env;
use std::fmt;
use std::fs;

use lab::{Config, Door, Expect, Lab, NameFault, Program, Scenario, Serving};

use serde_json::Value;

use crate::serve::{looks, metric, reported, wait};

/// What the faults are drawn by; `SOAK_SEED` draws others.
const SEED: u64 = 0x5eed;
const LOOKS: u64 = 250;

/// One of so many hangs, in the long run.
const HANGING: usize = 20;

/// A fault must be reported by then; the rule is two of three, and a look may be on its way.
const PATIENCE: u64 = 8;

/// So many kinds are seen by looks that sign nothing and read no file of the host.
const KINDS: usize = 20;

/// What a process may have more at the end than after its first tenth: arenas of the allocator, and
/// the threads that read files, of which the runtime keeps as many as once were busy together, each
/// with a descriptor or so. What grows with the looks or the faults passes this soon.
const GROWTH: Usage = Usage { kilobytes: 4096, descriptors: 8, threads: 8 };

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Usage {
    kilobytes: u64,
    descriptors: u64,
    threads: u64,
}

impl Usage {
    fn of(serving: &Serving) -> Self {
        let status = fs::read_to_string(format!("/proc/{}/status", serving.pid())).unwrap();
        let field = |name: &str| {
            let line = status.lines().find_map(|it| it.strip_prefix(name)).unwrap();
            line.split_whitespace().next().unwrap().parse().unwrap()
        };
        let descriptors = fs::read_dir(format!("/proc/{}/fd", serving.pid())).unwrap().count();
        let descriptors = u64::try_from(descriptors).unwrap();
        Self { kilobytes: field("VmRSS:"), descriptors, threads: field("Threads:") }
    }

    /// Of each the middle one: a single moment may be within a look or between two.
    fn middle(all: &[Self]) -> Self {
        let middle = |of: fn(&Self) -> u64| {
            let mut all: Vec<_> = all.iter().map(of).collect();
            all.sort_unstable();
            all[all.len() / 2]
        };
        Self {
            kilobytes: middle(|it| it.kilobytes),
            descriptors: middle(|it| it.descriptors),
            threads: middle(|it| it.threads),
        }
    }

    fn within(self, begin: Self) -> bool {
        self.kilobytes <= begin.kilobytes + GROWTH.kilobytes
            && self.descriptors <= begin.descriptors + GROWTH.descriptors
            && self.threads <= begin.threads + GROWTH.threads
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kilobytes, descriptors, threads } = self;
        write!(f, "{kilobytes} KiB, {descriptors} descriptors, {threads} threads")
    }
}

/// Xorshift: the faults of a seed are the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }
}

fn setting(name: &str, otherwise: u64) -> u64 {
    env::var(name).map_or(otherwise, |it| it.parse().unwrap())
}

/// Those that a node can fall into while it runs, each with what it is.
fn faults(hanging: bool) -> Vec<(&'static Scenario, &'static str)> {
    Scenario::all()
        .filter(|it| it.program == Program::Check && hangs(it) == hanging && !is_written(it))
        .filter_map(|it| match it.expect {
            Expect::Decided(_, key) => Some((it, key)),
            _ => None,
        })
        .collect()
}

/// Whether it is in files of the host, which the lab writes once.
fn is_written(scenario: &Scenario) -> bool {
    let mut config = Config::default();
    let files = |it: &Config| {
        let mut host = it.host.clone();
        host.user_data = Config::default().host.user_data;
        format!("{host:?} {:?}", it.network)
    };
    let before = files(&config);
    (scenario.arrange)(&mut config);
    files(&config) != before
}

/// Whether a look at it waits for its deadline.
fn hangs(scenario: &Scenario) -> bool {
    let mut config = Config::default();
    (scenario.arrange)(&mut config);
    let silent = |it: &Door| matches!(it, Door::BlackHole | Door::Silent | Door::Mute);
    config.doors.values().any(silent)
        || config.names.faults.iter().any(|(_, it)| *it == NameFault::Silent)
}

/// Waits for so many whole looks from now on: one is on its way already.
fn whole_looks(serving: &Serving, many: u64) {
    let now = looks(serving).unwrap();
    wait("for looks", || looks(serving).unwrap() > now + many);
}

/// Waits for it, as long as there is hope.
fn is_reported(serving: &Serving, key: &str) -> bool {
    let begin = looks(serving).unwrap();
    let mut found = false;
    wait(key, || {
        let ended = looks(serving).unwrap() > begin + PATIENCE;
        found = reported(serving).unwrap().iter().any(|it| it == key);
        found || ended
    });
    found
}

/// What the last look decided, as `chain/link/fault`.
fn decided(serving: &Serving) -> String {
    let summary: Value = serde_json::from_str(&serving.get("/v1/summary").unwrap()).unwrap();
    let part = |it: &str| summary["node"][it].as_str().unwrap_or_default().to_owned();
    ["chain", "link", "fault"].map(part).join("/")
}

#[test]
fn under_random_faults_it_neither_grows_nor_forgets_nor_clings() {
    let total = setting("SOAK_LOOKS", LOOKS);
    let mut random = Random(setting("SOAK_SEED", SEED));
    let lab = Lab::start(Config::default()).unwrap();
    let long = total > LOOKS;
    // In the long run what hangs is given up soon, so that it ends some day.
    let deadline = if long { "2s" } else { "5s" };
    let serving = lab.serve(&["--period", "5ms", "--deadline", deadline]).unwrap();
    serving.looked_once().unwrap();
    whole_looks(&serving, 3);
    let (mut quick, hanging) = (faults(false), faults(true));
    for at in (1..quick.len()).rev() {
        quick.swap(at, random.below(at + 1));
    }
    let (mut samples, mut early, mut injected) = (Vec::new(), None, 0);
    let (mut seen, mut unseen) = (BTreeSet::new(), BTreeSet::new());
    while looks(&serving).unwrap() < total {
        let from = if long && random.below(HANGING) == 0 { &hanging } else { &quick };
        let (scenario, key) = from[injected % from.len()];
        injected += 1;
        if unseen.contains(scenario.id) {
            continue;
        }
        lab.change(|it| (scenario.arrange)(it)).unwrap();
        if is_reported(&serving, key) {
            seen.insert(scenario.id);
        } else {
            // It takes a signed call, a file of the host or a new process to see this one.
            assert_ne!(decided(&serving), key, "{} is decided, and not reported", scenario.id);
            assert!(!seen.contains(scenario.id), "{} was reported before", scenario.id);
            unseen.insert(scenario.id);
        }
        lab.change(|it| *it = Config::default()).unwrap();
        whole_looks(&serving, 1);
        let left = reported(&serving).unwrap();
        assert_eq!(left, Vec::<String>::new(), "after {} and one look", scenario.id);
        samples.push(Usage::of(&serving));
        if early.is_none() && looks(&serving).unwrap() >= total / 10 {
            early = Some(Usage::middle(&std::mem::take(&mut samples)));
        }
        lab.forget();
    }
    let (begin, end) = (early.unwrap(), Usage::middle(&samples[samples.len() / 2..]));
    let (done, strays) = (looks(&serving).unwrap(), lab.strays());
    println!("{done} looks, {injected} faults of {} kinds", seen.len());
    println!("not seen by such looks: {unseen:?}");
    println!("after a tenth: {begin}\nin the end:    {end}");
    for result in ["sent", "known", "refused", "dropped", "throttled"] {
        let series = format!("eks_triage_events_total{{result=\"{result}\"}}");
        println!("events {result}: {}", metric(&serving, &series).unwrap());
    }
    assert!(seen.len() >= KINDS, "only {seen:?}");
    assert!(end.within(begin), "it grew from {begin} to {end}");
    assert_eq!(strays, 0);
    assert!(!serving.said().contains("panicked"), "{}", serving.said());
}
