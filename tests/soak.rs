//! `eks-triage serve` under random faults, for as many looks as `SOAK_LOOKS` says: it does not
//! grow, it reports every fault, and it reports none any more after the first whole look that sees
//! it gone. `tests/bench/soak` runs it long, then also with faults that hang.

use std::env;
use std::fmt;
use std::fs;

use lab::{Config, Door, Expect, Lab, NameFault, Program, Scenario, Serving};

use crate::serve::{looks, metric, reported, wait};

/// What the faults are drawn by; `SOAK_SEED` draws others.
const SEED: u64 = 0x5eed;
const LOOKS: u64 = 250;

/// One of so many hangs, in the long run.
const HANGING: usize = 20;

/// A fault must be reported by then; the rule is two of three, and a look may be on its way.
const PATIENCE: u64 = 8;

/// These are found only by a process that starts with them: the instance is another one.
const BEFORE: [&str; 1] = ["max-pods-too-high"];

/// What a process may have more at the end than after its first tenth: one arena of the allocator,
/// and a thread that the runtime keeps for a while and that has a descriptor or two.
const GROWTH: Usage = Usage { kilobytes: 2048, descriptors: 2, threads: 1 };

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
        .filter(|it| it.program == Program::Check && !BEFORE.contains(&it.id))
        .filter(|it| hangs(it) == hanging)
        .filter_map(|it| match it.expect {
            Expect::Decided(_, key) => Some((it, key)),
            _ => None,
        })
        .collect()
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
    let (quick, hanging) = (faults(false), faults(true));
    let kinds = quick.len() + if long { hanging.len() } else { 0 };
    assert!(kinds > 20, "only {kinds} faults");
    let (mut samples, mut early, mut injected) = (Vec::new(), None, 0);
    while looks(&serving).unwrap() < total {
        let from = if long && random.below(HANGING) == 0 { &hanging } else { &quick };
        let (scenario, key) = from[random.below(from.len())];
        lab.change(|it| (scenario.arrange)(it)).unwrap();
        let begin = looks(&serving).unwrap();
        wait(scenario.id, || {
            let seen = looks(&serving).unwrap() - begin;
            let reported = reported(&serving).unwrap();
            assert!(seen <= PATIENCE || !reported.is_empty(), "{}: never reported", scenario.id);
            assert!(seen <= PATIENCE, "{} is reported as {reported:?}", scenario.id);
            reported.iter().any(|it| it == key)
        });
        injected += 1;
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
    println!("{done} looks, {injected} faults of {kinds} kinds");
    println!("after a tenth: {begin}\nin the end:    {end}");
    for result in ["sent", "known", "refused", "dropped", "throttled"] {
        let series = format!("eks_triage_events_total{{result=\"{result}\"}}");
        println!("events {result}: {}", metric(&serving, &series).unwrap());
    }
    assert!(end.within(begin), "it grew from {begin} to {end}");
    assert_eq!(strays, 0);
    assert!(!serving.said().contains("panicked"), "{}", serving.said());
}
