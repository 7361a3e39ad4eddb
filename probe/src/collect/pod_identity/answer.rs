//! An answer of the Pod Identity agent: whether it gives credentials, which are not kept, or why not.

use diagnosis::facts::Answer;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::MESSAGE;
use crate::line::line;

/// How an answer of the agent begins, by its own code and that of EKS Auth behind it; what begins
/// otherwise is somebody else's and is not quoted, because it could hold anything.
/// Source: aws/eks-pod-identity-agent, `pkg/errors`, `internal/validation`, `internal/cloud/eksauth`.
const WORDS: [&str; 9] = [
    "Service account token ",
    "JWT signature validation failed",
    "Access Denied. ",
    "Too Many Requests",
    "error getting credentials to cache: ",
    "unable to fetch credentials from EKS Auth",
    "fetched credentials are expired",
    "failed to get pod uid from service account token",
    "404 page not found",
];

/// That they are there; what they are is passed over.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only their presence counts")]
struct Credentials {
    access_key_id: IgnoredAny,
    secret_access_key: IgnoredAny,
    token: IgnoredAny,
    expiration: IgnoredAny,
}

/// The agent writes `[request]: (Code): message`, and plain text for its own refusals.
pub(super) fn read(status: u16, body: &[u8]) -> Answer {
    let said = |message: &str| Answer { status, message: message.to_owned(), ..Answer::default() };
    if (200..300).contains(&status) {
        let given = serde_json::from_slice::<Credentials>(body).is_ok();
        return if given { said("") } else { said("no credentials") };
    }
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    let Some(code) = code(text) else {
        let own = WORDS.iter().any(|it| text.starts_with(it));
        return if own {
            said(&line(text, MESSAGE))
        } else {
            said("not in the words of the agent")
        };
    };
    Answer { status, code, message: line(text, MESSAGE), detail: String::new() }
}

/// Of `[request]: (Code): message`, `(Code): message` or `[request]`, where it is empty; none where
/// the text is another.
fn code(text: &str) -> Option<String> {
    let rest = match text.strip_prefix('[').and_then(|it| it.split_once(']')) {
        Some((id, rest)) if id.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-') => {
            if rest.is_empty() {
                return Some(String::new());
            }
            rest.strip_prefix(": ")?
        }
        Some(_) => return None,
        None => text,
    };
    let (code, _) = rest.strip_prefix('(')?.split_once("): ")?;
    let letters = code.bytes().all(|it| it.is_ascii_alphanumeric());
    (letters && !code.is_empty()).then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gives_no_credentials_is_not_accepted() {
        let all = r#"{"AccessKeyId":"a","SecretAccessKey":"b","Token":"c","Expiration":"d"}"#;
        assert!(read(200, all.as_bytes()).accepted());
        for none in ["", "{}", "<html>", &all[..40], "[]", r#"{"AccessKeyId":"a"}"#] {
            assert_eq!(read(200, none.as_bytes()).message, "no credentials", "{none}");
        }
    }

    #[test]
    fn only_the_agent_s_own_words_are_quoted() {
        for own in [
            "Service account token cannot be empty",
            "Access Denied. Called agent through invalid address, please use either [a b] address not c",
            "Too Many Requests",
            "[3f1c6c8e-8f5e]",
            "(ThrottlingException): Rate exceeded, fault: client",
        ] {
            assert_eq!(read(400, own.as_bytes()).message, own);
        }
        for foreign in [
            "{\"SecretAccessKey\": \"PLANTED\"}",
            "<html>PLANTED (Some): thing</html>",
            "[{\"Token\": \"PLANTED\"}]: (Code): x",
            "PLANTED (AccessDeniedException): x",
            "",
        ] {
            let said = read(500, foreign.as_bytes());
            assert_eq!(said.message, "not in the words of the agent", "{foreign}");
            assert_eq!(said.code, "");
        }
    }
}
