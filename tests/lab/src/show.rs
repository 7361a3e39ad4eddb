//! `lab`: builds the two programs, breaks one thing, and lets them say what it is.

use std::io::{self, Write};
use std::time::Duration;

use lab::{Binaries, Error, Lab, Program, Run, Scenario, Serving, Standin};

use crate::args::Output;

/// What stands in the README: the node is fine, the pod seems to be.
const FIRST: &str = "node-role-shadow";

/// The default deadline of both programs, twice.
const LIMIT: Duration = Duration::from_secs(15);

pub(crate) fn run(fault: Option<&str>, output: Output) -> Result<(), Error> {
    let scenario = crate::scenario(fault.unwrap_or(FIRST))?;
    say("building eks-triage and eks-triage-probe: minutes the first time, then a moment")?;
    let Binaries { agent, probe } = lab::binaries()?;
    say(&format!("built {} and {}", agent.display(), probe.display()))?;
    let lab = scenario.lab()?;
    let hosts = Standin::ALL.len();
    say(&format!("{hosts} stand-ins and a name server at {} answer on loopback", lab.resolver()))?;
    say(&format!("scenario {}: {}", scenario.id, scenario.title))?;
    // Where nothing was asked for, both programs introduce themselves.
    let both = [Program::Check, Program::Probe];
    let beside = scenario.program == Program::Beside;
    let one = [if beside { Program::Probe } else { scenario.program }];
    let programs = if fault.is_none() { &both[..] } else { &one };
    let agent = if beside {
        say("$ eks-triage serve &    # looks before anything breaks")?;
        Some(lab.serve_before(scenario)?)
    } else if programs.contains(&Program::Probe) {
        say("$ eks-triage serve &")?;
        // With a short period the first look comes at once.
        let agent = lab.serve(&["--period", "1s"])?;
        agent.looked_once()?;
        Some(agent)
    } else {
        None
    };
    for program in programs {
        show(&lab, *program, output)?;
    }
    if let Some(agent) = agent.filter(|_| (beside || fault.is_none()) && output == Output::Text) {
        summary(&lab, &agent)?;
    }
    if output == Output::Text {
        next(scenario)?;
    }
    Ok(())
}

/// The verdict is the program's own, byte for byte.
fn show(lab: &Lab, program: Program, output: Output) -> Result<(), Error> {
    let mut command = program.command(lab)?;
    if output == Output::Json {
        command.args(["--output", "json"]);
    }
    say(&format!("$ {}", program.typed()))?;
    let Run { stdout, stderr, code, elapsed } = lab::run(&mut command, LIMIT)?;
    io::stderr().write_all(stderr.as_bytes())?;
    io::stdout().write_all(stdout.as_bytes())?;
    let code = code.map_or("by a signal".to_owned(), |code| format!("with exit code {code}"));
    say(&format!("ended {code} after {} ms", elapsed.as_millis()))
}

/// Its first lines; the reports that follow were shown already.
fn summary(lab: &Lab, agent: &Serving) -> Result<(), Error> {
    say("$ eks-triage summary | sed '/^$/q'")?;
    let mut command = lab.agent("summary")?;
    command.args(["--address", &agent.local().to_string()]);
    let Run { stdout, stderr, .. } = lab::run(&mut command, LIMIT)?;
    io::stderr().write_all(stderr.as_bytes())?;
    let head = stdout.split_inclusive('\n').take_while(|it| !it.trim().is_empty());
    io::stdout().write_all(head.collect::<String>().as_bytes())?;
    Ok(())
}

fn next(shown: &Scenario) -> Result<(), Error> {
    say("try next:")?;
    say("  cargo run -p lab -- --list                    all scenarios and their verdicts")?;
    let other = if shown.id == "sts-blackhole" { "registry-blackhole" } else { "sts-blackhole" };
    say(&format!("  cargo run -p lab -- --fault {other:<18}break something else"))?;
    say("  cargo test --workspace                        every scenario against its verdict")
}

/// Beside the verdict, which alone goes to stdout.
fn say(what: &str) -> Result<(), Error> {
    Ok(writeln!(io::stderr(), "lab: {what}")?)
}
