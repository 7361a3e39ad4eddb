//! The files that programs under test find: whom to trust, whom to ask, and what a node has.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use crate::config::host::{Host, Serving, Socket};
use crate::server::Shared;
use crate::{Error, canary, world};

pub(super) const CA: &str = "ca.crt";
pub(super) const KUBECONFIG: &str = "kubeconfig";
pub(super) const HOST_ROOT: &str = "host";

pub(super) const PROGRAMS: &str = "bin";

const CLUSTER_CA: &str = "cluster-ca.crt";
const CNI_CONFIG: &str = "host/etc/cni/net.d/10-aws.conflist";

pub(super) fn write(shared: &Shared) -> Result<(TempDir, Option<UnixListener>), Error> {
    let folder = tempfile::Builder::new().prefix("eks-triage-lab-").tempdir()?;
    // A program that runs as another user reads here, too.
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
    let at = |name: &str| folder.path().join(name);
    put(&at(CA), shared.pki().public_pem())?;
    put(&at(CLUSTER_CA), shared.pki().cluster_pem())?;
    put(&at(KUBECONFIG), &kubeconfig(&at(CLUSTER_CA), shared.config().given_cluster))?;
    put(&at(CNI_CONFIG), r#"{"cniVersion":"0.4.0","name":"aws-cni","plugins":[]}"#)?;
    super::kernel::write(&folder.path().join(HOST_ROOT), &shared.config())?;
    let socket = host(shared, folder.path())?;
    Ok((folder, socket))
}

/// What `check` reads as root on its node.
fn host(shared: &Shared, folder: &Path) -> Result<Option<UnixListener>, Error> {
    let host = shared.config().host.clone();
    let at = |path: &str| folder.join(HOST_ROOT).join(path.trim_start_matches('/'));
    fs::create_dir_all(at("/usr/bin"))?;
    for (path, text) in &host.files {
        put(&at(path), text)?;
    }
    put(&at("/etc/kubernetes/pki/ca.crt"), shared.pki().cluster_pem())?;
    put(&at("/var/lib/kubelet/kubeconfig"), &kubelets(shared.config().given_cluster))?;
    fs::create_dir_all(at("/var/lib/kubelet/pki"))?;
    let pem = match host.serving {
        Serving::Issued => Some(shared.pki().serving(2020, 2099)?),
        Serving::Expired => Some(shared.pki().serving(2020, 2021)?),
        Serving::NotYetValid => Some(shared.pki().serving(2098, 2099)?),
        Serving::Missing => None,
        Serving::SelfSigned => {
            put(&at("/var/lib/kubelet/pki/kubelet.crt"), shared.pki().cluster_pem())?;
            None
        }
    };
    if let Some(pem) = pem {
        put(&at("/var/lib/kubelet/pki/kubelet-server-2026-03-01-10-00-00.pem"), &pem)?;
        let link = at("/var/lib/kubelet/pki/kubelet-server-current.pem");
        let target = "/var/lib/kubelet/pki/kubelet-server-2026-03-01-10-00-00.pem";
        std::os::unix::fs::symlink(target, link)?;
    }
    programs(&host, &folder.join(PROGRAMS))?;
    let socket = at("/run/containerd/containerd.sock");
    fs::create_dir_all(socket.parent().unwrap_or(&socket))?;
    Ok(match host.runtime {
        Socket::Listening => Some(UnixListener::bind(socket)?),
        Socket::Refusing => {
            // Its file stays when it is closed.
            drop(UnixListener::bind(socket)?);
            None
        }
        Socket::Absent => None,
    })
}

/// systemctl and journalctl, as far as they are asked: each unit's text lies in a file of its name.
fn programs(host: &Host, folder: &Path) -> Result<(), Error> {
    for unit in &host.units {
        put(&folder.join(format!("units/{}.service", unit.name)), &unit.shown())?;
    }
    let at = SystemTime::now() - Duration::from_secs(host.journal_age);
    let stamp = humantime::format_rfc3339_seconds(at).to_string().replace('Z', "+0000");
    for unit in &host.units {
        let own = host.journal.iter().filter(|(name, _)| *name == unit.name);
        let lines = own.map(|(name, line)| format!("{stamp} ip-10-0-1-10 {name}[1730]: {line}\n"));
        put(&folder.join(format!("journal/{}", unit.name)), &lines.collect::<String>())?;
    }
    let systemctl = "first=yes
for unit in \"$@\"; do
  case $unit in *.service) ;; *) continue ;; esac
  [ $first = yes ] || echo
  first=no
  if [ -e \"units/$unit\" ]; then
    while IFS= read -r line; do printf '%s\\n' \"$line\"; done <\"units/$unit\"
  else
    printf 'Id=%s\\nLoadState=not-found\\nActiveState=inactive\\nSubState=dead\\nResult=success\\nNRestarts=0\\nExecMainStatus=0\\n' \"$unit\"
  fi
done
";
    let journalctl = "while [ $# -gt 0 ]; do
  if [ \"$1\" = -u ] && [ -e \"journal/$2\" ]; then
    while IFS= read -r line; do printf '%s\\n' \"$line\"; done <\"journal/$2\"
  fi
  shift
done
";
    for (name, script) in [("systemctl", systemctl), ("journalctl", journalctl)] {
        let path = folder.join(name);
        put(&path, &format!("#!/bin/sh\ncd '{}' || exit 1\n{script}", folder.display()))?;
        fs::set_permissions(&path, Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// As nodeadm writes it.
fn kubelets(cluster: &str) -> String {
    let (host, region) = (world::CLUSTER_HOST, world::REGION);
    format!(
        "apiVersion: v1
kind: Config
clusters:
- name: kubernetes
  cluster:
    certificate-authority: /etc/kubernetes/pki/ca.crt
    server: https://{host}
current-context: kubelet
contexts:
- name: kubelet
  context:
    cluster: kubernetes
    user: kubelet
users:
- name: kubelet
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: aws
      args: [eks, get-token, --cluster-name, {cluster}, --region, {region}]
"
    )
}

pub(super) fn put(path: &Path, content: &str) -> Result<(), Error> {
    let parent = path.parent().unwrap_or(path);
    let failed = |error| format!("failed to write `{}`: {error}", path.display());
    fs::create_dir_all(parent).and_then(|()| fs::write(path, content)).map_err(failed)?;
    Ok(())
}

/// The token is taken before the program, which is not there to be run.
fn kubeconfig(ca: &Path, cluster: &str) -> String {
    let (host, ca, token) = (world::CLUSTER_HOST, ca.display(), canary::KUBE_TOKEN);
    let region = world::REGION;
    format!(
        "apiVersion: v1
kind: Config
clusters:
- name: lab
  cluster:
    server: https://{host}
    certificate-authority: {ca}
users:
- name: lab
  user:
    token: {token}
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: aws
      args: [eks, get-token, --cluster-name, {cluster}, --region, {region}]
contexts:
- name: lab
  context:
    cluster: lab
    user: lab
current-context: lab
"
    )
}
