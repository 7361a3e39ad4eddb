//! The agent over real sockets, on loopback.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::connection::{TIMES, Times};
use super::reports::tests::Scripted;
use super::review::tests::{NODE, vouched};
use super::routes::Side;
use super::*;
use crate::serve::bearer::tests::token;

/// Longer than any of these tests should take; a test that reaches it has hung.
const HANGS: Duration = Duration::from_secs(30);

const SHORT: Times =
    Times { headers: Duration::from_millis(300), total: Duration::from_millis(900) };

async fn agent(side: Side, times: Times) -> (Arc<Agent>, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let reviewer = Scripted::new(Ok(vouched("api-1")));
    let agent =
        Arc::new(Agent::new(Box::new(reviewer), None, Some(NODE.to_owned()), Rule::default()));
    tokio::spawn(accept::accept(Arc::clone(&agent), Arc::default(), side, listener, times));
    (agent, address)
}

/// Sends this and reads to the end.
async fn exchange(address: SocketAddr, request: &[u8]) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    // The agent may answer and stop reading before all of it is sent.
    let sent = stream.write_all(request).await;
    let mut answer = Vec::new();
    let read = timeout(HANGS, stream.read_to_end(&mut answer)).await.expect("the agent hangs");
    sent.and(read)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

async fn get(address: SocketAddr, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    exchange(address, request.as_bytes()).await.unwrap()
}

fn post(token: &str, body: &str) -> Vec<u8> {
    format!(
        "POST /v1/reports HTTP/1.1\r\nhost: node\r\nauthorization: Bearer {token}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

fn good() -> String {
    token(r#"["eks-triage"]"#, "")
}

#[tokio::test]
async fn readiness_waits_for_the_first_look_and_health_does_not() {
    let (agent, address) = agent(Side::Node, TIMES).await;
    assert_eq!(status(&get(address, "/healthz").await), "200");
    assert_eq!(status(&get(address, "/readyz").await), "503");
    agent.looked(&Facts::default(), Duration::ZERO, SystemTime::now());
    assert_eq!(status(&get(address, "/readyz").await), "200");
}

#[tokio::test]
async fn a_report_that_came_in_at_the_node_goes_out_at_loopback() {
    let (agent, node) = agent(Side::Node, TIMES).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let local = listener.local_addr().unwrap();
    tokio::spawn(accept::accept(agent, Arc::default(), Side::Local, listener, TIMES));
    let accepted = exchange(node, &post(&good(), "{}")).await.unwrap();
    assert!(accepted.starts_with("HTTP/1.1 200") && accepted.contains("{\"accepted\":true}"));
    let summary = get(local, "/v1/summary").await;
    assert!(summary.contains("eks-triage-outcome: undecided"), "{summary}");
    assert!(summary.contains(r#""namespace":"prod","name":"api-1","uid":"uid-of-api-1""#));
    let text = get(local, "/v1/summary?format=text").await;
    assert!(text.contains("pod prod/api-1") && text.contains("text/plain"), "{text}");
    let metrics = get(local, "/metrics").await;
    assert!(metrics.contains("eks_triage_reports_total{result=\"accepted\"} 1"), "{metrics}");
    assert!(metrics.contains("application/openmetrics-text"), "{metrics}");
    assert_eq!(status(&get(node, "/v1/summary").await), "404");
    assert_eq!(status(&get(node, "/metrics").await), "404");
}

#[tokio::test]
async fn a_refusal_says_what_is_missing_and_how_long_to_wait() {
    let (_, address) = agent(Side::Node, TIMES).await;
    let request = b"POST /v1/reports HTTP/1.1\r\nhost: n\r\ncontent-length: 2\r\n\r\n{}";
    let answer = exchange(address, request).await.unwrap();
    assert_eq!(status(&answer), "401");
    assert!(answer.contains("www-authenticate: Bearer"), "{answer}");
    assert_eq!(status(&exchange(address, &post(&good(), "{}")).await.unwrap()), "200");
    let again = exchange(address, &post(&good(), "{}")).await.unwrap();
    assert_eq!(status(&again), "429");
    assert!(again.contains("retry-after: 2") || again.contains("retry-after: 1"), "{again}");
    let request = b"GET /v1/reports HTTP/1.1\r\nhost: n\r\n\r\n";
    let answer = exchange(address, request).await.unwrap();
    assert!(status(&answer) == "405" && answer.contains("allow: POST"), "{answer}");
}

#[tokio::test]
async fn whoever_sends_too_much_still_hears_why() {
    let (_, address) = agent(Side::Node, TIMES).await;
    let large = " ".repeat(100 * 1024);
    let answer = exchange(address, &post("a.b.c", &large)).await.unwrap();
    assert_eq!(status(&answer), "401");
    let answer = exchange(address, &post(&good(), &large)).await.unwrap();
    assert_eq!(status(&answer), "413");
    let header = format!("GET /healthz HTTP/1.1\r\nhost: n\r\nx: {}\r\n\r\n", "x".repeat(20_000));
    // Too large to be read at all, so the connection may also just end.
    let answer = exchange(address, header.as_bytes()).await.unwrap_or_default();
    assert!(["431", ""].contains(&status(&answer)), "{answer}");
    assert_eq!(status(&get(address, "/healthz").await), "200");
}

#[tokio::test]
async fn a_chunked_body_without_an_end_is_cut_off() {
    let (_, address) = agent(Side::Node, TIMES).await;
    let mut request = format!(
        "POST /v1/reports HTTP/1.1\r\nhost: n\r\nauthorization: Bearer {}\r\n\
         transfer-encoding: chunked\r\n\r\n",
        good()
    );
    request.push_str(&format!("1000\r\n{}\r\n", " ".repeat(0x1000)).repeat(20));
    let answer = exchange(address, request.as_bytes()).await.unwrap();
    assert_eq!(status(&answer), "413");
}

#[tokio::test]
async fn whoever_speaks_slowly_is_closed_while_others_are_answered() {
    let (_, address) = agent(Side::Node, SHORT).await;
    let begin = Instant::now();
    let mut silent = TcpStream::connect(address).await.unwrap();
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nhost: ").await.unwrap();
    let mut body = TcpStream::connect(address).await.unwrap();
    body.write_all(&post(&good(), "{}")[..]).await.unwrap();
    let mut stuck = TcpStream::connect(address).await.unwrap();
    let request = post(&token(r#"["eks-triage"]"#, "2"), "{}");
    stuck.write_all(&request[..request.len() - 1]).await.unwrap();
    assert_eq!(status(&get(address, "/healthz").await), "200");
    for stream in [&mut silent, &mut slow, &mut body, &mut stuck] {
        let mut answer = Vec::new();
        // A reset ends it as well as an orderly close.
        let _ = timeout(HANGS, stream.read_to_end(&mut answer)).await.expect("not closed");
    }
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_source_has_its_share_of_connections_and_gets_it_back() {
    let (_, address) = agent(Side::Node, SHORT).await;
    let mut held = Vec::new();
    for _ in 0..3 * accept::PER_SOURCE {
        held.push(TcpStream::connect(address).await.unwrap());
    }
    let mut closed = 0;
    for stream in &mut held {
        let mut byte = [0];
        let read = timeout(Duration::from_millis(50), stream.read(&mut byte)).await;
        closed += usize::from(matches!(read, Ok(Ok(0) | Err(_))));
    }
    assert!(closed >= accept::PER_SOURCE, "only {closed} of {} were closed", held.len());
    drop(held);
    let answered = async {
        loop {
            let request = b"GET /healthz HTTP/1.1\r\nhost: n\r\n\r\n";
            match exchange(address, request).await {
                Ok(answer) if status(&answer) == "200" => return,
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    timeout(HANGS, answered).await.expect("the share never comes back");
}

#[tokio::test]
async fn what_is_not_http_gets_no_more_than_an_error() {
    let (_, address) = agent(Side::Local, SHORT).await;
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET /v1/summary\r\n\r\n",
        b"GET /v1/summary HTTP/0.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /v1/summary HTTP/1.1\r\nhost: rebound.example\r\n\r\n",
        b"\r\n\r\n\r\n",
    ] {
        let answer = exchange(address, bytes).await.unwrap_or_default();
        assert!(!answer.contains("schemaVersion") && status(&answer) != "200", "{answer}");
    }
    assert_eq!(status(&get(address, "/healthz").await), "200");
}

#[tokio::test]
async fn the_loop_looks_judges_and_looks_again() {
    let (agent, _) = agent(Side::Local, TIMES).await;
    let pace = Pace { period: Duration::from_millis(20), deadline: Duration::from_secs(1) };
    let looks = std::cell::Cell::new(0);
    let enough = tokio::sync::Notify::new();
    let look = async |_| {
        looks.set(looks.get() + 1);
        if looks.get() == 5 {
            enough.notify_one();
        }
        Facts::default()
    };
    tokio::select! {
        () = cycle::run(&agent, pace, look) => {}
        it = timeout(HANGS, enough.notified()) => it.expect("it stopped looking"),
    }
    assert_eq!(lock(&agent.node).as_ref().unwrap().source.command, "serve");
}

#[tokio::test]
async fn a_look_that_hangs_leaves_the_last_report_and_is_followed_by_another() {
    let (agent, _) = agent(Side::Local, TIMES).await;
    let pace = Pace { period: Duration::from_millis(20), deadline: Duration::from_millis(20) };
    let looks = std::cell::Cell::new(0);
    let enough = tokio::sync::Notify::new();
    let look = async |_| {
        looks.set(looks.get() + 1);
        match looks.get() {
            1 => return Facts::default(),
            3 => enough.notify_one(),
            _ => {}
        }
        std::future::pending().await
    };
    tokio::select! {
        () = cycle::run(&agent, pace, look) => {}
        it = timeout(HANGS, enough.notified()) => it.expect("it stopped looking"),
    }
    assert!(lock(&agent.node).is_some());
}
