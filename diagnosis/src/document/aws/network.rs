//! What EC2 answers of subnets and of what is in them.

use serde_json::Value;

use crate::document::paste::Document;
use crate::facts::{
    Account, Facts, InstanceLimits, Observed, Reservation, Source, Subnet, SubnetUse,
};

/// `None` for something else.
pub(super) fn read(value: &Value, source: &Source) -> Option<Document> {
    let list = |key: &str| value.get(key).and_then(Value::as_array);
    let mut account = Account::default();
    let what = if let Some(all) = list("Subnets") {
        let subnets: Vec<Subnet> = all.iter().map(subnet).collect();
        let what = format!("{} subnets", subnets.len());
        account.subnets = Observed::seen(subnets, source.clone());
        what
    } else if let Some(all) = list("NetworkInterfaces") {
        account.subnet_use = Observed::seen(uses(all), source.clone());
        format!("{} network interfaces", all.len())
    } else if let Some(all) = list("SubnetIpv4CidrReservations") {
        let reserved: Vec<Reservation> = all.iter().map(reservation).collect();
        let what = format!("{} CIDR reservations", reserved.len());
        account.reservations = Observed::seen(reserved, source.clone());
        what
    } else if let Some(all) = list("InstanceTypes") {
        let limits: Vec<InstanceLimits> = all.iter().filter_map(limits).collect();
        let what = format!("limits of {} instance types", limits.len());
        account.instance_limits = Observed::seen(limits, source.clone());
        what
    } else {
        return None;
    };
    Some(Document::Seen(what, Box::new(Facts { account, ..Facts::default() })))
}

fn subnet(it: &Value) -> Subnet {
    let free = it["AvailableIpAddressCount"].as_u64();
    Subnet {
        id: text(&it["SubnetId"]),
        cidr: text(&it["CidrBlock"]),
        zone: text(&it["AvailabilityZone"]),
        free: free.and_then(|it| u32::try_from(it).ok()),
        free_blocks: None,
    }
}

/// Of several network cards the default one counts.
fn limits(it: &Value) -> Option<InstanceLimits> {
    let network = &it["NetworkInfo"];
    let count = |it: &Value| it.as_u64().and_then(|it| u32::try_from(it).ok());
    let default = count(&network["DefaultNetworkCardIndex"]).unwrap_or(0);
    let cards = network["NetworkCards"].as_array().into_iter().flatten();
    let mut card = cards.filter(|it| count(&it["NetworkCardIndex"]) == Some(default));
    let of_card = card.find_map(|it| count(&it["MaximumNetworkInterfaces"]));
    Some(InstanceLimits {
        instance_type: text(&it["InstanceType"]),
        interfaces: of_card.or_else(|| count(&network["MaximumNetworkInterfaces"]))?,
        addresses: count(&network["Ipv4AddressesPerInterface"])?,
        nitro: it["Hypervisor"].as_str().map(|it| it == "nitro"),
    })
}

fn reservation(it: &Value) -> Reservation {
    Reservation {
        subnet: text(&it["SubnetId"]),
        cidr: text(&it["Cidr"]),
        kind: text(&it["ReservationType"]),
    }
}

/// In the order in which the subnets are met.
fn uses(interfaces: &[Value]) -> Vec<SubnetUse> {
    let mut uses: Vec<SubnetUse> = Vec::new();
    for it in interfaces {
        let subnet = text(&it["SubnetId"]);
        let each = |list: &str, key: &'static str| {
            let all = it[list].as_array().cloned().unwrap_or_default();
            all.into_iter().map(move |it| text(&it[key]))
        };
        let taken = each("PrivateIpAddresses", "PrivateIpAddress");
        let taken = taken.chain(each("Ipv4Prefixes", "Ipv4Prefix")).filter(|it| !it.is_empty());
        match uses.iter_mut().find(|it| it.subnet == subnet) {
            Some(known) => known.taken.extend(taken),
            None => uses.push(SubnetUse { subnet, taken: taken.collect() }),
        }
    }
    uses
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn facts(value: &Value) -> Account {
        match read(value, &Source::default()) {
            Some(Document::Seen(_, facts)) => facts.account,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn subnets_and_what_is_in_them_are_facts() {
        let value = json!({"Subnets": [{"SubnetId": "subnet-0a", "CidrBlock": "10.0.1.0/24",
            "AvailabilityZone": "us-west-2a", "AvailableIpAddressCount": 7}]});
        assert_eq!(facts(&value).subnets.value().unwrap()[0].free, Some(7));
        let value = json!({"NetworkInterfaces": [
            {"SubnetId": "subnet-0a", "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.5"}]},
            {"SubnetId": "subnet-0a", "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.1.32/28"}]}]});
        let seen = facts(&value).subnet_use;
        assert_eq!(seen.value().unwrap()[0].taken, ["10.0.1.5", "10.0.1.32/28"]);
        let value = json!({"SubnetIpv4CidrReservations": [{"SubnetId": "subnet-0a",
            "Cidr": "10.0.1.64/26", "ReservationType": "prefix"}]});
        assert_eq!(facts(&value).reservations.value().unwrap()[0].kind, "prefix");
        assert!(read(&json!({"Vpcs": []}), &Source::default()).is_none());
    }
}
