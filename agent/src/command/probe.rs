//! `eks-triage probe`: runs the probe as a pod with a workload's ServiceAccount, prints its verdict,
//! and removes it, whatever happens in between.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use diagnosis::report::Exit;
use reach::Net;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep, timeout_at};

use crate::args::{Output, Probe};
use crate::{kubernetes, output};

mod cluster;
mod pod;
mod progress;
#[cfg(test)]
mod tests;

use cluster::{Account, Cluster, Failed};
use pod::Wanted;
use progress::{Ended, Progress};

const POLL: Duration = Duration::from_millis(500);

/// The pod outlives this program's patience by this much, when nobody is left to remove it.
const LEFTOVER: Duration = Duration::from_secs(30);

pub(crate) async fn run(args: Probe, net: Net) -> Exit {
    probe(args, net, interrupted()).await.unwrap_or_else(|why| {
        output::talk(&why);
        Exit::CouldNotRun
    })
}

/// `stop` ends the wait, and the pod is removed all the same.
async fn probe(args: Probe, net: Net, stop: impl Future<Output = ()>) -> Result<Exit, String> {
    let deadline = Instant::now() + args.timeout;
    let prepare = async {
        let config = kubernetes::config(args.kubeconfig.as_deref()).await?;
        kubernetes::client(net, config).await
    };
    let late = |_| "the kubeconfig's credentials did not come in time".to_owned();
    let client = timeout_at(deadline, prepare).await.map_err(late)??;
    let cluster = Cluster::new(client, args.namespace.clone());
    let name = name();
    let wanted = Wanted {
        name: &name,
        namespace: &args.namespace,
        service_account: &args.serviceaccount,
        image: &args.image,
        node: args.node.as_deref(),
        lifetime: args.timeout + LEFTOVER,
    };
    check_account(&cluster, &args).await?;
    let pod = pod::pod(&wanted).map_err(|error| error.to_string())?;
    let refused = Cell::new(false);
    let work = async {
        cluster.create(&pod).await.map_err(|failed| {
            refused.set(matches!(failed, Failed::Refused(_)));
            failed.why()
        })?;
        output::talk(&format!("pod {}/{name} runs the probe", args.namespace));
        let ended = ended(&cluster, &name, deadline).await?;
        verdict(&cluster, &name, ended, args.output).await
    };
    let result = tokio::select! {
        result = work => result,
        () = stop => Err("interrupted".to_owned()),
    };
    // Also when its creation got no answer: the lost one may have been a yes.
    if !refused.get()
        && let Err(why) = cluster.remove(&name).await
    {
        let command = format!("kubectl delete pod -n {} {name}", args.namespace);
        output::talk(&format!("the probe's pod was not removed ({why}); {command}"));
    }
    result
}

async fn check_account(cluster: &Cluster, args: &Probe) -> Result<(), String> {
    let Probe { namespace, serviceaccount: name, .. } = args;
    match cluster.account(name).await? {
        Account::Absent => Err(format!(
            "there is no ServiceAccount {namespace}/{name}; kubectl get serviceaccounts -n {namespace}"
        )),
        Account::Bound(role) => {
            output::talk(&format!("ServiceAccount {namespace}/{name} is annotated with {role}"));
            Ok(())
        }
        Account::Unbound => {
            output::talk(&format!("ServiceAccount {namespace}/{name} has no role annotation"));
            Ok(())
        }
        Account::Unreadable(why) => {
            output::talk(&format!("ServiceAccount {namespace}/{name} was not looked at: {why}"));
            Ok(())
        }
    }
}

/// Err with what it waited for when it did not end.
async fn ended(cluster: &Cluster, name: &str, deadline: Instant) -> Result<Ended, String> {
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
    let warnings = cluster.warnings(name).await;
    let last = warnings.iter().rev().take(3).rev().filter(|it| !why.contains(&***it));
    Err(last.fold(why.clone(), |text, warning| format!("{text}\n{warning}")))
}

/// The exit code is the probe's; an end that the probe did not choose is no verdict.
async fn verdict(
    cluster: &Cluster,
    name: &str,
    ended: Ended,
    form: Output,
) -> Result<Exit, String> {
    let Ended { code, reason, message } = ended;
    let log = match form {
        Output::Json => Err(String::new()),
        Output::Text => cluster.log(name).await,
    };
    let exit = [Exit::Healthy, Exit::Decided, Exit::Undecided];
    let Some(exit) = exit.into_iter().find(|it| *it as i32 == code) else {
        let said = log.unwrap_or(message);
        return Err(format!("the probe ended with {code} ({reason}): {}", said.trim()));
    };
    let text = match (form, log) {
        (Output::Text, Ok(log)) => log,
        (Output::Text, Err(why)) => {
            output::talk(&format!("the probe's log cannot be read ({why}); its short verdict:"));
            message
        }
        (Output::Json, _) => message,
    };
    if text.trim().is_empty() {
        return Err(format!("the probe ended with {code} ({reason}) and left no verdict"));
    }
    output::data(|out| writeln!(out, "{}", printable(text.trim_end())));
    Ok(exit)
}

/// What a container wrote must not steer a terminal.
fn printable(text: &str) -> String {
    let keep = |it: char| if it.is_control() && it != '\n' { '\u{fffd}' } else { it };
    text.chars().map(keep).collect()
}

/// As Kubernetes would name it; chosen here, so that the pod can be removed also when the answer to
/// its creation was lost.
fn name() -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let random = RandomState::new().hash_one(0).to_be_bytes();
    let suffix = random.iter().take(5).map(|it| LETTERS[usize::from(*it) % LETTERS.len()]);
    format!("eks-triage-probe-{}", suffix.map(char::from).collect::<String>())
}

/// Ctrl-C, or the end of a session.
async fn interrupted() {
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
