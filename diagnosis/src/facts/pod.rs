//! What the pod sees: its injected identity, its token, and AWS from its own network.

use serde::{Deserialize, Serialize};

use super::{Answer, Observed, Reach};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Pod {
    /// The environment variables that choose an AWS identity.
    pub identity: Observed<IdentityEnv>,
    /// `system:serviceaccount:<namespace>:<name>`, from the subject of any token that the pod has.
    pub service_account: Observed<String>,
    /// The web identity token file.
    pub token: Observed<TokenFile>,
    /// `sts.<region>.<domain>`
    pub sts_regional: Observed<Reach>,
    /// `sts.amazonaws.com`, which exists in the partition `aws` only.
    pub sts_global: Observed<Reach>,
    /// `sts:AssumeRoleWithWebIdentity` with the pod's own token.
    pub web_identity: Observed<Answer>,
    /// The token that Pod Identity's webhook mounts.
    pub pod_identity_token: Observed<TokenFile>,
    /// The connection to the Pod Identity agent.
    pub pod_identity_agent: Observed<Reach>,
    /// The Pod Identity agent's answer; what it hands out is dropped unread.
    pub pod_identity: Observed<Answer>,
    /// Whether the node's role can be had from this pod; asked only when the pod has no identity of its own.
    pub imds: Observed<ImdsFromPod>,
    /// The ARN as which the workload itself calls AWS, from its logs, CloudTrail or an exec in its container.
    pub caller: Observed<String>,
}

/// In place of a value that comes from a Secret, a ConfigMap or a field: set, but not seen.
pub const FROM_ELSEWHERE: &str = "(set from elsewhere)";

/// Names and addresses only: the value of a key never enters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct IdentityEnv {
    /// `AWS_ROLE_ARN`
    pub role_arn: Option<String>,
    /// `AWS_WEB_IDENTITY_TOKEN_FILE`
    pub token_file: Option<String>,
    /// `AWS_REGION`, else `AWS_DEFAULT_REGION`
    pub region: Option<String>,
    /// `AWS_STS_REGIONAL_ENDPOINTS`
    pub sts_regional_endpoints: Option<String>,
    /// `AWS_CONTAINER_CREDENTIALS_FULL_URI`
    pub container_credentials_uri: Option<String>,
    /// `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`
    pub container_token_file: Option<String>,
    /// `AWS_PROFILE`
    pub profile: Option<String>,
    /// Host and port of `HTTP_PROXY` or `http_proxy`; what a URL says before `@` is left out.
    pub http_proxy: Option<String>,
    /// The same of `HTTPS_PROXY` or `https_proxy`, through which an SDK asks AWS.
    pub https_proxy: Option<String>,
    /// `NO_PROXY` or `no_proxy`
    pub no_proxy: Option<String>,
    /// Whether `AWS_ACCESS_KEY_ID` is set; its value is not read into facts.
    pub static_keys: bool,
}

/// The token file by what came of reading it. The token itself is dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenFile {
    Claims(Claims),
    Missing,
    /// This user may not read it.
    Denied,
    /// Read, but not a token: a directory, empty, too large, not base64, …
    Malformed {
        why: String,
    },
}

/// What may be shown of a projected token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Claims {
    pub issuer: String,
    pub subject: String,
    pub audience: Vec<String>,
    /// RFC 3339.
    pub expires: String,
    /// RFC 3339; empty where the token does not say.
    pub issued: String,
    /// The header's `kid`.
    pub key_id: String,
    /// The header's `alg`.
    pub algorithm: String,
}

/// What the metadata service gave the pod: at most the names of roles, never their credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImdsFromPod {
    /// The token request.
    pub reach: Reach,
    /// The node role's name, when the list could be read.
    #[serde(default)]
    pub role: Option<String>,
}
