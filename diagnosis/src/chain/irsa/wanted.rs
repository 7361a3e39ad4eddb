//! The role that the workload is meant to be.

use super::workload;
use crate::{
    aws::RoleArn,
    facts::{Facts, Missing, Observed, Role, RoleObject, Source, inputs::TRUST_POLICY},
};

/// The annotation's, else the injected one.
pub(super) fn web_identity(facts: &Facts) -> Option<&str> {
    let annotated = facts.cluster.service_account.value().and_then(|it| it.present());
    let own = facts.cluster.pod.value().and_then(|it| it.present()?.own());
    let injected = || facts.pod.identity.value()?.role_arn.as_deref();
    annotated
        .and_then(|it| it.role_arn.as_deref())
        .or_else(|| own.and_then(|it| it.identity.role_arn.as_deref()))
        .or_else(injected)
}

/// The caller is the association's target role, where it has one.
pub(super) fn pod_identity(facts: &Facts) -> Option<&str> {
    let association = facts.account.association.value()?.present()?;
    Some(association.target_role_arn.as_deref().unwrap_or(&association.role_arn))
}

/// Pod Identity alone is injected where a ServiceAccount has both; a container that has web identity
/// keeps it, and SDKs take it first.
pub(super) fn role(facts: &Facts) -> Option<&str> {
    let env = workload::identity(facts);
    if env.is_some_and(|it| it.role_arn.is_some() && it.token_file.is_some()) {
        return web_identity(facts);
    }
    pod_identity(facts).or_else(|| web_identity(facts))
}

/// Whether what was read of a role is of the one that web identity asks for: one of the same name in
/// another account says nothing.
pub(super) fn is(facts: &Facts, arn: &str) -> Result<(), Missing> {
    let parts = |it| RoleArn::parse(it).map(|it| (it.account, it.name));
    match (web_identity(facts).and_then(parts), parts(arn)) {
        (Some(wanted), Some(read)) if wanted != read => {
            Err(TRUST_POLICY.missing(format!("what was read is {arn}")))
        }
        _ => Ok(()),
    }
}

/// The account of the role that web identity asks for.
pub(super) fn account(facts: &Facts) -> Option<&str> {
    web_identity(facts).and_then(RoleArn::parse).map(|it| it.account)
}

/// What was read of the role with this name, whichever mechanism brings it.
pub(super) fn read<'a>(facts: &'a Facts, name: &str) -> Option<(&'a Role, &'a Source)> {
    let account = &facts.account;
    let roles = [&account.role, &account.target_role, &account.association_role];
    roles.into_iter().find_map(|it| match it {
        Observed::Seen { value: RoleObject::Present(role), source }
            if role.arn.rsplit('/').next() == Some(name) =>
        {
            Some((role, source))
        }
        _ => None,
    })
}
