//! The crates depend on what they should, and on nothing else.

use std::{collections::BTreeSet, fs, path::Path};

/// Crate folder and the names under its `[dependencies]`.
const EXPECTED: &[(&str, &[&str])] = &[
    (
        "diagnosis",
        &[
            "aho-corasick",
            "base64",
            "humantime",
            "memchr",
            "miniz_oxide",
            "schemars",
            "serde",
            "serde-saphyr",
            "serde_json",
        ],
    ),
    (
        "reach",
        &[
            "aws-smithy-runtime-api",
            "aws-smithy-types",
            "bytes",
            "diagnosis",
            "hickory-resolver",
            "http",
            "http-body-util",
            "httpdate",
            "humantime",
            "hyper",
            "hyper-util",
            "rustls",
            "rustls-native-certs",
            "thiserror",
            "tokio",
            "tokio-rustls",
        ],
    ),
    (
        "probe",
        &[
            "aws-sdk-sts",
            "clap",
            "diagnosis",
            "humantime",
            "libc",
            "reach",
            "serde",
            "serde_json",
            "tokio",
            "zeroize",
        ],
    ),
    (
        "agent",
        &[
            "aws-config",
            "aws-credential-types",
            "aws-sdk-autoscaling",
            "aws-sdk-cloudformation",
            "aws-sdk-cloudtrail",
            "aws-sdk-ec2",
            "aws-sdk-ecr",
            "aws-sdk-eks",
            "aws-sdk-iam",
            "aws-sdk-sts",
            "aws-sigv4",
            "aws-smithy-runtime-api",
            "aws-smithy-types",
            "base64",
            "bytes",
            "clap",
            "diagnosis",
            "http",
            "http-body-util",
            "humantime",
            "hyper",
            "hyper-util",
            "k8s-openapi",
            "kube",
            "libc",
            "prometheus-client",
            "reach",
            "ring",
            "roxmltree",
            "rustix",
            "serde",
            "serde_json",
            "tokio",
            "tower",
            "tracing",
            "tracing-subscriber",
            "zeroize",
        ],
    ),
];

/// Nothing that does I/O, reads a clock or runs tasks may come near the core.
const IMPURE: &[&str] = &["tokio", "hyper", "reqwest", "kube", "nix", "tracing", "aws-config"];

fn dependencies(folder: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder).join("Cargo.toml");
    let text = fs::read_to_string(path).unwrap();
    let section = text.split("[dependencies]").nth(1).unwrap();
    let section = section.split("\n[").next().unwrap();
    let names = section.lines().filter_map(|line| line.split(['.', '=', ' ']).next());
    names.filter(|name| !name.is_empty() && !name.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn each_crate_has_exactly_the_dependencies_that_it_should() {
    for (folder, expected) in EXPECTED {
        let expected: BTreeSet<String> = expected.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!(dependencies(folder), expected, "{folder}");
    }
    let core = dependencies("diagnosis");
    assert!(IMPURE.iter().all(|it| !core.contains(*it)));
}

#[test]
fn dependencies_point_inward_only() {
    let ours = ["eks-triage", "eks-triage-probe", "integration", "lab"];
    for folder in ["diagnosis", "reach", "agent", "probe"] {
        let names = dependencies(folder);
        assert!(ours.iter().all(|it| !names.contains(*it)), "{folder} depends on an edge");
    }
    assert!(!dependencies("diagnosis").contains("reach"));
    for heavy in ["kube", "k8s-openapi", "aws-config", "prometheus-client", "tracing"] {
        assert!(!dependencies("probe").contains(heavy), "the probe carries {heavy}");
    }
}

#[test]
fn every_workspace_dependency_has_a_reason_and_no_default_features() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let text = fs::read_to_string(path).unwrap();
    let section = text.split("[workspace.dependencies]").nth(1).unwrap();
    let section = section.split("\n[").next().unwrap();
    for line in section.lines().filter(|line| line.contains("version =")) {
        assert!(line.contains("default-features = false"), "{line}");
        assert!(line.contains("# "), "no reason: {line}");
    }
}

#[test]
fn no_crate_adds_features_of_its_own() {
    for folder in ["diagnosis", "reach", "agent", "probe", "tests/lab"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder).join("Cargo.toml");
        let text = fs::read_to_string(path).unwrap();
        let own = text.lines().find(|line| line.contains("features = ["));
        assert_eq!(own, None, "{folder}: one build of each dependency serves the whole workspace");
    }
}
