//! The VPC CNI on this node: whether it is configured, and what its address daemon, ipamd, says.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use diagnosis::document::ipamd;
use diagnosis::facts::{Ended, Ipamd, Observed, Phase, Reach, Refusal, Source, Timing};
use reach::{Measured, Net, Request};
use tokio::net::UnixStream;
use tokio::time::{Instant, timeout_at};

use super::ask::{self, Found, Missed, observed, seen};

const CONFIG: &str = "etc/cni/net.d/10-aws.conflist";
const SOCKET: &str = "var/run/aws-node/ipamd.sock";

/// Where the gRPC door was before it became a socket, up to 1.22.
const TCP_DOOR: u16 = 50051;

const METRICS: &str = "http://127.0.0.1:61678/metrics";

/// ipamd's own limit is 5 s; on the same machine it answers in milliseconds.
const LIMIT: Duration = Duration::from_secs(2);

/// A few hundred bytes for each address, of which a large node has hundreds.
const BOOKS_LIMIT: usize = 1024 * 1024;

/// A hundred bytes for each address and call.
const METRICS_LIMIT: usize = 512 * 1024;

/// Where the introspection listens, written as ipamd's own `INTROSPECTION_BIND_ADDRESS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Introspection {
    Tcp(String),
    Unix(PathBuf),
}

pub(super) struct Cni {
    pub(super) config: Observed<bool>,
    pub(super) introspection: Observed<Reach>,
    pub(super) ipamd: Observed<Ipamd>,
    pub(super) refusals: Observed<Vec<Refusal>>,
    pub(super) grpc: Observed<Reach>,
}

/// `root` is where the host's file system is seen.
pub(super) async fn look(
    net: &Net,
    introspection: &Introspection,
    root: &Path,
    deadline: Instant,
) -> Cni {
    let deadline = ask::within(LIMIT, deadline);
    let (books, refusals, grpc) = tokio::join!(
        books(net, introspection, deadline),
        metrics(net, deadline),
        door(net, root, deadline),
    );
    let (introspection, mut ipamd) = books;
    if introspection.value().is_some_and(|it| it.ended == Ended::ConnectRefused)
        && let (Observed::Failed { source, .. }, Observed::Seen { .. }) = (&ipamd, &refusals)
    {
        let why = "introspection is disabled: only the metrics are served";
        ipamd = observed(Err(Missed::new(&source.place, why)));
    }
    Cni { config: observed(config(root)), introspection, ipamd, refusals, grpc }
}

/// `false` where another plugin is configured instead. Without any nobody knows: the VPC CNI
/// configures itself when ipamd is up, and a container does not see the folder at all.
fn config(root: &Path) -> Found<bool> {
    let path = root.join(CONFIG);
    let place = path.display().to_string();
    if path.is_file() {
        let source = Source::new(&*place, reach::now(), &*place);
        return Ok((true, source));
    }
    let folder = path.parent().unwrap_or(root);
    let missed = |error| Missed::new(&place, format!("failed to look: {error}"));
    for entry in fs::read_dir(folder).map_err(missed)? {
        let other = entry.map_err(missed)?.path();
        if other.extension().is_some_and(|it| it == "conflist" || it == "conf") {
            return Ok((false, Source::new(place, reach::now(), other.display().to_string())));
        }
    }
    Err(Missed::new(&place, "no CNI plugin is configured"))
}

async fn books(
    net: &Net,
    introspection: &Introspection,
    deadline: Instant,
) -> (Observed<Reach>, Observed<Ipamd>) {
    let (place, request) = match introspection {
        Introspection::Tcp(address) => {
            let url = format!("http://{address}/v1/enis");
            (format!("GET {url}"), Request::get(&url))
        }
        Introspection::Unix(path) => {
            let place = format!("GET /v1/enis at unix:{}", path.display());
            (place, Ok(Request::unix(path, "/v1/enis")))
        }
    };
    let request = match request {
        Ok(request) => request.max_body(BOOKS_LIMIT),
        Err(error) => {
            let missed = || Missed::new(&place, error.to_string());
            return (observed(Err(missed())), observed(Err(missed())));
        }
    };
    let measured = net.measure(&request, deadline).await;
    let ipamd = read(&place, &measured);
    (seen(measured.reach, &place), observed(ipamd))
}

fn read(place: &str, measured: &Measured) -> Found<Ipamd> {
    let body = ask::body(place, measured)?;
    let books = ipamd::enis(body).map_err(|why| Missed::new(place, why))?;
    let text = format!("{}{}", counters(body), addresses(&books));
    Ok((books, Source::new(place, reach::now(), text)))
}

/// A line for each address, so that a single one can be quoted; no pod's name.
fn addresses(books: &Ipamd) -> String {
    let lines = books.by_interface.iter().flat_map(|it| {
        let all = it.addresses.iter().chain(&it.prefixes);
        all.map(move |address| format!("{} {address}\n", it.id))
    });
    lines.collect()
}

async fn metrics(net: &Net, deadline: Instant) -> Observed<Vec<Refusal>> {
    let place = format!("GET {METRICS}");
    let request = match Request::get(METRICS) {
        Ok(request) => request.max_body(METRICS_LIMIT),
        Err(error) => return observed(Err(Missed::new(&place, error.to_string()))),
    };
    let measured = net.measure(&request, deadline).await;
    observed(ask::body(&place, &measured).map(|body| {
        let (refusals, text) = ipamd::refusals(&String::from_utf8_lossy(body));
        (refusals, Source::new(&*place, reach::now(), text))
    }))
}

/// The counters as they stand in the answer, one line for each network card.
fn counters(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let cards = text.match_indices("\"TotalIPs\"").map(|(begin, _)| {
        let card = &text[begin..];
        let end = card.find("\"ENI").unwrap_or(card.len()).min(card.len());
        let card: String = card[..end].split_whitespace().collect();
        format!("{}\n", card.trim_end_matches(','))
    });
    cards.collect()
}

/// Connects only: what it serves hands out addresses.
async fn door(net: &Net, root: &Path, deadline: Instant) -> Observed<Reach> {
    let path = root.join(SOCKET);
    if !matches!(fs::symlink_metadata(&path), Err(error) if error.kind() == ErrorKind::NotFound) {
        return socket(&path, deadline).await;
    }
    let place = format!("127.0.0.1:{TCP_DOOR}");
    ask::reach(net, &place, Ok(Request::connect("127.0.0.1", TCP_DOOR)), deadline).await
}

/// A socket of the host by its own path. Without even its folder nobody saw that it is not there.
pub(super) async fn socket_below(root: &Path, path: &str, deadline: Instant) -> Observed<Reach> {
    let below = root.join(path.trim_start_matches('/'));
    if !below.parent().is_some_and(Path::is_dir) {
        let why = "its folder is not seen here";
        return observed(Err(Missed::new(&format!("unix:{path}"), why)));
    }
    socket(&below, ask::within(LIMIT, deadline)).await
}

async fn socket(path: &Path, deadline: Instant) -> Observed<Reach> {
    let host = path.display().to_string();
    let place = format!("unix:{host}");
    let begin = Instant::now();
    let (ended, error) = match timeout_at(deadline, UnixStream::connect(path)).await {
        Ok(Ok(_)) => (Ended::Connected, String::new()),
        Ok(Err(error)) => match error.kind() {
            ErrorKind::PermissionDenied => {
                let why = "permission denied; `eks-triage check` as root could connect";
                return observed(Err(Missed::new(&place, why)));
            }
            ErrorKind::ConnectionRefused => (Ended::ConnectRefused, error.to_string()),
            ErrorKind::WouldBlock => (Ended::ConnectTimedOut, error.to_string()),
            _ => (Ended::Unreachable, error.to_string()),
        },
        Err(_) => (Ended::ConnectTimedOut, "gave up".to_owned()),
    };
    let millis = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    let phases = vec![Timing { phase: Phase::Tcp, millis }];
    let (addresses, issuer, server_date, via) = (Vec::new(), None, None, None);
    let reach = Reach { host, port: 0, addresses, phases, ended, error, issuer, server_date, via };
    seen(reach, &place)
}

impl Default for Introspection {
    fn default() -> Self {
        Self::Tcp("127.0.0.1:61679".to_owned())
    }
}

impl FromStr for Introspection {
    type Err = String;

    /// An empty value is an unset one, and an empty address means every address, as ipamd has it.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        if let Some(path) = text.strip_prefix("unix:") {
            return Ok(Self::Unix(path.into()));
        }
        let (host, port) = text.rsplit_once(':').unwrap_or((text, ""));
        if port.parse::<u16>().is_err() {
            return Err("neither ADDRESS:PORT nor unix:PATH".to_owned());
        }
        Ok(Self::Tcp(match host {
            "" | "0.0.0.0" => format!("127.0.0.1:{port}"),
            "[::]" => format!("[::1]:{port}"),
            _ => text.to_owned(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_introspection_is_read_as_ipamd_reads_it() {
        let tcp = |it: &str| Ok(Introspection::Tcp(it.to_owned()));
        let cases = [
            ("", tcp("127.0.0.1:61679")),
            (":61679", tcp("127.0.0.1:61679")),
            ("0.0.0.0:9", tcp("127.0.0.1:9")),
            ("[::]:9", tcp("[::1]:9")),
            ("10.0.0.1:9", tcp("10.0.0.1:9")),
            ("unix:/var/run/x.sock", Ok(Introspection::Unix("/var/run/x.sock".into()))),
            ("localhost", Err("neither ADDRESS:PORT nor unix:PATH".to_owned())),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse(), expected, "{text}");
        }
    }

    #[test]
    fn counters_are_quoted_and_the_addresses_of_pods_are_not() {
        let body = r#"{"0":{"TotalIPs":18,"AssignedIPs":5,"ENIs":{"eni-1":{"x":"10.0.1.9"}}},
            "1": {"TotalIPs": 9, "AssignedIPs": 0, "ENIs": {}}}"#;
        let expected = "\"TotalIPs\":18,\"AssignedIPs\":5\n\"TotalIPs\":9,\"AssignedIPs\":0\n";
        assert_eq!(counters(body.as_bytes()), expected);
    }

    #[test]
    fn only_another_configuration_means_that_this_is_no_node_of_the_vpc_cni() {
        let root = tempfile::tempdir().unwrap();
        assert!(config(root.path()).is_err());
        let folder = root.path().join("etc/cni/net.d");
        fs::create_dir_all(&folder).unwrap();
        assert!(config(root.path()).is_err());
        fs::write(folder.join("05-cilium.conflist"), "{}").unwrap();
        assert!(
            matches!(config(root.path()), Ok((false, source)) if source.text.contains("cilium"))
        );
        fs::write(folder.join("10-aws.conflist"), "{}").unwrap();
        assert!(matches!(config(root.path()), Ok((true, source)) if source.text.contains("aws")));
    }
}
