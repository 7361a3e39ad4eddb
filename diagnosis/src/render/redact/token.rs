//! What is recognised by its form alone: addresses, ids, people.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Redactor;

/// Resources of EC2, by the prefix of their id; a prefix that begins another comes later.
const IDS: &[(&str, &str)] = &[
    ("eni-attach-", "attachment"),
    ("eni-", "eni"),
    ("eipalloc-", "address"),
    ("subnet-", "subnet"),
    ("sgr-", "sg-rule"),
    ("sg-", "sg"),
    ("vpce-svc-", "service"),
    ("vpce-", "endpoint"),
    ("vpc-", "vpc"),
    ("rtb-", "route-table"),
    ("igw-", "gateway"),
    ("nat-", "nat"),
    ("tgw-", "gateway"),
    ("acl-", "acl"),
    ("dopt-", "dhcp-options"),
    ("pcx-", "peering"),
    ("scr-", "reservation"),
    ("pl-", "prefix-list"),
    ("ami-", "ami"),
    ("lt-", "launch-template"),
    ("vol-", "volume"),
    ("fl-", "flow-log"),
    ("i-", "instance"),
];

/// Ids of principals and access keys; an account can be computed from some of them.
const PRINCIPALS: &[&str] =
    &["AROA", "AIDA", "AIPA", "ANPA", "AGPA", "ANVA", "AKIA", "ASIA", "ABIA", "ACCA"];

/// The registry of EKS's own images, the same for everyone.
const EKS_REGISTRY: &str = "602401143452";

/// Recognised as a whole, and not replaced.
const KEPT: &str = "";

const ACCOUNT: usize = 12;

/// Whether a token can begin after this text: at its begin, after what is no letter or digit, and
/// after a percent-encoded character.
pub(super) fn begins(before: &str) -> bool {
    let encoded = || {
        let tail = before.as_bytes();
        matches!(tail, [.., b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit())
    };
    !before.ends_with(|char: char| char.is_ascii_alphanumeric()) || encoded()
}

/// `ip-10-0-1-10`, with which the names of nodes begin.
pub(super) fn node(name: &str) -> Option<&str> {
    let tail = name.strip_prefix("ip-")?;
    let end = tail.find(|char: char| !char.is_ascii_digit() && char != '-').unwrap_or(tail.len());
    let parts = tail[..end].split('-').filter(|part| !part.is_empty() && part.len() <= 3);
    (parts.count() == 4).then(|| &name[.."ip-".len() + tail[..end].trim_end_matches('-').len()])
}

impl Redactor {
    pub(super) fn token(&mut self, before: &str, rest: &str) -> Option<(usize, String)> {
        let (length, label) = person(before, rest)
            .or_else(|| address(before, rest))
            .or_else(|| hardware(rest))
            .or_else(|| id(rest))
            .or_else(|| principal(rest))
            .or_else(|| node(rest).map(|name| (name.len(), "node")))?;
        let found = &rest[..length];
        let put = if label == KEPT {
            found.to_owned()
        } else {
            self.shaped(label, found, &rest[length..])
        };
        Some((length, put))
    }

    /// Twelve digits, wherever they stand.
    pub(super) fn account(&mut self, before: &str, rest: &str) -> Option<(usize, String)> {
        let digits = run(rest, |char| char.is_ascii_digit());
        let inside = before.ends_with(|char: char| char.is_ascii_digit());
        if digits.len() != ACCOUNT || inside || digits == EKS_REGISTRY {
            return None;
        }
        Some((ACCOUNT, self.shaped("account", digits, "")))
    }
}

pub(super) fn run(text: &str, inside: impl Fn(char) -> bool) -> &str {
    &text[..text.find(|char| !inside(char)).unwrap_or(text.len())]
}

fn ends(rest: &str) -> bool {
    !rest.starts_with(|char: char| char.is_ascii_alphanumeric())
}

/// The id of a resource at the begin of this text.
pub(super) fn id(rest: &str) -> Option<(usize, &'static str)> {
    if let Some(tail) = rest.strip_prefix("a-") {
        // An association of Pod Identity.
        let value = run(tail, |char| char.is_ascii_lowercase() || char.is_ascii_digit());
        let own = value.len() == 17 && value.contains(|char: char| char.is_ascii_digit());
        return (own && ends(&tail[value.len()..])).then_some((19, "association"));
    }
    let (prefix, label) = IDS.iter().find(|(prefix, _)| rest.starts_with(prefix))?;
    let tail = &rest[prefix.len()..];
    let value = run(tail, |char| char.is_ascii_digit() || ('a'..='f').contains(&char));
    let own = (8..=17).contains(&value.len()) && ends(&tail[value.len()..]);
    own.then_some((prefix.len() + value.len(), *label))
}

fn principal(rest: &str) -> Option<(usize, &'static str)> {
    PRINCIPALS.iter().find(|prefix| rest.starts_with(**prefix))?;
    let value = run(rest, |char| char.is_ascii_uppercase() || char.is_ascii_digit());
    (value.len() >= 16 && ends(&rest[value.len()..])).then_some((value.len(), "unique-id"))
}

/// `name@host.domain`
fn person(before: &str, rest: &str) -> Option<(usize, &'static str)> {
    let inside = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '_' | '+' | '-');
    if before.ends_with(inside) {
        return None;
    }
    let name = run(rest, inside);
    let host = run(rest[name.len()..].strip_prefix('@')?, |char| {
        char.is_ascii_alphanumeric() || matches!(char, '.' | '-')
    });
    let host = host.trim_end_matches(['.', '-']);
    (!name.is_empty() && host.contains('.')).then_some((name.len() + 1 + host.len(), "person"))
}

/// `0a:1b:2c:3d:4e:5f`
fn hardware(rest: &str) -> Option<(usize, &'static str)> {
    let text = run(rest, |char| char.is_ascii_hexdigit() || char == ':').trim_end_matches(':');
    let pairs = || text.split(':');
    (pairs().count() == 6 && pairs().all(|it| it.len() == 2)).then_some((text.len(), "mac"))
}

fn address(before: &str, rest: &str) -> Option<(usize, &'static str)> {
    if before.ends_with(['.', ':']) && before.len() > 1 && !before.ends_with("::") {
        // The tail of a version or of a longer address; after a word it is an address of its own.
        let inner = before.trim_end_matches(['.', ':']);
        if before.ends_with('.') && inner.ends_with(|char: char| char.is_ascii_digit()) {
            return None;
        }
    }
    let long = run(rest, |char| char.is_ascii_hexdigit() || matches!(char, ':' | '.'));
    let short = run(rest, |char| char.is_ascii_digit() || char == '.').trim_end_matches('.');
    let tries = [long, long.trim_end_matches([':', '.'])];
    let six = tries.into_iter().find_map(|it| Some((it.len(), it.parse::<Ipv6Addr>().ok()?)));
    let (length, address) = match six {
        Some((length, address)) if ends(&rest[length..]) => (length, IpAddr::V6(address)),
        _ => (short.len(), IpAddr::V4(short.parse::<Ipv4Addr>().ok()?)),
    };
    Some((length, if common(address) { KEPT } else { "address" }))
}

/// The same everywhere: this host, the link, nobody, all.
fn common(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => {
            it.is_loopback() || it.is_link_local() || it.is_unspecified() || it.octets()[0] == 255
        }
        IpAddr::V6(it) => {
            let [first, second, ..] = it.segments();
            it.is_loopback()
                || it.is_unspecified()
                || first & 0xffc0 == 0xfe80
                || first >= 0xff00
                || (first, second) == (0xfd00, 0xec2)
        }
    }
}
