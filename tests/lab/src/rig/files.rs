//! The files that programs under test find: whom to trust, whom to ask, and what a node has.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use crate::server::Shared;
use crate::{Error, canary, world};

pub(super) const CA: &str = "ca.crt";
pub(super) const KUBECONFIG: &str = "kubeconfig";
pub(super) const HOST_ROOT: &str = "host";

const CLUSTER_CA: &str = "cluster-ca.crt";
const CNI_CONFIG: &str = "host/etc/cni/net.d/10-aws.conflist";

pub(super) fn write(shared: &Shared) -> Result<TempDir, Error> {
    let folder = tempfile::Builder::new().prefix("eks-triage-lab-").tempdir()?;
    // A program that runs as another user reads here, too.
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
    let at = |name: &str| folder.path().join(name);
    put(&at(CA), shared.pki().public_pem())?;
    put(&at(CLUSTER_CA), shared.pki().cluster_pem())?;
    put(&at(KUBECONFIG), &kubeconfig(&at(CLUSTER_CA), shared.config().given_cluster))?;
    put(&at(CNI_CONFIG), r#"{"cniVersion":"0.4.0","name":"aws-cni","plugins":[]}"#)?;
    Ok(folder)
}

fn put(path: &Path, content: &str) -> Result<(), Error> {
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
