//! What a certificate says of itself: its names, as lines such as `C=US, O=Amazon, CN=Amazon RSA
//! 2048 M02`, and from when to when it is valid. Reads just enough DER for that; what it does not
//! understand is nothing, never an error.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::facts::Certificate;

/// An issuer goes into reports, and whoever intercepts TLS decides how long it is.
const MAX_CHARS: usize = 200;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OBJECT_ID: u8 = 0x06;
const BMP_STRING: u8 = 0x1e;
/// The optional version, in front of the serial number.
const EXPLICIT_0: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    rest: &'a [u8],
}

pub fn issuer(certificate: &[u8]) -> Option<String> {
    text(issuer_name(certificate)?.content)
}

/// `None` for what is no certificate.
pub fn read(certificate: &[u8]) -> Option<Certificate> {
    let issuer = issuer_name(certificate)?;
    let validity = expect(SEQUENCE, issuer.rest)?;
    let not_before = element(validity.content)?;
    let not_after = element(not_before.rest)?;
    let subject = expect(SEQUENCE, validity.rest)?;
    Some(Certificate {
        subject: text(subject.content).unwrap_or_default(),
        issuer: text(issuer.content).unwrap_or_default(),
        not_before: time(&not_before)?,
        not_after: time(&not_after)?,
    })
}

/// The first certificate of a PEM file, as DER. A key beside it is passed over.
pub fn first(pem: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (body, _) = rest.split_once("-----END CERTIFICATE-----")?;
    let body: String = body.split_whitespace().collect();
    STANDARD.decode(body).ok()
}

fn issuer_name(certificate: &[u8]) -> Option<Element<'_>> {
    let body = expect(SEQUENCE, expect(SEQUENCE, certificate)?.content)?.content;
    let first = element(body)?;
    let serial = if first.tag == EXPLICIT_0 { element(first.rest)? } else { first };
    let algorithm = expect(SEQUENCE, serial.rest)?;
    expect(SEQUENCE, algorithm.rest)
}

/// RFC 3339; years of two digits are of 1950 to 2049 (RFC 5280).
fn time(element: &Element<'_>) -> Option<String> {
    let text = str::from_utf8(element.content).ok()?.strip_suffix('Z')?;
    if !text.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let text = match (element.tag, text.len()) {
        (UTC_TIME, 12) if text < "5" => format!("20{text}"),
        (UTC_TIME, 12) => format!("19{text}"),
        (GENERALIZED_TIME, 14) => text.to_owned(),
        _ => return None,
    };
    let at = |from: usize| &text[from..from + 2];
    Some(format!("{}-{}-{}T{}:{}:{}Z", &text[..4], at(4), at(6), at(8), at(10), at(12)))
}

/// A name is a sequence of sets of pairs of type and value.
fn text(mut name: &[u8]) -> Option<String> {
    let mut parts = Vec::new();
    while !name.is_empty() {
        let set = expect(SET, name)?;
        let mut pairs = set.content;
        while !pairs.is_empty() {
            let pair = expect(SEQUENCE, pairs)?;
            let kind = expect(OBJECT_ID, pair.content)?;
            parts.push(format!("{}={}", attribute(kind.content), value(&element(kind.rest)?)));
            pairs = pair.rest;
        }
        name = set.rest;
    }
    let line: String = parts.join(", ").chars().take(MAX_CHARS).collect();
    (!line.is_empty()).then_some(line)
}

fn attribute(id: &[u8]) -> &'static str {
    match id {
        [0x55, 0x04, 0x03] => "CN",
        [0x55, 0x04, 0x05] => "serialNumber",
        [0x55, 0x04, 0x06] => "C",
        [0x55, 0x04, 0x07] => "L",
        [0x55, 0x04, 0x08] => "ST",
        [0x55, 0x04, 0x0a] => "O",
        [0x55, 0x04, 0x0b] => "OU",
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19] => "DC",
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01] => "emailAddress",
        _ => "other",
    }
}

fn value(element: &Element<'_>) -> String {
    let text = if element.tag == BMP_STRING {
        let units: Vec<_> =
            element.content.chunks_exact(2).map(|it| u16::from_be_bytes([it[0], it[1]])).collect();
        String::from_utf16_lossy(&units)
    } else {
        String::from_utf8_lossy(element.content).into_owned()
    };
    text.replace(char::is_control, "\u{fffd}")
}

fn expect(tag: u8, der: &[u8]) -> Option<Element<'_>> {
    element(der).filter(|it| it.tag == tag)
}

/// Tag, length (short, or long in up to four bytes), content.
fn element(der: &[u8]) -> Option<Element<'_>> {
    let (&[tag, first], rest) = der.split_first_chunk()?;
    let (length, rest) = match usize::from(first) {
        short @ 0..=0x7f => (short, rest),
        long @ 0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(long - 0x80)?;
            (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some(Element { tag, content, rest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{
        BasicConstraints, CertificateParams, DistinguishedName, DnType, DnValue, IsCa, Issuer,
        KeyPair,
    };

    fn leaf(issuer: DistinguishedName) -> Vec<u8> {
        let mut ca = CertificateParams::default();
        ca.distinguished_name = issuer;
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = Issuer::new(ca, KeyPair::generate().unwrap());
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec!["leaf".to_owned()]).unwrap();
        leaf.signed_by(&key, &ca).unwrap().der().to_vec()
    }

    #[test]
    fn the_issuer_is_one_line_in_its_own_order() {
        let mut name = DistinguishedName::new();
        name.push(DnType::CountryName, "US");
        name.push(DnType::OrganizationName, "Example Proxy");
        name.push(DnType::CommonName, DnValue::BmpString("Ünit".try_into().unwrap()));
        assert_eq!(issuer(&leaf(name)).unwrap(), "C=US, O=Example Proxy, CN=Ünit");
    }

    #[test]
    fn a_certificate_tells_its_names_and_its_time_and_its_key_is_passed_over() {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["node".to_owned()]).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::OrganizationName, "system:nodes");
        params.not_before = rcgen::date_time_ymd(2026, 3, 1);
        params.not_after = rcgen::date_time_ymd(2051, 3, 1);
        let certificate = params.self_signed(&key).unwrap();
        let pem = format!("{}{}", key.serialize_pem(), certificate.pem());
        let read = read(&first(&pem).unwrap()).unwrap();
        assert_eq!(read.subject, "O=system:nodes");
        assert_eq!(read.issuer, read.subject);
        let times = (read.not_before.as_str(), read.not_after.as_str());
        assert_eq!(times, ("2026-03-01T00:00:00Z", "2051-03-01T00:00:00Z"));
        assert_eq!(first(&key.serialize_pem()), None);
        assert_eq!(first("-----BEGIN CERTIFICATE-----\n***\n-----END CERTIFICATE-----"), None);
    }

    #[test]
    fn an_issuer_cannot_bring_control_characters_or_pages() {
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, format!("a\u{1b}[2J\n{}", "x".repeat(900)));
        let line = issuer(&leaf(name)).unwrap();
        assert!(line.starts_with("CN=a\u{fffd}[2J\u{fffd}x"), "{line}");
        assert_eq!(line.chars().count(), MAX_CHARS);
    }

    #[test]
    fn a_certificate_cut_or_changed_anywhere_gives_no_panic() {
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, "ca");
        let der = leaf(name);
        for end in 0..der.len() {
            let _ = (issuer(&der[..end]), read(&der[..end]));
            for value in [0x00, 0x30, 0x7f, 0x80, 0x84, 0xff] {
                let mut changed = der.clone();
                changed[end] = value;
                let _ = (issuer(&changed), read(&changed));
            }
        }
        assert_eq!(issuer(b""), None);
        assert_eq!(issuer(b"\x30\x84\xff\xff\xff\xff"), None);
    }
}
