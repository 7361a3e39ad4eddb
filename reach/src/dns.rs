//! The DNS phase: addresses of a name from `/etc/hosts` and the resolvers of `/etc/resolv.conf`,
//! or from one given resolver.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use diagnosis::facts::Ended;
use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig,
    ResolverOpts,
};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError, NoRecords};
use hickory_resolver::proto::op::{Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::system_conf::parse_resolv_conf;
use hickory_resolver::{Hosts, TokioResolver};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep_until};

use crate::error::Failure;

const RESOLV_CONF: &str = "/etc/resolv.conf";
const HOSTS: &str = "/etc/hosts";

/// How long an IPv6 answer is waited for once there is an IPv4 one: some resolvers drop AAAA.
const SECOND_FAMILY: Duration = Duration::from_millis(50);

pub(crate) struct Dns {
    given: Option<SocketAddr>,
    limit: Duration,
    client: OnceCell<Client>,
}

struct Client {
    resolver: TokioResolver,
    hosts: Hosts,
    /// Who is asked, for the error text.
    servers: String,
}

impl Dns {
    pub(crate) fn new(given: Option<SocketAddr>, limit: Duration) -> Self {
        Self { given, limit, client: OnceCell::new() }
    }

    /// IPv4 before IPv6, each as the resolver ordered them.
    pub(crate) async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        let name = name(host)?;
        let client = self.client.get_or_try_init(|| async { self.client() }).await?;
        let known = client.known(&name);
        if known.is_empty() { client.ask(name).await } else { Ok(known) }
    }

    /// The failure of an attempt that was cut off; `how` says by what.
    pub(crate) fn unanswered(&self, how: String) -> Failure {
        unanswered(match self.client.get() {
            Some(client) => format!("asked {}, {how}", client.servers),
            None => how,
        })
    }

    /// Read again at the next attempt when it fails, because the file may have appeared by then.
    fn client(&self) -> Result<Client, Failure> {
        let (config, hosts) = match self.given {
            Some(server) => (only(server), Hosts::default()),
            None => (system(RESOLV_CONF)?, hosts()),
        };
        let servers: Vec<_> = config.name_servers().iter().map(server_text).collect();
        let mut builder =
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        *builder.options_mut() = options(self.limit);
        let resolver = builder.build().map_err(unanswered)?;
        Ok(Client { resolver, hosts, servers: servers.join(", ") })
    }
}

impl Client {
    fn known(&self, name: &Name) -> Vec<IpAddr> {
        let known = |kind| self.hosts.lookup_static_host(&Query::query(name.clone(), kind));
        let both = [known(RecordType::A), known(RecordType::AAAA)];
        both.iter().flatten().flat_map(addresses).collect()
    }

    async fn ask(&self, name: Name) -> Result<Vec<IpAddr>, Failure> {
        let mut four = pin!(self.resolver.ipv4_lookup(name.clone()));
        let mut six = pin!(self.resolver.ipv6_lookup(name));
        let (mut first, mut second) = (None, None);
        let mut patience = None;
        while first.is_none() || second.is_none() {
            tokio::select! {
                biased;
                answer = &mut four, if first.is_none() => {
                    patience = answer.is_ok().then(|| Instant::now() + SECOND_FAMILY);
                    first = Some(answer);
                }
                answer = &mut six, if second.is_none() => second = Some(answer),
                () = sleep_until(patience.unwrap_or_else(Instant::now)), if patience.is_some() => break,
            }
        }
        let mut found = Vec::new();
        let mut failures = Vec::new();
        for answer in [first, second].into_iter().flatten() {
            match answer {
                Ok(lookup) => found.extend(addresses(&lookup)),
                Err(error) => failures.push(self.failure(&error)),
            }
        }
        if !found.is_empty() {
            return Ok(found);
        }
        let worst = failures.into_iter().max_by_key(|(rank, _)| *rank).map(|(_, failure)| failure);
        Err(worst
            .unwrap_or_else(|| Failure::new(Ended::NameNotFound, "the answer holds no address")))
    }

    /// Also says how much it counts beside the answer for the other family: that the name does
    /// not exist settles both, that it has no address of one family settles nothing.
    fn failure(&self, error: &NetError) -> (u8, Failure) {
        let servers = &self.servers;
        match error {
            NetError::Dns(DnsError::NoRecordsFound(NoRecords { response_code, .. })) => {
                match *response_code {
                    ResponseCode::NXDomain => {
                        (3, Failure::new(Ended::NameNotFound, format!("NXDOMAIN from {servers}")))
                    }
                    ResponseCode::NoError => {
                        let error = format!("{servers} knows no address of this name");
                        (0, Failure::new(Ended::NameNotFound, error))
                    }
                    code => (2, refused(code, servers)),
                }
            }
            NetError::Dns(DnsError::ResponseCode(code)) => (2, refused(*code, servers)),
            error => (1, unanswered(format!("asked {servers}, {error}"))),
        }
    }
}

fn refused(code: ResponseCode, servers: &str) -> Failure {
    let word = match code {
        ResponseCode::ServFail => "SERVFAIL".to_owned(),
        ResponseCode::Refused => "REFUSED".to_owned(),
        other => other.to_string(),
    };
    Failure::new(Ended::NameRefused, format!("{word} from {servers}"))
}

/// Names here are fully qualified, and to search for them in the domains of a pod would ask five
/// wrong questions first. Only the names of a cluster (`x`, `x.y.svc`) are completed by search.
fn name(host: &str) -> Result<Name, Failure> {
    let mut name = Name::from_ascii(host)
        .map_err(|error| Failure::new(Ended::NameNotFound, format!("not a DNS name: {error}")))?;
    let bare = host.trim_end_matches('.');
    if bare.contains('.') && !bare.ends_with(".svc") {
        name.set_fqdn(true);
    }
    Ok(name)
}

fn addresses(lookup: &Lookup) -> impl Iterator<Item = IpAddr> + '_ {
    lookup.answers().iter().filter_map(|record| match record.data {
        RData::A(address) => Some(IpAddr::V4(address.0)),
        RData::AAAA(address) => Some(IpAddr::V6(address.0)),
        _ => None,
    })
}

/// Two attempts fit into the phase. Nothing is remembered, because a later measurement must see
/// what the resolver says then.
fn options(limit: Duration) -> ResolverOpts {
    let mut options = ResolverOpts::default();
    options.timeout = limit / 2;
    options.attempts = 1;
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    options.use_hosts_file = ResolveHosts::Never;
    options.cache_size = 0;
    options.positive_max_ttl = Some(Duration::ZERO);
    options.negative_max_ttl = Some(Duration::ZERO);
    options
}

fn only(server: SocketAddr) -> ResolverConfig {
    let mut connections = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
    for connection in &mut connections {
        connection.port = server.port();
    }
    let server = NameServerConfig::new(server.ip(), true, connections);
    ResolverConfig::from_parts(None, Vec::new(), vec![server])
}

fn system(path: &str) -> Result<ResolverConfig, Failure> {
    let text =
        fs::read(path).map_err(|error| unanswered(format!("failed to read `{path}`: {error}")))?;
    let (config, _) =
        parse_resolv_conf(text).map_err(|error| unanswered(format!("`{path}`: {error}")))?;
    Ok(config)
}

/// Without the file there are no such names, which is what every other reader of it concludes.
fn hosts() -> Hosts {
    let mut hosts = Hosts::default();
    if let Ok(file) = fs::File::open(HOSTS) {
        // A line that cannot be read ends the file here; the lines before it count.
        let _ = hosts.read_hosts_conf(file);
    }
    hosts
}

fn server_text(server: &NameServerConfig) -> String {
    match server.connections.first() {
        Some(connection) if connection.port != 53 => {
            SocketAddr::new(server.ip, connection.port).to_string()
        }
        _ => server.ip.to_string(),
    }
}

fn unanswered(error: impl ToString) -> Failure {
    Failure::new(Ended::NameUnanswered, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolv_conf_that_is_missing_or_names_no_server_is_a_name_that_no_one_answers() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for path in ["/nonexistent/resolv.conf", file.path().to_str().unwrap()] {
            let failure = system(path).unwrap_err();
            assert_eq!(failure.ended, Ended::NameUnanswered);
            assert!(failure.error.contains(path), "{}", failure.error);
        }
    }

    #[test]
    fn only_the_names_of_a_cluster_are_completed_by_search() {
        let complete = ["sts.us-west-2.amazonaws.com", "a.b", "x.y.svc.cluster.local", "x.y.svc."];
        for host in complete {
            assert!(name(host).unwrap().is_fqdn(), "{host}");
        }
        for host in ["eks-triage", "eks-triage.eks-triage.svc"] {
            assert!(!name(host).unwrap().is_fqdn(), "{host}");
        }
    }

    #[test]
    fn what_is_no_name_is_not_found() {
        let long = format!("{}.example.com", "x".repeat(64));
        for host in ["a..b", &long] {
            assert_eq!(name(host).unwrap_err().ended, Ended::NameNotFound, "{host}");
        }
    }
}
