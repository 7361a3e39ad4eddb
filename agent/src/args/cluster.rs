//! The command line of `cluster`.

use std::path::PathBuf;
use std::time::Duration;

use super::Form;

#[derive(Debug, clap::Args)]
pub(crate) struct Cluster {
    /// The EKS cluster's name or ARN
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// The cluster's region, instead of the one of the ARN or the profile
    #[arg(long, value_name = "REGION", env = "AWS_REGION")]
    pub(crate) region: Option<String>,
    /// Profile of the AWS configuration, instead of AWS_PROFILE
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Only this node group, Auto Scaling group or NodePool
    #[arg(long, value_name = "NAME")]
    pub(crate) group: Option<String>,
    /// Write what AWS and the cluster answered into this new folder, for `diagnose` or a colleague
    #[arg(long, value_name = "DIR")]
    pub(crate) save: Option<PathBuf>,
    /// What agents saw on nodes, in a folder: `eks-triage facts`, reports, consoles. Each is told with
    /// the group that its instance is of
    #[arg(long, value_name = "DIR")]
    pub(crate) reports: Option<PathBuf>,
    /// Everything ends by then; what was not read until then is named
    #[arg(long, value_name = "DURATION", default_value = "120s", value_parser = super::duration)]
    pub(crate) timeout: Duration,
    /// Kubeconfig, instead of KUBECONFIG or ~/.kube/config; used where it is of this cluster
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) form: Form,
}
