//! Addresses for pods, and their way to what they ask.

use super::{Chain, Fault, Link, Look, Verdict, Way, ladder};
use crate::{
    facts::{
        Facts, Input, Missing, Observed, Phase, Reach, Refusal, Source,
        inputs::{IPAMD_LOG, PROBE_REPORT},
    },
    pattern::Names,
    report::Evidence,
};

mod address_views;
mod addresses;
mod binding;
mod blocks;
mod capacity;
mod cluster_dns;
mod cni_config;
mod cni_role;
mod custom_networking;
mod destination_endpoint;
mod eni_slots;
mod ipamd;
mod kernel_limits;
mod kubernetes_service;
mod limits;
mod network_policy;
mod of_group;
mod packet_path;
mod pod_eni;
mod pod_metadata;
mod slots;
mod subnet_addresses;
mod subnets;
mod upstream_dns;
mod views;
mod webhook_endpoint;

pub static CHAIN: Chain = Chain {
    id: "pod-network",
    title: "addresses for pods, and their paths",
    links: &[
        &cni_role::LINK,
        &ipamd::LINK,
        &cni_config::LINK,
        &capacity::LINK,
        &eni_slots::LINK,
        &custom_networking::LINK,
        &subnet_addresses::LINK,
        &addresses::LINK,
        &address_views::LINK,
        &pod_eni::LINK,
        &kernel_limits::LINK,
        &cluster_dns::LINK,
        &upstream_dns::LINK,
        &kubernetes_service::LINK,
        &network_policy::LINK,
        &packet_path::LINK,
        &pod_metadata::LINK,
        &webhook_endpoint::LINK,
        &destination_endpoint::LINK,
    ],
};

/// Whether the limits of this instance type are known without asking EC2.
pub fn knows_limits(instance_type: &str) -> bool {
    !limits::is_new(instance_type)
}

/// What the sentence names beside what its sign reads.
pub(crate) fn named(text: &str, ways: &[Way], names: &mut Names) {
    if ways.iter().any(|Way(link, _)| link.id == webhook_endpoint::LINK.id) {
        webhook_endpoint::named(text, names);
    }
}

/// What gave a pod's sandbox its network: no container, not even its image, comes before it.
pub(super) static SANDBOX: &[&Link] = &[&ipamd::LINK, &cni_config::LINK, &addresses::LINK];

/// Whether a pod gets its address by it; from the way to CoreDNS on they are about the paths from there.
pub(super) fn gives_address(link: &Link) -> bool {
    let mut giving = CHAIN.links.iter().take_while(|it| it.id != cluster_dns::LINK.id);
    giving.any(|it| it.id == link.id)
}

/// What CoreDNS says of itself and of those that it asks.
static COREDNS_LOG: Input = Input {
    id: "coredns-log",
    how: "kubectl -n kube-system logs -l k8s-app=kube-dns --tail=200 --prefix",
};

/// Whether a client that says this fault sees nothing but the broken link: a resolver that is silent,
/// or the drop of the very pair that the client names.
pub(crate) fn seen_as(link: &Link, names: &Names, fault: &Fault, said: &[Evidence]) -> bool {
    let is = |it: &Fault| std::ptr::eq(it, fault);
    let name = is(&ladder::NAME_UNANSWERED) || is(&ladder::NAME_REFUSED);
    let of = |it: &Link| std::ptr::eq(it, link);
    if of(&cluster_dns::LINK) || of(&upstream_dns::LINK) {
        return name;
    }
    if of(&network_policy::LINK) && names.contains_key("policy") {
        return name;
    }
    let (Some(host), Some(port)) = (names.get("host"), names.get("port")) else { return false };
    let pair = format!("{host}:{port}");
    of(&network_policy::LINK)
        && (name || is(&ladder::CONNECT_TIMED_OUT))
        && said.iter().any(|it| it.quote.contains(&pair))
}

/// Whatever keeps ipamd from addresses does not, as long as it has one to give.
fn allocating(facts: &Facts) -> Look {
    let node = &facts.node;
    if node.vpc_cni.value() == Some(&false) && node.ipamd.value().is_none() {
        return Ok(Verdict::not_applicable("another CNI plugin is configured"));
    }
    let (books, source) = node.ipamd.need(&IPAMD_LOG)?;
    let free = books.total.saturating_sub(books.assigned);
    match free {
        0 => Err(IPAMD_LOG.missing("ipamd has no address left; its log says why")),
        _ => Ok(Verdict::intact(format!("ipamd has {free} addresses to give"), source)),
    }
}

/// What EC2 refused to ipamd, where it has nothing left to give and all refusals are of one kind: the
/// metrics do not say which came last. Each kind is told by its own link.
fn refused<'a>(facts: &'a Facts, codes: &[&str]) -> Option<(&'a Refusal, Evidence)> {
    const TELLING: [&str; 3] =
        ["UnauthorizedOperation", "InsufficientFreeAddressesInSubnet", "InsufficientCidrBlocks"];
    facts.node.ipamd.value().filter(|it| it.total <= it.assigned)?;
    let (refusals, source) = facts.node.ipamd_refusals.need(&IPAMD_LOG).ok()?;
    let mut telling = refusals.iter().filter(|it| TELLING.contains(&&*it.code));
    let first = telling.next()?;
    let alone = telling.all(|it| it.code == first.code);
    (alone && codes.contains(&&*first.code)).then(|| (first, source.quote(&first.code)))
}

/// What the probe measured from the pod, whichever host answered.
fn from_pod(facts: &Facts) -> Result<(&Reach, &Source), Missing> {
    let (regional, global) = (&facts.pod.sts_regional, &facts.pod.sts_global);
    match global {
        Observed::Seen { .. } if regional.value().is_none() => global.need(&PROBE_REPORT),
        _ => regional.need(&PROBE_REPORT),
    }
}

/// An outside name that resolved in the pod went through all of its DNS.
fn resolves(facts: &Facts, input: &'static Input) -> Look {
    let (reach, source) = from_pod(facts).map_err(|it| Missing { input, ..it })?;
    let asked = reach.phases.iter().any(|it| it.phase == Phase::Dns);
    if asked && !reach.addresses.is_empty() {
        return Ok(Verdict::intact(format!("{} resolves in the pod", reach.host), source));
    }
    Err(input.missing(format!("{} did not resolve in the pod", reach.host)))
}
