//! Which of the principals named is nearest to the caller, and what is wrong with it.

use super::{
    element::{Item, PrincipalKind, Principals},
    explain::is_pod_identity,
    glob::has_wildcard,
    principal::Principal,
    request::{Caller, Request},
    trap::Trap,
    value::visible,
};

/// The nearest entry: the most specific trap, then the first.
pub(super) fn nearest<'a>(
    principals: &'a Principals,
    request: &Request,
) -> (Option<Trap>, Option<&'a Item>) {
    let entries = principals.entries.iter();
    let judged = entries.map(|(kind, item)| (judge(kind, &item.text, &request.caller), item));
    let best = judged.min_by_key(|(trap, _)| trap.map_or(9, rank));
    best.map_or((None, None), |(trap, item)| (trap, Some(item)))
}

fn rank(trap: Trap) -> u8 {
    match trap {
        Trap::InvisibleCharacter | Trap::Case => 0,
        Trap::PrincipalPartition | Trap::PrincipalAccount => 1,
        Trap::PrincipalNotAProvider => 2,
        Trap::PrincipalIssuer | Trap::PrincipalWildcard | Trap::PrincipalDeleted => 3,
        Trap::PrincipalPodIdentity | Trap::PrincipalWebIdentity => 4,
        _ => 5,
    }
}

fn judge(kind: &PrincipalKind, text: &str, caller: &Caller) -> Option<Trap> {
    let name = caller.name();
    if visible(text) == visible(name) && text != name {
        return Some(Trap::InvisibleCharacter);
    }
    if text.eq_ignore_ascii_case(name) && text != name {
        return Some(Trap::Case);
    }
    let trap = match (caller, kind) {
        (Caller::Federated(_), PrincipalKind::Federated) => provider(text, name),
        (Caller::Federated(_), PrincipalKind::Aws) if text.contains("oidc-provider/") => {
            Trap::PrincipalNotAProvider
        }
        (Caller::Federated(_), PrincipalKind::Service) if is_pod_identity(text) => {
            Trap::PrincipalPodIdentity
        }
        (Caller::Service(_), PrincipalKind::Federated) => Trap::PrincipalWebIdentity,
        (_, PrincipalKind::Service) => Trap::PrincipalService,
        (_, PrincipalKind::Aws) => aws(text, name),
        _ => return None,
    };
    Some(trap)
}

fn provider(text: &str, name: &str) -> Trap {
    let (Some(named), Some(caller)) = (Principal::parse(text), Principal::parse(name)) else {
        return Trap::PrincipalNotAProvider;
    };
    let bare = named.name.trim_start_matches("https://").trim_end_matches('/');
    if named.kind != "oidc-provider" || (bare == caller.name && bare != named.name) {
        return Trap::PrincipalNotAProvider;
    }
    if named.name != caller.name {
        return Trap::PrincipalIssuer;
    }
    if named.partition == caller.partition {
        Trap::PrincipalAccount
    } else {
        Trap::PrincipalPartition
    }
}

fn aws(text: &str, name: &str) -> Trap {
    // Ids of users and roles; an ARN turns into one when what it names is deleted.
    let id =
        text.len() > 16 && text.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit());
    if id && (text.starts_with("AROA") || text.starts_with("AIDA")) {
        return Trap::PrincipalDeleted;
    }
    if has_wildcard(text) && text != "*" {
        return Trap::PrincipalWildcard;
    }
    let (Some(named), Some(caller)) = (Principal::parse(text), Principal::parse(name)) else {
        return Trap::PrincipalAws;
    };
    let (same_name, same_account) = (named.name == caller.name, named.account == caller.account);
    let same_root = named.kind == "root" && same_account;
    if named.partition != caller.partition && (same_root || same_name) {
        Trap::PrincipalPartition
    } else if same_name && !same_account {
        Trap::PrincipalAccount
    } else {
        Trap::PrincipalAws
    }
}
