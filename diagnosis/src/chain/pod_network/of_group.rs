//! What is left of the subnets that a group launches its nodes in, as the account counts it.

use super::{blocks, subnet_addresses as own};
use crate::{
    chain::{Look, Verdict},
    facts::{
        self, CniSettings, Facts, Observed,
        aws::{
            Resource,
            ec2::Subnet,
            eks::{Addon, PREFIXES},
        },
        inputs::{CNI_SETTINGS, IPAMD_LOG, SUBNET_RESERVATIONS, SUBNET_USE, VPC_SUBNETS},
    },
};

/// What one interface may take at once; a node begins with one.
const AT_ONCE: u32 = 50;

/// `None` where nobody asked the account.
pub(super) fn judge(facts: &Facts) -> Option<Look> {
    let group = &facts.account.group;
    let ids = group.own_subnets();
    let (all, source) = group.subnets.need(&VPC_SUBNETS).ok()?;
    let named = |id: &&str| all.iter().find(|it| it.subnet_id == *id);
    let found: Option<Vec<_>> = ids.iter().map(named).collect();
    if ids.is_empty() {
        return None;
    }
    let Some(subnets) = found else {
        let why = format!("{} does not have all of {}", source.place, ids.join(", "));
        return Some(Err(VPC_SUBNETS.missing(why)));
    };
    let look = left(facts, &subnets);
    Some(look.map(|it| it.with("subnets", ids.join(" "))))
}

fn left(facts: &Facts, subnets: &[&Resource<Subnet>]) -> Look {
    let counts: Vec<String> = subnets.iter().map(|it| count(it)).collect();
    let seen = counts.join(", ");
    let none = |it: &&&Resource<Subnet>| it.available_ip_address_count == Some(0);
    let quote = |it: &Resource<Subnet>| it.source.quote("\"AvailableIpAddressCount\"");
    if subnets.iter().all(|it| none(&it)) {
        let mut evidence = subnets.iter().map(|it| quote(it));
        let Some(first) = evidence.next() else { return Err(VPC_SUBNETS.missing(seen)) };
        let broken = Verdict::broken(&own::NONE_FOR_NODES, seen, first);
        return Ok(evidence.fold(broken, Verdict::and_evidence));
    }
    if let Some(it) = subnets.iter().find(none) {
        let why = format!("{seen}; whether nodes of {} wait for one, ipamd says", it.subnet_id);
        return Err(IPAMD_LOG.doubt(why, quote(it)));
    }
    let enough =
        |it: &&Resource<Subnet>| it.available_ip_address_count.is_some_and(|it| it >= AT_ONCE);
    let prefixes = prefixes(facts);
    if prefixes != Some(true) && !subnets.iter().all(enough) {
        let why = format!("{seen}; one interface may ask for {AT_ONCE} at once");
        return Err(IPAMD_LOG.missing(why));
    }
    let Some(first) = subnets.first() else { return Err(VPC_SUBNETS.missing(seen)) };
    if prefixes == Some(false) || subnets.iter().all(|it| it.is_surely_whole()) {
        return Ok(Verdict::intact(seen, &first.source));
    }
    blocks_left(facts, subnets, prefixes, &seen)
}

/// Counted of what the interfaces in the subnets have, and of what is reserved there.
fn blocks_left(
    facts: &Facts,
    subnets: &[&Resource<Subnet>],
    prefixes: Option<bool>,
    seen: &str,
) -> Look {
    let free = |it: &&Resource<Subnet>| it.available_ip_address_count.unwrap_or(0);
    let told = |it: &Resource<Subnet>| facts::Subnet {
        id: it.subnet_id.clone(),
        cidr: it.cidr_block.clone(),
        free: it.available_ip_address_count,
        ..facts::Subnet::default()
    };
    let none = |it: &&&Resource<Subnet>| blocks::at_most(facts, &told(it)) == Some(0);
    let some = |it: &&Resource<Subnet>| {
        let least = blocks::at_least(facts, &told(it), free(it));
        it.is_surely_whole() || least.is_some_and(|it| it > 0)
    };
    let quote = |it: &Resource<Subnet>| it.source.quote("\"AvailableIpAddressCount\"");
    let full = subnets.iter().filter(|it| none(it)).count();
    if full == subnets.len() && prefixes == Some(true) {
        return broken(facts, subnets, seen);
    }
    if let Some(it) = subnets.iter().find(|it| none(it)) {
        let why = format!("{seen}; no whole /28 is left in {}", it.subnet_id);
        return Err(match prefixes {
            Some(_) => IPAMD_LOG.doubt(format!("{why}, for nodes there that need one"), quote(it)),
            None => CNI_SETTINGS.missing(format!("{why}, which counts with prefix delegation")),
        });
    }
    if let Some(it) = subnets.iter().find(|it| !some(it)) {
        let id = &it.subnet_id;
        return Err(match (prefixes, blocks::at_most(facts, &told(it))) {
            (Some(_), Some(_)) => IPAMD_LOG.missing(format!("{seen}; a /28 may be free in {id}")),
            (Some(_), None) => {
                let why = match &facts.account.subnet_use {
                    Observed::Failed { why, source } => format!("{}: {why}", source.place),
                    _ => "its interfaces tell".to_owned(),
                };
                SUBNET_USE.missing(format!("{seen}; whether a whole /28 is free in {id}: {why}"))
            }
            (None, _) => {
                CNI_SETTINGS.missing(format!("{seen}; with prefix delegation blocks count"))
            }
        });
    }
    facts.account.reservations.need(&SUBNET_RESERVATIONS)?;
    let source = &subnets.first().ok_or_else(|| VPC_SUBNETS.missing(seen))?.source;
    Ok(Verdict::intact(format!("{seen}, and whole /28 blocks"), source))
}

fn broken(facts: &Facts, subnets: &[&Resource<Subnet>], seen: &str) -> Look {
    let detail = format!("{seen}, but no whole /28 in any of them");
    let mut evidence = subnets.iter().map(|it| it.source.quote("\"AvailableIpAddressCount\""));
    let first = evidence.next().ok_or_else(|| VPC_SUBNETS.missing(seen))?;
    let mut broken = Verdict::broken(&own::NO_BLOCK_FOR_NODES, detail, first);
    broken = evidence.fold(broken, Verdict::and_evidence);
    if let Observed::Seen { source, .. } = &facts.account.subnet_use {
        let needles = ["\"Ipv4Prefix\"", "\"PrivateIpAddress\""];
        let needle = needles.into_iter().find(|it| source.text.contains(it));
        broken = needle.into_iter().fold(broken, |it, key| it.and_evidence(source.quote(key)));
    }
    Ok(match addon(facts) {
        Some(it) => broken.and_evidence(it.source.quote(PREFIXES)),
        None => broken,
    })
}

/// As the DaemonSet has it, else as the add-on was configured.
fn prefixes(facts: &Facts) -> Option<bool> {
    let set = facts.cluster.cni.value().and_then(CniSettings::prefixes);
    set.or_else(|| addon(facts)?.prefix_delegation())
}

fn addon(facts: &Facts) -> Option<&Resource<Addon>> {
    let mut addons = facts.account.group.addons.value()?.iter();
    addons.find(|it| it.addon_name == "vpc-cni" && it.prefix_delegation().is_some())
}

fn count(it: &Subnet) -> String {
    match it.available_ip_address_count {
        Some(free) => format!("{free} free in {}", it.subnet_id),
        None => format!("{} was not counted", it.subnet_id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_surely_whole_where_fewer_are_taken_than_there_are_blocks() {
        let of = |cidr: &str, free| {
            (Subnet {
                cidr_block: cidr.to_owned(),
                available_ip_address_count: Some(free),
                ..Subnet::default()
            })
            .is_surely_whole()
        };
        assert!(of("10.0.0.0/19", 8000) && of("10.0.1.0/24", 241));
        assert!(!of("10.0.0.0/19", 7680) && !of("10.0.1.0/24", 240) && !of("10.0.1.0/28", 11));
        assert!(!of("fd00::/64", 8000));
    }
}
