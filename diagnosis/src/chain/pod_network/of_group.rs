//! What is left of the subnets that a group launches its nodes in, as the account counts it.

use super::subnet_addresses as own;
use crate::{
    chain::{Look, Verdict},
    facts::{
        CniSettings, Facts,
        aws::{Resource, ec2::Subnet},
        inputs::{CNI_SETTINGS, IPAMD_LOG, VPC_SUBNETS},
    },
    path::Run,
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
    if !subnets.iter().all(|it| it.available_ip_address_count.is_some_and(|it| it >= AT_ONCE)) {
        let why = format!("{seen}; one interface may ask for {AT_ONCE} at once");
        return Err(IPAMD_LOG.missing(why));
    }
    let prefixes = facts.cluster.cni.value().and_then(CniSettings::prefixes);
    if prefixes == Some(false) || subnets.iter().all(|it| surely_whole(it)) {
        let Some(first) = subnets.first() else { return Err(VPC_SUBNETS.missing(seen)) };
        return Ok(Verdict::intact(seen, &first.source));
    }
    Err(CNI_SETTINGS.missing(format!("{seen}; with prefix delegation blocks count")))
}

/// Fewer addresses are taken than there are /28 blocks: nobody can have a part of each.
fn surely_whole(subnet: &Subnet) -> bool {
    let (Some(run), Some(free)) =
        (Run::parse(&subnet.cidr_block), subnet.available_ip_address_count)
    else {
        return false;
    };
    let size = (run.last - run.first).saturating_add(1);
    size.saturating_sub(u128::from(free)) < size / 16
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
            surely_whole(&Subnet {
                cidr_block: cidr.to_owned(),
                available_ip_address_count: Some(free),
                ..Subnet::default()
            })
        };
        assert!(of("10.0.0.0/19", 8000) && of("10.0.1.0/24", 241));
        assert!(!of("10.0.0.0/19", 7680) && !of("10.0.1.0/24", 240) && !of("10.0.1.0/28", 11));
        assert!(!of("fd00::/64", 8000));
    }
}
