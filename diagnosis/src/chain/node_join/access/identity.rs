//! As whom STS and the cluster know the node: what is decided by asking them in its own name.

use super::{
    FORBIDDEN, NO_RIGHTS, OTHER_NAME, REGION_DISABLED, ROLE_UNKNOWN, SIGNED_OUT_OF_TIME,
    UNKNOWN_TO_STS,
};
use crate::{
    chain::{Look, Verdict, node_join::joined},
    facts::{
        Answer, Facts, NodeUser, Observed, Source,
        inputs::{ACCESS_ENTRY, CLUSTER_IDENTITY, KUBELET_LOG, NODE_CHECK},
    },
};

/// `None` where nobody asked, or where the answers say nothing of this link.
pub(super) fn look(facts: &Facts) -> Option<Look> {
    let (user, source) = match &facts.node.user {
        Observed::Seen { value, source } => (Some(value), source),
        _ => return refused_by_sts(facts).map(Ok),
    };
    match user? {
        NodeUser::Known { username, groups, .. } => known(facts, username, groups, source),
        NodeUser::Forbidden => {
            let broken = Verdict::broken(&FORBIDDEN, "403", source.quote("403"));
            Some(Ok(named(facts, broken)))
        }
        NodeUser::Refused => Some(refused(facts, source)),
    }
}

fn known(facts: &Facts, username: &str, groups: &[String], source: &Source) -> Option<Look> {
    let fault = |fault, needle: &str| {
        let broken = Verdict::broken(fault, username, source.quote(needle));
        Some(Ok(named(facts, broken)))
    };
    let Some(name) = username.strip_prefix("system:node:") else {
        return fault(&OTHER_NAME, username);
    };
    match is_own(facts, name) {
        Some(false) => return fault(&OTHER_NAME, username),
        Some(true) => {}
        None => {
            let why =
                format!("the cluster knows it as {username}; its kubelet's own name was not seen");
            return Some(Err(KUBELET_LOG.doubt(why, source.quote(username))));
        }
    }
    if !groups.iter().any(|it| it == "system:nodes") {
        return fault(&NO_RIGHTS, "groups");
    }
    Some(Ok(Verdict::intact(username, source)))
}

/// Whether the kubelet registers under this name. It may be told another one than the metadata
/// service gives, and DHCP options change the latter's domain.
fn is_own(facts: &Facts, name: &str) -> Option<bool> {
    let own = facts.node.name.value()?;
    if let Some(config) = facts.node.host.kubelet_config.value()
        && let Some(told) = &config.hostname_override
    {
        return Some(told == name);
    }
    if own == name {
        return Some(true);
    }
    let host = |it: &str| it.split('.').next().unwrap_or_default().to_owned();
    let instance = facts.node.instance.value().map(|it| it.instance_id.as_str());
    let described = facts.node.described.value().map(|it| it.private_dns_name.as_str());
    let alike = host(own) == host(name) || instance == Some(name) || described == Some(name);
    if alike { None } else { Some(false) }
}

/// 401. Only where everything before the mapping is known to hold, the mapping is what is left.
fn refused(facts: &Facts, source: &Source) -> Look {
    let against = || source.quote("401");
    if let Some(broken) = refused_by_sts(facts) {
        return Ok(broken.and_evidence(against()));
    }
    if !joined::unexpired(facts) || joined::clock_is_off(facts) {
        let why = "the cluster refuses the node's token, which credentials or clock explain";
        return Err(NODE_CHECK.doubt(why, against()));
    }
    let (caller, arn) = accepted(&facts.node.caller).ok_or_else(|| {
        let why = "the cluster refuses the node's token (401), and STS could not be asked about it";
        ACCESS_ENTRY.doubt(why, against())
    })?;
    if accepted(&facts.node.token_judged).is_none() {
        let why = "the cluster refuses the node's token (401), and STS could not be asked about it";
        return Err(ACCESS_ENTRY.doubt(why, against()));
    }
    if !joined::one_cluster(facts) {
        let why = "the cluster refuses the node's token (401), and whether it was made for this cluster's name is not known";
        return Err(CLUSTER_IDENTITY.doubt(why, against()));
    }
    let broken = Verdict::broken(&ROLE_UNKNOWN, &caller.detail, against());
    Ok(named(facts, broken.and_evidence(arn.quote(&caller.detail))))
}

/// `None` too where it says nothing of the kubelet: the control plane asks STS for it, by another way.
fn refused_by_sts(facts: &Facts) -> Option<Verdict> {
    let both = [&facts.node.caller, &facts.node.token_judged];
    both.into_iter().find_map(|it| {
        let Observed::Seen { value, source } = it else { return None };
        let Answer { code, message, .. } = value;
        let late = ["Signature expired", "Signature not yet current", "still later than"];
        let fault = match code.as_str() {
            "InvalidClientTokenId" | "UnrecognizedClientException" => &UNKNOWN_TO_STS,
            "RegionDisabledException" => &REGION_DISABLED,
            "RequestExpired" | "RequestInTheFuture" if !joined::clock_is_off(facts) => {
                &SIGNED_OUT_OF_TIME
            }
            "SignatureDoesNotMatch"
                if !joined::clock_is_off(facts) && late.iter().any(|it| message.contains(it)) =>
            {
                &SIGNED_OUT_OF_TIME
            }
            _ => return None,
        };
        Some(named(facts, Verdict::broken(fault, code, source.quote(code))))
    })
}

fn accepted(observed: &Observed<Answer>) -> Option<(&Answer, &Source)> {
    match observed {
        Observed::Seen { value, source } if value.accepted() => Some((value, source)),
        _ => None,
    }
}

/// The role by the caller's ARN: `arn:…:assumed-role/<role>/<session>`.
fn named(facts: &Facts, verdict: Verdict) -> Verdict {
    let arn = accepted(&facts.node.caller).map(|(it, _)| it.detail.as_str());
    let role = arn.and_then(|it| it.split(":assumed-role/").nth(1)?.split('/').next());
    match role {
        Some(role) => verdict.with("node-role", role),
        None => verdict,
    }
}
