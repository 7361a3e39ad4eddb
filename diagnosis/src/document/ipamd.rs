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

use crate::facts::{Ipamd, IpamdInterface, Refusal};

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
#[expect(clippy::struct_excessive_bools, reason = "as ipamd writes it")]
struct Interface {
    #[serde(rename = "DeviceNumber", default)]
    device: u32,
    #[serde(rename = "IsPrimary", default)]
    primary: bool,
    #[serde(rename = "IsTrunk", default)]
    trunk: bool,
    #[serde(rename = "IsEFA", default)]
    efa: bool,
    #[serde(rename = "IsExcludedForPodIPs", default)]
    excluded: bool,
    #[serde(rename = "AvailableIPv4Cidrs", default)]
    cidrs: Option<BTreeMap<String, Cidr>>,
    #[serde(rename = "IPv6Cidrs", default)]
    ipv6: Option<BTreeMap<String, Cidr>>,
    /// Up to 1.6.
    #[serde(rename = "IPv4Addresses", default)]
    addresses: Option<BTreeMap<String, Value>>,
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
        vec![(0, card(Value::Object(object))?)]
    } else {
        by_card(object)?
    };
    let mut sum = Ipamd::default();
    for (number, card) in cards {
        sum.total = sum.total.saturating_add(card.total);
        sum.assigned = sum.assigned.saturating_add(card.assigned);
        let mine = card.interfaces.into_iter().map(|(id, it)| it.read(id, number));
        sum.by_interface.extend(
            mine.inspect(|(_, prefixes)| sum.prefix_delegation |= prefixes).map(|(it, _)| it),
        );
    }
    sum.interfaces = u32::try_from(sum.by_interface.len()).unwrap_or(u32::MAX);
    sum.trunk = sum.by_interface.iter().any(|it| it.trunk);
    Ok(sum)
}

impl Interface {
    /// And whether any of its blocks, of either family, is a prefix.
    fn read(self, id: String, network_card: u32) -> (IpamdInterface, bool) {
        let cidrs = self.cidrs.unwrap_or_default();
        let prefix = cidrs.values().any(|it| it.prefix)
            || self.ipv6.unwrap_or_default().values().any(|it| it.prefix);
        let (prefixes, single): (Vec<_>, Vec<_>) = cidrs.into_iter().partition(|(_, it)| it.prefix);
        let single = single.into_iter().map(|(it, _)| it.trim_end_matches("/32").to_owned());
        let interface = IpamdInterface {
            id,
            device_number: self.device,
            network_card,
            primary: self.primary,
            trunk: self.trunk,
            efa: self.efa,
            excluded: self.excluded,
            addresses: single.chain(self.addresses.unwrap_or_default().into_keys()).collect(),
            prefixes: prefixes.into_iter().map(|(it, _)| it).collect(),
        };
        (interface, prefix)
    }
}

/// `awscni_aws_api_error_count` of ipamd's metrics: which calls EC2 refused, and by which code.
///
/// Source: aws/amazon-vpc-cni-k8s `pkg/awsutils/awsutils.go`, `awsAPIErrInc`, and
/// `utils/prometheusmetrics`. Returns what it read as it stood there, too.
pub fn refusals(metrics: &str) -> (Vec<Refusal>, String) {
    let lines = || metrics.lines().filter(|it| it.starts_with("awscni_aws_api_error_count{"));
    let refusals = lines().filter_map(|line| {
        let label = |name: &str| {
            let (_, rest) = line.split_once(&format!("{name}=\""))?;
            let (value, _) = rest.split_once('"')?;
            value
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || it == b'.')
                .then(|| value.to_owned())
        };
        let count: f64 = line.rsplit_once("} ")?.1.split_whitespace().next()?.parse().ok()?;
        (count > 0.0).then_some(())?;
        Some(Refusal { call: label("api")?, code: label("error")? })
    });
    (refusals.collect(), lines().collect::<Vec<_>>().join("\n"))
}

fn by_card(object: Map<String, Value>) -> Result<Vec<(u32, Card)>, String> {
    const UNKNOWN: &str = "ipamd's answer has none of the known shapes of /v1/enis";
    if object.is_empty() {
        return Err(UNKNOWN.to_owned());
    }
    let number = |key: &str| key.parse::<u32>().map_err(|_| UNKNOWN.to_owned());
    object.into_iter().map(|(key, value)| Ok((number(&key)?, card(value)?))).collect()
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
        let one = IpamdInterface {
            id: "eni-1".to_owned(),
            primary: true,
            addresses: vec!["10.0.1.21".to_owned()],
            ..IpamdInterface::default()
        };
        let two = IpamdInterface {
            id: "eni-2".to_owned(),
            trunk: true,
            prefixes: vec!["10.0.1.32/28".to_owned()],
            ..IpamdInterface::default()
        };
        let expected = Ipamd {
            interfaces: 2,
            total: 18,
            assigned: 5,
            prefix_delegation: true,
            trunk: true,
            by_interface: vec![one, two],
        };
        assert_eq!(enis(ONE.as_bytes()), Ok(expected.clone()));
        assert_eq!(enis(by_card.as_bytes()), Ok(expected));

        let oldest = br#"{"TotalIPs":28,"AssignedIPs":3,"ENIIPPools":{
            "eni-1":{"AssignedIPv4Addresses":3,"DeviceNumber":1,"IPv4Addresses":{"10.0.1.9":{}}}}}"#;
        let pools = enis(oldest).unwrap();
        assert_eq!((pools.interfaces, pools.total, pools.assigned), (1, 28, 3));
        let IpamdInterface { device_number, addresses, .. } = &pools.by_interface[0];
        assert_eq!((*device_number, addresses.join(" ")), (1, "10.0.1.9".to_owned()));
    }

    #[test]
    fn cards_are_added_up() {
        let two = format!(r#"{{"0":{ONE},"1":{ONE}}}"#);
        let sum = enis(two.as_bytes()).unwrap();
        assert_eq!((sum.interfaces, sum.total, sum.assigned), (4, 36, 10));
        let cards: Vec<_> = sum.by_interface.iter().map(|it| it.network_card).collect();
        assert_eq!(cards, [0, 0, 1, 1]);
    }

    #[test]
    fn what_ec2_refused_is_counted_by_call_and_code() {
        let metrics = "# TYPE awscni_aws_api_error_count counter\n\
            awscni_aws_api_error_count{api=\"AssignPrivateIpAddresses\",error=\"InsufficientCidrBlocks\"} 3\n\
            awscni_aws_api_error_count{api=\"CreateTags\",error=\"UnauthorizedOperation\"} 1.2e+07\n\
            awscni_aws_api_error_count{api=\"x\",error=\"a b\"} 1\n\
            awscni_aws_utils_error_count{fn=\"y\",error=\"z\"} 9\n";
        let (refusals, text) = refusals(metrics);
        let seen: Vec<_> = refusals.iter().map(|it| (&*it.call, &*it.code)).collect();
        let assign = ("AssignPrivateIpAddresses", "InsufficientCidrBlocks");
        assert_eq!(seen, [assign, ("CreateTags", "UnauthorizedOperation")]);
        assert_eq!(text.lines().count(), 3);
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
