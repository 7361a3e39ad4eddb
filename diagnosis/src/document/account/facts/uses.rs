//! Who has what of the group's subnets, as far as interfaces and reservations tell.

use crate::document::account::{Answers, names};
use crate::facts::aws::{Resource, ec2};
use crate::facts::{Group, Observed, Reservation, SubnetUse};

impl Answers {
    /// Of each of the group's subnets in which an interface was seen, the addresses and prefixes of
    /// those. There may be more.
    pub(super) fn uses(&self, it: &Group) -> Observed<Vec<SubnetUse>> {
        let own = it.own_subnets();
        let here = |it: &&Resource<ec2::NetworkInterface>| own.contains(&&*it.subnet_id);
        let found: Vec<_> = self.interfaces.all.iter().filter(here).collect();
        let has_prefix = |it: &&&Resource<ec2::NetworkInterface>| !it.ipv4_prefixes.is_empty();
        let Some(first) = found.iter().find(has_prefix).or(found.first()) else {
            return self.failed("ec2:DescribeNetworkInterfaces", "").unwrap_or_default();
        };
        let source = first.source.clone();
        let mut uses: Vec<SubnetUse> = Vec::new();
        for it in found {
            let taken = taken(it).cloned();
            if let Some(known) = uses.iter_mut().find(|known| known.subnet == it.subnet_id) {
                known.taken.extend(taken);
            } else {
                let (subnet, taken) = (it.subnet_id.clone(), taken.collect());
                uses.push(SubnetUse { subnet, taken });
            }
        }
        Observed::seen(uses, source)
    }

    /// Those of the group's subnets that were asked about: that one has none, its answer says, which
    /// does not name it.
    pub(super) fn reserved(&self, it: &Group) -> Observed<Vec<Reservation>> {
        const ACTION: &str = "ec2:GetSubnetCidrReservations";
        let own = it.own_subnets();
        let found = self.reservations.all.iter().filter(|it| own.contains(&&*it.value.subnet));
        let found: Vec<Reservation> = found.map(|it| it.value.clone()).collect();
        let told = |id: &str| {
            found.iter().any(|it| it.subnet == id)
                || self.reservations.answers.iter().any(|it| names::in_place(&it.place, id))
        };
        let subnets = it.subnets.value().into_iter().flatten();
        let mut asked = subnets.filter(|it| own.contains(&&*it.subnet_id) && !it.is_surely_whole());
        let untold = asked.find(|it| !told(&it.subnet_id));
        match (untold, &self.reservations.cut, self.reservations.answers.first()) {
            (Some(it), ..) => self.failed(ACTION, &it.subnet_id).unwrap_or_default(),
            (None, Some((why, source)), _) => Observed::failed(why, source.clone()),
            (None, None, Some(source)) => Observed::seen(found, source.clone()),
            (None, None, None) => Observed::Skipped,
        }
    }
}

fn taken(it: &ec2::NetworkInterface) -> impl Iterator<Item = &String> {
    let addresses = it.private_ip_addresses.iter().map(|it| &it.private_ip_address);
    let prefixes = it.ipv4_prefixes.iter().map(|it| &it.ipv4_prefix);
    let all = std::iter::once(&it.private_ip_address).chain(addresses).chain(prefixes);
    all.filter(|it| !it.is_empty())
}
