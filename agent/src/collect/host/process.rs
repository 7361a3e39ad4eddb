//! A program of the host, run with limits on its time and on what it may say.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use std::io::Read;

use tokio::time::Instant;

use super::files;
use crate::collect::ask::{self, Missed};

/// systemd and its journal answer in tens of milliseconds, and slower while a node boots.
const LIMIT: Duration = Duration::from_secs(5);

/// Three hundred lines, and more.
const MOST: u64 = 1 << 20;

/// What it printed. A program that is not found, fails or does not end is missed; it is killed.
pub(super) async fn run(
    program: &'static str,
    arguments: Vec<String>,
    deadline: Instant,
) -> Result<Vec<u8>, Missed> {
    let place = std::iter::once(program.to_owned()).chain(arguments.iter().cloned());
    let place = place.collect::<Vec<_>>().join(" ");
    let Some(path) = found(program) else {
        return Err(Missed::new(&place, format!("no {program} here")));
    };
    let limit = ask::within(LIMIT, deadline).saturating_duration_since(Instant::now());
    let (told, work) = (place.clone(), move || output(path, &arguments, limit));
    let said = files::aside(work, &place, deadline).await?;
    said.map_err(|why| Missed::new(&told, why))
}

/// In this process' own PATH, and nowhere where it has none.
fn found(program: &str) -> Option<PathBuf> {
    let runs = |it: &PathBuf| {
        fs::metadata(it).is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
    };
    env::split_paths(&env::var_os("PATH")?).map(|it| it.join(program)).find(runs)
}

fn output(path: PathBuf, arguments: &[String], limit: Duration) -> Result<Vec<u8>, String> {
    let mut command = Command::new(path);
    command.args(arguments).env("LC_ALL", "C").env("SYSTEMD_COLORS", "0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| format!("failed to run it: {error}"))?;
    let Some(stdout) = child.stdout.take() else { return Err("it has no output".to_owned()) };
    let (sender, said) = mpsc::channel();
    // It ends with the pipe, at the latest when the program is killed.
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.take(MOST).read_to_end(&mut bytes);
        // Who does not wait any more does not need it.
        let _ = sender.send(read.map(|_| bytes));
    });
    let said = said.recv_timeout(limit);
    // Also one that has said more than it may, and waits for a reader.
    let ended = if said.is_ok() { child.try_wait() } else { Ok(None) };
    let status = if let Ok(Some(status)) = ended {
        Ok(status)
    } else {
        if said.is_err() {
            // It may have ended just now.
            let _ = child.kill();
        }
        child.wait()
    };
    match (said, status) {
        (Ok(Ok(bytes)), Ok(status)) if status.success() => Ok(bytes),
        (Ok(Ok(_)), Ok(status)) => Err(format!("it failed ({status})")),
        (Ok(Err(error)), _) => Err(format!("failed to read what it says: {error}")),
        (Err(_), _) => Err("it did not end in time".to_owned()),
        (_, Err(error)) => Err(format!("failed to wait for it: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: u64) -> Result<Vec<u8>, String> {
        let arguments = ["-c".to_owned(), script.to_owned()];
        output("/bin/sh".into(), &arguments, Duration::from_millis(limit))
    }

    #[test]
    fn a_program_gives_what_it_printed_or_is_missed() {
        assert_eq!(shell("echo said; echo not >&2", 5000).unwrap(), b"said\n");
        assert!(shell("echo said; exit 3", 5000).unwrap_err().contains("it failed"));
        assert!(shell("exec sleep 30", 50).unwrap_err().contains("in time"));
        assert!(found("no-such-program-anywhere").is_none());
    }
}
