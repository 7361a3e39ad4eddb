//! One address in the books of ipamd, in IMDS and in EC2's answer, laid side by side.

use std::net::Ipv4Addr;

use super::blocks;
use crate::{
    facts::{DescribedInterface, Facts, Interface, IpamdInterface, Source},
    report::Evidence,
};

pub(super) struct Views<'a> {
    pub(super) facts: &'a Facts,
    pub(super) interfaces: &'a [Interface],
    pub(super) books: &'a [IpamdInterface],
}

/// What ipamd's books have: an address, or a prefix.
#[derive(Clone, Copy)]
pub(super) struct Book<'a> {
    pub(super) interface: &'a IpamdInterface,
    pub(super) address: &'a str,
}

impl IpamdInterface {
    /// Whether it carries pods at all; of another, the books need not know its addresses.
    pub(super) fn gives(&self) -> bool {
        let empty = self.addresses.is_empty() && self.prefixes.is_empty();
        !(self.trunk || self.excluded || empty)
    }
}

impl<'a> Views<'a> {
    pub(super) fn books(&self) -> impl Iterator<Item = Book<'a>> {
        let giving = self.books.iter().filter(|it| it.gives());
        giving.flat_map(|interface| {
            let all = interface.addresses.iter().chain(&interface.prefixes);
            all.map(move |address| Book { interface, address })
        })
    }

    pub(super) fn has_imds(&self, address: &str) -> bool {
        let has = |it: &Interface| has(&it.ipv4s, &it.ipv4_prefixes, address);
        self.interfaces.iter().any(has)
    }

    pub(super) fn not_in_imds(&self) -> Option<Book<'a>> {
        self.books().find(|it| !self.has_imds(it.address))
    }

    pub(super) fn not_in_ec2(&self, described: &[DescribedInterface]) -> Option<Book<'a>> {
        let known = |it: &DescribedInterface, address| has(&it.addresses, &it.prefixes, address);
        self.books().find(|book| !described.iter().any(|it| known(it, book.address)))
    }

    /// A secondary address, or a prefix, that IMDS has on an interface which carries pods.
    pub(super) fn only_in_imds(&self) -> Option<Book<'a>> {
        let mut giving = self.books.iter().filter(|it| it.gives());
        giving.find_map(|interface| {
            let imds = self.interfaces.iter().find(|it| it.id == interface.id)?;
            let address = unknown(interface, &imds.ipv4s, &imds.ipv4_prefixes).next()?;
            Some(Book { interface, address })
        })
    }

    /// A secondary address, or a prefix, that EC2 has on an interface which carries pods.
    pub(super) fn only_in_ec2<'b>(
        &self,
        described: &'b [DescribedInterface],
    ) -> Option<(&'a IpamdInterface, &'b str)> {
        let mut giving = self.books.iter().filter(|it| it.gives());
        giving.find_map(|interface| {
            let ec2 = described.iter().find(|it| it.id == interface.id)?;
            Some((interface, unknown(interface, &ec2.addresses, &ec2.prefixes).next()?))
        })
    }

    /// Made by the VPC CNI, seen by IMDS, for pods, and not in the books.
    pub(super) fn forgets(&self, it: &DescribedInterface) -> bool {
        let slots = super::slots::slots(self.facts);
        let forgotten = |slot: &super::slots::Slot<'_>| {
            slot.interface.id == it.id && slot.owner == super::slots::Owner::Forgotten
        };
        it.network_card == 0 && slots.iter().any(forgotten)
    }

    /// From the view that has it.
    pub(super) fn quote(&self, book: &Source, imds: &Source, id: &str, address: &str) -> Evidence {
        let line = format!("{id} {address}");
        let known = self.books().any(|it| it.address == address);
        if known { book.quote(&line) } else { imds.quote(&line) }
    }
}

/// What an interface has beside its primary address, which comes first, and the books do not.
fn unknown<'b>(
    books: &IpamdInterface,
    addresses: &'b [String],
    prefixes: &'b [String],
) -> impl Iterator<Item = &'b str> {
    let all = addresses.iter().skip(1).chain(prefixes).map(String::as_str);
    all.filter(|it| !has(&books.addresses, &books.prefixes, it))
}

/// The very one, or an address of a prefix.
fn has(addresses: &[String], prefixes: &[String], wanted: &str) -> bool {
    let within = |prefix: &String| {
        wanted.parse::<Ipv4Addr>().is_ok_and(|it| blocks::contains(prefix, it) == Some(true))
    };
    addresses.iter().chain(prefixes).any(|it| it == wanted) || prefixes.iter().any(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_prefix_is_had() {
        let own = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let (addresses, prefixes) = (own(&["10.0.1.10", "10.0.1.11"]), own(&["10.0.1.32/28"]));
        for (wanted, expected) in [
            ("10.0.1.11", true),
            ("10.0.1.32/28", true),
            ("10.0.1.47", true),
            ("10.0.1.48", false),
            ("10.0.1.48/28", false),
        ] {
            assert_eq!(has(&addresses, &prefixes, wanted), expected, "{wanted}");
        }
        let books = IpamdInterface { addresses: own(&["10.0.1.11"]), ..IpamdInterface::default() };
        let lost: Vec<_> = unknown(&books, &addresses, &prefixes).collect();
        assert_eq!(lost, ["10.0.1.32/28"], "the primary address is never in the books");
    }
}
