//! What the kernel has of the network: interfaces, its own addresses, tracked connections, and the
//! counters of the network adapter. Only of the network namespace that this process is in.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use diagnosis::facts::{
    Counters, KernelInterface, KernelNetwork, NetworkManagers, Observed, Source,
};
use tokio::time::Instant;

use super::ask::{self, Found, Missed, observed};

mod addresses;
mod ena;
mod managers;

const NET: &str = "sys/class/net";
const CONNTRACK: &str = "proc/sys/net/netfilter";

/// Files of the kernel are short; this keeps one that is none from being read for ever.
const FILE_LIMIT: u64 = 1024 * 1024;

/// A node with hundreds of pods has as many interfaces.
const INTERFACES: usize = 2000;

/// A second for all that ethtool is asked, each time.
const LIMIT: Duration = Duration::from_secs(1);

pub(super) struct Kernel {
    pub(super) network: Observed<KernelNetwork>,
    pub(super) managers: Observed<NetworkManagers>,
    pub(super) counters: Observed<Counters>,
}

/// Counters as they were when the look began.
pub(super) struct Begin(Result<ena::Counters, String>);

pub(super) async fn begin(root: &Path, deadline: Instant) -> Begin {
    Begin(ena::read(root, ask::within(LIMIT, deadline)).await)
}

/// After everything else was looked at, so that what grows shows.
pub(super) async fn end(begin: Begin, root: &Path, deadline: Instant) -> Kernel {
    let interfaces = interfaces(root);
    let counters = counters(begin, root, deadline).await;
    Kernel {
        network: observed(network(root, interfaces)),
        managers: observed(managers::look(root)),
        counters: observed(counters),
    }
}

fn interfaces(root: &Path) -> Result<Vec<KernelInterface>, Missed> {
    let folder = root.join(NET);
    let place = folder.display().to_string();
    let missed = |error| Missed::new(&place, format!("failed to look: {error}"));
    let entries = fs::read_dir(&folder).map_err(missed)?;
    let mut all = Vec::new();
    for entry in entries.take(INTERFACES) {
        let path = entry.map_err(missed)?.path();
        let value = |name: &str| text(&path.join(name)).unwrap_or_default();
        let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default().to_owned();
        let up = value("operstate") == "up";
        all.push(KernelInterface { name, mac: value("address"), up });
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

fn network(root: &Path, interfaces: Result<Vec<KernelInterface>, Missed>) -> Found<KernelNetwork> {
    let interfaces = interfaces?;
    let path = root.join("proc/net/fib_trie");
    let place = path.display().to_string();
    let trie = text(&path).map_err(|why| Missed::new(&place, why))?;
    let addresses = addresses::own(&trie);
    // The pods' ends of their links say nothing of the node.
    let own = interfaces.iter().filter(|it| !it.name.starts_with("veth"));
    let line = |it: &KernelInterface| {
        format!("{} {} {}\n", it.name, it.mac, if it.up { "up" } else { "down" })
    };
    let lines: String = own.map(line).collect();
    let source = Source::new(
        format!("{} and {place}", root.join(NET).display()),
        reach::now(),
        format!("{lines}addresses: {}\n", addresses.join(" ")),
    );
    Ok((KernelNetwork { interfaces, addresses }, source))
}

async fn counters(begin: Begin, root: &Path, deadline: Instant) -> Found<Counters> {
    let folder = root.join(CONNTRACK);
    let number = |name: &str| text(&folder.join(name)).ok()?.parse::<u64>().ok();
    let (count, max) = (number("nf_conntrack_count"), number("nf_conntrack_max"));
    let again = match begin.0 {
        Ok(first) => ena::read(root, ask::within(LIMIT, deadline)).await.map(|it| (first, it)),
        Err(why) => Err(why),
    };
    let mut counters = Counters { conntrack: count, conntrack_max: max, ..Counters::default() };
    let mut lines: Vec<String> = [("nf_conntrack_count", count), ("nf_conntrack_max", max)]
        .into_iter()
        .filter_map(|(name, it)| Some(format!("{name} {}", it?)))
        .collect();
    match again {
        Ok((first, last)) => {
            for ((interface, name), now) in last {
                let before = first.get(&(interface.clone(), name.clone()));
                let more = before.map_or(0, |it| now.saturating_sub(*it));
                *counters.exceeded.entry(name.clone()).or_default() += now;
                let grew =
                    if more > 0 { format!(", {more} more while looking") } else { String::new() };
                lines.push(format!("{interface} {name}: {now}{grew}"));
                if more > 0 {
                    *counters.growing.entry(name).or_default() += more;
                }
            }
        }
        Err(why) => counters.unseen = Some(why),
    }
    if count.is_none() && counters.exceeded.is_empty() {
        let why = counters.unseen.unwrap_or_else(|| "no counter was read".to_owned());
        return Err(Missed::new(&folder.display().to_string(), why));
    }
    let place = format!("{} and ethtool -S", folder.display());
    Ok((counters, Source::new(place, reach::now(), lines.join("\n"))))
}

/// A file of the kernel, trimmed; the error does not repeat it.
fn text(path: &Path) -> Result<String, String> {
    let mut text = String::new();
    let open = fs::File::open(path).and_then(|it| it.take(FILE_LIMIT).read_to_string(&mut text));
    open.map_err(|error| format!("failed to read {}: {error}", path.display()))?;
    Ok(text.trim().to_owned())
}

/// Names of files in a folder that is mostly not there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().take(INTERFACES);
    let mut paths: Vec<_> = entries.filter_map(|it| Some(it.ok()?.path())).collect();
    paths.sort();
    paths
}
