//! Runs the probe as a pod, waits for its end, and removes it, whatever happens in between.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep, timeout_at};

use crate::output;

mod cluster;
mod pod;
mod progress;

pub(crate) use cluster::{Account, Cluster, Warning};
pub(crate) use pod::{Ids, Network, Selected, Wanted};
pub(crate) use progress::Ended;

use cluster::Failed;
use progress::Progress;

const POLL: Duration = Duration::from_millis(500);

/// The pod outlives this program's patience by this much, when nobody is left to remove it.
pub(crate) const LEFTOVER: Duration = Duration::from_secs(30);

/// Why there is no result of a probe.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Missed {
    Interrupted,
    /// The API server or an admission plugin did not take the pod; in its words.
    Refused(String),
    /// The pod was there and did not end.
    Stalled {
        /// What it waited for.
        why: String,
        /// What events say of it.
        warnings: Vec<Warning>,
    },
    /// Something else failed.
    Other(String),
}

impl Missed {
    /// With the last warnings, where they say more.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Interrupted => "interrupted".to_owned(),
            Self::Refused(why) | Self::Other(why) => why.clone(),
            Self::Stalled { why, warnings } => {
                let last = warnings.iter().rev().take(3).rev();
                let new = last.filter(|it| !why.contains(&*it.text));
                new.fold(why.clone(), |text, warning| format!("{text}\n{}", warning.text))
            }
        }
    }
}

/// `read` gets the pod's name and how it ended, while the pod is still there. `stop` ends the wait,
/// and the pod is removed all the same.
pub(crate) async fn run<T>(
    cluster: &Cluster,
    wanted: &Wanted<'_>,
    deadline: Instant,
    stop: impl Future<Output = ()>,
    read: impl AsyncFnOnce(Ended) -> Result<T, String>,
) -> Result<T, Missed> {
    let name = wanted.name;
    let pod = pod::pod(wanted).map_err(|error| Missed::Other(error.to_string()))?;
    let refused = Cell::new(false);
    let work = async {
        cluster.create(&pod).await.map_err(|failed| match failed {
            Failed::Refused(why) => {
                refused.set(true);
                Missed::Refused(why)
            }
            Failed::Unanswered(why) => Missed::Other(why),
        })?;
        output::talk(&format!("pod {}/{name} runs the probe", wanted.namespace));
        let ended = ended(cluster, name, deadline).await?;
        read(ended).await.map_err(Missed::Other)
    };
    let result = tokio::select! {
        result = work => result,
        () = stop => Err(Missed::Interrupted),
    };
    // Also when its creation got no answer: the lost one may have been a yes.
    if !refused.get()
        && let Err(why) = cluster.remove(name).await
    {
        let command = format!("kubectl delete pod -n {} {name}", wanted.namespace);
        output::talk(&format!("the probe's pod was not removed ({why}); {command}"));
    }
    result
}

/// Err with what it waited for when it did not end.
async fn ended(cluster: &Cluster, name: &str, deadline: Instant) -> Result<Ended, Missed> {
    let mut waits_for = String::new();
    let mut first_pull = String::new();
    let poll = async {
        loop {
            let now = match cluster.get(name).await {
                Ok(Some(pod)) => match progress::progress(&pod) {
                    Progress::Ended(ended) => return Ok(ended),
                    Progress::Hopeless(why) => return Err(why),
                    Progress::Waiting(why) => why,
                },
                Ok(None) => return Err("somebody removed the probe's pod".to_owned()),
                // The next poll may get through; if none does, this is why.
                Err(why) => why,
            };
            if now != waits_for {
                tracing::info!(state = %now, "The probe's pod waits.");
                if now.starts_with("ErrImagePull") {
                    first_pull.clone_from(&now);
                }
                waits_for = now;
            }
            sleep(POLL).await;
        }
    };
    let why = match timeout_at(deadline, poll).await {
        Ok(Ok(ended)) => return Ok(ended),
        // The first failure has the registry's own words, which later ones may have lost.
        Ok(Err(why)) if first_pull.is_empty() => why,
        Ok(Err(why)) => format!("{why}\n{first_pull}"),
        Err(_) => format!("the probe did not end in time; last seen: {waits_for}"),
    };
    Err(Missed::Stalled { why, warnings: cluster.warnings(name).await })
}

/// As Kubernetes would name it; chosen here, so that the pod can be removed also when the answer to
/// its creation was lost.
pub(crate) fn name() -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let random = RandomState::new().hash_one(0).to_be_bytes();
    let suffix = random.iter().take(5).map(|it| LETTERS[usize::from(*it) % LETTERS.len()]);
    format!("eks-triage-probe-{}", suffix.map(char::from).collect::<String>())
}

/// Ctrl-C, or the end of a session.
pub(crate) async fn interrupted() {
    let signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
    let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = signals.map(signal) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_and_differ() {
        let names: std::collections::BTreeSet<_> = (0..100).map(|_| name()).collect();
        assert!(names.len() > 95);
        assert!(names.iter().all(|it| it.len() == "eks-triage-probe-".len() + 5));
    }
}
