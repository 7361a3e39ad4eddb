//! What decides who is asked for a name: `/etc/resolv.conf` and `/etc/hosts`, or one resolver.

use std::fs;
use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::Hosts;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::system_conf::parse_resolv_conf;

use crate::error::Failure;

pub(crate) const RESOLV_CONF: &str = "/etc/resolv.conf";
pub(crate) const HOSTS: &str = "/etc/hosts";

/// Two attempts fit into the phase. Nothing is remembered, because a later measurement must see
/// what the resolver says then.
pub(crate) fn options(limit: Duration, ndots: usize) -> ResolverOpts {
    let mut options = ResolverOpts::default();
    options.ndots = ndots;
    options.timeout = limit / 2;
    options.attempts = 1;
    options.use_hosts_file = ResolveHosts::Never;
    options.cache_size = 0;
    options.positive_max_ttl = Some(Duration::ZERO);
    options.negative_max_ttl = Some(Duration::ZERO);
    options
}

pub(crate) fn only(server: SocketAddr) -> ResolverConfig {
    let mut connections = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
    for connection in &mut connections {
        connection.port = server.port();
    }
    let server = NameServerConfig::new(server.ip(), true, connections);
    ResolverConfig::from_parts(None, Vec::new(), vec![server])
}

/// The servers and the search list, and how many dots make a name try itself first.
pub(crate) fn system(path: &str) -> Result<(ResolverConfig, usize), Failure> {
    let text = fs::read(path)
        .map_err(|error| Failure::unanswered(format!("failed to read `{path}`: {error}")))?;
    let (config, options) = parse_resolv_conf(text)
        .map_err(|error| Failure::unanswered(format!("`{path}`: {error}")))?;
    Ok((config, options.ndots))
}

/// Without the file there are no such names, which is what every other reader of it concludes.
pub(crate) fn hosts(path: &str) -> Hosts {
    let mut hosts = Hosts::default();
    if let Ok(file) = fs::File::open(path) {
        // A line that cannot be read ends the file here; the lines before it count.
        let _ = hosts.read_hosts_conf(file);
    }
    hosts
}

pub(crate) fn server_text(server: &NameServerConfig) -> String {
    match server.connections.first() {
        Some(connection) if connection.port != 53 => {
            SocketAddr::new(server.ip, connection.port).to_string()
        }
        _ => server.ip.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use diagnosis::facts::Ended;
    use hickory_resolver::proto::op::Query;
    use hickory_resolver::proto::rr::{Name, RecordType};

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
    fn without_a_hosts_file_there_are_no_such_names() {
        let query = Query::query(Name::from_ascii("localhost").unwrap(), RecordType::A);
        assert!(hosts("/nonexistent/hosts").lookup_static_host(&query).is_none());
    }

    #[test]
    fn servers_search_list_and_ndots_come_from_resolv_conf() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let text = "search prod.svc.cluster.local svc.cluster.local\nnameserver 10.100.0.10\n\
                    options ndots:5 timeout:30\n";
        file.write_all(text.as_bytes()).unwrap();
        let (config, ndots) = system(file.path().to_str().unwrap()).unwrap();
        assert_eq!((config.search().len(), ndots), (2, 5));
        assert_eq!(server_text(&config.name_servers()[0]), "10.100.0.10");
    }
}
