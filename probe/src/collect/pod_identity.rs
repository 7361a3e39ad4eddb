//! What the Pod Identity agent answers, asked as an SDK asks it. Its credentials are wiped unread.

mod answer;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use diagnosis::facts::{Answer, Observed, Reach, Source, TokenFile};
use reach::{Net, Request, now};
use tokio::time::Instant;
use zeroize::Zeroize;

use super::token;
use crate::environment::Environment;
use crate::line::line;
use crate::secret::Secret;

/// Where the agent listens on each node; besides loopback, no SDK sends its token elsewhere.
const AGENT: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
];

const MESSAGE: usize = 512;

const BODY: usize = 8 * 1024;

/// Token, connection and answer, each by itself.
pub(super) struct PodIdentity {
    pub(super) token: Observed<TokenFile>,
    pub(super) agent: Observed<Reach>,
    pub(super) answer: Observed<Answer>,
}

pub(super) async fn ask(net: &Net, environment: &Environment, deadline: Instant) -> PodIdentity {
    let (token, secret) = token::pod_identity(environment).await;
    let Some(url) = environment.container_credentials_uri.text() else {
        return PodIdentity { token, agent: Observed::Skipped, answer: Observed::Skipped };
    };
    let place = line(&url, MESSAGE);
    let source = |text: String| Source::new(&*place, now(), text);
    let request = match request(&url, secret.as_ref()) {
        Ok(request) => request.max_body(BODY),
        Err(why) => {
            let agent = Observed::failed(why.clone(), source(why.clone()));
            return PodIdentity {
                token,
                agent,
                answer: Observed::failed(why.clone(), source(why)),
            };
        }
    };
    let mut measured = net.measure(&request, deadline).await;
    let answer = match (&secret, measured.reach.status()) {
        (None, _) => Observed::failed(token::not_asked(&token), source(String::new())),
        // How far it came is the connection's own fact.
        (Some(_), None) => Observed::Skipped,
        (Some(_), Some(status)) => {
            let answer = answer::read(status, &measured.body);
            let text = format!("HTTP {status} {}", answer.message).trim_end().to_owned();
            Observed::seen(answer, source(text))
        }
    };
    measured.body.zeroize();
    let text = measured.reach.to_string();
    PodIdentity { token, agent: Observed::seen(measured.reach, source(text)), answer }
}

/// Without a token the agent refuses, which shows as well that it is there.
fn request(url: &str, secret: Option<&Secret>) -> Result<Request, String> {
    let request = Request::get(url).map_err(|error| error.to_string())?;
    if !is_agent(&request.host) {
        return Err(format!("refused to send the token to {}", line(&request.host, MESSAGE)));
    }
    match secret.and_then(Secret::expose_text) {
        Some(token) => request.secret("authorization", token).map_err(|error| error.to_string()),
        None => Ok(request),
    }
}

/// Literal addresses only: a name could lead anywhere.
fn is_agent(host: &str) -> bool {
    host.parse().is_ok_and(|it: IpAddr| it.is_loopback() || AGENT.contains(&it))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use diagnosis::facts::Ended;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::testing;

    const URI: &str = "http://169.254.170.23/v1/credentials";

    fn environment(uri: &str, file: &str) -> Environment {
        Environment::of(&[
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file),
        ])
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(10)
    }

    /// What the agent was asked, and what was made of its answer.
    async fn exchange(answer: &'static str) -> (String, PodIdentity) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, testing::token("api", "pods.eks.amazonaws.com")).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = listener.local_addr().unwrap().to_string();
        let net = testing::net(&[("169.254.170.23:80", &to)]);
        let agent = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 4096];
            let length = stream.read(&mut asked).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            asked.truncate(length);
            String::from_utf8(asked).unwrap()
        };
        let environment = environment(URI, file.to_str().unwrap());
        tokio::join!(agent, ask(&net, &environment, soon()))
    }

    #[test]
    fn the_token_goes_to_the_agent_and_to_loopback_only() {
        for good in ["169.254.170.23", "fd00:ec2::23", "fd00:ec2:0::23", "127.0.0.9", "::1"] {
            assert!(is_agent(good), "{good}");
        }
        for bad in [
            "169.254.169.254",
            "169.254.170.2",
            "localhost",
            "example.com",
            "127.0.0.1.example.com",
            "0.0.0.0",
            "::ffff:169.254.169.254",
            "2130706433",
            "",
        ] {
            assert!(!is_agent(bad), "{bad}");
        }
    }

    #[tokio::test]
    async fn another_host_is_refused_by_name() {
        for (uri, reason) in [
            ("http://evil.example/v1", "refused to send the token to evil.example"),
            ("http://169.254.170.23@evil.example/", "is not a URL"),
            ("http://[::ffff:1.2.3.4]/", "refused to send the token to ::ffff:1.2.3.4"),
            ("file:///etc/passwd", "is not a URL"),
        ] {
            let asked = ask(&testing::net(&[]), &environment(uri, "/nonexistent"), soon()).await;
            let Observed::Failed { why, .. } = asked.agent else { panic!("{:?}", asked.agent) };
            assert!(matches!(asked.answer, Observed::Failed { .. }));
            assert!(why.contains(reason), "`{why}` does not say `{reason}`");
        }
    }

    #[tokio::test]
    async fn without_a_token_only_the_connection_is_seen() {
        let net = testing::net(&[("169.254.170.23:80", testing::DEAD)]);
        let asked = ask(&net, &environment(URI, "/nonexistent/t"), soon()).await;
        assert_eq!(asked.token.value(), Some(&TokenFile::Missing));
        assert_eq!(asked.agent.value().map(|it| it.ended), Some(Ended::ConnectRefused));
        let Observed::Failed { why, .. } = asked.answer else { panic!("{:?}", asked.answer) };
        assert_eq!(why, "not asked, because the token file holds no token: no such file");
    }

    #[tokio::test]
    async fn an_agent_that_does_not_answer_gave_no_answer() {
        let (_, asked) = exchange("not HTTP at all\r\n\r\n").await;
        assert_eq!(asked.agent.value().map(|it| it.ended), Some(Ended::HttpFailed));
        assert!(matches!(asked.answer, Observed::Skipped));
        assert!(matches!(asked.token.value(), Some(TokenFile::Claims(_))));
    }

    #[tokio::test]
    async fn credentials_are_accepted_and_forgotten() {
        let answer = "HTTP/1.1 200 OK\r\n\r\n\
            {\"AccessKeyId\":\"PLANTED\",\"SecretAccessKey\":\"PLANTED\",\"Token\":\"PLANTED\",\"Expiration\":\"\"}";
        let (sent, asked) = exchange(answer).await;
        let token =
            format!("authorization: {}\r\n", testing::token("api", "pods.eks.amazonaws.com"));
        assert!(sent.starts_with("GET /v1/credentials ") && sent.contains(&token), "{sent}");
        assert!(asked.answer.value().is_some_and(Answer::accepted));
        assert!(
            !format!("{:?}{:?}{:?}", asked.token, asked.agent, asked.answer).contains("PLANTED")
        );
    }

    #[tokio::test]
    async fn a_refusal_is_quoted_with_its_code() {
        let (_, asked) = exchange(
            "HTTP/1.1 404 Not Found\r\n\r\n[r-1]: (ResourceNotFoundException): no association, fault: client\n",
        )
        .await;
        let Observed::Seen { value, source } = asked.answer else { panic!("{:?}", asked.answer) };
        assert_eq!((value.status, &*value.code), (404, "ResourceNotFoundException"));
        assert_eq!(
            source.text,
            "HTTP 404 [r-1]: (ResourceNotFoundException): no association, fault: client"
        );
        assert_eq!(asked.agent.value().and_then(Reach::status), Some(404));
    }
}
