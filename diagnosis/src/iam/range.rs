//! Ranges of addresses in CIDR form.

use std::net::IpAddr;

/// Whether the policy's range holds the request's address; `None` where either cannot be read.
pub(crate) fn contains(range: &str, address: &str) -> Option<bool> {
    let address: IpAddr = address.parse().ok()?;
    let (base, length) = match range.split_once('/') {
        Some((base, length)) => (base, Some(length)),
        None => (range, None),
    };
    let base: IpAddr = base.parse().ok()?;
    let (base, address, width) = match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            (u128::from(base.to_bits()), u128::from(address.to_bits()), 32)
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => (base.to_bits(), address.to_bits(), 128),
        _ => return Some(false),
    };
    let length: u32 = match length {
        Some(length) => length.parse().ok().filter(|it| *it <= width)?,
        // AWS documents /32 for an address without a length, which no IPv6 writer means.
        None if width == 128 => {
            let (wide, narrow) = (same(base, address, 128, 32), base == address);
            return (wide == narrow).then_some(narrow);
        }
        None => 32,
    };
    Some(same(base, address, width, length))
}

/// The first `length` of `width` bits.
fn same(a: u128, b: u128, width: u32, length: u32) -> bool {
    (a ^ b).checked_shr(width - length).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_of_both_families() {
        for (range, address, expected) in [
            ("203.0.113.0/24", "203.0.113.7", Some(true)),
            ("203.0.113.0/24", "203.0.114.7", Some(false)),
            ("203.0.113.7", "203.0.113.7", Some(true)),
            ("0.0.0.0/0", "10.0.0.1", Some(true)),
            ("::/0", "10.0.0.1", Some(false)),
            ("::/0", "2001:db8::1", Some(true)),
            ("2001:DB8:1234:5678::/64", "2001:db8:1234:5678::9", Some(true)),
            ("2001:db8::1", "2001:db8::1", Some(true)),
            ("2001:db8::1", "2001:db8::2", None),
            ("2001:db8::1", "2002:db8::2", Some(false)),
            ("10.0.0.0/33", "10.0.0.1", None),
            ("ten", "10.0.0.1", None),
        ] {
            assert_eq!(contains(range, address), expected, "{range} {address}");
        }
    }
}
