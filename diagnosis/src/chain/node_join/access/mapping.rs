//! Whether the cluster maps the node role, as its access entries and aws-auth have it: what is
//! decided without having been on the node.

use super::elsewhere;
use super::mapping_faults::{
    ANOTHER_PATH, CLASS_ROLE, IN_AWS_AUTH_ONLY, IN_ENTRY_ONLY, MAPPED_AS_PROFILE, MAPPED_NAME,
    MAPPED_WITH_PATH, MAPPED_WITHOUT_GROUP, NO_ENTRY, NOT_MAPPED, ONE_NAME, STALE, WRONG_TYPE,
};
use crate::{
    chain::{Look, Verdict, node_join::of_account},
    facts::{
        Compute, Facts, MappedRole, Missing, Role, RoleObject, Source,
        aws::{Resource, eks::AccessEntry},
        inputs::{ACCESS_ENTRIES, ACCESS_ENTRY, AWS_AUTH, CLUSTER_IDENTITY, NODE_ROLE},
    },
};

/// `None` where nobody asked the account.
pub(super) fn look(facts: &Facts) -> Option<Look> {
    if facts.account.group.compute.value().is_none() {
        return elsewhere::look(facts);
    }
    Some(class_refused(facts).map_or_else(|| judge(facts), Ok))
}

/// Auto Mode asks itself whether the role of a node class is mapped.
fn class_refused(facts: &Facts) -> Option<Verdict> {
    let (class, it) = of_account::class_fails(facts)?;
    if it.reason != of_account::ROLE_REFUSED {
        return None;
    }
    let quote = class.source.quote(of_account::plain(&it.message));
    let broken = Verdict::broken(&CLASS_ROLE, &it.reason, quote);
    let cluster = of_account::there(&facts.account.group.cluster);
    let mut arn = cluster.map_or("", |(it, _)| &it.arn).split(':');
    let partition = arn.nth(1).unwrap_or("aws");
    let account = arn.nth(2).unwrap_or("ACCOUNT");
    let named = format!("arn:{partition}:iam::{account}:role/{}", class.role);
    Some(
        broken
            .with("node-role", &class.role)
            .with("node-role-arn", named)
            .with("resource", &class.name),
    )
}

fn judge(facts: &Facts) -> Look {
    let arn = of_account::role_arn(facts)
        .ok_or_else(|| NODE_ROLE.missing("which role its nodes have"))?;
    let (cluster, _) = of_account::there(&facts.account.group.cluster)
        .ok_or_else(|| CLUSTER_IDENTITY.missing("how the cluster knows its users"))?;
    let mode = cluster.access_config.authentication_mode.as_str();
    if mode.is_empty() {
        return Err(CLUSTER_IDENTITY.missing("the cluster's authentication mode"));
    }
    let described = facts.account.group.access_entries.value().into_iter().flatten();
    let entry = described.into_iter().find(|it| it.principal_arn == arn);
    if mode == "CONFIG_MAP" {
        return by_config_map(facts, arn, entry);
    }
    if let Some(entry) = entry {
        return by_entry(facts, arn, entry).map(|it| named(it, arn));
    }
    let (listed, source) = facts.account.access_entries.need(&ACCESS_ENTRIES)?;
    if listed.iter().any(|it| it == arn) {
        return Err(not_described(facts));
    }
    let in_map = mapped(facts, arn);
    if mode != "API" {
        let unread = |_| {
            let why =
                "the node role has no access entry, and aws-auth, which may map it, was not read";
            AWS_AUTH.doubt(why, source.quote("\"accessEntries\""))
        };
        let (_, map) = facts.cluster.mapped_roles.need(&AWS_AUTH).map_err(unread)?;
        if let Some(it) = in_map {
            return Ok(named(by_mapping(facts, arn, it, map), arn));
        }
        if let Some(broken) = nearly_mapped(facts, arn, map) {
            return Ok(named(broken, arn));
        }
    } else if let (Some(it), Ok((_, map))) = (in_map, facts.cluster.mapped_roles.need(&AWS_AUTH)) {
        let quote = map.quote(&it.role_arn);
        let broken = Verdict::broken(&IN_AWS_AUTH_ONLY, "mode API, no access entry", quote);
        return Ok(named(typed(facts, broken), arn));
    }
    let same_name = |it: &&String| bare(it).eq_ignore_ascii_case(&bare(arn));
    if let Some(other) = listed.iter().find(same_name) {
        let broken = Verdict::broken(&ANOTHER_PATH, other, source.quote(other));
        return Ok(named(typed(facts, broken).with("other", other), arn));
    }
    let quote = source.quote("\"accessEntries\"");
    let broken = Verdict::broken(&NO_ENTRY, arn, quote);
    let broken = match of_account::nodegroup(facts) {
        Some((_, group)) => broken.and_evidence(group.quote("\"nodeRole\"")),
        None => broken,
    };
    Ok(named(typed(facts, broken), arn))
}

/// The entry itself: of the type of the compute, and not older than the role.
fn by_entry(facts: &Facts, arn: &str, entry: &Resource<AccessEntry>) -> Look {
    let Some(kind) = entry.kind.as_deref() else {
        return Err(not_described(facts));
    };
    let wanted = wanted(facts);
    let fits = match wanted {
        Some(it) => kind == it,
        None => matches!(kind, "EC2_LINUX" | "EC2_WINDOWS"),
    };
    if !fits {
        let quote = entry.source.quote(&format!("\"type\": \"{kind}\""));
        let broken =
            Verdict::broken(&WRONG_TYPE, format!("{kind}, not {}", wanted.unwrap_or(LINUX)), quote);
        return Ok(typed(facts, broken).with("other", kind));
    }
    if let (Some(made), Some(role)) = (&entry.created_at, role(facts))
        && let Some(created) = role.created.as_ref().filter(|it| *it > made)
    {
        let broken = Verdict::broken(
            &STALE,
            format!("entry of {made}, role of {created}"),
            entry.source.quote("\"createdAt\""),
        );
        return Ok(typed(facts, broken).with("since", created));
    }
    let intact = Verdict::intact(format!("{kind} for {arn}"), &entry.source);
    Ok(shared(facts, arn, intact))
}

fn not_described(facts: &Facts) -> Missing {
    let why = facts.account.group.why_not("eks:DescribeAccessEntry");
    let why = why.unwrap_or_else(|| "it was not described".to_owned());
    ACCESS_ENTRY.missing(format!("the role has an access entry; {why}"))
}

fn by_config_map(facts: &Facts, arn: &str, entry: Option<&Resource<AccessEntry>>) -> Look {
    let (_, map) = facts.cluster.mapped_roles.need(&AWS_AUTH)?;
    if let Some(it) = mapped(facts, arn) {
        return Ok(named(by_mapping(facts, arn, it, map), arn));
    }
    if let Some(broken) = nearly_mapped(facts, arn, map) {
        return Ok(named(broken, arn));
    }
    let broken = if let Some(it) = entry {
        let quote = it.source.quote("\"principalArn\"");
        Verdict::broken(&IN_ENTRY_ONLY, "mode CONFIG_MAP, not in aws-auth", quote)
    } else {
        // Whom it maps instead.
        let key = if map.text.contains("rolearn") { "rolearn" } else { "mapRoles" };
        Verdict::broken(&NOT_MAPPED, arn, map.quote(key))
    };
    Ok(named(broken, arn))
}

/// What aws-auth gives the role.
fn by_mapping(facts: &Facts, arn: &str, it: &MappedRole, map: &Source) -> Verdict {
    let quote = || map.quote(&it.role_arn);
    let username = it.username.as_str();
    if !username.starts_with("system:node:") {
        let broken = Verdict::broken(&MAPPED_NAME, username, map.quote(username));
        let broken = broken.with("node-username", "system:node:{{EC2PrivateDNSName}}");
        return broken.with("other", username);
    }
    if !username.contains("{{") {
        let broken = Verdict::broken(&ONE_NAME, username, map.quote(username));
        return broken.with("other", username);
    }
    if !it.groups.iter().any(|it| it == "system:nodes") {
        return Verdict::broken(&MAPPED_WITHOUT_GROUP, it.groups.join(", "), quote());
    }
    shared(facts, arn, Verdict::intact(format!("{} in aws-auth", it.role_arn), map))
}

/// In aws-auth, but in a form that no caller has.
fn nearly_mapped(facts: &Facts, arn: &str, map: &Source) -> Option<Verdict> {
    let all = facts.cluster.mapped_roles.value()?;
    let name = arn.rsplit('/').next().unwrap_or_default();
    if let Some(it) = all.iter().find(|it| bare(&it.role_arn).eq_ignore_ascii_case(&bare(arn))) {
        let broken = Verdict::broken(&MAPPED_WITH_PATH, &it.role_arn, map.quote(&it.role_arn));
        return Some(broken.with("other", &it.role_arn).with("corrected", bare(arn)));
    }
    let profile = of_account::there(&facts.account.group.instance_profile)
        .map(|(it, _)| it.instance_profile_name.as_str());
    let it = all.iter().find(|it| {
        let named = it.role_arn.split_once(":instance-profile/").map(|(_, name)| name);
        named.is_some_and(|it| Some(it) == profile || it == name)
    })?;
    let broken = Verdict::broken(&MAPPED_AS_PROFILE, &it.role_arn, map.quote(&it.role_arn));
    Some(broken.with("other", &it.role_arn).with("corrected", bare(arn)))
}

/// Whom aws-auth maps: the authenticator compares whole ARNs, without a path, in lower case.
fn mapped<'a>(facts: &'a Facts, arn: &str) -> Option<&'a MappedRole> {
    let all = facts.cluster.mapped_roles.value()?;
    all.iter().find(|it| it.role_arn.eq_ignore_ascii_case(&bare(arn)))
}

/// Without its path.
pub(super) fn bare(arn: &str) -> String {
    match arn.split_once(":role/") {
        Some((account, path)) => {
            let name = path.rsplit('/').next().unwrap_or_default();
            format!("{account}:role/{name}")
        }
        None => arn.to_owned(),
    }
}

/// Another principal under the name of one of these nodes.
fn shared(facts: &Facts, arn: &str, verdict: Verdict) -> Verdict {
    let of_nodes = |name: &str| {
        name.strip_prefix("system:node:").is_some_and(|it| {
            of_account::alive(facts).any(|instance| instance.private_dns_name == it)
        })
    };
    let mapped = facts.cluster.mapped_roles.value().into_iter().flatten();
    let other = mapped
        .filter(|it| !it.role_arn.eq_ignore_ascii_case(&bare(arn)))
        .find(|it| of_nodes(&it.username));
    let Some((it, (_, source))) = other.zip(facts.cluster.mapped_roles.need(&AWS_AUTH).ok()) else {
        return verdict;
    };
    let title = format!("{} has the name of one of these nodes, too: {}", it.role_arn, it.username);
    verdict.and_risk(title, source.quote(&it.role_arn))
}

const LINUX: &str = "EC2_LINUX";

/// The type of an access entry for this compute, where its image is known.
fn wanted(facts: &Facts) -> Option<&'static str> {
    if of_account::is(facts, Compute::AutoMode) {
        return Some("EC2");
    }
    let kind = of_account::nodegroup(facts).map_or("", |(it, _)| it.ami_type.as_str());
    let image = of_account::there(&facts.account.group.image).map_or("", |(it, _)| &it.name);
    if kind.starts_with("WINDOWS") || image.starts_with("Windows") {
        return Some("EC2_WINDOWS");
    }
    let known = !image.is_empty() || !matches!(kind, "" | "CUSTOM");
    known.then_some(LINUX)
}

fn role(facts: &Facts) -> Option<&Role> {
    facts.account.group.role.value().and_then(RoleObject::present)
}

fn typed(facts: &Facts, verdict: Verdict) -> Verdict {
    verdict.with("entry-type", wanted(facts).unwrap_or(LINUX))
}

fn named(verdict: Verdict, arn: &str) -> Verdict {
    let name = arn.rsplit('/').next().unwrap_or_default();
    verdict.with("node-role-arn", arn).with("node-role", name)
}
