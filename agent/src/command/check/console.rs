//! The verdict as a block, to stdout, which is the journal at boot, and to the console.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use diagnosis::facts::Facts;
use diagnosis::report::Report;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::output;

/// A serial line sends 4 KiB in less than half of it; one that nobody drains may never.
const LIMIT: Duration = Duration::from_secs(1);

/// A console that cannot be written to is told of, and changes nothing else.
pub(super) async fn print(report: &Report, facts: &Facts, path: &Path) {
    let block = diagnosis::render::console(report, facts);
    output::data(|out| out.write_all(block.as_bytes()));
    let (done, written) = oneshot::channel();
    let to = path.to_owned();
    // Abandoned where it hangs; the process ends soon.
    std::thread::spawn(move || done.send(write(&to, &block)));
    let why = match timeout(LIMIT, written).await {
        Ok(Ok(Ok(()))) => return,
        Ok(Ok(Err(error))) => error.to_string(),
        _ => "it takes nothing".to_owned(),
    };
    output::talk(&format!("{}: {why}; the block is on stdout", path.display()));
}

fn write(path: &PathBuf, block: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    // A device is never made here, and a terminal does not become this process's own.
    options.append(true).create(!path.starts_with("/dev")).custom_flags(libc::O_NOCTTY);
    // In one piece, so that others who write there do not come in between.
    options.open(path)?.write_all(block.as_bytes())
}
