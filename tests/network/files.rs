//! The same from files.

use std::fs;
use std::path::{Path, PathBuf};

use diagnosis::document::account::Answers;
use diagnosis::facts::Facts;

use super::*;

/// The healthy account as files, each as `change` leaves it.
pub(super) fn all(change: impl Fn(&str, String) -> String) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("account/healthy");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    let files = files.iter().filter(|it| it.extension().is_some_and(|it| it == "json"));
    let read = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = change(&name, fs::read_to_string(path).unwrap());
        (name, text)
    };
    files.map(read).collect()
}

/// Of the only group that these tell of; `None` where they tell of none.
pub(super) fn facts_of(files: &[(String, String)]) -> Option<Facts> {
    let mut answers = Answers::default();
    for (name, text) in files {
        answers.take(name, text);
    }
    answers.groups().first().map(|it| answers.facts(it))
}

pub(super) fn from_files(change: impl Fn(&str, String) -> String) -> Facts {
    facts_of(&all(change)).unwrap()
}

#[test]
fn what_the_cluster_names_is_gone_only_where_the_list_is_not_of_names() {
    let renamed = |from: &'static str, to: &'static str, only: Option<&'static str>| {
        judge(&from_files(|name, text| match name {
            "describe-cluster.json" => text.replace(from, to),
            "describe-security-groups.json" => match only {
                Some(id) => {
                    let mut all: Value = serde_json::from_str(&text).unwrap();
                    let groups = all["SecurityGroups"].as_array_mut().unwrap();
                    groups.retain(|it| it["GroupId"] == id);
                    all.to_string()
                }
                None => text,
            },
            _ => text,
        }))
    };
    let report = renamed("sg-0extra", "sg-0gone", None);
    assert_eq!(report.fault, Some("added-group-gone"), "{}", report.title);
    let report = renamed("sg-0extra", "sg-0gone", Some("sg-0cluster"));
    assert_ne!(report.outcome, Outcome::Decided, "{}", report.title);
    let report = renamed("sg-0cluster", "sg-0gone", None);
    assert_eq!(report.fault, Some("cluster-group-gone"), "{}", report.title);
}

#[test]
fn the_same_change_in_a_file_is_the_same_fault() {
    let faults: [(&str, &str, &str, &str); 6] = [
        ("describe-nat-gateways.json", "\"available\"", "\"failed\"", "nat-gateway-failed"),
        ("describe-vpc-attribute-enableDnsSupport.json", "true", "false", "dns-support-off"),
        ("describe-vpc-attribute-enableDnsHostnames.json", "true", "false", "dns-hostnames-off"),
        (
            "describe-dhcp-options.json",
            "domain-name-servers",
            "ntp-servers",
            "name-servers-missing",
        ),
        ("describe-security-groups.json", "10.0.0.0/16", "10.9.0.0/16", "endpoint-group-closed"),
        (
            "describe-internet-gateways.json",
            "\"vpc-0prod\"",
            "\"vpc-0other\"",
            "internet-gateway-detached",
        ),
    ];
    for (file, from, to, fault) in faults {
        let public = fault.starts_with("nat-") || fault.starts_with("internet-");
        let report = judge(&from_files(|name, text| match name {
            "describe-cluster.json" if public => {
                text.replace("\"endpointPrivateAccess\": true", "\"endpointPrivateAccess\": false")
            }
            it if it == file => text.replace(from, to),
            _ => text,
        }));
        assert_eq!(report.fault, Some(fault), "{}", report.title);
        assert!(report.evidence[0].source.contains(".json"), "{:?}", report.evidence);
    }
}
