//! The node's own files, units, clock and kernel, as far as this process may look.
//!
//! Whatever may block, a file or a program, is waited for on a thread or in a process that can be
//! left behind.

use std::path::{Path, PathBuf};

use diagnosis::facts::{Host, Line, Observed, Os, Source};
use diagnosis::os;
use reach::Net;
use tokio::time::Instant;

use super::ask::{Missed, observed};
use super::cni;

mod certificate;
mod disks;
mod environment;
mod files;
mod journal;
mod kubeconfig;
mod kubelet;
mod process;
mod units;

pub(super) struct Seen {
    pub(super) host: Host,
    /// What the journal has about this node's joining.
    pub(super) lines: Vec<Line>,
}

/// `root` is where the host's file system is seen.
pub(super) async fn look(_net: &Net, root: &Path, deadline: Instant) -> Seen {
    let root = root.to_owned();
    let os = release(root.clone(), deadline).await;
    let images = os::images(os.value());
    let (files, disks, units, lines, runtime) = tokio::join!(
        on_files(root.clone(), images, deadline),
        disks::look(root.clone(), deadline),
        units::look(images, deadline),
        journal::look(images, deadline),
        cni::socket_below(&root, images[0].runtime_socket, deadline),
    );
    let host = Host {
        os,
        disks,
        bootstrap_units: units.bootstrap,
        kubelet_unit: units.kubelet,
        runtime_unit: units.runtime,
        runtime,
        ..files
    };
    Seen { host, lines }
}

async fn release(root: PathBuf, deadline: Instant) -> Observed<Os> {
    const PLACE: &str = "/etc/os-release";
    let look = move || {
        let text = files::read(&root, PLACE)?;
        let os = os::release(&text);
        let name = os.name.clone();
        Ok((os, files::source(PLACE, name)))
    };
    observed(files::aside(look, PLACE, deadline).await.unwrap_or_else(Err))
}

/// All that is read of ordinary files, one after the other.
async fn on_files(root: PathBuf, images: &'static [&'static os::Image], deadline: Instant) -> Host {
    let look = move || {
        let environment = environment::read(&root, images);
        Host {
            proxy: observed(environment::proxy(environment.as_ref())),
            web_identity: observed(environment::web_identity(environment.as_ref())),
            kubeconfig: observed(kubeconfig::read(&root, images, environment.as_ref().ok())),
            kubelet_config: observed(kubelet::read(&root, images, environment.as_ref().ok())),
            swap: observed(kubelet::swap(&root)),
            serving_certificate: observed(certificate::read(&root, images)),
            ..Host::default()
        }
    };
    match files::aside(look, "the node's files", deadline).await {
        Ok(host) => host,
        Err(Missed { why, source }) => Host {
            proxy: missed(&why, &source),
            web_identity: missed(&why, &source),
            kubeconfig: missed(&why, &source),
            kubelet_config: missed(&why, &source),
            swap: missed(&why, &source),
            serving_certificate: missed(&why, &source),
            ..Host::default()
        },
    }
}

fn missed<T>(why: &str, source: &Source) -> Observed<T> {
    Observed::failed(why, source.clone())
}
