//! Gives the facts to the agent on this node. Best effort and bounded: what becomes of it changes
//! neither the verdict nor the exit code.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use diagnosis::facts::{Claims, Facts, TokenFile};
use reach::{Net, Request};
use tokio::time::Instant;

use crate::collect::Witness;
use crate::line::{MESSAGE, line};
use crate::secret::Secret;
use crate::token_file;

/// Kept back from the checks, so that a hanging check does not cost the report.
pub(crate) const RESERVED: Duration = Duration::from_millis(700);

/// An agent on the same node answers in milliseconds.
const LIMIT: Duration = Duration::from_secs(1);

/// A token that other doors open to must not go to the agent, whoever it is.
const AUDIENCE: &str = "eks-triage";

const PORT: u16 = 12610;

/// Leads to the agent of this node, where DNS and the node's proxy work.
const SERVICE: &str = "eks-triage.eks-triage.svc.cluster.local";

/// What the agent takes.
const LARGEST: usize = 64 * 1024;

/// A token that is meant for the agent.
pub(crate) struct Pass {
    secret: Secret,
    claims: Claims,
    place: String,
}

impl Pass {
    pub(crate) fn witness(&self) -> Witness<'_> {
        Witness { place: &self.place, claims: &self.claims }
    }
}

/// An error says why nothing can be delivered, and what would let it be.
pub(crate) async fn pass(path: &Path) -> Result<Pass, String> {
    let shown = line(&path.to_string_lossy(), MESSAGE);
    let read = token_file::read(path).await.map_err(|error| format!("{shown}: {error}"))?;
    let (TokenFile::Claims(claims), Some(secret)) = read else {
        let why = token_file::why_not(&read.0);
        return Err(format!(
            "{shown}: {why}; mount a projected token for the audience `{AUDIENCE}` there"
        ));
    };
    if claims.audience != [AUDIENCE] {
        let audience = line(&claims.audience.join(", "), MESSAGE);
        return Err(format!(
            "{shown} is for `{audience}`; a token is sent only when `{AUDIENCE}` is its one audience"
        ));
    }
    Ok(Pass { secret, claims, place: shown })
}

/// Where the facts went, or why they went nowhere.
pub(crate) async fn deliver(
    net: &Net,
    host_ip: Option<&str>,
    pass: &Pass,
    facts: &Facts,
    deadline: Instant,
) -> Result<String, String> {
    let body = serde_json::to_vec(facts).map_err(|error| error.to_string())?;
    if body.len() > LARGEST {
        return Err(format!("{} bytes, where the agent takes {LARGEST}", body.len()));
    }
    let deadline = deadline.min(Instant::now() + LIMIT);
    let mut silent = Vec::new();
    let urls = urls(host_ip);
    for (index, url) in urls.iter().enumerate() {
        // Whoever is not the last leaves half of the time to the next.
        let left = deadline.saturating_duration_since(Instant::now());
        let share = if index + 1 < urls.len() { left / 2 } else { left };
        let request = request(url, pass, &body).map_err(|error| error.to_string())?;
        let answer = Box::pin(net.measure(&request, Instant::now() + share)).await;
        match answer.reach.status() {
            Some(200..300) => return Ok(url.clone()),
            Some(status) => {
                let said = line(String::from_utf8_lossy(&answer.body).trim(), MESSAGE);
                return Err(format!(
                    "{url} answered HTTP {status} {said}; kubectl logs -n eks-triage ds/eks-triage"
                ));
            }
            None => silent.push(answer.reach.to_string()),
        }
    }
    Err(format!("{}; kubectl get pods -n eks-triage -o wide", silent.join(", then ")))
}

fn request(url: &str, pass: &Pass, body: &[u8]) -> Result<Request, reach::Error> {
    let token = pass.secret.expose_text().unwrap_or_default();
    Request::post(url, body.to_vec())?
        .header("content-type", "application/json")?
        .secret("authorization", &format!("Bearer {token}"))
        .map(|it| it.max_body(MESSAGE))
}

/// The node first: it needs neither DNS nor the node's proxy, which may be what is broken.
fn urls(host_ip: Option<&str>) -> Vec<String> {
    let node = host_ip.and_then(|it| it.parse().ok()).map(|it| match it {
        IpAddr::V4(it) => it.to_string(),
        IpAddr::V6(it) => format!("[{it}]"),
    });
    let hosts = node.into_iter().chain([SERVICE.to_owned()]);
    hosts.map(|it| format!("http://{it}:{PORT}/v1/reports")).collect()
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::testing;

    async fn pass_of(content: &str) -> Result<Pass, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, content).unwrap();
        pass(&path).await
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(10)
    }

    /// What an agent at 10.0.0.9 was sent, and what became of it.
    async fn exchange(answer: &'static str) -> (String, Result<String, String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = listener.local_addr().unwrap().to_string();
        let net = testing::net(&[("10.0.0.9:12610", &to)]);
        let pass = pass_of(&testing::token("api", "eks-triage")).await.unwrap();
        let agent = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut sent = vec![0; 64 * 1024];
            let length = stream.read(&mut sent).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            sent.truncate(length);
            String::from_utf8(sent).unwrap()
        };
        let facts = Facts::default();
        tokio::join!(agent, deliver(&net, Some("10.0.0.9"), &pass, &facts, soon()))
    }

    #[tokio::test]
    async fn only_a_token_for_the_agent_alone_is_a_pass() {
        assert!(pass_of(&testing::token("api", "eks-triage")).await.is_ok());
        for other in ["sts.amazonaws.com", "https://kubernetes.default.svc", r#"eks-triage","x"#] {
            let refused = pass_of(&testing::token("api", other)).await.err().unwrap();
            assert!(refused.contains("only when `eks-triage` is its one audience"), "{refused}");
        }
    }

    #[tokio::test]
    async fn without_a_token_the_error_says_what_to_mount() {
        let error = pass(Path::new("/nonexistent/token")).await.err().unwrap();
        assert_eq!(
            error,
            "/nonexistent/token: no such file; \
             mount a projected token for the audience `eks-triage` there"
        );
    }

    #[test]
    fn the_node_is_asked_before_the_service_and_only_by_its_address() {
        let service = "http://eks-triage.eks-triage.svc.cluster.local:12610/v1/reports";
        assert_eq!(urls(Some("10.0.0.9")), ["http://10.0.0.9:12610/v1/reports", service]);
        assert_eq!(urls(Some("fd00::9")), ["http://[fd00::9]:12610/v1/reports", service]);
        for none in [None, Some(""), Some("evil.example"), Some("10.0.0.9:80/x?")] {
            assert_eq!(urls(none), [service]);
        }
    }

    #[tokio::test]
    async fn the_agent_gets_the_facts_with_the_token() {
        let accepted = exchange("HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n");
        let (sent, delivered) = Box::pin(accepted).await;
        assert_eq!(delivered.as_deref(), Ok("http://10.0.0.9:12610/v1/reports"));
        let bearer = format!("authorization: Bearer {}\r\n", testing::token("api", "eks-triage"));
        assert!(sent.starts_with("POST /v1/reports ") && sent.contains(&bearer), "{sent}");
    }

    #[tokio::test]
    async fn a_refusal_is_not_taken_elsewhere() {
        let refused = exchange("HTTP/1.1 403 Forbidden\r\n\r\nanother node's token\n");
        let (_, delivered) = Box::pin(refused).await;
        let error = delivered.unwrap_err();
        assert!(error.contains("answered HTTP 403 another node's token;"), "{error}");
        assert!(!error.contains("UExBTlRFRA"), "{error}");
    }

    #[tokio::test]
    async fn each_way_that_led_nowhere_is_named() {
        let pass = pass_of(&testing::token("api", "eks-triage")).await.unwrap();
        let net = testing::net(&[("10.0.0.9:12610", testing::DEAD)]);
        let error = deliver(&net, Some("10.0.0.9"), &pass, &Facts::default(), soon()).await;
        let error = error.unwrap_err();
        assert!(error.contains("10.0.0.9:12610 tcp ") && error.contains(SERVICE), "{error}");
    }
}
