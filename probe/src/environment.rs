//! What EKS, Kubernetes and the pod's author put into the environment. It is read here and once;
//! only the command line's own variables are read elsewhere, by clap.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::proxy::Proxy;

/// Raw values. A variable that is empty counts as not set, as it does for the AWS SDKs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Environment {
    pub(crate) role_arn: Variable,
    pub(crate) token_file: Variable,
    pub(crate) region: Variable,
    pub(crate) default_region: Variable,
    pub(crate) sts_regional_endpoints: Variable,
    pub(crate) container_credentials_uri: Variable,
    pub(crate) container_token_file: Variable,
    pub(crate) profile: Variable,
    /// Read at once, because the raw value may hold a password.
    pub(crate) http_proxy: Proxy,
    pub(crate) https_proxy: Proxy,
    pub(crate) no_proxy: Variable,
    /// The value is a key's name, which nobody needs to see; so it is not kept.
    pub(crate) access_key_is_set: bool,
    pub(crate) ca_bundle: Option<PathBuf>,
    pub(crate) host_ip: Variable,
    pub(crate) pod_name: Variable,
    pub(crate) pod_namespace: Variable,
    pub(crate) hostname: Variable,
}

/// `None`, or the value, which may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Variable(Option<OsString>);

impl Environment {
    pub(crate) fn read() -> Self {
        Self::from(|name| std::env::var_os(name))
    }

    pub(crate) fn from(get: impl Fn(&str) -> Option<OsString>) -> Self {
        let variable = |name| Variable(get(name));
        // In either case, as most clients take it; an empty one is none.
        let either = |upper: &str, lower: &str| {
            get(upper).filter(|it| !it.is_empty()).or_else(|| get(lower))
        };
        Self {
            role_arn: variable("AWS_ROLE_ARN"),
            token_file: variable("AWS_WEB_IDENTITY_TOKEN_FILE"),
            region: variable("AWS_REGION"),
            default_region: variable("AWS_DEFAULT_REGION"),
            sts_regional_endpoints: variable("AWS_STS_REGIONAL_ENDPOINTS"),
            container_credentials_uri: variable("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
            container_token_file: variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
            profile: variable("AWS_PROFILE"),
            http_proxy: Proxy::read(either("HTTP_PROXY", "http_proxy").as_deref()),
            https_proxy: Proxy::read(either("HTTPS_PROXY", "https_proxy").as_deref()),
            no_proxy: Variable(either("NO_PROXY", "no_proxy")),
            access_key_is_set: variable("AWS_ACCESS_KEY_ID").path().is_some(),
            ca_bundle: variable("AWS_CA_BUNDLE").path(),
            host_ip: variable("HOST_IP"),
            pod_name: variable("POD_NAME"),
            pod_namespace: variable("POD_NAMESPACE"),
            hostname: variable("HOSTNAME"),
        }
    }

    /// `AWS_REGION`, else `AWS_DEFAULT_REGION`.
    pub(crate) fn region(&self) -> Option<String> {
        self.region.text().or_else(|| self.default_region.text())
    }
}

impl Variable {
    pub(crate) fn text(&self) -> Option<String> {
        self.path().map(|it| it.to_string_lossy().into_owned())
    }

    pub(crate) fn path(&self) -> Option<PathBuf> {
        self.0.as_ref().filter(|it| !it.is_empty()).map(PathBuf::from)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.as_ref().is_some_and(|it| it.is_empty())
    }
}

#[cfg(test)]
impl Environment {
    pub(crate) fn of(pairs: &[(&str, &str)]) -> Self {
        let find = |name: &str| pairs.iter().find(|(key, _)| *key == name);
        Self::from(|name| find(name).map(|(_, value)| value.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_counts_as_not_set() {
        let read = Environment::of(&[("AWS_ROLE_ARN", ""), ("AWS_ACCESS_KEY_ID", "")]);
        assert_eq!(read.role_arn.text(), None);
        assert!(read.role_arn.is_empty() && !read.access_key_is_set);
    }

    #[test]
    fn the_region_is_the_first_that_is_set() {
        let both = [("AWS_REGION", "us-west-2"), ("AWS_DEFAULT_REGION", "eu-west-1")];
        assert_eq!(Environment::of(&both).region().as_deref(), Some("us-west-2"));
        assert_eq!(Environment::of(&both[1..]).region().as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn the_value_of_a_key_is_not_kept() {
        let read = Environment::of(&[
            ("AWS_ACCESS_KEY_ID", "AKIAPLANTED"),
            ("http_proxy", "http://me:PLANTED@proxy.corp:3128"),
        ]);
        assert!(read.access_key_is_set);
        assert_eq!(read.http_proxy.place(), Some("proxy.corp:3128"));
        assert!(!format!("{read:?}").contains("PLANTED"));
    }

    #[test]
    fn a_proxy_is_named_in_capitals_or_not() {
        let both =
            [("HTTP_PROXY", ""), ("http_proxy", "a:1"), ("NO_PROXY", "b"), ("no_proxy", "c")];
        let read = Environment::of(&both);
        assert_eq!(read.http_proxy.place(), Some("a:1"));
        assert_eq!(read.no_proxy.text().as_deref(), Some("b"));
    }
}
