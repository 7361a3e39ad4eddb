//! The command line: types only, nothing here opens anything.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Runs the two real programs against stand-ins for AWS and a node, one thing of which is broken.
///
/// Needs no AWS account, no cluster and no root; nothing leaves this machine.
#[derive(Debug, Parser)]
#[command(name = "lab", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Name all scenarios, each with the verdict that it leads to
    #[arg(long)]
    pub(crate) list: bool,
    /// Show this scenario
    #[arg(long, value_name = "NAME", conflicts_with = "list")]
    pub(crate) fault: Option<String>,
    /// The form of verdict or list
    #[arg(long, short, value_enum, default_value_t)]
    pub(crate) output: Output,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play IMDS, AWS and the name server at these addresses until killed; prints `ready`
    Serve(Serve),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// Where IMDS listens
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) imds: SocketAddr,
    /// Where the Pod Identity agent listens, if it is to be there
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) pod_identity: Option<SocketAddr>,
    /// Where every AWS host listens, told apart by the name in the TLS greeting
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) https: SocketAddr,
    /// Where the name server listens, on UDP and TCP; repeatable
    #[arg(long, value_name = "ADDRESS:PORT", value_delimiter = ',', required = true)]
    pub(crate) dns: Vec<SocketAddr>,
    /// What the names of AWS resolve to, instead of the address of --https
    #[arg(long, value_name = "IP")]
    pub(crate) answer_address: Option<IpAddr>,
    /// Another name that resolves; repeatable
    #[arg(long, value_name = "HOST=IP", value_parser = name)]
    pub(crate) name: Vec<(String, IpAddr)>,
    /// Folder of ca.crt and ca.key, which are made when they are absent
    #[arg(long, value_name = "FOLDER")]
    pub(crate) pki: PathBuf,
    /// Break this, as far as it concerns IMDS, AWS or names; repeatable
    #[arg(long, value_name = "NAME")]
    pub(crate) fault: Vec<String>,
    /// The trust policy of the role `api-reader`, word for word, as IAM shows it. STS does not
    /// evaluate it: whether it lets a token in is said by `--fault not-authorized`
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// The certificate of the cluster's CA, as EKS tells it of a cluster that is none of the lab's
    #[arg(long, value_name = "FILE")]
    pub(crate) cluster_ca: Option<PathBuf>,
    /// A client id of the OIDC provider, byte for byte, instead of its own; repeatable
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Vec<String>,
    /// A Pod Identity association with a role that trusts Pod Identity; repeatable
    #[arg(long, value_name = "NAMESPACE/SERVICEACCOUNT=ROLE", value_parser = association)]
    pub(crate) association: Vec<Association>,
}

/// As the command line has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Association {
    pub(crate) namespace: String,
    pub(crate) service_account: String,
    pub(crate) role: String,
}

fn association(text: &str) -> Result<Association, String> {
    let parts = text.split_once('=').and_then(|(of, role)| Some((of.split_once('/')?, role)));
    let ((namespace, account), role) =
        parts.ok_or("not of the form NAMESPACE/SERVICEACCOUNT=ROLE")?;
    let [namespace, service_account, role] = [namespace, account, role].map(str::to_owned);
    Ok(Association { namespace, service_account, role })
}

fn name(text: &str) -> Result<(String, IpAddr), String> {
    let (host, ip) = text.split_once('=').ok_or("not of the form HOST=IP")?;
    let ip = ip.parse().map_err(|error| format!("`{ip}`: {error}"))?;
    Ok((host.trim_end_matches('.').to_lowercase(), ip))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definitions_agree_with_each_other() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_name_is_a_host_and_an_address() {
        let read = name("Kubernetes.default.=10.0.0.10");
        assert_eq!(read, Ok(("kubernetes.default".to_owned(), IpAddr::from([10, 0, 0, 10]))));
        assert!(name("x").is_err() && name("x=y").is_err());
    }

    #[test]
    fn an_association_is_of_a_service_account_with_a_role() {
        let [namespace, service_account, role] = ["prod", "api", "pods"].map(str::to_owned);
        let read = association("prod/api=pods");
        assert_eq!(read, Ok(Association { namespace, service_account, role }));
        assert!(association("prod/api").is_err() && association("api=pods").is_err());
    }
}
