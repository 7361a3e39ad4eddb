//! What is left of the subnets that a node's pods take their addresses from.

use std::net::Ipv4Addr;

use super::{CHAIN, blocks, subnet_addresses as own};
use crate::{
    chain::{Look, Verdict, Way},
    facts::{
        CniSettings, Facts, Observed, Source, Subnet,
        inputs::{CNI_SETTINGS, IPAMD_LOG, NODE_CHECK, SUBNET_USE, SUBNETS},
    },
    pattern,
};

/// One interface may take as many addresses at once: with fewer, a subnet may be too full for it.
const AT_ONCE: u32 = 50;

/// `None` where no subnet was seen.
pub(super) fn judge(facts: &Facts) -> Option<Look> {
    let Observed::Seen { value: all, source } = &facts.account.subnets else { return None };
    let asked = in_question(facts, all);
    (!asked.is_empty()).then(|| left(facts, &asked, source))
}

fn left(facts: &Facts, asked: &[&Subnet], source: &Source) -> Look {
    let ids = |all: &[&Subnet]| all.iter().map(|it| &*it.id).collect::<Vec<_>>().join(" ");
    let full: Vec<&Subnet> = asked.iter().copied().filter(|it| it.free == Some(0)).collect();
    let starved = starved(facts);
    if let Some(first) = full.first() {
        let quote = source.quote(&first.id);
        let none = format!("no address is free in {}", ids(&full));
        return match (starved, full.len() == asked.len()) {
            (true, true) => {
                Ok(Verdict::broken(&own::FULL, none, quote).with("subnets", ids(asked)))
            }
            (true, false) => {
                let why = format!("{none}; which subnet the node is in was not seen");
                Err(NODE_CHECK.doubt(why, quote))
            }
            // A subnet may be full without a pod that waits.
            (false, _) => Err(IPAMD_LOG.missing(format!("{none}; no line says that a pod waits"))),
        };
    }
    let counts: Vec<String> = asked.iter().map(|it| count(it)).collect();
    let seen = counts.join(", ");
    match facts.cluster.cni.value().and_then(CniSettings::prefixes).or(by_books(facts)) {
        Some(true) => blocks_left(facts, asked, source, starved, &seen),
        Some(false) if asked.iter().all(|it| it.free.is_some_and(|it| it >= AT_ONCE)) => {
            Ok(Verdict::intact(seen, source))
        }
        Some(false) => {
            Err(SUBNETS.missing(format!("{seen}; one interface may ask for {AT_ONCE} at once")))
        }
        // It quotes EC2's refusal, whichever way addresses are handed out.
        None if starved => {
            Err(IPAMD_LOG.missing(format!("{seen}; with prefix delegation blocks count")))
        }
        None => Err(CNI_SETTINGS.missing(format!("{seen}; with prefix delegation blocks count"))),
    }
}

fn blocks_left(
    facts: &Facts,
    asked: &[&Subnet],
    source: &Source,
    starved: bool,
    seen: &str,
) -> Look {
    let ids: Vec<&str> = asked.iter().map(|it| &*it.id).collect();
    let ids = ids.join(" ");
    // What somebody counted is exact; what interfaces have not taken may be taken by others.
    if asked.iter().all(|it| it.free_blocks.is_some_and(|it| it > 0)) {
        return Ok(Verdict::intact(format!("{seen}, and whole /28 blocks"), source));
    }
    let at_most: Option<Vec<u32>> = asked.iter().map(|it| blocks::at_most(facts, it)).collect();
    match at_most {
        Some(blocks) if blocks.iter().all(|it| *it == 0) && starved => {
            let quote = source.quote(asked.first().map_or("", |it| &it.id));
            let detail = format!("{seen}, but no whole /28");
            let mut broken = Verdict::broken(&own::FRAGMENTED, detail, quote).with("subnets", ids);
            if let Observed::Seen { source, .. } = &facts.account.subnet_use {
                broken = broken.and_evidence(source.quote(&asked[0].id));
            }
            Ok(broken)
        }
        Some(blocks) if blocks.iter().all(|it| *it == 0) => {
            Err(IPAMD_LOG.missing(format!("{seen}, no whole /28; no line says that a pod waits")))
        }
        Some(_) => Err(IPAMD_LOG.missing(format!("{seen}; a /28 may be free"))),
        None => {
            let names =
                format!("{seen}; whether a whole /28 is free in {ids}, its interfaces tell");
            Err(SUBNET_USE.missing(names))
        }
    }
}

fn count(it: &Subnet) -> String {
    match it.free {
        Some(free) => format!("{free} free in {}", it.id),
        None => format!("{} was not counted", it.id),
    }
}

fn by_books(facts: &Facts) -> Option<bool> {
    // Books without a prefix may be those of a node that could get none.
    facts.node.ipamd.value().filter(|it| it.prefix_delegation).map(|_| true)
}

/// Those that the node's interfaces are in; else that of the node's address; else all that were given.
fn in_question<'a>(facts: &Facts, all: &'a [Subnet]) -> Vec<&'a Subnet> {
    let custom = facts.cluster.cni.value().and_then(|it| it.custom_networking) == Some(true);
    let interfaces = facts.node.interfaces.value().into_iter().flatten();
    let ids: Vec<&str> = interfaces.map(|it| &*it.subnet_id).collect();
    let of_node: Vec<&Subnet> = all.iter().filter(|it| ids.contains(&&*it.id)).collect();
    if !of_node.is_empty() {
        return of_node;
    }
    let has = |it: &&Subnet| {
        address(facts).is_some_and(|address| blocks::contains(&it.cidr, address) == Some(true))
    };
    let by_address: Vec<&Subnet> = all.iter().filter(has).collect();
    // With custom networking pods have another subnet than their node.
    if by_address.is_empty() || custom { all.iter().collect() } else { by_address }
}

/// EC2 names an instance after its address: `ip-10-0-1-10.…`.
fn address(facts: &Facts) -> Option<Ipv4Addr> {
    let pod = facts.cluster.pod.value().and_then(|it| it.present());
    let subject = Some(&facts.subject.name).filter(|_| facts.subject.kind == "node");
    let name = facts.node.name.value().or(pod.and_then(|it| it.node.as_ref())).or(subject)?;
    let address = name.split('.').next()?.strip_prefix("ip-")?;
    address.replace('-', ".").parse().ok()
}

/// Whether ipamd's books, or a line of whomever, say that a pod waits for an address.
fn starved(facts: &Facts) -> bool {
    let books = facts.node.ipamd.value();
    if books.is_some_and(|it| it.total <= it.assigned) {
        return true;
    }
    let of_ours = |Way(link, _): &Way| std::ptr::eq(*link, &raw const own::LINK);
    let signs = || CHAIN.links.iter().flat_map(|it| it.signs);
    let says = |text: &str| {
        signs().any(|it| it.could_be.iter().any(of_ours) && pattern::read(it.text, text).is_some())
    };
    facts.lines.iter().any(|it| says(&it.text))
}
