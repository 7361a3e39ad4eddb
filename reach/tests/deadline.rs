//! Whatever hangs, a measurement ends with its deadline and names the phase that hung.

use std::net::SocketAddr;
use std::time::Duration;

use diagnosis::facts::{Ended, Phase};
use reach::{Measured, Net, Options, Request, Trust};
use tokio::io::AsyncReadExt;
use tokio::time::Instant;

use crate::stand::{
    Ca, Said, answers, full_backlog, hang, listen, listen_tls, name_server, net, phases,
    read_request, say, soon,
};

const DEADLINE: Duration = Duration::from_millis(600);

/// What a loaded machine may add; the program itself has no business there.
const MARGIN: Duration = Duration::from_millis(250);

/// No phase has a limit of its own here, so only the deadline can end it.
async fn ask(resolver: Option<SocketAddr>, request: Request) -> Measured {
    let limitless = Duration::from_hours(1);
    let options = Options { resolver, phase_limit: limitless, ..Options::default() };
    let net = Net::new(options).unwrap();
    let begin = Instant::now();
    let measured = net.measure(&request, begin + DEADLINE).await;
    let took = begin.elapsed();
    assert!(took < DEADLINE + MARGIN, "{}: {took:?}", measured.reach);
    measured
}

async fn hangs_at(phase: Phase, ended: Ended, resolver: Option<SocketAddr>, request: Request) {
    let reach = ask(resolver, request).await.reach;
    assert_eq!(reach.ended, ended, "{reach}");
    assert!(reach.error.contains("gave up when its time was up"), "{reach}");
    let last = reach.phases.last().unwrap();
    assert_eq!(last.phase, phase, "{reach}");
    assert!(u128::from(last.millis) >= DEADLINE.as_millis() / 2, "{reach}");
}

#[tokio::test]
async fn a_silent_resolver() {
    let (resolver, _) = name_server(|_, _| Said::Nothing).await;
    let request = Request::get("http://sts.us-west-2.amazonaws.com/").unwrap();
    hangs_at(Phase::Dns, Ended::NameUnanswered, Some(resolver), request).await;
}

#[tokio::test]
async fn a_dropped_syn() {
    let (address, _filling, _listener) = full_backlog().await;
    let request = Request::get(&format!("https://{address}/")).unwrap();
    hangs_at(Phase::Tcp, Ended::ConnectTimedOut, None, request).await;
}

#[tokio::test]
async fn a_server_that_accepts_and_says_nothing() {
    let address = listen(hang).await;
    let request = Request::get(&format!("https://{address}/")).unwrap();
    hangs_at(Phase::Tls, Ended::TlsTimedOut, None, request).await;
    let address = listen(hang).await;
    let request = Request::get(&format!("http://{address}/")).unwrap();
    hangs_at(Phase::Http, Ended::HttpTimedOut, None, request).await;
}

#[tokio::test]
async fn a_handshake_that_stalls_after_the_client_spoke() {
    let address = listen(|mut stream| async move {
        let _ = stream.read(&mut [0; 4096]).await;
        // The head of a ServerHello that never comes.
        say(&mut stream, b"\x16\x03\x03\x00\x7a\x02\x00").await;
        hang(stream).await;
    })
    .await;
    let request = Request::get(&format!("https://{address}/")).unwrap();
    hangs_at(Phase::Tls, Ended::TlsTimedOut, None, request).await;
}

#[tokio::test]
async fn an_answer_that_stalls_behind_tls() {
    let ca = Ca::new("Example Root");
    let address = listen_tls(ca.plain_server("127.0.0.1"), |mut stream| async move {
        read_request(&mut stream).await;
        hang(stream).await;
    })
    .await;
    let request = Request::get(&format!("https://{address}/")).unwrap();
    let request = request.trust(Trust::Only(ca.pem.into_bytes()));
    hangs_at(Phase::Http, Ended::HttpTimedOut, None, request).await;
}

#[tokio::test]
async fn headers_that_stall_or_drip_and_a_body_that_drips() {
    for head in
        ["HTTP/1.1 200 OK\r\nx: ", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n"]
    {
        let address = listen(move |mut stream| async move {
            read_request(&mut stream).await;
            say(&mut stream, head).await;
            loop {
                let more = if head.contains("100") { head } else { "y" };
                say(&mut stream, more).await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
        let request = Request::get(&format!("http://{address}/")).unwrap();
        hangs_at(Phase::Http, Ended::HttpTimedOut, None, request).await;
    }
}

#[tokio::test]
async fn a_request_that_no_one_reads() {
    let address = listen(hang).await;
    let request = Request::post(&format!("http://{address}/"), vec![0; 64 << 20]).unwrap();
    hangs_at(Phase::Http, Ended::HttpTimedOut, None, request).await;
}

#[tokio::test]
async fn a_deadline_that_has_passed_begins_nothing() {
    let address = answers("HTTP/1.1 200 OK\r\n\r\n").await;
    for (url, ended) in [
        (format!("http://{address}/"), Ended::ConnectTimedOut),
        ("http://sts.us-west-2.amazonaws.com/".to_owned(), Ended::NameUnanswered),
    ] {
        let request = Request::get(&url).unwrap();
        let reach = net().measure(&request, Instant::now()).await.reach;
        assert_eq!(reach.ended, ended);
        assert_eq!(reach.phases.len(), 1);
        assert_eq!(reach.phases[0].millis, 0);
    }
}

#[tokio::test]
async fn the_limit_of_a_phase_ends_it_before_the_deadline() {
    let address = listen(hang).await;
    let phase_limit = Duration::from_millis(150);
    let net = Net::new(Options { phase_limit, ..Options::default() }).unwrap();
    let reach =
        net.measure(&Request::get(&format!("http://{address}/")).unwrap(), soon()).await.reach;
    assert_eq!((reach.ended, &*reach.error), (Ended::HttpTimedOut, "gave up after 150ms"));
    assert_eq!(phases(&reach), [Phase::Tcp, Phase::Http]);
}
