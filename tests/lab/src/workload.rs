//! The pod that the probe plays: what was injected into its environment.

use crate::token::Token;
use crate::world;

#[derive(Clone, Debug)]
pub struct Workload {
    /// `AWS_ROLE_ARN`
    pub role_arn: Option<String>,
    /// `AWS_WEB_IDENTITY_TOKEN_FILE` and what lies there; `None` leaves the variable unset.
    pub token: Option<TokenFile>,
    /// `AWS_REGION`
    pub region: Option<&'static str>,
    /// `AWS_STS_REGIONAL_ENDPOINTS`
    pub sts_regional_endpoints: Option<&'static str>,
    /// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`
    pub static_keys: bool,
    pub pod_identity: Option<ContainerCredentials>,
    /// Whatever else the template sets.
    pub env: Vec<(&'static str, &'static str)>,
}

/// What Pod Identity injects.
#[derive(Clone, Debug)]
pub struct ContainerCredentials {
    /// `AWS_CONTAINER_CREDENTIALS_FULL_URI`
    pub uri: &'static str,
    /// `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE` and what lies there; `None` leaves it unset.
    pub token: Option<TokenFile>,
}

impl Default for ContainerCredentials {
    fn default() -> Self {
        Self {
            uri: "http://169.254.170.23/v1/credentials",
            token: Some(TokenFile::Minted(Token::for_pod_identity())),
        }
    }
}

#[derive(Clone, Debug)]
pub enum TokenFile {
    Minted(Token),
    /// These bytes, token or not.
    Bytes(Vec<u8>),
    Directory,
    /// The variable names a file that does not exist.
    Missing,
    /// A token that the probe's user may not read.
    Unreadable(Token),
}

impl Default for Workload {
    /// As the webhook leaves a pod whose ServiceAccount is bound to a role.
    fn default() -> Self {
        Self {
            role_arn: Some(world::ROLE_ARN.to_owned()),
            token: Some(TokenFile::Minted(Token::for_sts())),
            region: Some(world::REGION),
            sts_regional_endpoints: Some("regional"),
            static_keys: false,
            pod_identity: None,
            env: Vec::new(),
        }
    }
}

impl Workload {
    /// As the webhook leaves a pod whose ServiceAccount is bound to nothing.
    pub fn not_injected() -> Self {
        Self {
            role_arn: None,
            token: None,
            region: None,
            sts_regional_endpoints: None,
            static_keys: false,
            pod_identity: None,
            env: Vec::new(),
        }
    }

    /// Whether the probe must not run as root, which may read everything.
    pub(crate) fn is_unreadable(&self) -> bool {
        let pod_identity = self.pod_identity.as_ref().and_then(|it| it.token.as_ref());
        let mut files = self.token.iter().chain(pod_identity);
        files.any(|it| matches!(it, TokenFile::Unreadable(_)))
    }

    /// With a Pod Identity association in the place of a role annotation.
    pub fn with_pod_identity() -> Self {
        let pod_identity = Some(ContainerCredentials::default());
        Self { pod_identity, region: Some(world::REGION), ..Self::not_injected() }
    }
}
