//! ipamd's `/v1/enis`, in each of the shapes that VPC CNI releases have answered.
//!
//! Source: aws/amazon-vpc-cni-k8s, `pkg/ipamd/introspect.go` and
//! `pkg/ipamd/datastore/data_store.go`, v1.6 to v1.23. Up to 1.6 pools were called `ENIIPPools`;
//! 1.7 to 1.19 answer one object; since 1.20 a map from network card to that object; since 1.23
//! `containerID` and `ifName` are blank, so that an address counts as assigned by the counters
//! alone.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::facts::Ipamd;

#[derive(Deserialize)]
struct Card {
    #[serde(rename = "TotalIPs")]
    total: u32,
    #[serde(rename = "AssignedIPs")]
    assigned: u32,
    #[serde(rename = "ENIs", alias = "ENIIPPools", default)]
    interfaces: BTreeMap<String, Interface>,
}

#[derive(Deserialize)]
struct Interface {
    #[serde(rename = "IsTrunk", default)]
    trunk: bool,
    #[serde(rename = "AvailableIPv4Cidrs", default)]
    cidrs: BTreeMap<String, Cidr>,
}

#[derive(Deserialize)]
struct Cidr {
    #[serde(rename = "IsPrefix", default)]
    prefix: bool,
}

/// The books of all network cards, added up.
pub fn enis(body: &[u8]) -> Result<Ipamd, String> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| format!("ipamd's answer is not JSON (column {})", error.column()))?;
    let Value::Object(object) = value else {
        return Err("ipamd's answer is not a JSON object".to_owned());
    };
    // Every path that ipamd does not serve is answered by its list of paths.
    if object.contains_key("AvailableCommands") {
        return Err("this ipamd does not serve /v1/enis".to_owned());
    }
    let cards = if object.contains_key("TotalIPs") {
        vec![card(Value::Object(object))?]
    } else {
        by_card(object)?
    };
    let mut sum = Ipamd::default();
    for card in &cards {
        sum.total = sum.total.saturating_add(card.total);
        sum.assigned = sum.assigned.saturating_add(card.assigned);
        sum.interfaces += u32::try_from(card.interfaces.len()).unwrap_or(u32::MAX);
        for interface in card.interfaces.values() {
            sum.trunk |= interface.trunk;
            sum.prefix_delegation |= interface.cidrs.values().any(|it| it.prefix);
        }
    }
    Ok(sum)
}

fn by_card(object: Map<String, Value>) -> Result<Vec<Card>, String> {
    if object.is_empty() || object.keys().any(|key| key.parse::<u32>().is_err()) {
        return Err("ipamd's answer has none of the known shapes of /v1/enis".to_owned());
    }
    object.into_iter().map(|(_, value)| card(value)).collect()
}

fn card(value: Value) -> Result<Card, String> {
    serde_json::from_value(value)
        .map_err(|_| "ipamd's answer has none of the known shapes of /v1/enis".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"TotalIPs":18,"AssignedIPs":5,"ENIs":{
        "eni-1":{"ID":"eni-1","IsPrimary":true,"IsTrunk":false,"AvailableIPv4Cidrs":{
            "10.0.1.21/32":{"Cidr":{},"IsPrefix":false,"IPAddresses":{}}}},
        "eni-2":{"ID":"eni-2","IsTrunk":true,"AvailableIPv4Cidrs":{
            "10.0.1.32/28":{"Cidr":{},"IsPrefix":true,"IPAddresses":{}}}}}}"#;

    #[test]
    fn all_shapes_give_the_same_books() {
        let by_card = format!(r#"{{"0":{ONE}}}"#);
        let expected = Ipamd {
            interfaces: 2,
            total: 18,
            assigned: 5,
            prefix_delegation: true,
            trunk: true,
            ..Ipamd::default()
        };
        assert_eq!(enis(ONE.as_bytes()), Ok(expected.clone()));
        assert_eq!(enis(by_card.as_bytes()), Ok(expected));

        let oldest = br#"{"TotalIPs":28,"AssignedIPs":3,"ENIIPPools":{
            "eni-1":{"AssignedIPv4Addresses":3,"DeviceNumber":0,"IPv4Addresses":{}}}}"#;
        let pools = enis(oldest).unwrap();
        assert_eq!((pools.interfaces, pools.total, pools.assigned), (1, 28, 3));
    }

    #[test]
    fn cards_are_added_up() {
        let two = format!(r#"{{"0":{ONE},"1":{ONE}}}"#);
        let sum = enis(two.as_bytes()).unwrap();
        assert_eq!((sum.interfaces, sum.total, sum.assigned), (4, 36, 10));
    }

    #[test]
    fn anything_else_is_an_error() {
        for body in [
            r#"{"AvailableCommands":["/v1/enis"]}"#,
            "{}",
            r#"{"zero":{}}"#,
            "[]",
            "<html>",
            r#"{"0":{"TotalIPs":"many"}}"#,
        ] {
            assert!(enis(body.as_bytes()).is_err(), "{body}");
        }
    }
}
