//! TCP and unix sockets: each way to not get a connection, and several addresses.

use std::net::IpAddr;
use std::time::Duration;

use diagnosis::facts::{Ended, Phase};
use reach::{Net, Options, Request};
use tokio::net::UnixListener;

use crate::stand::{
    LOOPBACK, Said, answers, closed_port, full_backlog, get, hang, listen, name_server, net,
    phases, read_request, say, soon,
};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

#[tokio::test]
async fn a_closed_port_refuses() {
    let address = closed_port().await;
    let reach = get(&format!("http://{address}/")).await.reach;
    assert_eq!(reach.ended, Ended::ConnectRefused);
    assert_eq!(phases(&reach), [Phase::Tcp]);
    assert!(reach.error.contains(&address.to_string()), "{}", reach.error);
}

/// The kernel routes no TCP to the broadcast address, so nothing leaves the machine.
#[tokio::test]
async fn an_address_without_a_route_is_unreachable() {
    let reach = get("http://255.255.255.255/").await.reach;
    assert_eq!(reach.ended, Ended::Unreachable, "{}", reach.error);
}

#[tokio::test]
async fn a_dropped_syn_times_out_at_the_limit_of_the_phase() {
    let (address, _filling, _listener) = full_backlog().await;
    let phase_limit = Duration::from_millis(200);
    let net = Net::new(Options { phase_limit, ..Options::default() }).unwrap();
    let request = Request::get(&format!("http://{address}/")).unwrap();
    let reach = net.measure(&request, soon()).await.reach;
    assert_eq!((reach.ended, &*reach.error), (Ended::ConnectTimedOut, "gave up after 200ms"));
    assert!(reach.phases[0].millis >= 200);
}

/// Two addresses of one name, of which only the second answers.
async fn second_address(first: std::net::SocketAddr) -> Ended {
    let to = answers(OK).await;
    let ips: [IpAddr; 2] = ["10.0.3.11".parse().unwrap(), "10.0.3.12".parse().unwrap()];
    let (resolver, _) = name_server(move |_, _| Said::Addresses(ips.to_vec())).await;
    let connect_to = vec![
        format!("10.0.3.11:80={first}").parse().unwrap(),
        format!("10.0.3.12:80={to}").parse().unwrap(),
    ];
    let options = Options { resolver: Some(resolver), connect_to, ..Options::default() };
    let request = Request::get("http://two.example.com/").unwrap();
    Net::new(options).unwrap().measure(&request, soon()).await.reach.ended
}

#[tokio::test]
async fn a_second_address_is_tried_when_the_first_refuses() {
    assert_eq!(second_address(closed_port().await).await, Ended::Answered(200));
}

#[tokio::test]
async fn a_second_address_is_tried_beside_a_silent_first() {
    let (silent, _filling, _listener) = full_backlog().await;
    assert_eq!(second_address(silent).await, Ended::Answered(200));
}

#[tokio::test]
async fn of_several_failures_the_one_that_says_most_is_kept() {
    let ips: [IpAddr; 2] = ["10.0.3.11".parse().unwrap(), "255.255.255.255".parse().unwrap()];
    let (resolver, _) = name_server(move |_, _| Said::Addresses(ips.to_vec())).await;
    let connect_to = vec![format!("10.0.3.11:80={}", closed_port().await).parse().unwrap()];
    let options = Options { resolver: Some(resolver), connect_to, ..Options::default() };
    let request = Request::get("http://two.example.com/").unwrap();
    let reach = Net::new(options).unwrap().measure(&request, soon()).await.reach;
    assert_eq!(reach.ended, Ended::ConnectRefused);
    assert!(reach.error.starts_with("10.0.3.11:80: "), "{}", reach.error);
    assert_eq!(reach.addresses.len(), 2);
}

#[tokio::test]
async fn a_unix_socket_is_spoken_to_by_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ipamd.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        say(&mut stream, OK).await;
        request
    });
    let measured = net().measure(&Request::unix(&path, "/v1/enis"), soon()).await;
    assert_eq!(measured.reach.ended, Ended::Answered(200));
    assert_eq!(measured.body, b"ok");
    assert_eq!((&*measured.reach.host, measured.reach.port), (path.to_str().unwrap(), 0));
    assert_eq!(phases(&measured.reach), [Phase::Tcp, Phase::Http]);
    let request = server.await.unwrap();
    assert!(request.starts_with("GET /v1/enis HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("host: localhost\r\n"), "{request}");
}

#[tokio::test]
async fn a_unix_socket_that_is_missing_or_left_behind_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.sock");
    let left = folder.path().join("left.sock");
    drop(UnixListener::bind(&left).unwrap());
    for (path, ended) in [(missing, Ended::Unreachable), (left, Ended::ConnectRefused)] {
        let reach = net().measure(&Request::unix(&path, "/"), soon()).await.reach;
        assert_eq!(reach.ended, ended, "{}", path.display());
    }
}

#[tokio::test]
async fn a_door_that_speaks_no_http_is_only_connected_to() {
    let address = listen(hang).await;
    for (port, ended) in
        [(address.port(), Ended::Connected), (closed_port().await.port(), Ended::ConnectRefused)]
    {
        let reach = net().measure(&Request::connect("127.0.0.1", port), soon()).await.reach;
        assert_eq!(reach.ended, ended);
        assert_eq!(phases(&reach), [Phase::Tcp]);
    }
}

#[tokio::test]
async fn many_measurements_run_beside_each_other_as_tasks() {
    let address = answers(OK).await;
    let net = net();
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (net, request) =
                (net.clone(), Request::get(&format!("http://{address}/")).unwrap());
            tokio::spawn(async move { net.measure(&request, soon()).await.reach })
        })
        .collect();
    for task in tasks {
        let reach = task.await.unwrap();
        assert_eq!(reach.ended, Ended::Answered(200));
        assert_eq!(reach.addresses, [LOOPBACK.to_string()]);
    }
}
