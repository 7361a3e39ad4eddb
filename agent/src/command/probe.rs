//! `eks-triage probe`: runs the probe as a pod with a workload's ServiceAccount, prints its verdict,
//! and removes it, whatever happens in between.

use diagnosis::report::Exit;
use reach::Net;
use tokio::time::{Instant, timeout_at};

use crate::args::{Probe, Relayed};
use crate::launch::{self, Account, Cluster, Ended, LEFTOVER, Missed, Wanted};
use crate::{kubernetes, output};

#[cfg(test)]
mod tests;

pub(crate) async fn run(args: Probe, net: Net) -> Exit {
    probe(args, net, launch::interrupted()).await.unwrap_or_else(|why| {
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
    let name = launch::name();
    let wanted = Wanted {
        name: &name,
        namespace: &args.namespace,
        service_account: &args.serviceaccount,
        image: &args.image,
        node: args.node.as_deref(),
        lifetime: args.timeout + LEFTOVER,
        ..Wanted::default()
    };
    check_account(&cluster, &args).await?;
    let read = async |ended| verdict(&cluster, &name, ended, args.output).await;
    let result = launch::run(&cluster, &wanted, deadline, stop, read).await;
    result.map_err(|missed: Missed| missed.text())
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

/// The exit code is the probe's; an end that the probe did not choose is no verdict.
async fn verdict(
    cluster: &Cluster,
    name: &str,
    ended: Ended,
    form: Relayed,
) -> Result<Exit, String> {
    let Ended { code, reason, message } = ended;
    let log = match form {
        Relayed::Json => Err(String::new()),
        Relayed::Text => cluster.log(name).await,
    };
    let exit = [Exit::Healthy, Exit::Decided, Exit::Undecided];
    let Some(exit) = exit.into_iter().find(|it| *it as i32 == code) else {
        let said = log.unwrap_or(message);
        return Err(format!("the probe ended with {code} ({reason}): {}", said.trim()));
    };
    let text = match (form, log) {
        (Relayed::Text, Ok(log)) => log,
        (Relayed::Text, Err(why)) => {
            output::talk(&format!("the probe's log cannot be read ({why}); its short verdict:"));
            message
        }
        (Relayed::Json, _) => message,
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
