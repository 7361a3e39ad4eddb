//! Whether this pod could have the node's role, which hides a missing identity of its own. Asks
//! for the role's name at most, never for its credentials.

use std::time::Duration;

use diagnosis::facts::{ImdsFromPod, Observed, Source};
use reach::{Net, Request, now};
use tokio::time::Instant;

use crate::line::line;
use crate::secret::Secret;

const TOKEN: &str = "http://169.254.169.254/latest/api/token";
const ROLES: &str = "http://169.254.169.254/latest/meta-data/iam/security-credentials/";

/// The service answers from the node itself, in a few milliseconds or, beyond its hop limit, never.
pub(super) const LIMIT: Duration = Duration::from_millis(200);

/// Only the list of roles is read with it.
const TOKEN_SECONDS: &str = "5";

/// More than a session token or the longest name of a role.
const BODY: usize = 1024;

/// What IAM allows.
const ROLE: usize = 64;

/// Takes up to twice [`LIMIT`].
pub(super) async fn ask(net: &Net, deadline: Instant) -> Observed<ImdsFromPod> {
    let place = format!("PUT {TOKEN}");
    match look(net, deadline).await {
        Ok(seen) => {
            let reach = &seen.reach;
            let text = match &seen.role {
                Some(role) => format!("{reach}\niam/security-credentials/ lists {role}"),
                None => reach.to_string(),
            };
            Observed::seen(seen, Source::new(place, now(), text))
        }
        Err(error) => Observed::failed(error.to_string(), Source::new(place, now(), "")),
    }
}

async fn look(net: &Net, deadline: Instant) -> Result<ImdsFromPod, reach::Error> {
    let limit = || deadline.min(Instant::now() + LIMIT);
    let put = Request::put(TOKEN)?
        .header("x-aws-ec2-metadata-token-ttl-seconds", TOKEN_SECONDS)?
        .max_body(BODY);
    let answer = net.measure(&put, limit()).await;
    let (reach, session) = (answer.reach, Secret::new(answer.body));
    let is_token = reach.status() == Some(200) && !answer.truncated;
    let Some(session) = session.expose_text().filter(|_| is_token) else {
        return Ok(ImdsFromPod { reach, role: None });
    };
    // A page of a captive proxy is no token, which shows where it does not fit into a header.
    let Ok(get) = Request::get(ROLES)?.secret("x-aws-ec2-metadata-token", session) else {
        return Ok(ImdsFromPod { reach, role: None });
    };
    let list = net.measure(&get.max_body(BODY), limit()).await;
    let role = (list.reach.status() == Some(200)).then(|| role(&list.body)).flatten();
    Ok(ImdsFromPod { reach, role })
}

/// The first line of the list, which has one line for each role and instances have one role.
fn role(list: &[u8]) -> Option<String> {
    let name = str::from_utf8(list).ok()?.lines().next()?.trim();
    let letters = name.bytes().all(|it| it.is_ascii_alphanumeric() || b"+=,.@_-".contains(&it));
    (letters && (1..=ROLE).contains(&name.len())).then(|| line(name, ROLE))
}

#[cfg(test)]
mod tests {
    use diagnosis::facts::Ended;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::testing;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(10)
    }

    /// Answers one connection after another, then refuses; gives back what was asked.
    async fn serve(answers: &[&str]) -> (Vec<String>, Observed<ImdsFromPod>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = listener.local_addr().unwrap().to_string();
        let net = testing::net(&[("169.254.169.254:80", &to)]);
        let imds = async {
            let mut asked = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 4096];
                let length = stream.read(&mut request).await.unwrap();
                asked.push(String::from_utf8_lossy(&request[..length]).into_owned());
                let length = answer.len();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{answer}");
                stream.write_all(head.as_bytes()).await.unwrap();
            }
            drop(listener);
            asked
        };
        tokio::join!(imds, ask(&net, soon()))
    }

    #[tokio::test]
    async fn only_the_name_of_the_role_is_asked_for() {
        let (asked, observed) = serve(&["PLANTED", "api-node"]).await;
        assert!(asked[0].starts_with("PUT /latest/api/token "));
        assert!(asked[1].starts_with("GET /latest/meta-data/iam/security-credentials/ "));
        assert!(asked[1].contains("x-aws-ec2-metadata-token: PLANTED\r\n"));
        assert_eq!(observed.value().unwrap().role.as_deref(), Some("api-node"));
        assert!(!format!("{observed:?}").contains("PLANTED"));
    }

    #[tokio::test]
    async fn a_page_in_place_of_a_token_is_not_sent_on() {
        let (asked, observed) = serve(&["<html>\n</html>"]).await;
        assert_eq!(asked.len(), 1);
        assert_eq!(observed.value().unwrap().role, None);
    }

    #[tokio::test]
    async fn a_closed_port_is_an_observation() {
        let observed = ask(&testing::net(&[]), soon()).await;
        let Observed::Seen { value, source } = observed else { panic!("{observed:?}") };
        assert_eq!((value.reach.ended, value.role), (Ended::ConnectRefused, None));
        assert!(source.text.contains("connection refused"), "{}", source.text);
    }

    #[test]
    fn a_list_is_a_name_or_nothing() {
        assert_eq!(role(b"node-role\r\nother").as_deref(), Some("node-role"));
        let long = "a".repeat(65);
        for bad in ["", "\n", "<html>", "a b", &long] {
            assert_eq!(role(bad.as_bytes()), None, "{bad}");
        }
    }
}
