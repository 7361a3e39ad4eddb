//! `eks-triage why`: one report about one workload, from a desk. Reads the workload's objects, runs
//! the probe beside it, asks the agent of its node and the AWS account, and judges all of it once. Of
//! a node it reads what the cluster, its agent and the account say.

use diagnosis::facts::{Account, Collector, Facts, Observed, Subject};
use diagnosis::report::Exit;
use k8s_openapi::api::core::v1::Pod;
use kube::Client;
use reach::Net;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::args::{Target, Why};
use crate::collect::account;
use crate::collect::workload::{self, Workload};
use crate::{kubernetes, launch, output};

mod agent;
mod eks;
mod find;
mod node;
mod probe;
#[cfg(test)]
mod tests;

const INTERRUPTED: &str = "interrupted";

pub(crate) async fn run(args: Why, net: Net) -> Exit {
    if args.namespace.is_empty() && !matches!(args.target, Target::Node(_)) {
        output::talk("a namespace is needed: -n NAMESPACE; only a node has none");
        return Exit::Usage;
    }
    match Box::pin(why(&args, &net, launch::interrupted())).await {
        Ok(facts) => {
            let report = diagnosis::judge(&facts);
            output::report(&report, &facts, args.form);
            report.outcome.into()
        }
        Err(why) => {
            output::talk(&why);
            Exit::CouldNotRun
        }
    }
}

/// `stop` ends all waiting; what was created is removed all the same.
async fn why(args: &Why, net: &Net, stop: impl Future<Output = ()>) -> Result<Facts, String> {
    let deadline = Instant::now() + args.timeout;
    let (sender, stopped) = watch::channel(false);
    let stop = async {
        stop.await;
        // Everything that waits hears of it, and the work ends when the pod is removed.
        let _ = sender.send(true);
        std::future::pending::<()>().await;
    };
    tokio::select! {
        facts = async {
            match &args.target {
                Target::Node(name) => {
                    Box::pin(node::look(args, net, name, deadline, stopped)).await
                }
                _ => Box::pin(work(args, net, deadline, stopped)).await,
            }
        } => facts,
        () = stop => Err(INTERRUPTED.to_owned()),
    }
}

async fn work(
    args: &Why,
    net: &Net,
    deadline: Instant,
    stopped: watch::Receiver<bool>,
) -> Result<Facts, String> {
    let read = async {
        let client = client(args, net, deadline).await?;
        let found = find::find(&client, args, deadline).await?;
        output::talk(&format!("looking at {}", found.told(&args.namespace)));
        let subject = found.subject(args);
        let (workload, issuer) = tokio::join!(
            workload::look(&client, &subject, deadline),
            eks::issuer(&client, deadline),
        );
        Ok::<_, String>((client, found, workload, issuer))
    };
    let (client, found, workload, issuer) = tokio::select! {
        read = Box::pin(read) => read?,
        () = wait(stopped.clone()) => return Err(INTERRUPTED.to_owned()),
    };
    let pod = found.pod.as_ref();
    let question = eks::question(args, &found, &workload, issuer);
    let account = async {
        tokio::select! {
            account = Box::pin(account::ask(net, &question, deadline)) => account,
            () = wait(stopped.clone()) => Account::default(),
        }
    };
    let agent = async {
        tokio::select! {
            facts = Box::pin(agent::ask(&client, pod, deadline)) => facts,
            () = wait(stopped.clone()) => Facts::default(),
        }
    };
    let launch = probe::Launch { client: &client, args, found: &found, workload: &workload };
    let probe = Box::pin(launch.run(deadline, wait(stopped.clone())));
    let (account, agent, probe) = tokio::join!(account, agent, probe);
    if *stopped.borrow() {
        return Err(INTERRUPTED.to_owned());
    }
    let base = base(args, &found, workload);
    // The probe and the agent know only themselves: whom it is about is known here.
    let mut facts = base.merge(probe).merge(agent);
    facts.account = account;
    Ok(facts)
}

async fn client(args: &Why, net: &Net, deadline: Instant) -> Result<Client, String> {
    let prepare = async {
        let config = kubernetes::config(args.kubeconfig.as_deref()).await?;
        kubernetes::client(net.clone(), config).await
    };
    let late = |_| "the kubeconfig's credentials did not come in time".to_owned();
    timeout_at(deadline, prepare).await.map_err(late)?
}

fn base(args: &Why, found: &find::Found, workload: Workload) -> Facts {
    let Workload { cluster, lines, denial, .. } = workload;
    let mut facts = Facts {
        subject: found.named(&args.namespace),
        taken_at: reach::now(),
        collector: Collector {
            command: "why".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        cluster,
        lines,
        ..Facts::default()
    };
    // A denial proves the node's own session; any other role may have been assumed on purpose.
    let of_the_node = |it: &Observed<String>| {
        let arn = it.value().map(String::as_str).unwrap_or_default();
        arn.rsplit('/').next().is_some_and(|session| session.starts_with("i-"))
    };
    facts.pod.caller = denial.map(|it| it.caller()).filter(of_the_node).unwrap_or_default();
    facts
}

/// Until somebody interrupts.
async fn wait(mut stopped: watch::Receiver<bool>) {
    if stopped.wait_for(|it| *it).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// As which object the report is about it.
fn subject(kind: &str, namespace: &str, name: &str) -> Subject {
    let [kind, namespace, name] = [kind, namespace, name].map(str::to_owned);
    Subject { kind, namespace, name }
}

fn name(pod: &Pod) -> &str {
    pod.metadata.name.as_deref().unwrap_or_default()
}
