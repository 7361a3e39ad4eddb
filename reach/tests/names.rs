//! DNS: each answer a resolver can give, and none.

use std::net::IpAddr;
use std::time::Duration;

use diagnosis::facts::{Ended, Phase};
use hickory_proto::op::ResponseCode;
use hickory_proto::rr::RecordType;
use reach::{Measured, Net, Options, Request};

use crate::stand::{Said, answers, closed_port, name_server, net_with, phases, soon};

const NAME: &str = "sts.us-west-2.amazonaws.com";
const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

fn vpc() -> Said {
    Said::Addresses(vec!["10.0.3.11".parse().unwrap()])
}

/// Asks a resolver that answers every question so. A quarter of a second is its whole patience.
async fn ask(answer: impl Fn(RecordType) -> Said + Send + Sync + 'static) -> Measured {
    let (resolver, _) = name_server(move |_, kind| answer(kind)).await;
    let to = answers(OK).await;
    let connect_to = vec![format!("10.0.3.11:443={to}").parse().unwrap()];
    let options = Options {
        resolver: Some(resolver),
        connect_to,
        phase_limit: Duration::from_millis(250),
        ..Options::default()
    };
    let request = Request::get(&format!("http://{NAME}:443/")).unwrap();
    Net::new(options).unwrap().measure(&request, soon()).await
}

#[tokio::test]
async fn a_name_is_resolved_and_connected_to_where_it_was_rewritten_to() {
    let reach = ask(|_| vpc()).await.reach;
    assert_eq!(reach.ended, Ended::Answered(200));
    assert_eq!(phases(&reach), [Phase::Dns, Phase::Tcp, Phase::Http]);
    assert_eq!(reach.addresses, ["10.0.3.11"]);
    assert_eq!((&*reach.host, reach.port), (NAME, 443));
}

#[tokio::test]
async fn each_refusal_of_a_resolver_is_told_apart() {
    let cases = [
        (ResponseCode::NXDomain, Ended::NameNotFound, "NXDOMAIN from 127.0.0.1:"),
        (ResponseCode::NoError, Ended::NameNotFound, "knows no address"),
        (ResponseCode::ServFail, Ended::NameRefused, "SERVFAIL from 127.0.0.1:"),
        (ResponseCode::Refused, Ended::NameRefused, "REFUSED from 127.0.0.1:"),
        (ResponseCode::NotImp, Ended::NameRefused, "Not Implemented"),
    ];
    for (code, ended, words) in cases {
        let reach = ask(move |_| Said::Code(code)).await.reach;
        assert_eq!(reach.ended, ended, "{code}");
        assert!(reach.error.contains(words), "{code}: {}", reach.error);
        assert_eq!(phases(&reach), [Phase::Dns]);
        assert!(reach.addresses.is_empty());
    }
}

#[tokio::test]
async fn silence_and_garbage_are_no_answer_and_name_who_was_asked() {
    for garbage in [false, true] {
        let reach = ask(move |_| if garbage { Said::Garbage } else { Said::Nothing }).await.reach;
        assert_eq!(reach.ended, Ended::NameUnanswered);
        assert!(reach.error.contains("asked 127.0.0.1:"), "{}", reach.error);
    }
}

#[tokio::test]
async fn a_resolver_that_is_not_there_is_no_answer() {
    let net = net_with(closed_port().await, closed_port().await);
    let request = Request::get(&format!("https://{NAME}")).unwrap();
    let deadline = tokio::time::Instant::now() + Duration::from_millis(300);
    assert_eq!(net.measure(&request, deadline).await.reach.ended, Ended::NameUnanswered);
}

#[tokio::test]
async fn a_resolver_that_drops_aaaa_does_not_hide_the_ipv4_address() {
    let reach = ask(|kind| if kind == RecordType::A { vpc() } else { Said::Nothing }).await.reach;
    assert_eq!(reach.ended, Ended::Answered(200), "{}", reach.error);
}

#[tokio::test]
async fn what_settles_both_families_wins_over_what_settles_one() {
    let reach = ask(|kind| match kind {
        RecordType::A => Said::Code(ResponseCode::NoError),
        _ => Said::Code(ResponseCode::ServFail),
    });
    assert_eq!(reach.await.reach.ended, Ended::NameRefused);
    let reach = ask(|kind| match kind {
        RecordType::A => Said::Code(ResponseCode::ServFail),
        _ => Said::Code(ResponseCode::NXDomain),
    });
    assert_eq!(reach.await.reach.ended, Ended::NameNotFound);
}

#[tokio::test]
async fn ipv4_comes_first_and_ipv6_alone_is_enough() {
    let (four, six): (IpAddr, IpAddr) = ("10.0.3.11".parse().unwrap(), "fd00::9".parse().unwrap());
    for (given, expected) in [(vec![six, four], vec![four, six]), (vec![six], vec![six])] {
        let (resolver, _) = name_server(move |_, _| Said::Addresses(given.clone())).await;
        let net = net_with(resolver, closed_port().await);
        assert_eq!(net.resolve(NAME, soon()).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn an_answer_too_long_for_udp_comes_over_tcp() {
    let reach = ask(|_| Said::TooLong(vec!["10.0.3.11".parse().unwrap()])).await.reach;
    assert_eq!(reach.addresses, ["10.0.3.11"], "{}", reach.error);
}

#[tokio::test]
async fn a_name_is_asked_for_as_it_is_and_anew_each_time() {
    let (resolver, asked) = name_server(|_, _| vpc()).await;
    let net = net_with(resolver, closed_port().await);
    for _ in 0..2 {
        net.resolve(NAME, soon()).await.unwrap();
    }
    let asked = asked.lock().unwrap().clone();
    let [a, aaaa] = ["A", "AAAA"].map(|kind| format!("{NAME}. {kind}"));
    for question in &asked {
        assert!([&a, &aaaa].contains(&question), "{question}");
    }
    // On a busy machine a question may be repeated, but never is one spared.
    assert!(asked.iter().filter(|it| **it == a).count() >= 2, "{asked:?}");
}

#[tokio::test]
async fn a_literal_address_asks_no_one() {
    let to = answers(OK).await;
    for host in ["10.0.3.11", "[fd00:ec2::254]"] {
        let (resolver, asked) = name_server(|_, _| Said::Nothing).await;
        let connect_to = vec![format!("{host}:80={to}").parse().unwrap()];
        let options = Options { resolver: Some(resolver), connect_to, ..Options::default() };
        let request = Request::get(&format!("http://{host}/")).unwrap();
        let reach = Net::new(options).unwrap().measure(&request, soon()).await.reach;
        assert_eq!(reach.ended, Ended::Answered(200));
        assert_eq!(phases(&reach), [Phase::Tcp, Phase::Http]);
        assert_eq!(reach.addresses, [host.trim_matches(['[', ']'])]);
        assert!(asked.lock().unwrap().is_empty());
    }
}
