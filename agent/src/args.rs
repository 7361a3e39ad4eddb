//! The command line: types only, nothing here opens anything.

use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use diagnosis::aws::Variant;
use reach::ConnectTo;

use crate::collect::Introspection;
use crate::serve::Rule;

mod check;
mod cluster;
mod diagnose;
mod form;
mod why;

pub(crate) use check::{Boot, Check};
pub(crate) use cluster::Cluster;
pub(crate) use diagnose::{Diagnose, HELP, Named};
pub(crate) use form::{Form, Output, Relayed};
pub(crate) use why::{Target, Why};

/// Says what is broken on an EKS node, why, and what to change.
///
/// Exit codes: 0 healthy, 1 could not run, 2 usage, 3 a fault was decided, 4 undecided.
#[derive(Debug, Parser)]
#[command(name = "eks-triage", version)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look at this node once and print the verdict
    Check(Check),
    /// Look at this node again and again; hold the last reports, receive those of its pods
    Serve(Serve),
    /// Print what the local `serve` holds: the node's report and those of its pods
    Summary(Summary),
    /// Explain a link, or list all of them
    Explain(Explain),
    /// Look once and print what was observed, as a recording without secrets
    Facts(Look),
    /// Run the probe as a pod with a ServiceAccount and print its verdict
    Probe(Probe),
    /// Say why the AWS access of a workload does not work: its objects, its logs, a probe beside it
    Why(Why),
    /// Say why worker nodes do not join a cluster: one verdict for each group of nodes, from what the
    /// AWS account says
    Cluster(Cluster),
    /// Decide from what was pasted: objects, policies, logs. Asks neither cluster nor AWS
    #[command(after_help = HELP)]
    Diagnose(Diagnose),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Global {
    /// Name server to ask instead of those in /etc/resolv.conf
    #[arg(long, global = true, value_name = "ADDRESS:PORT", env = "EKS_TRIAGE_RESOLVER")]
    resolver: Option<SocketAddr>,
    /// Where to connect instead, after names were resolved; repeatable
    #[arg(
        long,
        global = true,
        value_name = "ADDRESS:PORT=ADDRESS:PORT",
        value_delimiter = ',',
        env = "EKS_TRIAGE_CONNECT_TO"
    )]
    connect_to: Vec<ConnectTo>,
    /// PEM certificates to trust in addition to the machine's
    #[arg(long, global = true, value_name = "FILE", env = "AWS_CA_BUNDLE")]
    ca_bundle: Option<OsString>,
    /// What to say on stderr about the work itself
    #[arg(long, global = true, value_name = "LEVEL", default_value = "warn")]
    pub(crate) log_level: LogLevel,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// One look, on demand.
#[derive(Debug, clap::Args)]
pub(crate) struct Look {
    #[command(flatten)]
    pub(crate) node: Node,
    /// Also try to pull this image, up to the first byte of a layer, with the node's credentials
    #[arg(long, value_name = "REF")]
    pub(crate) image: Option<String>,
}

/// Where to look, and for how long.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Node {
    /// Everything ends by then, whatever hangs
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = duration)]
    pub(crate) deadline: Duration,
    /// Name of this node's Node object, instead of its private DNS name
    #[arg(long = "node-name", value_name = "NAME", env = "NODE_NAME")]
    name: Option<String>,
    /// Region, instead of the one that the instance metadata names
    #[arg(long, value_name = "REGION", env = "AWS_REGION")]
    region: Option<String>,
    /// Kubeconfig, instead of the kubelet's or this pod's ServiceAccount
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// The cluster's endpoint, instead of the kubeconfig's
    #[arg(long, value_name = "URL", requires = "cluster_ca")]
    pub(crate) cluster_endpoint: Option<String>,
    /// PEM certificate of the cluster's CA
    #[arg(long, value_name = "FILE", requires = "cluster_endpoint")]
    pub(crate) cluster_ca: Option<PathBuf>,
    /// Where ipamd's introspection listens: ADDRESS:PORT or unix:PATH
    #[arg(
        long,
        value_name = "WHERE",
        env = "INTROSPECTION_BIND_ADDRESS",
        default_value = "127.0.0.1:61679"
    )]
    pub(crate) introspection: Introspection,
    /// Ask the FIPS hosts of AWS's services
    #[arg(long, env = "AWS_USE_FIPS_ENDPOINT", value_parser = FalseyValueParser::new())]
    use_fips_endpoint: bool,
    /// Ask the hosts of AWS's services that answer IPv4 and IPv6
    #[arg(long, env = "AWS_USE_DUALSTACK_ENDPOINT", value_parser = FalseyValueParser::new())]
    use_dualstack_endpoint: bool,
    /// Where the host's file system is seen, when this runs in a container that mounts it
    #[arg(long, value_name = "DIR", default_value = "/")]
    pub(crate) host_root: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) node: Node,
    /// Time from one look to the next, give or take a tenth
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    pub(crate) period: Duration,
    /// Report a fault once it was decided in N of the last M looks; the first look that sees it gone
    /// clears it
    #[arg(long, value_name = "N/M", default_value = "2/3")]
    pub(crate) confirm: Rule,
    /// Send Kubernetes Events on the own Node when a fault is reported and when it clears
    #[arg(long, value_name = "BOOL", default_value_t = true, action = ArgAction::Set)]
    pub(crate) events: bool,
    /// Where the summary and the metrics are served. They name pods, ServiceAccounts and roles to
    /// whoever can connect
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:12610")]
    pub(crate) listen_local: SocketAddr,
    /// Addresses of this node, where probes report to and the kubelet asks for health; repeatable
    #[arg(long = "node-address", value_name = "IP", value_delimiter = ',', env = "HOST_IPS")]
    node_addresses: Vec<String>,
    #[arg(long, hide = true, env = "HOST_IP")]
    host_ip: Option<String>,
    /// Port at the node's addresses
    #[arg(long, default_value_t = 12610)]
    pub(crate) port: u16,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Summary {
    /// Form of the summary
    #[arg(long, short, value_enum, default_value_t)]
    pub(crate) output: Relayed,
    /// Where `serve` serves its summary
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:12610")]
    pub(crate) address: SocketAddr,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// Such as `sts-endpoint`, or `irsa/sts-endpoint`
    pub(crate) link: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Probe {
    /// Namespace in which the workload runs
    #[arg(long, short, value_name = "NAMESPACE")]
    pub(crate) namespace: String,
    /// ServiceAccount of the workload
    #[arg(long, value_name = "NAME")]
    pub(crate) serviceaccount: String,
    /// Image of the probe
    #[arg(
        long,
        value_name = "REF",
        default_value = concat!("localhost/eks-triage-probe:", env!("CARGO_PKG_VERSION"))
    )]
    pub(crate) image: String,
    /// Run it on this node, past the scheduler
    #[arg(long, value_name = "NAME")]
    pub(crate) node: Option<String>,
    /// How long to wait for its verdict
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    pub(crate) timeout: Duration,
    /// Kubeconfig, instead of KUBECONFIG or ~/.kube/config
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Form of the verdict
    #[arg(long, short, value_enum, default_value_t)]
    pub(crate) output: Relayed,
}

impl Global {
    pub(crate) fn net(self) -> reach::Options {
        let ca_bundle = self.ca_bundle.filter(|it| !it.is_empty()).map(PathBuf::from);
        let Self { resolver, connect_to, .. } = self;
        reach::Options { resolver, connect_to, ca_bundle, ..reach::Options::default() }
    }
}

/// An empty variable is an unset one: manifests fill variables from fields that may be empty.
impl Node {
    pub(crate) fn node_name(&self) -> Option<&str> {
        self.name.as_deref().filter(|it| !it.is_empty())
    }

    pub(crate) fn region(&self) -> Option<&str> {
        self.region.as_deref().filter(|it| !it.is_empty())
    }

    pub(crate) fn variant(&self) -> Variant {
        Variant { fips: self.use_fips_endpoint, dual_stack: self.use_dualstack_endpoint }
    }
}

impl Serve {
    /// `HOST_IPS` or the flag, else `HOST_IP`; the error is the text that is no address.
    pub(crate) fn node_addresses(&self) -> Result<Vec<IpAddr>, String> {
        let given = self.node_addresses.iter().filter(|it| !it.is_empty());
        let given: Vec<_> = given.map(String::as_str).collect();
        let one = || self.host_ip.as_deref().filter(|it| !it.is_empty()).into_iter().collect();
        let texts = if given.is_empty() { one() } else { given };
        texts.into_iter().map(|it| it.parse().map_err(|_| it.to_owned())).collect()
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if duration.is_zero() {
        return Err("must be longer than nothing".to_owned());
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definitions_agree_with_each_other() {
        Args::command().debug_assert();
    }

    fn serve(arguments: &[&str]) -> Serve {
        let all = ["eks-triage", "serve"].iter().chain(arguments);
        let Command::Serve(serve) = Args::try_parse_from(all).unwrap().command else {
            panic!("another command");
        };
        serve
    }

    #[test]
    fn the_node_s_addresses_come_from_the_list_else_from_the_single_one() {
        let both = serve(&["--node-address", "10.0.0.1,fd00::1", "--host-ip", "10.0.0.9"]);
        let text = |serve: &Serve| format!("{:?}", serve.node_addresses().unwrap());
        assert_eq!(text(&both), "[10.0.0.1, fd00::1]");
        assert_eq!(text(&serve(&["--node-address", "", "--host-ip", "10.0.0.9"])), "[10.0.0.9]");
        let bad = serve(&["--node-address", "here"]);
        assert_eq!(bad.node_addresses(), Err("here".to_owned()));
    }

    #[test]
    fn events_and_their_confirmation_are_as_they_are_asked_for() {
        let asked = |it: &[&str]| (serve(it).events, serve(it).confirm);
        assert_eq!(asked(&[]), (true, Rule::default()));
        assert_eq!(asked(&["--events=false", "--confirm", "1/1"]), (false, "1/1".parse().unwrap()));
    }

    #[test]
    fn the_variant_of_the_hosts_is_chosen_by_switches() {
        let variant = |arguments: &[&str]| serve(arguments).node.variant();
        assert_eq!(variant(&[]), Variant::default());
        let fips = variant(&["--use-fips-endpoint"]);
        assert_eq!(fips, Variant { fips: true, dual_stack: false });
        assert!(variant(&["--use-dualstack-endpoint"]).dual_stack);
    }

    #[test]
    fn a_deadline_of_nothing_is_refused() {
        assert!(Args::try_parse_from(["eks-triage", "check", "--deadline", "0s"]).is_err());
    }
}
