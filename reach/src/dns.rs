//! The DNS phase: the addresses of a name, IPv4 and IPv6, or why there are none.

use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use diagnosis::facts::Ended;
use hickory_resolver::config::{ResolverConfig, ResolverOpts};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError, NoRecords};
use hickory_resolver::proto::op::{Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::{Hosts, TokioResolver};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep_until};

use crate::error::Failure;
use crate::resolv::{HOSTS, RESOLV_CONF, hosts, only, options, server_text, system};

/// More than any endpoint has; what a hostile answer holds beyond this goes into no report.
const MAX_ADDRESSES: usize = 16;

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
        let mut found = if known.is_empty() { client.ask(name).await? } else { known };
        found.truncate(MAX_ADDRESSES);
        Ok(found)
    }

    /// The failure of an attempt that was cut off; `how` says by what.
    pub(crate) fn unanswered(&self, how: String) -> Failure {
        Failure::unanswered(match self.client.get() {
            Some(client) => format!("asked {}, {how}", client.servers),
            None => how,
        })
    }

    /// Read again at the next attempt when it fails, because the file may have appeared by then.
    fn client(&self) -> Result<Client, Failure> {
        if let Some(server) = self.given {
            return Client::new(only(server), options(self.limit, 1), Hosts::default());
        }
        let (config, ndots) = system(RESOLV_CONF)?;
        Client::new(config, options(self.limit, ndots), hosts(HOSTS))
    }
}

impl Client {
    fn new(config: ResolverConfig, options: ResolverOpts, hosts: Hosts) -> Result<Self, Failure> {
        let servers: Vec<_> = config.name_servers().iter().map(server_text).collect();
        let resolver = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            .with_options(options)
            .build()
            .map_err(|error| Failure::unanswered(error.to_string()))?;
        Ok(Self { resolver, hosts, servers: servers.join(", ") })
    }

    fn known(&self, name: &Name) -> Vec<IpAddr> {
        let known = |kind| self.hosts.lookup_static_host(&Query::query(name.clone(), kind));
        let both = [known(RecordType::A), known(RecordType::AAAA)];
        both.iter().flatten().flat_map(addresses).collect()
    }

    async fn ask(&self, name: Name) -> Result<Vec<IpAddr>, Failure> {
        let mut four = pin!(self.resolver.ipv4_lookup(name.clone()));
        let mut six = pin!(self.resolver.ipv6_lookup(name));
        let (mut first, mut second) = (None, None);
        let mut enough = None;
        while first.is_none() || second.is_none() {
            let patience = enough.unwrap_or_else(Instant::now);
            tokio::select! {
                biased;
                answer = &mut four, if first.is_none() => {
                    let found = answer.as_ref().is_ok_and(|it| addresses(it).next().is_some());
                    enough = found.then(|| Instant::now() + SECOND_FAMILY);
                    first = Some(answer);
                }
                answer = &mut six, if second.is_none() => second = Some(answer),
                () = sleep_until(patience), if enough.is_some() => break,
            }
        }
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for answer in [first, second].into_iter().flatten() {
            match answer {
                Ok(lookup) => found.extend(addresses(&lookup)),
                Err(error) => failures.push(self.failure(&error)),
            }
        }
        if !found.is_empty() {
            return Ok(found);
        }
        let telling = failures.into_iter().max_by_key(|(rank, _)| *rank);
        Err(telling.map_or_else(
            || Failure::new(Ended::NameNotFound, "the answer holds no address"),
            |(_, failure)| failure,
        ))
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
            error => (1, Failure::unanswered(format!("asked {servers}, {error}"))),
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
    let in_cluster = name.iter().next_back() == Some(b"svc".as_slice());
    if name.num_labels() > 1 && !in_cluster {
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn names_in_the_hosts_file_are_known_in_both_families() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let text = b"::1 both.example\n# comment\nnonsense\n10.1.2.3 Both.example alias\n\xff\n";
        file.write_all(text).unwrap();
        let hosts = hosts(file.path().to_str().unwrap());
        let config = only("127.0.0.1:1".parse().unwrap());
        let client = Client::new(config, options(Duration::from_secs(1), 1), hosts).unwrap();
        let known = |host| client.known(&name(host).unwrap());
        let (four, six): (IpAddr, IpAddr) = ("10.1.2.3".parse().unwrap(), "::1".parse().unwrap());
        assert_eq!(known("both.example"), [four, six]);
        assert_eq!(known("alias"), [four]);
        assert!(known("none.example").is_empty());
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
