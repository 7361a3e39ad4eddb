//! Whole /28 blocks of the group's subnets, counted of who has what of them.

use diagnosis::facts::Facts;

use super::files::from_files;
use super::*;

const FREE: &str = "\"AvailableIpAddressCount\": 8000";

/// The two subnets become a /24 each, with so many free addresses, and these documents beside them.
fn account(prefixes: Option<bool>, free: u32, documents: &[(String, Value)]) -> Facts {
    let all = super::files::all(|name, text| match name {
        "describe-subnets.json" => text
            .replace("10.0.0.0/19", "10.0.2.0/24")
            .replace("10.0.32.0/19", "10.0.34.0/24")
            .replace(FREE, &format!("\"AvailableIpAddressCount\": {free}")),
        "describe-addon-vpc-cni.json" => match prefixes {
            Some(on) => {
                let mut document: Value = serde_json::from_str(&text).unwrap();
                let values = json!({"env": {"ENABLE_PREFIX_DELEGATION": on.to_string()}});
                document["addon"]["configurationValues"] = json!(values.to_string());
                document.to_string()
            }
            None => text,
        },
        _ => text,
    });
    let more = documents.iter().map(|(name, document)| (name.clone(), document.to_string()));
    super::files::facts_of(&all.into_iter().chain(more).collect::<Vec<_>>()).unwrap()
}

/// One interface in each subnet that has these last parts of addresses, and these prefixes.
fn interfaces(hosts: &[u8], prefixes: &[u8]) -> (String, Value) {
    let one = |subnet: &str, net: u8| {
        let address = |it: &u8| json!({"PrivateIpAddress": format!("10.0.{net}.{it}")});
        let prefix = |it: &u8| json!({"Ipv4Prefix": format!("10.0.{net}.{it}/28")});
        json!({"NetworkInterfaceId": format!("eni-0{net}"), "SubnetId": subnet, "VpcId": "vpc-0prod",
            "Description": "aws-K8S-i-0aaa", "PrivateIpAddress": format!("10.0.{net}.{}", hosts[0]),
            "PrivateIpAddresses": hosts.iter().map(address).collect::<Vec<_>>(),
            "Ipv4Prefixes": prefixes.iter().map(prefix).collect::<Vec<_>>()})
    };
    let all = json!({"NetworkInterfaces": [one("subnet-0aa", 2), one("subnet-0bb", 34)]});
    ("describe-network-interfaces-2.json".to_owned(), all)
}

fn reserved(subnet: &str, all: &Value) -> (String, Value) {
    let name = format!("get-subnet-cidr-reservations-{subnet}.json");
    (name, json!({"SubnetIpv4CidrReservations": all, "SubnetIpv6CidrReservations": []}))
}

fn none_reserved() -> [(String, Value); 2] {
    ["subnet-0aa", "subnet-0bb"].map(|it| reserved(it, &json!([])))
}

fn judged(facts: &Facts) -> State {
    let all = checklist(facts).into_iter();
    all.filter(|(_, id, _)| *id == "subnet-addresses").map(|(.., state)| state).next().unwrap()
}

/// An address in each block: every sixteenth one.
fn scattered() -> Vec<u8> {
    (0..16).map(|it| it * 16 + 9).collect()
}

#[test]
fn no_whole_block_with_prefix_delegation_is_a_fault_of_its_own() {
    let documents = [interfaces(&scattered(), &[])];
    let report = judge(&account(Some(true), 200, &documents));
    assert_eq!((report.link, report.fault), (Some("subnet-addresses"), Some("no-block-for-nodes")));
    let quotes: Vec<&str> = report.evidence.iter().map(|it| &*it.quote).collect();
    for needle in
        ["\"AvailableIpAddressCount\": 200", "PrivateIpAddress", "ENABLE_PREFIX_DELEGATION"]
    {
        assert!(quotes.iter().any(|it| it.contains(needle)), "{needle}: {quotes:?}");
    }
    // Without it single addresses are enough.
    assert_eq!(judged(&account(Some(false), 200, &documents)), State::Intact);
    // Whether it is on was not told.
    assert_eq!(judged(&account(None, 200, &documents)), State::Unknown);
}

#[test]
fn of_what_nobody_seen_has_the_worst_is_assumed() {
    let taken = [9, 25];
    let state = |free, more: &[(String, Value)]| {
        let mut documents = vec![interfaces(&taken, &[64])];
        documents.extend(more.iter().cloned());
        judged(&account(Some(true), free, &documents))
    };
    // The control plane has one more address of each.
    let all_seen = 256 - 5 - 16 - 3;
    assert_eq!(state(all_seen, &none_reserved()), State::Intact);
    assert_eq!(state(all_seen, &[]), State::Unknown, "who reserved what was not read");
    assert_eq!(state(all_seen - 5, &none_reserved()), State::Intact);
    assert_eq!(state(all_seen - 100, &none_reserved()), State::Unknown, "they may be anywhere");
    assert_eq!(judged(&account(Some(true), 200, &[])), State::Unknown, "no interface was read");
}

#[test]
fn what_is_reserved_for_prefixes_is_free_for_them() {
    let of = |kind: &str| {
        let reservation = |subnet, cidr: &str| {
            reserved(subnet, &json!([{"SubnetId": subnet, "Cidr": cidr, "ReservationType": kind}]))
        };
        let one = reservation("subnet-0aa", "10.0.2.0/24");
        let other = reservation("subnet-0bb", "10.0.34.0/24");
        judge(&account(Some(true), 200, &[interfaces(&[9, 25], &[]), one, other]))
    };
    assert_eq!(of("explicit").fault, Some("no-block-for-nodes"));
    assert_ne!(of("prefix").outcome, Outcome::Decided);
}

#[test]
fn what_is_missing_is_asked_for_only_where_it_may_decide() {
    let asked = |prefixes, free| {
        let all = super::files::all(|name, text| match name {
            "describe-subnets.json" => {
                text.replace(FREE, &format!("\"AvailableIpAddressCount\": {free}"))
            }
            "describe-addon-vpc-cni.json" if prefixes => {
                let values = r#""configurationValues": "env: {ENABLE_PREFIX_DELEGATION: 'true'}","#;
                text.replace("\"status\"", &format!("{values} \"status\""))
            }
            _ => text,
        });
        let mut answers = diagnosis::document::account::Answers::default();
        for (name, text) in all {
            answers.take(&name, &text);
        }
        let missing = answers.missing().into_iter();
        missing.filter(|it| it.contains("Name=subnet-id") || it.contains("reservations")).count()
    };
    assert_eq!(asked(false, 8000), 0, "some block is surely whole");
    assert_eq!(asked(true, 8000), 0);
    assert_eq!(asked(true, 4000), 3);
    assert_eq!(asked(false, 4000), 0);
    assert_eq!(asked(false, 1000), 3, "few are free");
}

#[test]
fn the_healthy_account_needs_no_interfaces() {
    assert_eq!(judged(&from_files(|_, text| text)), State::Intact);
}
