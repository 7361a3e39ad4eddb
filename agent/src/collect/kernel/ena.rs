//! ENA's allowance counters, through the program `ethtool`.
//!
//! The driver tells them by an ioctl alone, for which safe Rust has no call: the one crate that wraps
//! it gives the kernel less room than it writes. ethtool's netlink does not carry a driver's own
//! counters. So without that program, as in a container, they stay unknown.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tokio::time::{Instant, timeout_at};

use super::{NET, files};

/// By interface and counter.
pub(super) type Counters = BTreeMap<(String, String), u64>;

const PROGRAMS: [&str; 3] = ["usr/sbin/ethtool", "sbin/ethtool", "usr/bin/ethtool"];

/// No type has more interfaces that anybody counts on.
const INTERFACES: usize = 20;

/// Some thirty bytes for each counter of each queue.
const LIMIT: u64 = 512 * 1024;

pub(super) async fn read(root: &Path, deadline: Instant) -> Result<Counters, String> {
    let interfaces = adapters(root);
    if interfaces.is_empty() {
        return Err("no interface is of ENA's driver".to_owned());
    }
    let program = PROGRAMS.iter().map(|it| root.join(it)).find(|it| it.is_file());
    let program = program.ok_or("ethtool is not there")?;
    let mut all = Counters::new();
    for interface in interfaces {
        for (name, value) in allowances(&ask(&program, &interface, deadline).await?) {
            all.insert((interface.clone(), name), value);
        }
    }
    if all.is_empty() { Err("this driver counts no allowances".to_owned()) } else { Ok(all) }
}

/// By the driver of each interface; a pod's link has none.
fn adapters(root: &Path) -> Vec<String> {
    let ena = |path: &PathBuf| {
        let driver = fs::read_link(path.join("device/driver")).ok();
        driver.is_some_and(|it| it.file_name().is_some_and(|it| it == "ena"))
    };
    let own = files(&root.join(NET)).into_iter().filter(ena).take(INTERFACES);
    own.filter_map(|it| Some(it.file_name()?.to_str()?.to_owned())).collect()
}

/// What it prints; killed at the deadline, and left to a thread of its own to be buried.
async fn ask(program: &Path, interface: &str, deadline: Instant) -> Result<String, String> {
    let failed = |error| format!("failed to run {}: {error}", program.display());
    let mut command = Command::new(program);
    command.args(["-S", interface]).env_clear();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(failed)?;
    let output = child.stdout.take();
    let read = tokio::task::spawn_blocking(move || {
        let mut text = Vec::new();
        let whole = output.map(|it| it.take(LIMIT).read_to_end(&mut text));
        (whole, text)
    });
    let read = timeout_at(deadline, read).await;
    // One that has ended is not hurt by it; the other's pipe closes, so that nobody reads on.
    let _ = child.kill();
    drop(tokio::task::spawn_blocking(move || child.wait()));
    match read {
        Ok(Ok((Some(Ok(_)), text))) => Ok(String::from_utf8_lossy(&text).into_owned()),
        Ok(_) => Err(format!("{} said nothing that could be read", program.display())),
        Err(_) => Err(format!("{} did not end in time", program.display())),
    }
}

fn allowances(text: &str) -> Vec<(String, u64)> {
    let line = |line: &str| {
        let (name, value) = line.trim().split_once(": ")?;
        let ours = name.ends_with("_allowance_exceeded");
        ours.then_some(())?;
        Some((name.to_owned(), value.trim().parse().ok()?))
    };
    text.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::time::Duration;

    use super::*;

    /// A host whose `eth0` is of ENA, with this program in the place of ethtool.
    fn host(script: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, driver) in [("eth0", "ena"), ("eth1", "virtio_net")] {
            let folder = root.path().join(NET).join(name).join("device");
            fs::create_dir_all(&folder).unwrap();
            symlink(format!("../drivers/{driver}"), folder.join("driver")).unwrap();
        }
        let program = root.path().join(PROGRAMS[0]);
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        root
    }

    async fn seen(script: &str) -> Result<Counters, String> {
        let root = host(script);
        read(root.path(), Instant::now() + Duration::from_millis(500)).await
    }

    #[tokio::test]
    async fn allowances_of_the_adapter_are_read_and_nothing_else() {
        let told = "echo 'NIC statistics:'; echo \"     of: $2\"; \
            echo '     pps_allowance_exceeded: 12'; echo '     queue_0_tx_cnt: 9'";
        let all = seen(told).await.unwrap();
        let key = ("eth0".to_owned(), "pps_allowance_exceeded".to_owned());
        assert_eq!(all, Counters::from([(key, 12)]));
    }

    #[tokio::test]
    async fn what_hangs_or_says_nothing_is_unknown() {
        assert!(seen("exec sleep 60").await.unwrap_err().contains("did not end in time"));
        assert!(seen("exit 1").await.unwrap_err().contains("counts no allowances"));
        assert!(seen("exec yes").await.unwrap_err().contains("counts no allowances"));
        let nothing = tempfile::tempdir().unwrap();
        let unseen = read(nothing.path(), Instant::now() + Duration::from_secs(1)).await;
        assert!(unseen.unwrap_err().contains("no interface is of ENA's driver"));
    }
}
