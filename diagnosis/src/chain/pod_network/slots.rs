//! Who has each interface slot of the instance's default network card.

use std::fmt::{self, Display, Formatter};

use crate::facts::{DescribedInterface, Facts, Interface, IpamdInterface};

/// The VPC CNI names an interface that it made after the node: `aws-K8S-<instance>`.
const MADE_BY_CNI: &str = "aws-K8S-";

const NO_MANAGE: &str = "node.k8s.amazonaws.com/no_manage";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// In ipamd's books, with addresses for pods or room for them.
    Cni,
    /// The node's own, from which pods take nothing.
    Node,
    Trunk,
    Efa,
    /// Its tag tells ipamd to leave it alone.
    Unmanaged,
    /// Another service of AWS made it.
    Service,
    /// The VPC CNI made it, and ipamd does not know it.
    Forgotten,
    Other,
}

pub(super) struct Slot<'a> {
    pub(super) interface: &'a Interface,
    pub(super) owner: Owner,
}

impl Owner {
    /// It takes a slot in which the VPC CNI could have addresses for pods.
    pub(super) const fn takes(self) -> bool {
        !matches!(self, Self::Cni | Self::Node)
    }

    /// The cluster's own configuration wants it there.
    pub(super) const fn is_wanted(self) -> bool {
        matches!(self, Self::Trunk | Self::Efa)
    }
}

/// Of the default card, in IMDS's order; nothing where IMDS or ipamd did not say.
pub(super) fn slots(facts: &Facts) -> Vec<Slot<'_>> {
    let node = &facts.node;
    let (Some(interfaces), Some(books)) = (node.interfaces.value(), node.ipamd.value()) else {
        return Vec::new();
    };
    let described = node.described.value().map(|it| &it.interfaces[..]).unwrap_or_default();
    let slot = |interface| slot(interface, &books.by_interface, described);
    interfaces.iter().filter(|it| it.network_card == 0).map(slot).collect()
}

fn slot<'a>(
    interface: &'a Interface,
    books: &[IpamdInterface],
    described: &[DescribedInterface],
) -> Slot<'a> {
    let described = described.iter().find(|it| it.id == interface.id);
    let known = books.iter().find(|it| it.id == interface.id);
    let kind = described.map_or("", |it| &it.kind);
    let tagged = described.and_then(|it| it.tags.as_ref()?.get(NO_MANAGE));
    let owner = match known {
        Some(it) if it.trunk => Owner::Trunk,
        Some(it) if it.excluded => Owner::Node,
        Some(it) if it.efa && it.addresses.is_empty() && it.prefixes.is_empty() => Owner::Efa,
        Some(_) => Owner::Cni,
        None if kind == "trunk" => Owner::Trunk,
        None if kind.starts_with("efa") => Owner::Efa,
        None if interface.device_number == 0 => Owner::Node,
        None if tagged.is_some_and(|it| it == "true") => Owner::Unmanaged,
        None if described.is_some_and(|it| it.description.starts_with(MADE_BY_CNI)) => {
            Owner::Forgotten
        }
        None if described.and_then(|it| it.requester_managed) == Some(true) => Owner::Service,
        None => Owner::Other,
    };
    Slot { interface, owner }
}

/// Such as `2 VPC CNI, 1 trunk`.
pub(super) fn owners(slots: &[Slot<'_>]) -> String {
    let mut counts: Vec<(Owner, usize)> = Vec::new();
    for it in slots {
        match counts.iter_mut().find(|(owner, _)| *owner == it.owner) {
            Some((_, count)) => *count += 1,
            None => counts.push((it.owner, 1)),
        }
    }
    let counts: Vec<_> = counts.iter().map(|(owner, count)| format!("{count} {owner}")).collect();
    counts.join(", ")
}

impl Display for Owner {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cni => "VPC CNI",
            Self::Node => "node only",
            Self::Trunk => "trunk",
            Self::Efa => "EFA",
            Self::Unmanaged => "tagged no_manage",
            Self::Service => "of another AWS service",
            Self::Forgotten => "made by the VPC CNI but not in its books",
            Self::Other => "foreign",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn owner(known: Option<IpamdInterface>, described: DescribedInterface) -> Owner {
        let interface = Interface { id: "eni-1".into(), device_number: 1, ..Interface::default() };
        let known = known.map(|it| IpamdInterface { id: "eni-1".into(), ..it });
        let described = DescribedInterface { id: "eni-1".into(), ..described };
        slot(&interface, known.as_slice(), &[described]).owner
    }

    #[test]
    fn the_owner_follows_from_the_books_and_else_from_what_ec2_says() {
        let books = IpamdInterface::default;
        let ec2 = DescribedInterface::default;
        assert_eq!(owner(Some(books()), ec2()), Owner::Cni);
        assert_eq!(owner(Some(IpamdInterface { trunk: true, ..books() }), ec2()), Owner::Trunk);
        assert_eq!(owner(Some(IpamdInterface { excluded: true, ..books() }), ec2()), Owner::Node);
        let efa = IpamdInterface { efa: true, ..books() };
        assert_eq!(owner(Some(efa.clone()), ec2()), Owner::Efa);
        let giving = IpamdInterface { addresses: vec!["10.0.1.5".into()], ..efa };
        assert_eq!(owner(Some(giving), ec2()), Owner::Cni);

        let kind = |it: &str| DescribedInterface { kind: it.into(), ..ec2() };
        assert_eq!(owner(None, kind("trunk")), Owner::Trunk);
        assert_eq!(owner(None, kind("efa-only")), Owner::Efa);
        assert_eq!(owner(None, kind("interface")), Owner::Other);
        let made = DescribedInterface { description: "aws-K8S-i-0abc".into(), ..ec2() };
        assert_eq!(owner(None, made.clone()), Owner::Forgotten);
        let tag = BTreeMap::from([(NO_MANAGE.to_owned(), "true".to_owned())]);
        assert_eq!(owner(None, DescribedInterface { tags: Some(tag), ..made }), Owner::Unmanaged);
        let lambda = DescribedInterface { requester_managed: Some(true), ..ec2() };
        assert_eq!(owner(None, lambda), Owner::Service);
    }
}
