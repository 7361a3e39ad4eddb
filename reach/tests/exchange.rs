//! HTTP: what is sent, what is read of the answer, and each way it can be no answer.

use std::time::Duration;

use diagnosis::facts::{Ended, Phase};
use reach::{Measured, Request, Trust};
use tokio::time::Instant;

use crate::stand::{
    Ca, answers, get, hang, hears, listen, listen_tls, net, phases, read_request, say, soon,
};

async fn ask(request: Request) -> Measured {
    net().measure(&request, soon()).await
}

#[tokio::test]
async fn an_answer_is_its_status_whatever_it_is() {
    for status in [200, 301, 401, 404, 500, 599] {
        let answer = format!(
            "HTTP/1.1 {status} x\r\nlocation: http://127.0.0.1:1/\r\nwww-authenticate: Basic\r\n\
             date: Tue, 14 Nov 2023 22:13:20 GMT\r\ncontent-length: 2\r\n\r\nhi"
        );
        let address = answers(answer).await;
        let measured = get(&format!("http://{address}/v2/")).await;
        assert_eq!(measured.reach.ended, Ended::Answered(status));
        assert_eq!(measured.reach.error, "");
        assert_eq!(measured.reach.server_date.as_deref(), Some("2023-11-14T22:13:20Z"));
        assert_eq!(measured.headers["www-authenticate"], "Basic");
        assert_eq!((&*measured.body, measured.truncated), (b"hi".as_slice(), false));
    }
}

#[tokio::test]
async fn a_request_says_who_asks_and_that_it_will_not_ask_again() {
    let (address, heard) = hears("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    get(&format!("http://{address}/a?b=c")).await;
    let heard = heard.lock().unwrap().clone();
    assert!(heard.starts_with("GET /a?b=c HTTP/1.1\r\n"), "{heard}");
    for line in [&format!("host: {address}"), "user-agent: eks-triage/0.1.0", "connection: close"] {
        assert!(heard.contains(&format!("{line}\r\n")), "no `{line}` in {heard}");
    }
}

#[tokio::test]
async fn a_put_sends_its_headers_and_an_empty_body() {
    let (address, heard) = hears("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\ntoken").await;
    let request = Request::put(&format!("http://{address}/latest/api/token")).unwrap();
    let request = request.header("x-aws-ec2-metadata-token-ttl-seconds", "60").unwrap();
    assert_eq!(ask(request).await.body, b"token");
    let heard = heard.lock().unwrap().clone();
    assert!(heard.starts_with("PUT /latest/api/token HTTP/1.1\r\n"), "{heard}");
    assert!(heard.contains("x-aws-ec2-metadata-token-ttl-seconds: 60\r\n"), "{heard}");
    assert!(heard.contains("content-length: 0\r\n"), "{heard}");
}

#[tokio::test]
async fn a_post_sends_its_body_and_its_secrets() {
    let (address, heard) = hears("HTTP/1.1 202 OK\r\ncontent-length: 0\r\n\r\n").await;
    let request = Request::post(&format!("http://{address}/v1/reports"), r#"{"a":1}"#).unwrap();
    let request = request.secret("authorization", "Bearer abc").unwrap();
    assert_eq!(ask(request).await.reach.ended, Ended::Answered(202));
    let heard = heard.lock().unwrap().clone();
    assert!(heard.contains("authorization: Bearer abc\r\n"), "{heard}");
    assert!(heard.ends_with("content-length: 7\r\n\r\n{\"a\":1}"), "{heard}");
}

#[tokio::test]
async fn a_head_has_headers_and_no_body() {
    let address = answers("HTTP/1.1 200 OK\r\ncontent-length: 1048576\r\n\r\n").await;
    let measured = ask(Request::head(&format!("http://{address}/layer")).unwrap()).await;
    assert_eq!(measured.reach.ended, Ended::Answered(200));
    assert_eq!(measured.headers["content-length"], "1048576");
    assert!(measured.body.is_empty() && !measured.truncated);
}

#[tokio::test]
async fn a_body_is_read_up_to_its_limit() {
    for (limit, kept, truncated) in [(3, "tok", true), (5, "token", false), (9, "token", false)] {
        let address = answers("HTTP/1.1 200 OK\r\n\r\ntoken").await;
        let request = Request::get(&format!("http://{address}/")).unwrap().max_body(limit);
        let measured = ask(request).await;
        assert_eq!(measured.reach.ended, Ended::Answered(200));
        assert_eq!((&*measured.body, measured.truncated), (kept.as_bytes(), truncated));
    }
}

#[tokio::test]
async fn an_endless_body_ends_at_its_limit() {
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    for (head, part) in [
        ("HTTP/1.1 200 OK\r\n\r\n", "x".repeat(0x1000)),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", chunk),
        ("HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551000\r\n\r\n", "x".repeat(0x1000)),
    ] {
        let address = listen(move |mut stream| {
            let part = part.clone();
            async move {
                read_request(&mut stream).await;
                say(&mut stream, head).await;
                while tokio::io::AsyncWriteExt::write_all(&mut stream, part.as_bytes())
                    .await
                    .is_ok()
                {}
            }
        })
        .await;
        let measured = get(&format!("http://{address}/")).await;
        assert_eq!(measured.reach.ended, Ended::Answered(200), "{}", measured.reach.error);
        assert_eq!((measured.body.len(), measured.truncated), (64 * 1024, true));
    }
}

#[tokio::test]
async fn a_body_that_stalls_is_no_answer_but_what_came_is_kept() {
    let address = listen(|mut stream| async move {
        read_request(&mut stream).await;
        say(&mut stream, "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await;
        hang(stream).await;
    })
    .await;
    let request = Request::get(&format!("http://{address}/")).unwrap();
    let deadline = Instant::now() + Duration::from_millis(300);
    let measured = net().measure(&request, deadline).await;
    assert_eq!(measured.reach.ended, Ended::HttpTimedOut);
    assert!(measured.reach.error.contains("the body did not end"), "{}", measured.reach.error);
    assert_eq!(measured.body, b"half");
}

#[tokio::test]
async fn what_is_not_http_fails() {
    let flood = format!("HTTP/1.1 200 OK\r\n{}", "x-header: value\r\n".repeat(200_000));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(2000));
    let cases = [
        "",
        "SSH-2.0-OpenSSH_9.6\r\n",
        "\x15\x03\x03\x00\x02\x02\x28",
        "\0\0\0\0",
        "HTTP/1.1 ",
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        &flood,
        &many,
    ];
    for answer in cases {
        let address = answers(answer.as_bytes()).await;
        let reach = get(&format!("http://{address}/")).await.reach;
        let shown: String = answer.chars().take(40).collect();
        assert_eq!(reach.ended, Ended::HttpFailed, "{shown}");
        assert!(!reach.error.is_empty(), "{shown}");
        assert_eq!(phases(&reach), [Phase::Tcp, Phase::Http]);
    }
}

#[tokio::test]
async fn a_date_that_is_none_is_no_date() {
    for date in ["", "yesterday", "Tue, 99 Nov 2023 22:13:20 GMT", "Tue, 14 Nov 1823 22:13:20 GMT"]
    {
        let address = answers(format!("HTTP/1.1 204 x\r\ndate: {date}\r\n\r\n")).await;
        let reach = get(&format!("http://{address}/")).await.reach;
        assert_eq!((reach.ended, reach.server_date), (Ended::Answered(204), None), "{date}");
    }
}

/// Many small servers end a body by closing the connection, without a farewell of TLS.
#[tokio::test]
async fn a_body_that_ends_with_the_connection_is_whole_also_over_tls() {
    let ca = Ca::new("Example Root");
    for (head, ended) in [
        ("HTTP/1.1 200 OK\r\n\r\n", Ended::Answered(200)),
        ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", Ended::HttpFailed),
    ] {
        let address = listen_tls(ca.plain_server("127.0.0.1"), move |mut stream| async move {
            read_request(&mut stream).await;
            say(&mut stream, head).await;
            say(&mut stream, "body").await;
        })
        .await;
        let request = Request::get(&format!("https://{address}/")).unwrap();
        let measured = ask(request.trust(Trust::Only(ca.pem.clone().into_bytes()))).await;
        assert_eq!(measured.reach.ended, ended, "{}", measured.reach.error);
        assert_eq!(measured.body, b"body");
    }
}
