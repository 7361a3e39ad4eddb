//! What the Pod Identity agent answers, asked as an SDK asks it. Its credentials are wiped unread.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use diagnosis::facts::{Answer, Observed, Source};
use reach::{Net, Request, now};
use tokio::time::Instant;
use zeroize::Zeroize;

use crate::environment::Environment;
use crate::line::line;
use crate::secret::Secret;
use crate::token_file;

/// Where the agent listens on each node; besides loopback, no SDK sends its token elsewhere.
const AGENT: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
];

const MESSAGE: usize = 512;

const BODY: usize = 8 * 1024;

pub(super) async fn ask(
    net: &Net,
    environment: &Environment,
    deadline: Instant,
) -> Observed<Answer> {
    let Some(url) = environment.container_credentials_uri.text() else {
        return Observed::Skipped;
    };
    let place = line(&url, MESSAGE);
    let failed = |why: String| Observed::failed(why.clone(), Source::new(&*place, now(), why));
    let request = match request(&url, environment).await {
        Ok(request) => request.max_body(BODY),
        Err(why) => return failed(why),
    };
    let mut measured = net.measure(&request, deadline).await;
    let Some(status) = measured.reach.status() else {
        return failed(measured.reach.to_string());
    };
    let answer = if (200..300).contains(&status) {
        Answer { status, ..Answer::default() }
    } else {
        refused(status, &measured.body)
    };
    measured.body.zeroize();
    let text = format!("HTTP {status} {}", answer.message).trim_end().to_owned();
    Observed::seen(answer, Source::new(&*place, now(), text))
}

async fn request(url: &str, environment: &Environment) -> Result<Request, String> {
    let request = Request::get(url).map_err(|error| error.to_string())?;
    if !is_agent(&request.host) {
        return Err(format!("refused to send the token to {}", line(&request.host, MESSAGE)));
    }
    let Some(path) = environment.container_token_file.path() else {
        return Err("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE is not set".to_owned());
    };
    let named = |why: &str| format!("{}: {why}", line(&path.to_string_lossy(), MESSAGE));
    let (file, secret) =
        token_file::read(&path).await.map_err(|error| named(&error.to_string()))?;
    let secret = secret.ok_or_else(|| named(token_file::why_not(&file)))?;
    let token = Secret::expose_text(&secret).unwrap_or_default();
    request.secret("authorization", token).map_err(|error| error.to_string())
}

/// Literal addresses only: a name could lead anywhere.
fn is_agent(host: &str) -> bool {
    host.parse().is_ok_and(|it: IpAddr| it.is_loopback() || AGENT.contains(&it))
}

/// The agent writes `[request]: (Code): message`, and plain text for its own refusals.
fn refused(status: u16, body: &[u8]) -> Answer {
    let message = line(String::from_utf8_lossy(body).trim(), MESSAGE);
    let code = message.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
    let code = code.map_or("", |(code, _)| code);
    let is_code = code.ends_with("Exception") && code.bytes().all(|it| it.is_ascii_alphanumeric());
    let code = if is_code { code.to_owned() } else { String::new() };
    Answer { status, code, message, detail: String::new() }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
    async fn exchange(answer: &'static str) -> (String, Observed<Answer>) {
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
            let observed = ask(&testing::net(&[]), &environment(uri, "/nonexistent"), soon()).await;
            let Observed::Failed { why, .. } = observed else { panic!("{observed:?}") };
            assert!(why.contains(reason), "`{why}` does not say `{reason}`");
        }
    }

    #[tokio::test]
    async fn without_a_token_nobody_is_asked() {
        let net = testing::net(&[]);
        let observed = ask(&net, &environment(URI, "/nonexistent/t"), soon()).await;
        let Observed::Failed { why, .. } = observed else { panic!("{observed:?}") };
        assert_eq!(why, "/nonexistent/t: no such file");
    }

    #[tokio::test]
    async fn credentials_are_accepted_and_forgotten() {
        let answer =
            "HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\n{\"SecretAccessKey\":\"PLANTED\"} ";
        let (asked, observed) = exchange(answer).await;
        let sent =
            format!("authorization: {}\r\n", testing::token("api", "pods.eks.amazonaws.com"));
        assert!(asked.starts_with("GET /v1/credentials ") && asked.contains(&sent), "{asked}");
        assert!(observed.value().is_some_and(Answer::accepted));
        assert!(!format!("{observed:?}").contains("PLANTED"));
    }

    #[tokio::test]
    async fn a_refusal_is_quoted_with_its_code() {
        let (_, observed) = exchange(
            "HTTP/1.1 404 Not Found\r\n\r\n[r-1]: (ResourceNotFoundException): no association, fault: client\n",
        )
        .await;
        let Observed::Seen { value, source } = observed else { panic!("{observed:?}") };
        assert_eq!((value.status, &*value.code), (404, "ResourceNotFoundException"));
        assert_eq!(
            source.text,
            "HTTP 404 [r-1]: (ResourceNotFoundException): no association, fault: client"
        );
    }
}
