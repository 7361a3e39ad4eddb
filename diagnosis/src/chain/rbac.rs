//! From a call of the Kubernetes API to its permission: who calls, as whom, and by which rule.

use super::Chain;

mod authentication;
mod authorization;
mod denial;
mod escalation;
mod iam_mapping;
mod manifest;
mod mapping;
#[cfg(test)]
mod tests;

pub static CHAIN: Chain = Chain {
    id: "rbac",
    title: "caller to Kubernetes API",
    links: &[&authentication::LINK, &iam_mapping::LINK, &authorization::LINK, &escalation::LINK],
};
