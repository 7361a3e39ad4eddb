//! The knowledge is complete, unique, safe, and says where it comes from.

use std::{collections::BTreeSet, fs, path::Path};

use diagnosis::{
    chain::{self, CHAINS, Fault, Link, NOISE, RETIRED, Sign, ladder},
    facts::{Facts, Line},
    judge, pattern, render,
    report::{Report, State},
};

/// What no fix may contain: a broader node role, a wider security group, a higher hop limit,
/// a wildcard action or principal, a check switched off.
pub(crate) const FORBIDDEN: &[&str] = &[
    "0.0.0.0/0",
    "::/0",
    "hop-limit",
    "HopLimit",
    "\"*\"",
    ":*\"",
    "AdministratorAccess",
    "FullAccess",
    "cluster-admin",
    "system:masters",
    "insecure",
    "no-verify",
    "--skip",
    "authorize-security-group",
    "http-tokens optional",
    "AmazonEKS_CNI_Policy",
    "chmod 777",
];

fn texts(fault: &Fault) -> [&'static str; 7] {
    let Fault { title, fix, change, owner, impact, verify, expect, .. } = *fault;
    [title, fix, change, owner, impact, verify, expect]
}

#[test]
fn every_link_file_is_in_exactly_one_list() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("../diagnosis/src/chain");
    let mut files = BTreeSet::new();
    for chain in CHAINS {
        let folder = src.join(chain.id.replace('-', "_"));
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap_or_default();
            if text.contains("static LINK: Link") {
                let stem = path.file_stem().unwrap().to_str().unwrap().replace('_', "-");
                files.insert(format!("{}/{stem}", chain.id));
            }
        }
    }
    let listed: Vec<String> =
        chain::links().map(|(chain, link)| format!("{}/{}", chain.id, link.id)).collect();
    let unique: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), unique.len(), "a link is listed twice");
    assert_eq!(files, unique);
}

#[test]
fn keys_are_unique_and_never_reused() {
    let mut keys = BTreeSet::new();
    let mut links = BTreeSet::new();
    for (chain, link) in chain::links() {
        assert!(links.insert(link.id), "explain {} would be ambiguous", link.id);
        let mut all = vec![format!("{}/{}", chain.id, link.id)];
        all.extend(link.faults.iter().map(|it| format!("{}/{}/{}", chain.id, link.id, it.id)));
        for key in all {
            assert!(!RETIRED.contains(&key.as_str()), "{key} was retired");
            let plain =
                key.bytes().all(|it| it.is_ascii_lowercase() || b"-/0123456789".contains(&it));
            assert!(plain, "{key} is not kebab-case");
            assert!(keys.insert(key.clone()), "{key} is there twice");
        }
    }
}

#[test]
fn every_fault_is_complete_and_safe() {
    for (_, link) in chain::links() {
        assert!(!link.faults.is_empty(), "{} cannot break", link.id);
        for fault in link.faults {
            for text in texts(fault) {
                assert!(!text.trim().is_empty(), "{}/{}", link.id, fault.id);
                safe(text);
                for (name, _) in pattern::parts(text).skip(1) {
                    assert!(pattern::NAMES.contains(&name), "{}/{}: <{name}>", link.id, fault.id);
                }
            }
            assert!(!fault.title.ends_with('.') && !fault.fix.ends_with('.'), "{}", fault.id);
        }
    }
}

fn safe(text: &str) {
    let found: Vec<_> = FORBIDDEN.iter().filter(|it| text.contains(**it)).collect();
    assert!(found.is_empty(), "{found:?} in {text}");
}

#[test]
fn every_link_says_what_it_means_and_where_from() {
    for (_, link) in chain::links() {
        assert!(link.title.chars().count() <= 26, "{} has too long a title", link.id);
        assert!(link.means.ends_with('.') && link.judged.ends_with('.'), "{}", link.id);
        assert!(!link.sources.is_empty(), "{} has no source", link.id);
    }
}

#[test]
fn every_explanation_has_its_headings() {
    for (_, link) in chain::links() {
        let mut text = Vec::new();
        assert!(render::explain(Some(link.id), &mut text).unwrap());
        let text = String::from_utf8(text).unwrap();
        for heading in render::HEADINGS {
            let stands = text.lines().any(|line| line == *heading);
            assert!(stands, "{} is explained without {heading}", link.id);
        }
    }
    assert!(!render::explain(Some("no-such-link"), &mut Vec::new()).unwrap());
}

fn heard(text: &str) -> Report {
    let (place, text) = ("app.log".into(), text.to_owned());
    let line = Line { place, line: 1, text, ..Line::default() };
    judge(&Facts { lines: vec![line], ..Facts::default() })
}

#[test]
fn every_signs_sample_line_is_won_by_that_sign() {
    for (_, link) in chain::links() {
        for sign in link.signs {
            let Sign { text, sample, source, could_be, .. } = sign;
            assert!(pattern::anchor(text).len() >= 10, "{text} has too short an anchor");
            assert!(!source.is_empty() && !could_be.is_empty(), "{text}");
            for way in *could_be {
                let known = way.0.faults.iter().any(|it| std::ptr::eq(*it, way.1));
                assert!(known, "{text} names a fault that {} does not list", way.0.id);
            }
            won(sample, could_be);
        }
    }
}

#[test]
fn what_shows_that_links_held_breaks_none() {
    for sign in chain::HELD {
        let report = heard(sign.sample);
        assert_eq!(report.fault, None, "{}", sign.sample);
        let links = report.chains.iter().flat_map(|it| &it.links);
        let held: Vec<_> = links.filter(|it| it.state == State::Intact).map(|it| it.id).collect();
        assert_eq!(held.len(), sign.shows.len(), "{}: {held:?}", sign.sample);
        assert!(!sign.source.is_empty());
    }
}

fn won(sample: &str, could_be: &[chain::Way]) {
    let report = heard(sample);
    if let [chain::Way(link, fault)] = could_be {
        assert_eq!((report.link, report.fault), (Some(link.id), Some(fault.id)), "{sample}");
    } else {
        let found: Vec<_> = report.possible.iter().map(|it| (it.link, it.fault)).collect();
        let ways: Vec<_> = could_be.iter().map(|way| (way.0.id, way.1.id)).collect();
        assert_eq!(found, ways, "{sample}");
    }
    assert_eq!(report.evidence[0].quote, sample.trim());
}

#[test]
fn every_transport_error_is_heard_by_the_link_of_its_host() {
    for wire in &ladder::WIRE {
        let report = heard(wire.sample);
        let found = match report.fault {
            Some(fault) => vec![fault],
            None => report.possible.iter().map(|it| it.fault).collect(),
        };
        let faults: Vec<_> = wire.faults.iter().map(|it| it.id).collect();
        assert_eq!(found, faults, "{}", wire.sample);
        assert!(report.link.is_some_and(|it| it.ends_with("-endpoint")), "{}", wire.sample);
        assert!(!wire.source.is_empty());
    }
}

#[test]
fn every_noise_is_set_aside_and_says_why() {
    for sign in NOISE {
        let report = heard(sign.sample);
        assert_eq!(report.set_aside.len(), 1, "{}", sign.sample);
        assert!(!sign.why.is_empty() && !sign.source.is_empty());
        assert!(report.evidence.is_empty());
    }
}

#[test]
fn every_recovery_is_read_and_breaks_nothing() {
    for it in chain::RECOVERIES {
        let (_, names) = pattern::read(it.text, it.sample).expect(it.sample);
        assert!(it.same.is_none_or(|name| names.contains_key(name)), "{}", it.sample);
        assert!(pattern::anchor(it.text).len() >= 10 && !it.source.is_empty());
        assert!(heard(it.sample).evidence.is_empty(), "{}", it.sample);
    }
}

#[test]
fn every_input_names_a_command_and_known_names() {
    for (_, link) in chain::links() {
        let Err(missing) = (link.look)(&Facts::default()) else {
            panic!("{} is known without facts", link.id);
        };
        for (name, _) in pattern::parts(missing.input.how).skip(1) {
            assert!(pattern::NAMES.contains(&name), "{}: <{name}>", missing.input.id);
        }
    }
}

#[test]
fn a_link_names_only_links_that_it_may_as_data() {
    let names = |link: &Link| link.signs.iter().flat_map(|sign| sign.shows);
    for (_, link) in chain::links() {
        for shown in names(link) {
            assert!(chain::links().any(|(_, it)| std::ptr::eq(it, *shown)), "{}", link.id);
        }
    }
}
