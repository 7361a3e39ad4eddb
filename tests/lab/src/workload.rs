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
    /// `AWS_CONTAINER_CREDENTIALS_FULL_URI` and its token file.
    pub pod_identity: bool,
}

#[derive(Clone, Debug)]
pub enum TokenFile {
    Minted(Token),
    /// These bytes, token or not.
    Bytes(Vec<u8>),
    Directory,
    /// The variable names a file that does not exist.
    Missing,
    /// A good token that the probe's user may not read.
    Unreadable,
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
            pod_identity: false,
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
            pod_identity: false,
        }
    }

    /// With a Pod Identity association in the place of a role annotation.
    pub fn with_pod_identity() -> Self {
        Self { pod_identity: true, region: Some(world::REGION), ..Self::not_injected() }
    }
}
