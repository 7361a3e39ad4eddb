//! Sets of addresses, as CIDR blocks make them. Those of the two families never meet.

use std::net::IpAddr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Family {
    V4,
    V6,
}

/// Addresses that follow each other, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Run {
    pub(crate) family: Family,
    pub(crate) first: u128,
    pub(crate) last: u128,
}

impl Run {
    /// Of a CIDR, or of one address.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let (family, address, width) = match address.parse().ok()? {
            IpAddr::V4(it) => (Family::V4, u128::from(it.to_bits()), 32),
            IpAddr::V6(it) => (Family::V6, it.to_bits(), 128),
        };
        let bits = bits.map_or(Some(width), |it| it.parse().ok()).filter(|it| *it <= width)?;
        let host = 1_u128.checked_shl(width - bits).unwrap_or(0).wrapping_sub(1);
        Some(Self { family, first: address & !host, last: address | host })
    }

    pub(crate) fn contains(self, address: IpAddr) -> bool {
        let (family, address) = match address {
            IpAddr::V4(it) => (Family::V4, u128::from(it.to_bits())),
            IpAddr::V6(it) => (Family::V6, it.to_bits()),
        };
        family == self.family && (self.first..=self.last).contains(&address)
    }

    pub(crate) fn meet(self, other: Self) -> Option<Self> {
        let (first, last) = (self.first.max(other.first), self.last.min(other.last));
        (self.family == other.family && first <= last).then_some(Self { first, last, ..self })
    }

    /// What is left of it, on both sides.
    pub(super) fn without(self, other: Self) -> impl Iterator<Item = Self> {
        let (low, high) = match self.meet(other) {
            None => (Some(self), None),
            Some(both) => {
                let low = both.first.checked_sub(1).filter(|it| *it >= self.first);
                let high = both.last.checked_add(1).filter(|it| *it <= self.last);
                (low.map(|last| Self { last, ..self }), high.map(|first| Self { first, ..self }))
            }
        };
        low.into_iter().chain(high)
    }
}

/// How much of a set something else has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    All,
    Part,
    Nothing,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Addresses(Vec<Run>);

/// What no public service has an address of: this network, private, shared, loopback and link-local
/// ranges, multicast and what is reserved.
const NOT_PUBLIC: [&str; 8] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
];

/// What public IPv6 addresses are taken of.
const PUBLIC_V6: &str = "2000::/3";

impl Addresses {
    /// Without what is no block.
    pub(crate) fn of<'a>(blocks: impl IntoIterator<Item = &'a str>) -> Self {
        Self(blocks.into_iter().filter_map(Run::parse).collect())
    }

    /// All that a service on the internet can have.
    pub(crate) fn public(family: Family) -> Self {
        if family == Family::V6 {
            return Self::of([PUBLIC_V6]);
        }
        let all = Self::of(["0.0.0.0/0"]);
        NOT_PUBLIC.iter().filter_map(|it| Run::parse(it)).fold(all, |it, run| it.without(run))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn runs(&self) -> &[Run] {
        &self.0
    }

    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.0.extend(&other.0);
        self
    }

    pub(crate) fn without(&self, run: Run) -> Self {
        Self(self.0.iter().flat_map(|it| it.without(run)).collect())
    }

    /// What these blocks have of it, together.
    pub(crate) fn share(&self, of: impl Iterator<Item = Run>) -> Share {
        let (mut left, mut met) = (self.clone(), false);
        for run in of {
            met |= self.0.iter().any(|it| it.meet(run).is_some());
            left = left.without(run);
        }
        match (left.is_empty(), met) {
            (_, false) => Share::Nothing,
            (true, true) => Share::All,
            (false, true) => Share::Part,
        }
    }
}
