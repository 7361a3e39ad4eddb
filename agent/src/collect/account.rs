//! What the AWS APIs say about the account: cluster, association, roles, providers, simulation.
//!
//! Read-only, with the credentials that the AWS CLI would use here. Only `why` asks, at a desk; a
//! node's binary is built without the feature `account` and says of each fact that it cannot look.

use diagnosis::facts::Account;
use reach::Net;
use tokio::time::Instant;

#[cfg(feature = "account")]
mod action;
#[cfg(feature = "account")]
mod association;
#[cfg(feature = "account")]
mod cluster;
#[cfg(feature = "account")]
mod credentials;
#[cfg(feature = "account")]
mod denial;
#[cfg(feature = "account")]
pub(crate) mod gather;
#[cfg(feature = "account")]
mod policies;
#[cfg(feature = "account")]
mod providers;
#[cfg(feature = "account")]
mod role;
#[cfg(feature = "account")]
mod session;
#[cfg(feature = "account")]
mod simulation;
#[cfg(feature = "account")]
#[cfg(test)]
mod tests;
#[cfg(feature = "account")]
mod text;
mod unasked;

/// What is known before the account is asked. Facts that nothing here asks for are skipped.
#[derive(Clone, Debug, Default)]
#[cfg_attr(
    not(feature = "account"),
    expect(dead_code, reason = "without the feature nobody reads all of it")
)]
pub(crate) struct Question {
    /// The cluster's name or ARN; without one it is looked for by its issuer.
    pub(crate) cluster: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) namespace: String,
    pub(crate) service_account: String,
    /// As the ServiceAccount's annotation has it.
    pub(crate) role_arn: Option<String>,
    /// With or without `https://`.
    pub(crate) issuer: Option<String>,
    pub(crate) denied: Option<DeniedCall>,
    /// An encoded authorization message.
    pub(crate) encoded: Option<String>,
}

/// The one call that AWS denied to the workload.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(feature = "account"),
    expect(dead_code, reason = "without the feature nobody reads all of it")
)]
pub(crate) struct DeniedCall {
    pub(crate) principal_arn: String,
    /// `<service>:<Action>`
    pub(crate) action: String,
    pub(crate) resource: String,
}

/// Cannot fail, and does not outlast the deadline.
#[cfg_attr(
    not(feature = "account"),
    expect(clippy::unused_async, reason = "with the feature there is something to wait for")
)]
pub(crate) async fn ask(net: &Net, question: &Question, deadline: Instant) -> Account {
    #[cfg(feature = "account")]
    return session::ask(net, question, deadline).await;
    #[cfg(not(feature = "account"))]
    {
        // Nothing is waited for: there is nobody to ask.
        let _ = (net, deadline);
        unasked::account(question, unasked::NOT_BUILT)
    }
}
