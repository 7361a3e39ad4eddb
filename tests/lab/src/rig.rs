//! A lab that runs: all stand-ins on a thread of their own, the files that the programs under test
//! read, and the commands that send these programs here.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::mpsc as std_mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;
use tokio::net::UdpSocket;
use tokio::runtime;
use tokio::sync::mpsc;

use crate::config::Config;
use crate::journal::Request;
use crate::pki::Pki;
use crate::server::{Shared, Who};
use crate::token::Token;
use crate::world::{self, Standin};
use crate::{Error, canary, dns};

mod doors;
mod files;
mod kernel;

use doors::Doors;

/// Stand-ins on loopback, at ports that were free. They end with this value.
pub struct Lab {
    shared: Arc<Shared>,
    folder: TempDir,
    /// containerd's, which takes connections and says nothing.
    #[expect(dead_code, reason = "it is only kept open")]
    runtime_socket: Option<UnixListener>,
    ports: BTreeMap<Standin, SocketAddr>,
    resolver: SocketAddr,
    chrony: SocketAddr,
    stray: SocketAddr,
    agent: Mutex<Option<SocketAddr>>,
    passed: Mutex<Vec<SocketAddr>>,
    /// `None` only while it ends.
    orders: Option<mpsc::UnboundedSender<Order>>,
    thread: Option<JoinHandle<()>>,
}

/// To look at every door again; the answer comes when they are as they should be.
struct Order(std_mpsc::Sender<Result<(), String>>);

struct Started {
    ports: BTreeMap<Standin, SocketAddr>,
    resolver: SocketAddr,
    chrony: SocketAddr,
    stray: SocketAddr,
    doors: Doors,
}

impl Lab {
    pub fn start(config: Config) -> Result<Self, Error> {
        let shared = Arc::new(Shared::new(config, Pki::new()?)?);
        let (folder, runtime_socket) = files::write(&shared)?;
        let (orders, mut taken) = mpsc::unbounded_channel::<Order>();
        let (report, started) = std_mpsc::channel();
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let inner = Arc::clone(&shared);
        let work = async move {
            let mut doors = match open(&inner).await {
                Ok(Started { ports, resolver, chrony, stray, doors }) => {
                    // Who does not wait any more does not need the ports.
                    let _ = report.send(Ok((ports, resolver, chrony, stray)));
                    doors
                }
                Err(error) => {
                    let _ = report.send(Err(error.to_string()));
                    return;
                }
            };
            while let Some(Order(done)) = taken.recv().await {
                let set = doors.set(&inner).await.map_err(|error| error.to_string());
                let _ = done.send(set);
            }
        };
        let thread = thread::Builder::new().name("lab".to_owned()).spawn(move || {
            runtime.block_on(work);
            runtime.shutdown_background();
        })?;
        let (ports, resolver, chrony, stray) = started.recv()??;
        let (agent, passed) = (Mutex::default(), Mutex::default());
        let (orders, thread) = (Some(orders), Some(thread));
        Ok(Self {
            shared,
            folder,
            runtime_socket,
            ports,
            resolver,
            chrony,
            stray,
            agent,
            passed,
            orders,
            thread,
        })
    }

    /// Changes what the stand-ins do, from the next request or connection on.
    pub fn change(&self, change: impl FnOnce(&mut Config)) -> Result<(), Error> {
        change(&mut self.shared.config());
        let (done, set) = std_mpsc::channel();
        let orders = self.orders.as_ref().ok_or("the lab has ended")?;
        orders.send(Order(done)).map_err(|_| "the lab has ended")?;
        Ok(set.recv()??)
    }

    /// Where a stand-in really listens, whatever its door says.
    pub fn port(&self, standin: Standin) -> SocketAddr {
        self.ports.get(&standin).copied().unwrap_or(self.stray)
    }

    pub fn resolver(&self) -> SocketAddr {
        self.resolver
    }

    /// For `--connect-to`: every stand-in, the agent when there is one, and all the rest of the
    /// world to a port that only counts.
    pub fn connect_to(&self) -> String {
        let own = self.ports.iter().map(|(it, port)| format!("{}={port}", it.address()));
        let public = self.ports.iter().filter(|(it, _)| it.speaks_tls());
        let public = public.map(|(it, port)| format!("{}={port}", it.public()));
        let mut pairs: Vec<_> = own.chain(public).collect();
        let layers = SocketAddr::new(IpAddr::V4(Standin::LAYERS_INSIDE), 443);
        pairs.push(format!("{layers}={}", self.port(Standin::LayerHost)));
        let elsewhere = SocketAddr::new(IpAddr::V4(Standin::EC2_ELSEWHERE), 443);
        pairs.push(format!("{elsewhere}={}", self.port(Standin::Ec2)));
        pairs.push(format!("{}={}", world::CHRONY, self.chrony));
        if let Some(agent) = *self.agent.lock().unwrap_or_else(PoisonError::into_inner) {
            let node = SocketAddr::new(IpAddr::V4(world::NODE_IP), world::AGENT_PORT);
            pairs.push(format!("{node}={agent}"));
        }
        let passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        pairs.extend(passed.iter().map(|it| format!("{it}={it}")));
        pairs.push(format!("*={}", self.stray));
        pairs.join(",")
    }

    /// Probes that are made from now on report there.
    pub fn agent_listens(&self, at: SocketAddr) {
        *self.agent.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
    }

    /// Commands that are made from now on reach this address itself.
    pub fn pass(&self, address: SocketAddr) {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner).push(address);
    }

    pub(crate) fn has_agent(&self) -> bool {
        self.agent.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    pub(crate) fn config(&self) -> Config {
        self.shared.config().clone()
    }

    pub fn mint(&self, token: &Token) -> Result<String, Error> {
        self.shared.mint.mint(token)
    }

    /// What no output may hold: everything secret that this lab handed out, as it is and as it is
    /// sent.
    pub fn secrets(&self) -> Vec<String> {
        let planted = canary::ALL.iter().map(|it| (*it).to_owned());
        let sent = STANDARD.encode(format!("AWS:{}", canary::ECR_PASSWORD));
        // How every token for a cluster begins that is made of a presigned URL.
        let bearer = "k8s-aws-v1.aHR0cHM".to_owned();
        planted
            .chain([sent, bearer, "X-Amz-Signature=".to_owned()])
            .chain(self.shared.mint.signatures().clone())
            .collect()
    }

    /// Certificates, kubeconfig and tokens of this lab; gone with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The authority of every AWS host.
    pub fn ca_file(&self) -> PathBuf {
        self.folder().join(files::CA)
    }

    pub fn kubeconfig(&self) -> PathBuf {
        self.folder().join(files::KUBECONFIG)
    }

    /// What a node's file system has, as far as it is looked at.
    pub fn host_root(&self) -> PathBuf {
        self.folder().join(files::HOST_ROOT)
    }

    /// Where programs of the node are that are stood in for: systemctl and journalctl.
    pub fn programs(&self) -> PathBuf {
        self.folder().join(files::PROGRAMS)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.shared.journal.requests()
    }

    /// Connections that were accepted, in their order.
    pub fn connections(&self) -> Vec<Standin> {
        self.shared.journal.connections()
    }

    /// Names that were asked for.
    pub fn names(&self) -> Vec<String> {
        self.shared.journal.names()
    }

    /// Connections to an address that no stand-in plays: each of them is a defect, here or in the
    /// program under test.
    pub fn strays(&self) -> usize {
        self.shared.journal.strays()
    }

    /// Forgets who asked what, so that counting begins anew. Strays stay.
    pub fn forget(&self) {
        self.shared.journal.forget();
    }

    /// Events that somebody recorded about the node, as they came.
    pub fn events(&self) -> Vec<serde_json::Value> {
        self.shared.events.all()
    }

    /// Pods that somebody made and nobody deleted.
    pub fn pods(&self) -> Vec<serde_json::Value> {
        self.shared.pods.all()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // It only ends; a panic in there has printed itself.
            let _ = thread.join();
        }
    }
}

async fn open(shared: &Arc<Shared>) -> Result<Started, Error> {
    let any: SocketAddr = ([127, 0, 0, 1], 0).into();
    let resolver = listen_dns(any, shared).await?;
    let mut doors = Doors::default();
    let mut ports = BTreeMap::new();
    for standin in Standin::ALL {
        ports.insert(standin, doors.add(any, Who::One(standin))?);
    }
    let stray = doors.add(any, Who::Stray)?;
    doors.set(shared).await?;
    let time = UdpSocket::bind(any).await?;
    let chrony = time.local_addr()?;
    tokio::spawn(crate::chrony::serve(time, Arc::clone(shared)));
    Ok(Started { ports, resolver, chrony, stray, doors })
}

async fn listen_dns(address: SocketAddr, shared: &Arc<Shared>) -> Result<SocketAddr, Error> {
    let bound = dns::bind(address).await;
    let (udp, tcp) = bound.map_err(|error| format!("failed to bind {address}: {error}"))?;
    let address = udp.local_addr()?;
    tokio::spawn(dns::serve_udp(udp, Arc::clone(shared)));
    tokio::spawn(dns::serve_tcp(tcp, Arc::clone(shared)));
    Ok(address)
}

/// Real addresses for stand-ins that others than the lab's own commands talk to.
pub struct Places {
    pub imds: SocketAddr,
    /// The Pod Identity agent, where there is to be one.
    pub pod_identity: Option<SocketAddr>,
    /// All AWS hosts, told apart by the name in the TLS greeting.
    pub https: SocketAddr,
    pub dns: Vec<SocketAddr>,
    /// Keeps the authority of the AWS hosts.
    pub pki: PathBuf,
}

impl Places {
    /// Until the process is killed; `ready` is called once everything listens, with where that is
    /// for IMDS and for the AWS hosts.
    pub fn serve(
        self,
        config: Config,
        ready: impl FnOnce(SocketAddr, SocketAddr),
    ) -> Result<(), Error> {
        let shared = Arc::new(Shared::new(config, Pki::in_folder(&self.pki)?)?);
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            for address in self.dns {
                listen_dns(address, &shared).await?;
            }
            let mut doors = Doors::default();
            let imds = doors.add(self.imds, Who::One(Standin::Imds))?;
            let https = doors.add(self.https, Who::ByName)?;
            if let Some(address) = self.pod_identity {
                doors.add(address, Who::One(Standin::PodIdentity))?;
            }
            doors.set(&shared).await?;
            ready(imds, https);
            std::future::pending().await
        })
    }
}

#[cfg(test)]
mod tests;
