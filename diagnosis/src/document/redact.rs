//! Secrets out of texts that others wrote. A log may have anything in it, and Facts are shown.

/// A text that looks like it has no secret. There is no other way to make one than to remove what
/// looks like a token, a key, or the value of something that is named like one.
pub struct Clean(String);

/// What stands in a secret's place.
const REMOVED: &str = "(removed)";

/// Followed by `:` or `=`, the rest of the line or of the quoted value is a secret.
const NAMES: [&str; 22] = [
    "authorization",
    "aws_secret_access_key",
    "aws_session_token",
    "secretaccesskey",
    "secret_access_key",
    "secretkey",
    "secret_key",
    "client_secret",
    "sessiontoken",
    "session_token",
    "x-amz-security-token",
    "x-amz-signature",
    "password",
    "passwd",
    "webidentitytoken",
    "access_token",
    "refresh_token",
    "id_token",
    "x-vault-token",
    "api_key",
    "api-key",
    "apikey",
];

impl Clean {
    pub fn new(text: &str) -> Self {
        if text.contains("PRIVATE KEY-----") {
            return Self(REMOVED.to_owned());
        }
        let lines = text.lines().map(|line| userinfo(&words(&named(line))));
        Self(lines.collect::<Vec<_>>().join("\n"))
    }

    pub fn into_text(self) -> String {
        self.0
    }
}

/// Values of what is named like a secret.
fn named(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((value, length)) = secret(rest) {
        text.push_str(&rest[..value]);
        text.push_str(REMOVED);
        rest = &rest[value + length..];
    }
    text.push_str(rest);
    text
}

/// Where the first value begins, and how long it is.
fn secret(text: &str) -> Option<(usize, usize)> {
    // ASCII only, so that both have the same offsets.
    let lower = text.to_ascii_lowercase();
    let found = NAMES.iter().flat_map(|name| lower.match_indices(name)).filter_map(|(at, name)| {
        let after = at + name.len();
        let gap = text[after..].trim_start_matches(['"', '\'', '\\', ' ']);
        let value = gap.strip_prefix([':', '='])?;
        let value = value.trim_start_matches(['"', '\'', '\\', ' ', '[']);
        let begin = text.len() - value.len();
        // A value with spaces in it is one of a header. containerd's own prose goes on after a colon:
        // `repository does not exist or may require authorization: …` has no secret in it.
        let header = *name == *"authorization";
        if header && lower[..at].ends_with("may require ") {
            return None;
        }
        let end = |it: char| {
            matches!(it, '"' | '\'' | '\\')
                || (!header && matches!(it, ' ' | '&' | ',' | ';' | '}'))
        };
        let length = value.find(end).unwrap_or(value.len());
        let done = value.starts_with(REMOVED) || length == 0;
        (!done).then_some((begin, length))
    });
    found.min()
}

/// Tokens and key ids, wherever they stand.
fn words(line: &str) -> String {
    let part = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
    let mut text = String::new();
    let mut rest = line;
    while let Some(begin) = rest.find(part) {
        let word = &rest[begin..];
        let length = word.find(|it| !part(it)).unwrap_or(word.len());
        let (word, after) = word.split_at(length);
        text.push_str(&rest[..begin]);
        text.push_str(if is_token(word) || is_key_id(word) { REMOVED } else { word });
        rest = after;
    }
    text.push_str(rest);
    text
}

/// How those begin that services hand out and that name themselves.
const PREFIXES: [&str; 6] = ["ghp_", "github_pat_", "glpat-", "hvs.", "xoxb-", "xoxp-"];

/// A JSON object in base64 begins with `eyJ`.
fn is_token(word: &str) -> bool {
    let long = |at: usize| word.len() - at >= 20;
    word.find("eyJ").is_some_and(long)
        || (long(0) && PREFIXES.iter().any(|it| word.starts_with(it)))
}

fn is_key_id(word: &str) -> bool {
    let capital = |it: &str| it.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit());
    ["AKIA", "ASIA"].iter().any(|prefix| {
        word.match_indices(prefix).any(|(at, _)| word.get(at..at + 20).is_some_and(capital))
    })
}

/// What stands before `@` in a URL.
fn userinfo(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("://") {
        let (head, tail) = rest.split_at(at + 3);
        let end = tail.find(['/', ' ', '"', '\'', '?', ')']).unwrap_or(tail.len());
        text.push_str(head);
        rest = tail;
        if let Some(user) = tail[..end].rfind('@') {
            text.push_str(REMOVED);
            rest = &tail[user..];
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        Clean::new(text).into_text()
    }

    #[test]
    fn what_looks_like_a_secret_is_removed() {
        let token = "eyJhbGciOiJSUzI1NiJ9.PLANTEDeyJpc3MiOiJ4In0.c2lnbmF0dXJl";
        for text in [
            format!("token {token}, refused"),
            format!("Authorization: Bearer {token}"),
            "\"Authorization\": \"AWS4-HMAC-SHA256 Credential=PLANTED/2026, Signature=PLANTED\""
                .into(),
            "Authorization:[AWS4-HMAC-SHA256 PLANTED, Signature=PLANTED]".into(),
            "aws_secret_access_key = PLANTEDwJalrXUtnFEMI/K7MDENG".into(),
            "AWS_SECRET_ACCESS_KEY=PLANTED AWS_SESSION_TOKEN=PLANTED".into(),
            "{\"SecretAccessKey\":\"PLANTED\",\"SessionToken\":\"PLANTED\"}".into(),
            "{\\\"secretAccessKey\\\":\\\"PLANTED\\\"}".into(),
            "GET /?X-Amz-Security-Token=PLANTED&X-Amz-Signature=PLANTED".into(),
            "db passwd=PLANTED access_token=PLANTED&refresh_token=PLANTED".into(),
            "{\"api_key\": \"PLANTED\"} X-Vault-Token: PLANTED x-api-key: PLANTED".into(),
            "cloned with ghp_PLANTED0123456789abcdefghij".into(),
            "proxy http://me:PLANTED@proxy:3128/ refused".into(),
            "-----BEGIN RSA PRIVATE KEY-----\nPLANTED".into(),
        ] {
            let clean = clean(&text);
            assert!(!clean.contains("PLANTED") && !clean.contains("eyJ"), "{text}: {clean}");
        }
        for id in ["AKIAIOSFODNN7EXAMPLE", "X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F2026"] {
            assert!(!clean(id).contains("IOSFODNN7"), "{id}");
        }
    }

    #[test]
    fn what_decides_stays() {
        for text in [
            "User: arn:aws:sts::111122223333:assumed-role/api/botocore-session-1 is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k",
            "AccessDenied. Encoded authorization failure message: Zm9vYmFyYmF6cXV4",
            "No OpenIDConnect provider found in your account for https://oidc.eks.us-west-2.amazonaws.com/id/X",
            "dial tcp: lookup sts.us-west-2.amazonaws.com on 172.20.0.10:53: no such host",
            "password is wrong; no basic auth credentials",
            "repository does not exist or may require authorization: authorization failed: no basic auth credentials",
        ] {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn other_letters_do_not_shift_what_is_removed() {
        assert_eq!(clean("é İ Password=PLANTED ü"), "é İ Password=(removed) ü");
    }
}
