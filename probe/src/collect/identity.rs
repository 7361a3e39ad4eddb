//! The environment variables that choose an AWS identity, as the workload sees them too.

use diagnosis::facts::{IdentityEnv, Observed, Source};
use reach::now;

use crate::environment::{Environment, Variable};
use crate::line::line;
use crate::proxy::Proxy;

const PLACE: &str = "environment of the probe";

/// The longest ARN that STS takes; a longer value is wrong wherever it ends.
const VALUE: usize = 2048;

pub(super) fn identity(environment: &Environment) -> Observed<IdentityEnv> {
    let value = |it: &Variable| it.text().map(|it| bounded(&it));
    let seen = IdentityEnv {
        role_arn: value(&environment.role_arn),
        token_file: value(&environment.token_file),
        region: environment.region().map(|it| bounded(&it)),
        sts_regional_endpoints: value(&environment.sts_regional_endpoints),
        container_credentials_uri: value(&environment.container_credentials_uri),
        container_token_file: value(&environment.container_token_file),
        profile: value(&environment.profile),
        http_proxy: environment.http_proxy.place().map(str::to_owned),
        https_proxy: environment.https_proxy.place().map(str::to_owned),
        no_proxy: value(&environment.no_proxy),
        static_keys: environment.access_key_is_set,
    };
    Observed::seen(seen, Source::new(PLACE, now(), text(environment)))
}

fn text(environment: &Environment) -> String {
    let key = if environment.access_key_is_set { "set" } else { "not set" };
    let key = format!("AWS_ACCESS_KEY_ID is {key}");
    let named = |(name, variable): (&str, &Variable)| match variable.text() {
        Some(value) => format!("{name}={}", line(&value, VALUE)),
        None if variable.is_empty() => format!("{name} is empty"),
        None => format!("{name} is not set"),
    };
    let aws = [
        ("AWS_ROLE_ARN", &environment.role_arn),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", &environment.token_file),
        ("AWS_REGION", &environment.region),
        ("AWS_DEFAULT_REGION", &environment.default_region),
        ("AWS_STS_REGIONAL_ENDPOINTS", &environment.sts_regional_endpoints),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &environment.container_credentials_uri),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &environment.container_token_file),
        ("AWS_PROFILE", &environment.profile),
    ]
    .map(named);
    // The probe itself never asks a proxy: what it measures is the network.
    let proxy = |name: &str, proxy: &Proxy| match proxy {
        Proxy::NotSet => format!("{name} is not set"),
        Proxy::At(place) => format!("{name}={place}"),
        Proxy::Unreadable => format!("{name} is set, and names no host"),
    };
    let http = proxy("HTTP_PROXY", &environment.http_proxy);
    let https = proxy("HTTPS_PROXY", &environment.https_proxy);
    let no_proxy = named(("NO_PROXY", &environment.no_proxy));
    aws.into_iter().chain([http, https, no_proxy, key]).collect::<Vec<_>>().join("\n")
}

/// Unlike in the text, an invisible character stays what it is: a link must see it.
fn bounded(value: &str) -> String {
    value[..value.floor_char_boundary(VALUE)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_variable_has_a_line_and_a_key_has_no_value() {
        let environment = Environment::of(&[
            ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/api\nAWS_REGION=forged"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", ""),
            ("AWS_ACCESS_KEY_ID", "AKIAPLANTED"),
            ("AWS_PROFILE", "dev"),
            ("HTTP_PROXY", "http://me:PLANTED@proxy.corp:3128"),
            ("https_proxy", "http://me:PLANTED@proxy.corp:3129"),
            ("NO_PROXY", "169.254.169.254,.internal"),
        ]);
        let Observed::Seen { value, source } = identity(&environment) else {
            panic!("not seen");
        };
        assert_eq!(
            source.text.lines().collect::<Vec<_>>(),
            [
                "AWS_ROLE_ARN=arn:aws:iam::111122223333:role/api\\nAWS_REGION=forged",
                "AWS_WEB_IDENTITY_TOKEN_FILE is empty",
                "AWS_REGION is not set",
                "AWS_DEFAULT_REGION is not set",
                "AWS_STS_REGIONAL_ENDPOINTS is not set",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI is not set",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE is not set",
                "AWS_PROFILE=dev",
                "HTTP_PROXY=proxy.corp:3128",
                "HTTPS_PROXY=proxy.corp:3129",
                "NO_PROXY=169.254.169.254,.internal",
                "AWS_ACCESS_KEY_ID is set",
            ]
        );
        assert!(value.static_keys && value.token_file.is_none());
        assert!(value.role_arn.unwrap().contains('\n'));
    }

    #[test]
    fn a_value_beyond_all_bounds_is_cut() {
        let environment = Environment::of(&[("AWS_REGION", &"é".repeat(100_000))]);
        let Observed::Seen { value, source } = identity(&environment) else {
            panic!("not seen");
        };
        assert!(value.region.unwrap().len() <= VALUE && source.text.len() < 2 * VALUE);
    }
}
