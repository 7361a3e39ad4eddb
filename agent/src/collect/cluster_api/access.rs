//! Where the API server is, whom to trust for it, and as whom to ask.

use std::env;
use std::fs::{self, File};
use std::path::PathBuf;

use base64::{Engine, engine::general_purpose::STANDARD};
use diagnosis::facts::{Kubeconfig, Observed};
use diagnosis::os;
use kube::Config;
use reach::Trust;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

use super::kubeconfig;
use crate::collect::{Cluster, Options};
use crate::kubernetes;

const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

pub(super) struct Access {
    /// For who looks at the endpoint only, without credentials.
    pub(super) server: Result<Server, String>,
    pub(super) config: Result<Config, String>,
    /// Not of a pod's ServiceAccount, which has none.
    pub(super) kubeconfig: Observed<Kubeconfig>,
}

#[derive(Clone)]
pub(super) struct Server {
    /// Without a slash at its end.
    pub(super) url: String,
    pub(super) trust: Trust,
    /// What is to be said about the way there.
    pub(super) remark: &'static str,
}

/// Reads files, of which nobody knows what they are, on a thread that can be left behind.
pub(super) async fn load(options: &Options, deadline: Instant) -> Access {
    let (options, runtime) = (options.clone(), Handle::current());
    let load = spawn_blocking(move || {
        let config = config(&options, &runtime);
        let server = match &options.cluster {
            Some(cluster) => named(cluster),
            None => config.as_ref().map_err(Clone::clone).and_then(configured),
        };
        let kubeconfig = match &config {
            Ok((config, Way::File(path))) => {
                kubeconfig::observed(&kubeconfig::read(config), &path.display().to_string())
            }
            _ => Observed::Skipped,
        };
        Access { server, config: config.map(|(config, _)| config), kubeconfig }
    });
    timeout_at(deadline, load).await.ok().and_then(Result::ok).unwrap_or_else(|| {
        let why = || "the kubeconfig could not be read in time".to_owned();
        Access { server: Err(why()), config: Err(why()), kubeconfig: Observed::Skipped }
    })
}

/// What a configuration was read from.
enum Way {
    File(PathBuf),
    ServiceAccount,
}

/// The one that was asked for, else the kubelet's, else this pod's ServiceAccount.
fn config(options: &Options, runtime: &Handle) -> Result<(Config, Way), String> {
    let read = |path: PathBuf| {
        let config = runtime.block_on(kubernetes::config(Some(&path)));
        config.map(|config| (config, Way::File(path)))
    };
    if let Some(path) = &options.kubeconfig {
        return read(path.clone());
    }
    let mut refusals = Vec::new();
    for place in os::places(&os::ALL, |it| Some(it.kubeconfig)) {
        let path = options.host_root.join(place.trim_start_matches('/'));
        match File::open(&path) {
            Ok(_) => return read(path),
            Err(error) => refusals.push(format!("`{}`: {error}", path.display())),
        }
    }
    if env::var_os("KUBERNETES_SERVICE_HOST").is_some() {
        let config = runtime.block_on(kubernetes::config(None));
        let config = config.map_err(|why| format!("`{SERVICE_ACCOUNT}`: {why}"))?;
        return Ok((config, Way::ServiceAccount));
    }
    let refusals = refusals.join(", ");
    Err(format!("no kubeconfig of the kubelet can be read ({refusals}), and this is no pod"))
}

fn named(cluster: &Cluster) -> Result<Server, String> {
    let ca = fs::read(&cluster.ca)
        .map_err(|error| format!("failed to read `{}`: {error}", cluster.ca.display()))?;
    let url = cluster.endpoint.trim_end_matches('/').to_owned();
    Ok(Server { url, trust: Trust::Only(ca), remark: "" })
}

fn configured((config, way): &(Config, Way)) -> Result<Server, String> {
    let remark = match way {
        Way::File(_) => "",
        Way::ServiceAccount => " (through the Service address)",
    };
    if config.accept_invalid_certs {
        return Err("the kubeconfig skips the verification of certificates".to_owned());
    }
    let trust = config.root_cert.as_ref().map_or(Trust::System, |them| Trust::Only(pem(them)));
    let url = config.cluster_url.to_string().trim_end_matches('/').to_owned();
    Ok(Server { url, trust, remark })
}

fn pem(certificates: &[Vec<u8>]) -> Vec<u8> {
    let mut pem = String::new();
    for certificate in certificates {
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in STANDARD.encode(certificate).as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem.push_str("-----END CERTIFICATE-----\n");
    }
    pem.into_bytes()
}
