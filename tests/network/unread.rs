//! What was not read, or lacks what it is asked for, decides nothing.

use std::collections::BTreeSet;
use std::fs;

use integration::{patch, read_json, recordings};

use super::files::{all, facts_of};
use super::*;

/// What paths are walked by.
const LISTS: [&str; 14] = [
    "subnets",
    "routeTables",
    "natGateways",
    "internetGateways",
    "networkAcls",
    "securityGroups",
    "vpcEndpoints",
    "controlPlaneInterfaces",
    "instances",
    "launchTemplate",
    "vpc",
    "dhcpOptions",
    "role",
    "cluster",
];

#[test]
fn a_list_that_was_not_read_breaks_nothing() {
    for list in LISTS {
        let failed =
            json!({"failed": {"why": "UnauthorizedOperation", "source": {"place": "ec2"}}});
        for (how, fact) in [("not read", json!("skipped")), ("refused", failed)] {
            for public in [false, true] {
                let mut account = healthy("account");
                access(&mut account, !public, true);
                account["account"]["group"][list] = fact.clone();
                let all = checklist(&facts(&account).unwrap()).into_iter();
                let own = all.filter(|(_, it, _)| OWN.contains(it) || *it == "subnet-addresses");
                for (_, link, state) in own {
                    assert_ne!(state, State::Broken, "{link}: {list} was {how}");
                }
            }
        }
    }
    for (list, link) in [
        ("routeTables", "path-to-cluster"),
        ("securityGroups", "path-to-cluster"),
        ("networkAcls", "path-to-cluster"),
        ("vpcEndpoints", "path-to-services"),
        ("controlPlaneInterfaces", "control-plane-network"),
        ("securityGroups", "kubelet-port"),
    ] {
        let mut account = healthy("account");
        account["account"]["group"][list] = json!("skipped");
        assert_eq!(state(&account, link), State::Unknown, "{link} without {list}");
    }
}

#[test]
fn a_stop_decides_whatever_was_not_read() {
    let mut account = healthy("account");
    access(&mut account, false, true);
    no_default(&mut account);
    for list in ["securityGroups", "networkAcls", "vpcEndpoints", "controlPlaneInterfaces"] {
        account["account"]["group"][list] = json!("skipped");
    }
    assert_eq!(decided(&account), ("path-to-cluster", "no-route"));
}

#[test]
fn a_part_of_a_list_says_nothing_of_what_it_lacks() {
    let mut account = healthy("account");
    // Asked for by their names: the cluster's own group is not among them.
    list(&mut account, "securityGroups").retain(|it| it["value"]["GroupId"] == "sg-0extra");
    list(&mut account, "subnets").retain(|it| it["value"]["SubnetId"] == "subnet-0aa");
    for link in OWN {
        assert_ne!(state(&account, link), State::Broken, "{link}");
    }
    assert_eq!(state(&account, "control-plane-network"), State::Unknown);
}

/// The documents that paths are walked by: file, call, list, and one of it that the healthy way needs.
/// An empty list stands for all of it: a whole list of tables without one gives its subnets the main
/// table, which is a way of its own.
const DOCUMENTS: [(&str, &str, &str, &str); 15] = [
    ("describe-cluster.json", "eks:DescribeCluster", "", ""),
    ("describe-nodegroup-workers.json", "eks:DescribeNodegroup", "", ""),
    (
        "describe-launch-template-versions-lt-0eks.json",
        "ec2:DescribeLaunchTemplateVersions",
        "",
        "",
    ),
    ("describe-instances.json", "ec2:DescribeInstances", "Reservations", ""),
    ("describe-vpcs.json", "ec2:DescribeVpcs", "Vpcs", "vpc-0prod"),
    ("describe-vpc-attribute-enableDnsSupport.json", "ec2:DescribeVpcAttribute", "", ""),
    ("describe-dhcp-options.json", "ec2:DescribeDhcpOptions", "DhcpOptions", "dopt-0a"),
    ("describe-subnets.json", "ec2:DescribeSubnets", "Subnets", "subnet-0aa"),
    ("describe-route-tables.json", "ec2:DescribeRouteTables", "RouteTables", ""),
    ("describe-nat-gateways.json", "ec2:DescribeNatGateways", "NatGateways", "nat-0a"),
    (
        "describe-internet-gateways.json",
        "ec2:DescribeInternetGateways",
        "InternetGateways",
        "igw-0a",
    ),
    ("describe-network-acls.json", "ec2:DescribeNetworkAcls", "NetworkAcls", "acl-0a"),
    (
        "describe-security-groups.json",
        "ec2:DescribeSecurityGroups",
        "SecurityGroups",
        "sg-0cluster",
    ),
    ("describe-vpc-endpoints.json", "ec2:DescribeVpcEndpoints", "VpcEndpoints", "vpce-0ec2"),
    (
        "describe-network-interfaces.json",
        "ec2:DescribeNetworkInterfaces",
        "NetworkInterfaces",
        "eni-0cpa",
    ),
];

/// Links that walk, and say what stops a packet.
const WALKED: [&str; 4] =
    ["endpoint-access", "path-to-cluster", "path-to-services", "kubelet-port"];

/// The list without this one, or with nothing in it.
fn lacking(text: &str, key: &str, id: &str) -> String {
    let mut document: Value = serde_json::from_str(text).unwrap();
    let list = document[key].as_array_mut().unwrap();
    let before = list.len();
    let has = |it: &Value| it.as_object().unwrap().values().any(|it| it == id);
    list.retain(|it| !id.is_empty() && !has(it));
    assert!(list.len() < before, "{key} has no {id}");
    document.to_string()
}

#[test]
fn a_document_that_is_not_there_or_not_whole_stops_no_packet() {
    let accesses = [(true, false), (true, true), (false, true)];
    for ((file, action, key, id), (private, public)) in
        DOCUMENTS.into_iter().flat_map(|it| accesses.map(|access| (it, access)))
    {
        let healthy: Vec<(String, String)> = all(|name, text| match name {
            "describe-cluster.json" => text
                .replace("Access\": true", "Access\": false")
                .replace("PrivateAccess\": false", &format!("PrivateAccess\": {private}"))
                .replace("PublicAccess\": false", &format!("PublicAccess\": {public}")),
            _ => text,
        });
        let with = |change: &dyn Fn(&str) -> Option<String>| {
            let mut files = healthy.clone();
            let place = files.iter().position(|(name, _)| name == file).unwrap();
            match change(&files[place].1) {
                Some(text) => files[place].1 = text,
                None => drop(files.remove(place)),
            }
            files
        };
        let not_read = json!({"notRead": [{"action": action, "command": "", "why":
            "UnauthorizedOperation: You are not authorized to perform this operation."}]});
        let mut failed = with(&|_| None);
        failed.push(("not-read.json".to_owned(), not_read.to_string()));
        let mut ways = vec![
            ("absent", with(&|_| None)),
            ("failed", failed),
            ("cut", with(&|text| Some(text[..text.len() / 2].to_owned()))),
        ];
        if !key.is_empty() {
            let more = |text: &str| {
                let mut document: Value = serde_json::from_str(text).unwrap();
                document["NextToken"] = json!("more");
                Some(document.to_string())
            };
            ways.push(("a first page", with(&more)));
            ways.push(("lacking", with(&|text| Some(lacking(text, key, id)))));
        }
        for (how, files) in ways {
            let Some(facts) = facts_of(&files) else { continue };
            let states = checklist(&facts);
            for (_, link, state) in states.into_iter().filter(|(_, it, _)| WALKED.contains(it)) {
                let what = format!("{link}, {file} {how}, private {private}, public {public}");
                assert_ne!(state, State::Broken, "{what}: {}", judge(&facts).title);
            }
        }
    }
}

/// A fault of the network that is decided, and the lists of it.
fn broken_networks() -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for link in WALKED.into_iter().chain(["control-plane-network", "vpc-dns"]) {
        let folder = format!("faults/account/{link}");
        for file in fs::read_dir(recordings().join(&folder)).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            let mut account = healthy("account");
            patch(&mut account, &read_json(&format!("{folder}/{name}")));
            found.push((format!("{link}/{name}"), account));
        }
    }
    found
}

#[test]
fn with_less_read_nothing_else_is_broken() {
    let broken = |report: &Report| {
        let all = report.chains.iter().flat_map(|it| &it.links);
        let of = all.filter(|it| it.state == State::Broken).map(|it| it.id);
        of.collect::<BTreeSet<_>>()
    };
    let faults = broken_networks();
    assert!(faults.len() > 25, "{}", faults.len());
    for (name, account) in faults {
        let whole = told(&account);
        let before = broken(&whole);
        for list in LISTS {
            let failed = json!({"failed": {"why": "UnauthorizedOperation", "source": {}}});
            let mut account = account.clone();
            account["account"]["group"][list] = failed;
            let report = told(&account);
            let after = broken(&report);
            assert!(after.is_subset(&before), "{name} without {list}: {after:?}");
            // That there is no route says less than which endpoint would stand for one.
            let less = report.fault == Some("no-route");
            if report.outcome == Outcome::Decided && report.link == whole.link && !less {
                assert_eq!(report.fault, whole.fault, "{name} without {list}");
            }
        }
    }
}
