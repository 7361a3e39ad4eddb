//! A node: what the cluster says of it, what the agent on it sees, and what the account says of its
//! group, in one report.

use diagnosis::facts::{Collector, Facts, NodeObject};
use kube::Client;
use reach::Net;
use tokio::sync::watch;
use tokio::time::Instant;

use super::{INTERRUPTED, agent, client, subject, wait};
use crate::args::Why;
use crate::collect::registered::{self, Registered};
use crate::output;

#[cfg(feature = "account")]
pub(super) mod account;

/// Err where there is nothing to look at.
pub(super) async fn look(
    args: &Why,
    net: &Net,
    name: &str,
    deadline: Instant,
    stopped: watch::Receiver<bool>,
) -> Result<Facts, String> {
    let read = async {
        let client = client(args, net, deadline).await?;
        let registered = registered::look(&client, name, deadline).await;
        Ok::<_, String>((client, registered))
    };
    let (client, registered) = tokio::select! {
        read = Box::pin(read) => read?,
        () = wait(stopped.clone()) => return Err(INTERRUPTED.to_owned()),
    };
    let registered = match registered {
        Ok(Some(registered)) => registered,
        Ok(None) => return Err(absent(args, name)),
        Err(why) => return Err(format!("node {name} was not read: {why}")),
    };
    output::talk(&format!("looking at node {name}{}", state(&registered)));
    tokio::select! {
        facts = Box::pin(all(args, net, &client, registered, name, deadline)) => Ok(facts),
        () = wait(stopped) => Err(INTERRUPTED.to_owned()),
    }
}

#[cfg(feature = "account")]
async fn all(
    args: &Why,
    net: &Net,
    client: &Client,
    registered: Registered,
    name: &str,
    deadline: Instant,
) -> Facts {
    let group = registered.group.clone();
    let (agent, answers) = tokio::join!(
        Box::pin(agent::of_node(client, name, deadline)),
        Box::pin(account::ask(args, net, group.as_deref(), deadline)),
    );
    let facts = base(registered, name).merge(agent);
    match answers {
        Some(answers) => account::joined(&answers, group.as_deref(), facts),
        None => facts,
    }
}

#[cfg(not(feature = "account"))]
async fn all(
    _: &Why,
    _: &Net,
    client: &Client,
    registered: Registered,
    name: &str,
    deadline: Instant,
) -> Facts {
    base(registered, name).merge(Box::pin(agent::of_node(client, name, deadline)).await)
}

fn base(registered: Registered, name: &str) -> Facts {
    let mut facts = Facts {
        subject: subject("node", "", name),
        taken_at: reach::now(),
        collector: Collector {
            command: "why".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        lines: registered.lines,
        ..Facts::default()
    };
    facts.cluster.node = registered.object;
    facts
}

fn state(registered: &Registered) -> String {
    let Some(NodeObject::Registered(it)) = registered.object.value() else { return String::new() };
    let ready = it.ready.as_ref().map(|it| format!(", Ready: {}", it.status)).unwrap_or_default();
    let group = registered.group.as_ref().map(|it| format!(", of {it}")).unwrap_or_default();
    format!("{ready}{group}")
}

/// Who never joined has no object: then the account alone can tell.
fn absent(args: &Why, name: &str) -> String {
    let told = super::eks::named(args);
    let cluster = told.0.as_deref().unwrap_or("NAME");
    let region = told.1.map(|it| format!(" --region {it}")).unwrap_or_default();
    format!(
        "there is no node {name}; kubectl get nodes has those that joined, and \
         `eks-triage cluster {cluster}{region}` tells why others did not"
    )
}

#[cfg(test)]
mod tests;
