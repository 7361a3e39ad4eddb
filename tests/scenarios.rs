//! Every scenario of the lab against the real programs: the verdict, its form as text, its exit
//! code, that nothing was asked that nobody plays, and that no secret was printed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use lab::Scenario;

/// They mostly wait for what never answers.
const AT_ONCE: usize = 8;

#[test]
fn each_scenario_leads_to_its_verdict() {
    lab::binaries().unwrap();
    let scenarios: Vec<_> = Scenario::all().collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(scenario) = scenarios.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(what) = tried(scenario) {
                wrong.push(format!("{}:\n  {what}", scenario.id));
            }
        }
        wrong
    };
    let wrong: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    assert!(
        wrong.is_empty(),
        "{} of {} scenarios:\n{}",
        wrong.len(),
        scenarios.len(),
        wrong.join("\n")
    );
}

fn tried(scenario: &Scenario) -> Result<(), lab::Error> {
    let outcome = scenario.run()?;
    if let Some(secret) = outcome.leaked() {
        return Err(format!("`{secret}` was printed").into());
    }
    outcome.against(scenario.expect)
}
