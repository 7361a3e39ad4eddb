//! What a person says of the network, in a short YAML: README describes it.
//!
//! Unlike in everything else that is read, an unknown key is an error: nobody but a person wrote it,
//! and a misspelt one would say nothing.

use serde::Deserialize;
use serde_json::Value;

use super::paste::{Broken, broken};
use crate::facts::{Account, Cluster, CniSettings, Facts, Observed, Reservation, Source, Subnet};

/// The keys of its first level; one of them tells it.
pub(super) const KEYS: [&str; 6] = [
    "cniVersion",
    "prefixDelegation",
    "customNetworking",
    "securityGroupsForPods",
    "networkPolicies",
    "subnets",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Told {
    #[serde(default)]
    cni_version: Option<String>,
    #[serde(default)]
    prefix_delegation: Option<bool>,
    #[serde(default)]
    custom_networking: Option<bool>,
    #[serde(default)]
    security_groups_for_pods: Option<bool>,
    #[serde(default)]
    network_policies: Option<bool>,
    #[serde(default)]
    subnets: Vec<ToldSubnet>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ToldSubnet {
    id: String,
    #[serde(default)]
    cidr: String,
    #[serde(default)]
    zone: String,
    #[serde(default)]
    free_addresses: Option<u32>,
    #[serde(default)]
    free_blocks: Option<u32>,
    #[serde(default)]
    reservations: Vec<ToldReservation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToldReservation {
    cidr: String,
    #[serde(rename = "type")]
    kind: ReservationKind,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum ReservationKind {
    Prefix,
    Explicit,
}

pub(super) fn is(value: &Value) -> bool {
    KEYS.iter().any(|key| value.get(key).is_some())
}

/// In a few words, and as facts. `line`: that of the text's begin.
pub(super) fn read(place: &str, text: &str, line: u32) -> Result<(String, Box<Facts>), Broken> {
    // `yes` and `no` are words of people.
    let options = serde_saphyr::options! { strict_booleans: false };
    let told: Told =
        serde_saphyr::from_str_with_options(text, options).map_err(|error| broken(&error, line))?;
    let source = || Source { place: place.to_owned(), line, at: None, text: text.to_owned() };
    let mut account = Account::default();
    let reservations = told.subnets.iter().flat_map(reservations).collect::<Vec<_>>();
    if !reservations.is_empty() {
        account.reservations = Observed::seen(reservations, source());
    }
    let subnets: Vec<Subnet> = told.subnets.into_iter().map(subnet).collect();
    let what = format!("network, {} subnets", subnets.len());
    if !subnets.is_empty() {
        account.subnets = Observed::seen(subnets, source());
    }
    let cni = CniSettings {
        version: told.cni_version,
        prefix_delegation: told.prefix_delegation,
        pod_eni: told.security_groups_for_pods,
        custom_networking: told.custom_networking,
    };
    let mut cluster = Cluster::default();
    if cni != CniSettings::default() {
        cluster.cni = Observed::seen(cni, source());
    }
    cluster.egress_policies = match told.network_policies {
        None => Observed::Skipped,
        Some(false) => Observed::seen(Vec::new(), source()),
        Some(true) => Observed::failed("there are some; which select the pod?", source()),
    };
    Ok((what, Box::new(Facts { cluster, account, ..Facts::default() })))
}

fn subnet(it: ToldSubnet) -> Subnet {
    let ToldSubnet { id, cidr, zone, free_addresses: free, free_blocks, .. } = it;
    Subnet { id, cidr, zone, free, free_blocks }
}

fn reservations(of: &ToldSubnet) -> Vec<Reservation> {
    let kind = |it: &ReservationKind| match it {
        ReservationKind::Prefix => "prefix".to_owned(),
        ReservationKind::Explicit => "explicit".to_owned(),
    };
    let read = |it: &ToldReservation| Reservation {
        subnet: of.id.clone(),
        cidr: it.cidr.clone(),
        kind: kind(&it.kind),
    };
    of.reservations.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_says_becomes_facts() {
        let text = "cniVersion: 1.19\nprefixDelegation: yes\nsecurityGroupsForPods: false\n\
            networkPolicies: no\nsubnets:\n- id: subnet-0a\n  cidr: 10.0.1.0/24\n  freeAddresses: 0\n  \
            reservations:\n  - cidr: 10.0.1.64/26\n    type: prefix\n";
        let (what, facts) = read("network.yaml", text, 1).unwrap();
        assert_eq!(what, "network, 1 subnets");
        let cni = facts.cluster.cni.value().unwrap();
        assert_eq!((cni.version.as_deref(), cni.prefix_delegation), (Some("1.19"), Some(true)));
        assert_eq!(facts.cluster.egress_policies.value(), Some(&Vec::new()));
        let (subnets, source) = facts.account.subnets.need(&crate::facts::inputs::SUBNETS).unwrap();
        assert_eq!((subnets[0].free, source.quote("subnet-0a").line), (Some(0), Some(6)));
        assert_eq!(facts.account.reservations.value().unwrap()[0].kind, "prefix");
    }

    #[test]
    fn what_is_misspelt_is_named_with_its_line() {
        for (text, line, why) in [
            ("subnets:\n- id: a\n  freeAdresses: 3\n", 3, "freeAdresses"),
            ("subnets: []\ncniversion: 1\n", 2, "cniversion"),
            ("subnets:\n- id: a\n  freeAddresses: many\n", 3, "number"),
            ("subnets:\n- cidr: 10.0.0.0/24\n", 2, "id"),
            ("subnets: []\nsubnets: []\n", 2, "twice"),
            ("prefixDelegation: perhaps\n", 1, "true or false"),
        ] {
            let broken = read("x", text, 1).map(|_| ()).unwrap_err();
            assert_eq!(broken.line, Some(line), "{text}: {broken:?}");
            assert!(broken.why.contains(why), "{text}: {broken:?}");
        }
    }
}
