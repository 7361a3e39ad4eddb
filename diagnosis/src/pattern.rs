//! Text with `<names>`: signs are read with it, fixes are written with it, and the names are one list.

use std::collections::BTreeMap;

pub type Names = BTreeMap<&'static str, String>;

/// Every name that a sign may fill and a fix may use. `<>` is a gap without a name.
pub const NAMES: &[&str] = &[
    "account",
    "action",
    "address",
    "ami",
    "association",
    "association-role",
    "association-role-arn",
    "audience",
    "bootstrap-units",
    "call",
    "caller",
    "client-id",
    "cluster",
    "cluster-security-group",
    "container",
    "corrected",
    "corrected-line",
    "destination",
    "dhcp-options",
    "domain",
    "endpoint-service",
    "entry-type",
    "expires",
    "external-id",
    "gateway",
    "group",
    "host",
    "image",
    "instance",
    "instance-profile",
    "instance-type",
    "interfaces",
    "issuer",
    "issuer-host",
    "journal",
    "key",
    "kubeconfig",
    "kubelet-config",
    "kubelet-unit",
    "launch-template",
    "limit",
    "manifest",
    "namespace",
    "nat-gateway",
    "nat-route-table",
    "nat-subnet",
    "network-acl",
    "node",
    "node-group",
    "node-pool",
    "node-role",
    "node-role-arn",
    "node-username",
    "offset",
    "oidc-provider",
    "other",
    "partition",
    "platform",
    "pod",
    "policy",
    "policy-audience",
    "policy-line",
    "policy-subject",
    "port",
    "principal",
    "principal-arn",
    "profile",
    "provider",
    "question",
    "region",
    "registry",
    "repository",
    "resource",
    "resource-kind",
    "role",
    "role-arn",
    "role-name",
    "route-table",
    "runtime-unit",
    "scaling-group",
    "security-group",
    "security-groups",
    "service",
    "service-account",
    "session",
    "since",
    "source",
    "stack",
    "statement",
    "status",
    "subject",
    "subnet",
    "subnets",
    "taken-at",
    "target-account",
    "target-role",
    "template-version",
    "thumbprint",
    "token-audience",
    "vpc",
    "vpc-endpoint",
    "why",
    "workload",
];

/// Splits into alternating hole names and literals: `a<x>b` gives `[("", "a"), ("x", "b")]`.
pub fn parts(pattern: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    pattern.split('<').enumerate().map(|(index, piece)| {
        if index == 0 { ("", piece) } else { piece.split_once('>').unwrap_or((piece, "")) }
    })
}

/// The longest literal: what a scanner looks for before it tries the whole pattern.
pub fn anchor(pattern: &'static str) -> &'static str {
    parts(pattern).map(|(_, literal)| literal).max_by_key(|literal| literal.len()).unwrap_or("")
}

/// Reads `text` by `pattern`: where the match begins, and what stood in the holes.
///
/// A hole ends at the next literal, a hole at the end of the pattern at white space or punctuation.
/// No hole spans lines, and a named one holds no space.
pub fn read(pattern: &'static str, text: &str) -> Option<(usize, Names)> {
    let (_, first) = parts(pattern).next()?;
    if first.is_empty() {
        // It begins with a hole, so with its line: whatever is read within the line begins later.
        let mut start = 0;
        return text.split_inclusive('\n').find_map(|line| {
            let at = start;
            start += line.len();
            read_holes(pattern, line).map(|names| (at, names))
        });
    }
    text.match_indices(first).find_map(|(start, _)| {
        let names = read_holes(pattern, &text[start + first.len()..])?;
        Some((start, names))
    })
}

fn read_holes(pattern: &'static str, mut rest: &str) -> Option<Names> {
    let mut names = Names::new();
    for (name, literal) in parts(pattern).skip(1) {
        let end = if literal.is_empty() {
            rest.find([' ', '"', '\'', ',', ';', '\\', '\t', '\n']).unwrap_or(rest.len())
        } else {
            rest.find(literal)?
        };
        let hole = &rest[..end];
        if hole.contains('\n') || (!name.is_empty() && (hole.is_empty() || hole.contains(' '))) {
            return None;
        }
        if !name.is_empty() {
            names.insert(name, hole.to_owned());
        }
        rest = &rest[end + literal.len()..];
    }
    Some(names)
}

/// Writes `pattern` with what is known; an unknown name stays `<name>`, which a person fills in.
pub fn write(pattern: &'static str, names: &Names) -> String {
    let mut text = String::new();
    for (name, literal) in parts(pattern) {
        match names.get(name) {
            Some(value) => text.push_str(value),
            None if name.is_empty() => {}
            None => text.extend(["<", name, ">"]),
        }
        text.push_str(literal);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_reads_what_it_writes() {
        let pattern = "No OpenIDConnect provider found in your account for <issuer>";
        let text =
            "api error: No OpenIDConnect provider found in your account for https://a/id/B, x";
        let (at, names) = read(pattern, text).unwrap();
        assert_eq!((at, names["issuer"].as_str()), (11, "https://a/id/B"));
        assert_eq!(write(pattern, &names), &text[11..text.len() - 3]);
        assert_eq!(write(pattern, &Names::new()), pattern);
    }

    #[test]
    fn a_hole_spans_no_line_and_a_named_one_no_space() {
        assert!(read("lookup <host>: no such host", "lookup a b: no such host").is_none());
        assert!(read("dial <>: refused", "dial a\nb: refused").is_none());
        // The first occurrence does not fit, the second does.
        let text = "lookup a b; lookup c: no such host";
        assert_eq!(read("lookup <host>: no such host", text).unwrap().0, 12);
    }

    #[test]
    fn a_hole_at_the_beginning_begins_with_its_line() {
        let text = "first\nUser: x may not: s3:GetObject\\n";
        let (at, names) = read("<>may not: <action>", text).unwrap();
        assert_eq!((at, names["action"].as_str()), (6, "s3:GetObject"));
    }
}
