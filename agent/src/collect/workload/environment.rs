//! The variables of a container that choose an AWS identity, by an allow-list. The value of a key
//! is dropped here, and a proxy's password with it.

use diagnosis::facts::{FROM_ELSEWHERE, IdentityEnv};
use k8s_openapi::api::core::v1::Container;

use super::records::one_line;

const KEYS: [&str; 2] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

pub(super) fn identity(container: &Container) -> IdentityEnv {
    let value = |name: &str| value(container, name);
    let either = |a: &str, b: &str| value(a).or_else(|| value(b));
    IdentityEnv {
        role_arn: value("AWS_ROLE_ARN"),
        token_file: value("AWS_WEB_IDENTITY_TOKEN_FILE"),
        region: either("AWS_REGION", "AWS_DEFAULT_REGION"),
        sts_regional_endpoints: value("AWS_STS_REGIONAL_ENDPOINTS"),
        container_credentials_uri: value("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
        container_token_file: value("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
        profile: value("AWS_PROFILE"),
        http_proxy: either("HTTP_PROXY", "http_proxy").as_deref().map(proxy_host),
        https_proxy: either("HTTPS_PROXY", "https_proxy").as_deref().map(proxy_host),
        no_proxy: either("NO_PROXY", "no_proxy"),
        static_keys: set(container, KEYS[0]),
    }
}

/// A line for each variable that is set.
pub(super) fn lines(container: &Container) -> Vec<String> {
    let env = identity(container);
    let of = |name: &str, value: &Option<String>| {
        value.as_ref().map(|it| format!("{name}={}", one_line(it)))
    };
    let values = [
        of("AWS_ROLE_ARN", &env.role_arn),
        of("AWS_WEB_IDENTITY_TOKEN_FILE", &env.token_file),
        of("AWS_REGION", &env.region),
        of("AWS_STS_REGIONAL_ENDPOINTS", &env.sts_regional_endpoints),
        of("AWS_CONTAINER_CREDENTIALS_FULL_URI", &env.container_credentials_uri),
        of("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &env.container_token_file),
        of("AWS_PROFILE", &env.profile),
        of("HTTP_PROXY", &env.http_proxy),
        of("HTTPS_PROXY", &env.https_proxy),
        of("NO_PROXY", &env.no_proxy),
    ];
    let keys = KEYS.into_iter().filter(|it| set(container, it)).map(|it| format!("{it} is set"));
    values.into_iter().flatten().chain(keys).collect()
}

fn set(container: &Container, name: &str) -> bool {
    container.env.iter().flatten().any(|it| it.name == name)
}

/// The last of several wins, as it does in the container.
fn value(container: &Container, name: &str) -> Option<String> {
    let variable = container.env.iter().flatten().rfind(|it| it.name == name)?;
    match (&variable.value, &variable.value_from) {
        (_, Some(_)) => Some(FROM_ELSEWHERE.to_owned()),
        // An empty variable is an unset one to every SDK.
        (value, None) => value.clone().filter(|it| !it.is_empty()),
    }
}

/// Host and port; what stands before `@` is a password.
fn proxy_host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_listed_names_are_read_and_no_key_has_a_value() {
        let container = serde_json::from_value(json!({"name": "app", "env": [
            {"name": "AWS_ROLE_ARN", "value": "arn:aws:iam::111122223333:role/api"},
            {"name": "AWS_ACCESS_KEY_ID", "value": "PLANTED-id"},
            {"name": "AWS_SECRET_ACCESS_KEY", "value": "PLANTED-secret"},
            {"name": "AWS_SESSION_TOKEN", "value": "PLANTED-session"},
            {"name": "DATABASE_PASSWORD", "value": "PLANTED-other"},
            {"name": "HTTP_PROXY", "value": "http://me:PLANTED-password@proxy.corp:3128/x"},
            {"name": "AWS_REGION", "value": ""},
            {"name": "AWS_PROFILE", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        ]}))
        .unwrap();
        let (env, lines) = (identity(&container), lines(&container).join("\n"));
        assert!(env.static_keys && env.region.is_none());
        assert_eq!(env.http_proxy.as_deref(), Some("proxy.corp:3128"));
        assert_eq!(env.profile.as_deref(), Some(FROM_ELSEWHERE));
        assert!(lines.contains("AWS_SECRET_ACCESS_KEY is set"));
        assert!(!format!("{env:?}{lines}").contains("PLANTED"), "{env:?} {lines}");
    }
}
