//! Opens the doors. Each is optional: a family that the node does not have, or a port that another
//! process has, costs that door only.

use std::io::{Error, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::TcpListener;

use super::routes::Side;

pub(crate) type Door = (Side, TcpListener);

/// What was asked for: the address of the summary, and where probes and the kubelet come.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    pub(crate) local: SocketAddr,
    pub(crate) node: Vec<IpAddr>,
    pub(crate) port: u16,
}

/// The doors that could be opened, and for each other one why not and what to do.
pub(crate) async fn open(addresses: &Addresses) -> (Vec<Door>, Vec<String>) {
    let mut doors = Vec::new();
    let (wanted, unknown) = wanted(addresses);
    let mut told = Vec::new();
    for (side, address, wanted) in wanted {
        match TcpListener::bind(address).await {
            Ok(listener) => doors.push((side, listener)),
            Err(_) if !wanted => tracing::debug!(%address, "Left out, for want of the family."),
            Err(error) => told.push(advice(side, address, &error)),
        }
    }
    told.extend(unknown);
    (doors, told)
}

/// Loopback first, each with whether somebody asked for it; and what is said of the rest.
fn wanted(addresses: &Addresses) -> (Vec<(Side, SocketAddr, bool)>, Vec<String>) {
    let mut told = Vec::new();
    let Addresses { local, node, port } = addresses;
    let mut wanted = vec![(Side::Local, *local, true)];
    if local.ip() == Ipv4Addr::LOCALHOST && local.port() != 0 {
        let twin = SocketAddr::new(Ipv6Addr::LOCALHOST.into(), local.port());
        wanted.push((Side::Local, twin, false));
    }
    for ip in node {
        if ip.is_unspecified() {
            told.push(format!(
                "not listening at {ip}: every address is no address of the node; \
                 name the node's own with --node-address"
            ));
        } else {
            wanted.push((Side::Node, SocketAddr::new(*ip, *port), true));
        }
    }
    if !wanted.iter().any(|(side, ..)| *side == Side::Node) {
        told.push(
            "no address of this node is known, so no probe can report and no kubelet can ask for \
             health here; set HOST_IPS, or name them with --node-address"
                .to_owned(),
        );
    }
    (wanted, told)
}

fn advice(side: Side, address: SocketAddr, error: &Error) -> String {
    let (flag, given) = match side {
        Side::Local => ("--listen-local", "--listen-local"),
        Side::Node => ("--port", "HOST_IPS or --node-address"),
    };
    let step = match error.kind() {
        ErrorKind::AddrInUse => format!(
            "another process has that port; `ss -ltnp sport = :{}` names it, {flag} chooses another",
            address.port()
        ),
        ErrorKind::AddrNotAvailable => {
            format!("this machine does not have that address; correct {given}")
        }
        ErrorKind::PermissionDenied => {
            format!("ports below 1024 are root's; {flag} chooses another")
        }
        _ => "this machine may lack that address family; the other addresses are served".to_owned(),
    };
    format!("not listening at {address}: {error}; {step}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(node: &[&str], port: u16) -> Addresses {
        let local = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0);
        Addresses { local, node: node.iter().map(|it| it.parse().unwrap()).collect(), port }
    }

    #[tokio::test]
    async fn a_taken_port_and_a_foreign_address_cost_their_door_only() {
        let taken = TcpListener::bind("127.0.0.2:0").await.unwrap();
        let port = taken.local_addr().unwrap().port();
        // 192.0.2.0/24 is for documentation, so no machine has it.
        let (doors, told) = open(&addresses(&["127.0.0.2", "192.0.2.1", "127.0.0.3"], port)).await;
        let sides: Vec<_> = doors.iter().map(|(side, _)| *side).collect();
        assert_eq!(sides, [Side::Local, Side::Node]);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].contains("127.0.0.2") && told[0].contains("--port"), "{told:?}");
        assert!(told[1].contains("192.0.2.1") && told[1].contains("HOST_IPS"), "{told:?}");
    }

    #[tokio::test]
    async fn the_wildcard_is_never_the_node() {
        for wildcard in ["0.0.0.0", "::"] {
            let (doors, told) = open(&addresses(&[wildcard], 0)).await;
            assert!(doors.iter().all(|(side, _)| *side == Side::Local));
            assert!(told[0].contains(wildcard) && told[1].contains("HOST_IPS"), "{told:?}");
        }
    }

    #[test]
    fn loopback_has_both_families_and_an_address_of_one_s_own_only_itself() {
        let of = |local: &str| {
            let addresses = Addresses { local: local.parse().unwrap(), ..addresses(&[], 1) };
            let wanted = wanted(&addresses).0;
            wanted.iter().map(|(_, address, _)| address.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(of("127.0.0.1:12610"), ["127.0.0.1:12610", "[::1]:12610"]);
        assert_eq!(of("10.0.3.11:9000"), ["10.0.3.11:9000"]);
    }
}
