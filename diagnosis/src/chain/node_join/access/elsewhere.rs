//! Nodes that no group of EC2 instances has: hybrid nodes, and those of SageMaker HyperPod. What they
//! are, only a node itself tells.

use super::mapping::bare;
use super::mapping_faults::{MAPPED_NAME, MODE, NO_ENTRY, WRONG_TYPE};
use crate::{
    chain::{Look, Verdict, node_join::of_account},
    facts::{
        Facts, NodeObject,
        aws::eks::Cluster,
        inputs::{ACCESS_ENTRIES, ACCESS_ENTRY, AWS_AUTH, NODE_CHECK},
    },
};

/// What an access entry for it is called.
const HYBRID: &str = "HYBRID_LINUX";
const HYPERPOD: &str = "HYPERPOD_LINUX";

/// Systems Manager names a hybrid node `mi-…`; HyperPod names its own after the instance.
fn wanted(facts: &Facts) -> Option<&'static str> {
    let object = match facts.cluster.node.value() {
        Some(NodeObject::Registered(it)) => Some(&**it),
        _ => None,
    };
    let provider = object.map_or("", |it| &*it.provider_id);
    let subject = Some(&*facts.subject.name).filter(|_| facts.subject.kind == "node");
    let names = [facts.node.name.value().map(|it| &**it), object.map(|it| &*it.name), subject];
    let mut names = names.into_iter().flatten();
    let hybrid = |it: &str| {
        it.strip_prefix("mi-")
            .is_some_and(|id| id.len() == 17 && id.bytes().all(|it| it.is_ascii_hexdigit()))
    };
    if provider.starts_with("eks-hybrid://") || names.clone().any(hybrid) {
        return Some(HYBRID);
    }
    names.any(|it| it.starts_with("hyperpod-i-")).then_some(HYPERPOD)
}

/// `None` where it is no such node, or nobody asked the account.
pub(super) fn look(facts: &Facts) -> Option<Look> {
    let wanted = wanted(facts)?;
    let (cluster, _) = of_account::there(&facts.account.group.cluster)?;
    Some(judge(facts, cluster, wanted))
}

fn judge(facts: &Facts, cluster: &Cluster, wanted: &'static str) -> Look {
    let mode = cluster.access_config.authentication_mode.as_str();
    if mode == "CONFIG_MAP"
        && let Some((_, source)) = of_account::there(&facts.account.group.cluster)
    {
        let quote = source.quote("\"authenticationMode\"");
        return Ok(Verdict::broken(&MODE, mode, quote).with("entry-type", wanted));
    }
    let caller = facts.node.caller.value().filter(|it| it.accepted());
    let role = caller.and_then(|it| it.detail.split(":assumed-role/").nth(1)?.split('/').next());
    let role = role.ok_or_else(|| {
        NODE_CHECK.missing(format!("which role it has; its entry must be of type {wanted}"))
    })?;
    let own = |arn: &str| arn.rsplit('/').next() == Some(role) && arn.contains(":role/");
    let arn = |arn: &str, verdict: Verdict| {
        let verdict = verdict.with("node-role-arn", arn).with("node-role", role);
        verdict.with("entry-type", wanted)
    };
    let described = facts.account.group.access_entries.value().into_iter().flatten();
    if let Some(entry) = described.into_iter().find(|it| own(&it.principal_arn)) {
        let Some(kind) = entry.kind.as_deref() else {
            let why = "its role has an access entry, which was not described";
            return Err(ACCESS_ENTRY.missing(why));
        };
        if kind == wanted {
            return Ok(Verdict::intact(
                format!("{kind} for {}", entry.principal_arn),
                &entry.source,
            ));
        }
        let quote = entry.source.quote(&format!("\"type\": \"{kind}\""));
        let broken = Verdict::broken(&WRONG_TYPE, format!("{kind}, not {wanted}"), quote);
        return Ok(arn(&entry.principal_arn, broken).with("other", kind));
    }
    let (listed, source) = facts.account.access_entries.need(&ACCESS_ENTRIES)?;
    if listed.iter().any(|it| own(it)) {
        return Err(ACCESS_ENTRY.missing("its role has an access entry, which was not described"));
    }
    if mode != "API" {
        let (mapped, map) = facts.cluster.mapped_roles.need(&AWS_AUTH)?;
        if let Some(it) = mapped.iter().find(|it| own(&bare(&it.role_arn))) {
            let username = it.username.as_str();
            if username.starts_with("system:node:{{SessionName}}") {
                return Ok(Verdict::intact(format!("{role} in aws-auth"), map));
            }
            let broken = Verdict::broken(&MAPPED_NAME, username, map.quote(username));
            return Ok(arn(&it.role_arn, broken)
                .with("other", username)
                .with("node-username", "system:node:{{SessionName}}"));
        }
    }
    let account = caller.and_then(|it| it.detail.split(':').nth(4)).unwrap_or_default();
    let partition = caller.and_then(|it| it.detail.split(':').nth(1)).unwrap_or("aws");
    let named = format!("arn:{partition}:iam::{account}:role/{role}");
    Ok(arn(&named, Verdict::broken(&NO_ENTRY, role, source.quote("\"accessEntries\""))))
}
