//! Hosts: those of AWS keep what says which service and region they are, others have a placeholder.

use super::{Redactor, mask, token};
use crate::aws;

/// Domains of AWS and of its networks.
const AWS: &[&str] = &[
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".api.aws",
    ".on.aws",
    ".api.amazonwebservices.com.cn",
    ".sc2s.sgov.gov",
    ".c2s.ic.gov",
    ".csp.hci.ic.gov",
    ".cloud.adc-e.uk",
];

/// Private names of instances.
const INSTANCES: &[&str] = &[".compute.internal", ".ec2.internal"];

/// Labels of AWS's hosts that say a service, not an owner.
const SERVICES: &[&str] = &[
    "api",
    "autoscaling",
    "cloudformation",
    "cloudtrail",
    "compute",
    "compute-1",
    "dkr",
    "dkr-ecr",
    "dkr-ecr-fips",
    "dualstack",
    "dynamodb",
    "ec2",
    "ec2messages",
    "ecr",
    "ecr-fips",
    "ecr-public",
    "eks",
    "eks-auth",
    "elasticfilesystem",
    "elasticloadbalancing",
    "elb",
    "events",
    "fips",
    "guardduty-data",
    "iam",
    "k8s",
    "kms",
    "lambda",
    "logs",
    "monitoring",
    "node",
    "oidc",
    "oidc-eks",
    "pods",
    "public",
    "rds",
    "s3",
    "s3-accesspoint",
    "s3-control",
    "s3-fips",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "sts",
    "sts-fips",
    "vpc",
    "vpce",
    "www",
    "xray",
];

/// Others' hosts that everyone uses.
const PUBLIC: &[&str] = &[
    "amazon.com",
    "amazontrust.com",
    "aws.amazon.com",
    "docker.com",
    "docker.io",
    "gcr.io",
    "ghcr.io",
    "github.com",
    "githubusercontent.com",
    "k8s.io",
    "kubernetes.io",
    "localhost",
    "mcr.microsoft.com",
    "nvcr.io",
    "pkg.dev",
    "public.ecr.aws",
    "quay.io",
    "gallery.ecr.aws",
    "schemas.xmlsoap.org",
    "w3.org",
];

impl Redactor {
    pub(super) fn host(&mut self, before: &str, rest: &str) -> Option<(usize, String)> {
        let inside = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_');
        if before.ends_with(['.', '-', '_']) && !before.ends_with("*.") {
            return None;
        }
        let host = token::run(rest, inside).trim_end_matches(['.', '-', '_']);
        if !host.contains('.') {
            return None;
        }
        let suffix = AWS.iter().chain(INSTANCES).find(|it| host.ends_with(**it));
        if let Some(suffix) = suffix {
            let instance = INSTANCES.contains(suffix);
            let put = self.aws(&host[..host.len() - suffix.len()], instance);
            let (length, tail) = self.behind(host, &rest[host.len()..]);
            return Some((host.len() + length, format!("{put}{suffix}{tail}")));
        }
        if host.ends_with(".cluster.local") || host.rsplit('.').next() == Some("svc") {
            let labels: Vec<_> = host.split('.').map(|it| self.label_if_named(it)).collect();
            return Some((host.len(), labels.join(".")));
        }
        let asked = ["://", "lookup ", "Host: "].iter().any(|it| before.ends_with(it));
        let public = |domain: &str| {
            host.strip_suffix(domain).is_some_and(|it| it.is_empty() || it.ends_with('.'))
        };
        if !asked || host.parse::<std::net::Ipv4Addr>().is_ok() {
            return None;
        }
        if PUBLIC.iter().any(|it| public(it)) {
            return Some((host.len(), host.to_owned()));
        }
        self.name("host", host);
        Some((host.len(), self.put(host)))
    }

    /// The labels before a domain of AWS.
    fn aws(&mut self, labels: &str, instance: bool) -> String {
        let all: Vec<&str> = labels.split('.').collect();
        let endpoint = match all[..] {
            [_] => true,
            [_, at] => region(at),
            _ => false,
        };
        if endpoint && !instance {
            return labels.to_owned();
        }
        let layers = |it: &str| it.starts_with("prod-") && it.ends_with("-starport-layer-bucket");
        let mut out = Vec::new();
        for (index, label) in all.iter().enumerate() {
            let known = SERVICES.contains(label) || region(label) || layers(label) || cell(label);
            let put = if known || label.is_empty() {
                (*label).to_owned()
            } else if speaks(label) {
                self.text(label)
            } else {
                let kind = match all.last() {
                    Some(&"eks") if index == 0 => "cluster-id",
                    _ if all.contains(&"s3") => "bucket",
                    _ => "host",
                };
                if mask::long(label) || kind == "cluster-id" {
                    self.name(kind, label);
                }
                self.placeholder(kind, label)
            };
            out.push(put);
        }
        out.join(".")
    }

    /// What follows a host and belongs to one owner: an issuer's id, a repository.
    fn behind(&mut self, host: &str, rest: &str) -> (usize, String) {
        if let Some(id) = rest.strip_prefix("/id/") {
            let id = token::run(id, |char| char.is_ascii_alphanumeric());
            if !id.is_empty() {
                self.name("cluster-id", id);
                return ("/id/".len() + id.len(), format!("/id/{}", self.put(id)));
            }
        }
        let own = host.contains(".dkr.ecr.") && !host.starts_with("602401143452.");
        let Some(tail) = rest.strip_prefix('/').filter(|_| own) else {
            return (0, String::new());
        };
        let begin = if tail.starts_with("v2/") { "/v2/" } else { "/" };
        let path = mask::path(&rest[begin.len()..]);
        let path = ["/manifests/", "/blobs/"]
            .iter()
            .fold(path, |path, it| path.split(it).next().unwrap_or(path));
        if path.is_empty() {
            return (0, String::new());
        }
        self.name("repository", path);
        (begin.len() + path.len(), format!("{begin}{}", self.put(path)))
    }

    fn label_if_named(&self, label: &str) -> String {
        let named = self.names.iter().any(|it| it == label);
        if named { self.put(label) } else { label.to_owned() }
    }
}

/// Whether a label is recognised by itself, as an account id is.
fn speaks(label: &str) -> bool {
    let account = label.len() == 12 && label.chars().all(|it| it.is_ascii_digit());
    account || token::id(label).is_some() || token::node(label) == Some(label)
}

/// `us-west-2`, and the zones in it.
fn region(label: &str) -> bool {
    aws::looks_like_region(
        label.strip_suffix(|char: char| ('a'..='f').contains(&char)).unwrap_or(label),
    )
}

/// `gr7`, of a cluster's endpoint.
fn cell(label: &str) -> bool {
    matches!(label.as_bytes(), [b'a'..=b'z', b'a'..=b'z', b'0'..=b'9'])
}
