//! The two real programs: built as the workspace builds them, run with a limit on their time.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Error;

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");

/// How soon the end of a program is noticed.
const TICK: Duration = Duration::from_millis(2);

/// Where the programs under test lie.
#[derive(Clone, Debug, Default)]
pub struct Binaries {
    pub agent: PathBuf,
    pub probe: PathBuf,
}

/// A program that ended.
#[derive(Clone, Debug)]
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    /// `None` where a signal ended it.
    pub code: Option<i32>,
    /// From before it was started to after it ended.
    pub elapsed: Duration,
}

/// Builds them once for each process.
pub fn binaries() -> Result<&'static Binaries, Error> {
    static BUILT: OnceLock<Result<Binaries, String>> = OnceLock::new();
    let built = BUILT.get_or_init(|| build().map_err(|error| error.to_string()));
    built.as_ref().map_err(|error| error.clone().into())
}

/// All programs of the workspace at once, so that the features of their dependencies are the ones
/// of every other build, and nothing is compiled twice. Cargo's progress goes to stderr.
pub fn build() -> Result<Binaries, Error> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(&cargo);
    command.args(["build", "--workspace", "--bins", "--manifest-path", WORKSPACE]);
    command.args(["--message-format", "json-render-diagnostics"]);
    if let Some(profile) = profile() {
        command.args(["--profile", &profile]);
    }
    // Cargo tells the programs that it runs about their package; a build script that looks at
    // these variables would otherwise see a change and build its crate again.
    for (name, _) in env::vars_os().filter(|(name, _)| is_of_this_package(name)) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let failed = |error| format!("failed to run {}: {error}", cargo.display());
    let mut child = command.spawn().map_err(failed)?;
    let found = child.stdout.take().map(|it| found(BufReader::new(it))).unwrap_or_default();
    if !child.wait()?.success() {
        return Err("failed to build the two programs; cargo's own lines say why".into());
    }
    match found {
        Binaries { agent, probe }
            if agent.as_os_str().is_empty() || probe.as_os_str().is_empty() =>
        {
            Err("the workspace builds no eks-triage or no eks-triage-probe".into())
        }
        found => Ok(found),
    }
}

fn is_of_this_package(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let prefixes =
        ["CARGO_PKG_", "CARGO_BIN_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_FEATURE_"];
    prefixes.iter().any(|it| name.starts_with(it))
        || ["CARGO_PRIMARY_PACKAGE", "CARGO_TARGET_TMPDIR", "CARGO", "OUT_DIR"].contains(&&*name)
}

/// Of the build that made this very program, unless that is the usual one. Its folder is named
/// after it: `target/<profile>/lab`, `target/<profile>/deps/all-…`.
fn profile() -> Option<String> {
    let own = env::current_exe().ok()?;
    let folder = own.parent()?;
    let folder = if folder.ends_with("deps") { folder.parent()? } else { folder };
    let name = folder.file_name()?.to_str()?;
    (name != "debug").then(|| name.to_owned())
}

fn found(messages: impl BufRead) -> Binaries {
    let mut found = Binaries::default();
    for line in messages.lines().map_while(Result::ok) {
        let Ok(message) = serde_json::from_str::<Value>(&line) else { continue };
        let Some(path) = message["executable"].as_str() else { continue };
        match message["target"]["name"].as_str() {
            Some("eks-triage") => found.agent = path.into(),
            Some("eks-triage-probe") => found.probe = path.into(),
            _ => {}
        }
    }
    found
}

/// Kills what has not ended by the limit.
pub fn run(command: &mut Command, limit: Duration) -> Result<Run, Error> {
    let name = command.get_program().to_string_lossy().into_owned();
    let begin = Instant::now();
    let spawned =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|error| format!("failed to run `{name}`: {error}"))?;
    let stdout = child.stdout.take().map(drain);
    let stderr = child.stderr.take().map(drain);
    let code = wait(&mut child, begin + limit, &name)?;
    let elapsed = begin.elapsed();
    let text = |it: Option<thread::JoinHandle<Vec<u8>>>| {
        let bytes = it.and_then(|it| it.join().ok()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Ok(Run { stdout: text(stdout), stderr: text(stderr), code, elapsed })
}

fn wait(child: &mut Child, until: Instant, name: &str) -> Result<Option<i32>, Error> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.code());
        }
        if Instant::now() > until {
            child.kill()?;
            child.wait()?;
            return Err(format!("`{name}` did not end in time and was killed").into());
        }
        thread::sleep(TICK);
    }
}

/// Beside the program, which would otherwise wait for a reader.
fn drain(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is what there is to see.
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_are_found_among_cargo_s_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"reach"},"executable":null}
not json
{"reason":"compiler-artifact","target":{"name":"eks-triage"},"executable":"/t/eks-triage"}
{"reason":"compiler-artifact","target":{"name":"eks-triage-probe"},"executable":"/t/probe"}"#;
        let Binaries { agent, probe } = found(messages.as_bytes());
        assert_eq!((agent, probe), ("/t/eks-triage".into(), "/t/probe".into()));
    }

    #[test]
    fn a_program_gives_its_output_and_its_code_and_is_killed_beyond_its_time() {
        let shell = |script| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            run(&mut command, Duration::from_secs(1))
        };
        let ran = shell("echo out; echo err >&2; exit 3").unwrap();
        assert_eq!((&*ran.stdout, &*ran.stderr, ran.code), ("out\n", "err\n", Some(3)));
        let error = shell("exec sleep 30").unwrap_err().to_string();
        assert!(error.contains("did not end in time"), "{error}");
    }
}
