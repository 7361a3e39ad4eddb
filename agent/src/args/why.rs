//! The command line of `why`.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::Form;

#[derive(Debug, clap::Args)]
pub(crate) struct Why {
    /// pod/NAME, sa/NAME, deployment/NAME or node/NAME; a NAME alone is a pod's
    #[arg(value_name = "KIND/NAME")]
    pub(crate) target: Target,
    /// Namespace of the workload; a node has none
    #[arg(long, short, value_name = "NAMESPACE", default_value = "", hide_default_value = true)]
    pub(crate) namespace: String,
    /// The container whose access is in question, instead of the pod's default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) container: Option<String>,
    /// The EKS cluster's name, instead of the one that the kubeconfig or its issuer tells
    #[arg(long, value_name = "NAME")]
    pub(crate) cluster: Option<String>,
    /// The cluster's region, instead of the one that the kubeconfig tells
    #[arg(long, value_name = "REGION", env = "AWS_REGION")]
    pub(crate) region: Option<String>,
    /// Image of the probe
    #[arg(
        long,
        value_name = "REF",
        default_value = concat!("localhost/eks-triage-probe:", env!("CARGO_PKG_VERSION"))
    )]
    pub(crate) image: String,
    /// Everything ends by then, but for the removal of the probe's pod
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = super::duration)]
    pub(crate) timeout: Duration,
    /// Only read: start no pod in the cluster
    #[arg(long)]
    pub(crate) no_probe: bool,
    /// Kubeconfig, instead of KUBECONFIG or ~/.kube/config
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) form: Form,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Pod(String),
    ServiceAccount(String),
    Deployment(String),
    Node(String),
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, name) = text.split_once('/').unwrap_or(("pod", text));
        let allowed =
            |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || b"-.".contains(&it);
        if name.is_empty()
            || name.len() > 253
            || name.starts_with('.')
            || !name.bytes().all(allowed)
        {
            return Err(format!("`{name}` cannot be the name of an object"));
        }
        let name = name.to_owned();
        match kind {
            "pod" | "pods" | "po" => Ok(Self::Pod(name)),
            "sa" | "serviceaccount" | "serviceaccounts" => Ok(Self::ServiceAccount(name)),
            "deployment" | "deployments" | "deploy" | "deployment.apps" => {
                Ok(Self::Deployment(name))
            }
            "node" | "nodes" | "no" => Ok(Self::Node(name)),
            _ => Err(format!("`{kind}` is not pod, sa, deployment or node")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_named_as_for_kubectl() {
        let of = |text: &str| text.parse::<Target>();
        assert_eq!(of("api-1"), Ok(Target::Pod("api-1".to_owned())));
        assert_eq!(of("po/api-1"), Ok(Target::Pod("api-1".to_owned())));
        assert_eq!(of("sa/api"), Ok(Target::ServiceAccount("api".to_owned())));
        assert_eq!(of("deploy/api"), Ok(Target::Deployment("api".to_owned())));
        let node = "ip-10-0-1-10.us-west-2.compute.internal";
        assert_eq!(of(&format!("node/{node}")), Ok(Target::Node(node.to_owned())));
        for bad in ["", "pod/", "secret/api", "pod/a/b", "pod/..", "pod/A", "pod/a?x"] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }
}
