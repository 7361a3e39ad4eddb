//! Principal and NotPrincipal: who is meant.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.

use super::{
    answer::any,
    element::{Item, PrincipalKind, Principals},
    request::Caller,
};

/// Whether the caller is among those named, before negation. `Err` says why it cannot be told.
pub(super) fn named(principals: &Principals, caller: &Caller) -> Result<bool, String> {
    let mut open = None;
    let entries = principals.entries.iter();
    let found = any(entries.map(|(kind, item)| match one(kind, item, caller) {
        Ok(it) => Some(it),
        Err(why) => {
            open = Some(why);
            None
        }
    }));
    found.ok_or_else(|| open.unwrap_or_default())
}

/// Beside the caller, its account is named too. AWS asks for that with `NotPrincipal` and Deny.
pub(super) fn account_named(principals: &Principals, caller: &Caller) -> bool {
    let Caller::Aws(arn) = caller else {
        return true;
    };
    let account = Principal::parse(arn).map(|it| it.account);
    let aws = principals.entries.iter().filter(|(kind, _)| *kind == PrincipalKind::Aws);
    aws.filter_map(|(_, it)| account_of(&it.text)).any(|it| Some(it) == account)
}

fn one(kind: &PrincipalKind, item: &Item, caller: &Caller) -> Result<bool, String> {
    let text = item.text.as_str();
    match (kind, caller) {
        (PrincipalKind::Everyone, _) => Ok(true),
        (PrincipalKind::Aws, Caller::Aws(arn)) => aws(text, arn),
        (PrincipalKind::Aws, _) if text == "*" => Err(
            "`\"AWS\": \"*\"` means everyone for anonymous callers; for this one AWS does not say"
                .to_owned(),
        ),
        (PrincipalKind::Federated, Caller::Federated(name))
        | (PrincipalKind::Service, Caller::Service(name)) => {
            if text == "*" {
                return Err(format!("`\"{}\": \"*\"` is not documented", kind.name()));
            }
            Ok(text == name)
        }
        (PrincipalKind::Other(name), _) => {
            Err(format!("a principal of kind `{name}` is not evaluated"))
        }
        _ => Ok(false),
    }
}

fn aws(text: &str, caller: &str) -> Result<bool, String> {
    if text == "*" || text == caller {
        return Ok(true);
    }
    let Some(caller) = Principal::parse(caller) else {
        return Err(format!("`{caller}` is no ARN of a role, a session or a user"));
    };
    if let Some(account) = account_of(text) {
        let partition = text.split(':').nth(1).unwrap_or(caller.partition);
        return Ok(account == caller.account && partition == caller.partition);
    }
    let Some(named) = Principal::parse(text) else {
        return Ok(false);
    };
    if (named.partition, named.account) != (caller.partition, caller.account) {
        return Ok(false);
    }
    // Names of roles are unique in an account, whatever their path, and a session tells no path.
    match (named.kind, caller.kind) {
        ("role", "assumed-role") => Ok(last(named.name) == session_role(caller.name)),
        ("assumed-role", "role") if session_role(named.name) == last(caller.name) => {
            Err("only one session of this role is named, and the request's session is not known"
                .to_owned())
        }
        _ => Ok(false),
    }
}

/// `111122223333` or `arn:…:root`, which are the same.
fn account_of(text: &str) -> Option<&str> {
    if text.len() == 12 && text.bytes().all(|it| it.is_ascii_digit()) {
        return Some(text);
    }
    Principal::parse(text).filter(|it| it.kind == "root").map(|it| it.account)
}

/// An ARN of IAM or STS, taken apart.
pub(super) struct Principal<'a> {
    pub(super) partition: &'a str,
    pub(super) account: &'a str,
    /// `role`, `user`, `assumed-role`, `oidc-provider`, `root`, …
    pub(super) kind: &'a str,
    /// The rest, with its path.
    pub(super) name: &'a str,
}

impl<'a> Principal<'a> {
    pub(super) fn parse(arn: &'a str) -> Option<Self> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", partition, "iam" | "sts", "", account, resource] = parts[..] else {
            return None;
        };
        let (kind, name) = resource.split_once('/').unwrap_or((resource, ""));
        Some(Self { partition, account, kind, name })
    }
}

fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn session_role(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}
