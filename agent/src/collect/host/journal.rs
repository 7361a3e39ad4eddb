//! What the journal of this boot has about the node's joining.

use diagnosis::chain::node_join;
use diagnosis::document::log;
use diagnosis::facts::Line;
use diagnosis::os::Image;
use tokio::time::Instant;

use super::{files, process};
use crate::collect::ask::Missed;

/// A kubelet that fails says why again and again.
const LINES: &str = "300";

/// The kubelet's, containerd's, and those of what configures them. Most of what they say is about
/// pods, which have a look of their own: only what tells of the node alone is kept.
pub(super) async fn look(images: &'static [&'static Image], deadline: Instant) -> Vec<Line> {
    let of = |units: fn(&Image) -> Vec<&'static str>| {
        let mut all: Vec<&str> = Vec::new();
        for unit in images.iter().flat_map(|it| units(it)) {
            if !all.contains(&unit) {
                all.push(unit);
            }
        }
        lines(all, deadline)
    };
    let (bootstrap, runtime, kubelet) = tokio::join!(
        of(|it| it.bootstrap_units.to_vec()),
        of(|it| vec![it.runtime_unit]),
        of(|it| vec![it.kubelet_unit]),
    );
    [bootstrap, runtime, kubelet].concat()
}

async fn lines(units: Vec<&str>, deadline: Instant) -> Vec<Line> {
    let units = units.iter().flat_map(|it| ["-u", it]);
    let how = ["-b", "-n", LINES, "-o", "short-iso", "--no-pager"];
    let arguments: Vec<String> = units.chain(how).map(str::to_owned).collect();
    let place = format!("journalctl {}", arguments.join(" "));
    let read = async {
        let said = process::run("journalctl", arguments, deadline).await?;
        if said.is_empty() {
            return Ok(Vec::new());
        }
        // Every text of every sign is looked for: not on the one thread that waits for all.
        let of = place.clone();
        files::aside(move || read(&of, &said), &place, deadline).await
    };
    read.await.unwrap_or_else(|Missed { why, .. }| {
        tracing::debug!(place, why, "could not look");
        Vec::new()
    })
}

fn read(place: &str, said: &[u8]) -> Vec<Line> {
    let mut said = said;
    // A slice cannot fail to be read.
    let log = log::read(place, &mut said).unwrap_or_default();
    let mine = log.lines.into_iter().filter(|it| diagnosis::concerns(it, &node_join::CHAIN));
    // Their numbers are those of this one look.
    mine.map(|line| Line { line: 0, ..line }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_tells_of_the_node_is_kept_with_its_time() {
        let said = r#"2026-03-01T10:04:00+0000 ip-10-0-1-10 kubelet[3214]: E0301 10:04:00.1 3214 kubelet_node_status.go:96] "Unable to register node with API server" err="Unauthorized" node="ip-10-0-1-10.ec2.internal"
2026-03-01T10:04:01+0000 ip-10-0-1-10 kubelet[3214]: I0301 10:04:01.1 3214 kubelet.go:1] "SyncLoop ADD"
2026-03-01T10:04:02+0000 ip-10-0-1-10 kubelet[3214]: E0301 10:04:02.1 3214 pod_workers.go:1] "Error syncing pod" err="failed to pull image \"registry.example/api:1\": not found: manifest unknown"
2026-03-01T12:04:03+0200 ip-10-0-1-10 kubelet[3214]: I0301 10:04:03.1 3214 kubelet_node_status.go:81] "Successfully registered node" node="ip-10-0-1-10.ec2.internal"
"#;
        let lines = read("journalctl -u kubelet", said.as_bytes());
        let at: Vec<_> = lines.iter().filter_map(|it| it.at.as_deref()).collect();
        assert_eq!(at, ["2026-03-01T10:04:00Z", "2026-03-01T10:04:03Z"]);
        assert!(lines.iter().all(|it| it.line == 0 && it.place == "journalctl -u kubelet"));
    }
}
