//! `eks-triage serve`: opens the doors and looks again and again, until it is told to stop.

use std::io;

use diagnosis::report::Exit;
use reach::Net;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::Instant;

use crate::args::Serve;
use crate::collect::{self, Options};
use crate::output;
use crate::serve::{self, Addresses, Agent, ApiServer, Pace, Recorder};

pub(crate) async fn run(args: Serve, net: Net) -> Exit {
    let node = match args.node_addresses() {
        Ok(node) => node,
        Err(text) => {
            output::talk(&format!(
                "`{text}` is no IP address; correct --node-address, HOST_IPS or HOST_IP"
            ));
            return Exit::Usage;
        }
    };
    // Before anything can wait: the first process of a container ignores what it does not handle.
    let stop = match Stop::listen() {
        Ok(stop) => stop,
        Err(error) => {
            output::talk(&format!("failed to listen for signals: {error}"));
            return Exit::CouldNotRun;
        }
    };
    tokio::select! {
        exit = until_stopped(args, node, net) => exit,
        () = stop.told() => Exit::Healthy,
    }
}

async fn until_stopped(args: Serve, node: Vec<std::net::IpAddr>, net: Net) -> Exit {
    let addresses = Addresses { local: args.listen_local, node, port: args.port };
    let (doors, told) = serve::open(&addresses).await;
    if doors.is_empty() {
        output::talk(&told.join("; "));
        return Exit::CouldNotRun;
    }
    for why in &told {
        tracing::warn!("{why}");
    }
    for (side, listener) in &doors {
        if let Ok(address) = listener.local_addr() {
            tracing::info!(%address, ?side, "Listening.");
        }
    }
    let name = args.node.node_name().map(str::to_owned);
    let pace = Pace { period: args.period, deadline: args.node.deadline };
    let api_server = ApiServer::new(net.clone(), args.node.kubeconfig.clone());
    let recorder = args.events.then(|| Box::new(api_server.clone()) as Box<dyn Recorder>);
    let agent = Agent::new(Box::new(api_server), recorder, name, args.confirm);
    let options = Options::from(args.node);
    let look = async |deadline: Instant| Box::pin(collect::node(&net, &options, deadline)).await;
    serve::run(agent, doors, pace, look).await;
    Exit::CouldNotRun
}

/// SIGTERM and SIGINT.
struct Stop {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Stop {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn told(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
