//! The network of the VPC that the group's nodes are in: of its many parts those that can matter.

use std::collections::BTreeSet;

use crate::document::account::{Answers, listing::Listing};
use crate::facts::aws::{Presence, ec2};
use crate::facts::{Group, Observed};

impl Answers {
    pub(super) fn paths(&self, it: &mut Group) {
        let vpc = self.vpc_of(it);
        let here = |id: &str| id == vpc || id.is_empty();
        it.vpc = self.vpc_fact(&vpc);
        it.dhcp_options = self.dhcp_of(it);
        it.nat_gateways =
            self.list(&self.nat_gateways, "ec2:DescribeNatGateways", |it| here(&it.vpc_id));
        it.vpc_endpoints =
            self.list(&self.vpc_endpoints, "ec2:DescribeVpcEndpoints", |it| here(&it.vpc_id));
        it.control_plane_interfaces = self.control_plane(&vpc);
        let wanted = wanted_subnets(it);
        let other = witness(&self.subnets, &wanted, |it| (&it.subnet_id, &it.vpc_id), &vpc);
        let subnet =
            |it: &ec2::Subnet| wanted.contains(&*it.subnet_id) || other == Some(&it.subnet_id);
        it.subnets = self.list(&self.subnets, "ec2:DescribeSubnets", subnet);
        it.route_tables = self.list(&self.route_tables, "ec2:DescribeRouteTables", |it| {
            let of =
                |it: &ec2::Association| it.main == Some(true) || wanted.contains(&*it.subnet_id);
            here(&it.vpc_id) && it.associations.iter().any(of)
        });
        it.network_acls = self.list(&self.network_acls, "ec2:DescribeNetworkAcls", |it| {
            let of = |it: &ec2::AclAssociation| wanted.contains(&*it.subnet_id);
            here(&it.vpc_id) && (it.is_default == Some(true) || it.associations.iter().any(of))
        });
        let routes = it.route_tables.value().into_iter().flatten();
        let gateways: BTreeSet<String> = routes
            .flat_map(|it| &it.value.routes)
            .map(|it| it.gateway_id.clone())
            .filter(|it| it.starts_with("igw-"))
            .collect();
        it.internet_gateways =
            self.list(&self.internet_gateways, "ec2:DescribeInternetGateways", |it| {
                it.attachments.iter().any(|it| it.vpc_id == vpc)
                    || gateways.contains(&it.internet_gateway_id)
            });
        let groups = wanted_groups(it);
        let other = witness(&self.security_groups, &groups, |it| (&it.group_id, &it.vpc_id), &vpc);
        it.security_groups = self.list(&self.security_groups, "ec2:DescribeSecurityGroups", |it| {
            groups.contains(&it.group_id) || other == Some(&it.group_id)
        });
    }

    fn vpc_of(&self, it: &Group) -> String {
        let cluster = it.cluster.value().and_then(Presence::present);
        let cluster = cluster.map(|it| &it.resources_vpc_config.vpc_id);
        let running = it.instances.value().into_iter().flatten();
        let running = running.map(|it| &it.value.vpc_id).find(|it| !it.is_empty());
        let only = match &self.vpcs.all[..] {
            [one] => Some(&one.value.vpc_id),
            _ => None,
        };
        let own = || {
            let ids = it.own_subnets();
            self.subnets.find(|it| ids.contains(&&*it.subnet_id)).map(|it| it.value.vpc_id.clone())
        };
        let known = cluster.filter(|it| !it.is_empty()).or(running).cloned();
        known.or_else(own).or(only.cloned()).unwrap_or_default()
    }

    /// With what its attributes say, each of which is an answer of its own.
    fn vpc_fact(&self, id: &str) -> Observed<ec2::Vpc> {
        const ACTION: &str = "ec2:DescribeVpcs";
        let Some(found) = self.vpcs.find(|it| it.vpc_id == id) else {
            return self.failed(ACTION, id).unwrap_or_default();
        };
        let (mut vpc, mut source) = (found.value.clone(), found.source.clone());
        let of_it = self.vpc_attributes.iter().filter(|(vpc, ..)| vpc == id);
        let mut said = Vec::new();
        for (_, hostnames, set, from) in of_it {
            let (key, into) = if *hostnames {
                ("EnableDnsHostnames", &mut vpc.enable_dns_hostnames)
            } else {
                ("EnableDnsSupport", &mut vpc.enable_dns_support)
            };
            *into = Some(*set);
            said.push(format!("    \"{key}\": {set}"));
            if !source.place.contains(&from.place) {
                source.place = format!("{}, {}", source.place, from.place);
            }
        }
        if !said.is_empty() {
            let end = source.text.trim_end().trim_end_matches('}').trim_end();
            source.text = format!("{end},\n{}\n}}", said.join(",\n"));
            // They stand in several places.
            source.line = 0;
        }
        Observed::seen(vpc, source)
    }

    fn dhcp_of(&self, it: &Group) -> Observed<ec2::DhcpOptions> {
        let Some(vpc) = it.vpc.value() else { return Observed::Skipped };
        match self.dhcp_options.find(|it| it.dhcp_options_id == vpc.dhcp_options_id) {
            Some(found) => Observed::seen(found.value.clone(), found.source.clone()),
            None => {
                self.failed("ec2:DescribeDhcpOptions", &vpc.dhcp_options_id).unwrap_or_default()
            }
        }
    }

    /// By the words with which EKS describes its interfaces. A list of other interfaces says nothing
    /// about them.
    fn control_plane(
        &self,
        vpc: &str,
    ) -> Observed<Vec<crate::facts::aws::Resource<ec2::NetworkInterface>>> {
        // Those that are not told of may be in other places than the rest.
        if let Some((why, source)) = &self.interfaces.cut {
            return Observed::failed(why, source.clone());
        }
        let description = format!("Amazon EKS {}", self.cluster_name());
        let own = |it: &ec2::NetworkInterface| it.description == description && it.vpc_id == vpc;
        let found = self.some(&self.interfaces, "ec2:DescribeNetworkInterfaces", "", own);
        match found {
            Observed::Seen { value, .. } if value.is_empty() && !self.interfaces.all.is_empty() => {
                Observed::Skipped
            }
            other => other,
        }
    }
}

/// Those of the group and of the control plane, and where what routes lead to is.
fn wanted_subnets(it: &Group) -> BTreeSet<String> {
    let cluster = it.cluster.value().and_then(Presence::present);
    let cluster = cluster.into_iter().flat_map(|it| &it.resources_vpc_config.subnet_ids);
    let nat = it.nat_gateways.value().into_iter().flatten().map(|it| &it.value.subnet_id);
    let endpoints = it.vpc_endpoints.value().into_iter().flatten();
    let endpoints = endpoints.flat_map(|it| &it.value.subnet_ids);
    let interfaces = it.control_plane_interfaces.value().into_iter().flatten();
    let interfaces = interfaces.map(|it| &it.value.subnet_id);
    let own = it.own_subnets().into_iter().map(str::to_owned);
    let template = it.launch_template.value().and_then(Presence::present);
    let template = template.into_iter().flat_map(|it| &it.launch_template_data.network_interfaces);
    let others = cluster.chain(nat).chain(endpoints).chain(interfaces);
    own.chain(others.chain(template.map(|it| &it.subnet_id)).cloned())
        .filter(|it| !it.is_empty())
        .collect()
}

/// Where the list lacks what is wanted, one more that nobody asked for by its name: it shows that the
/// list is not only of what was.
fn witness<'a, T>(
    list: &'a Listing<T>,
    wanted: &BTreeSet<String>,
    key: impl Fn(&T) -> (&String, &String),
    vpc: &str,
) -> Option<&'a String> {
    let has = |id: &String| list.all.iter().any(|it| key(it).0 == id);
    if wanted.iter().all(has) {
        return None;
    }
    let other = list.all.iter().find(|it| key(it).1 == vpc && !wanted.contains(key(it).0));
    other.map(|it| key(&it.value).0)
}

fn wanted_groups(it: &Group) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    if let Some(it) = it.cluster.value().and_then(Presence::present) {
        all.insert(it.resources_vpc_config.cluster_security_group_id.clone());
        all.extend(it.resources_vpc_config.security_group_ids.iter().cloned());
    }
    if let Some(it) = it.launch_template.value().and_then(Presence::present) {
        let data = &it.launch_template_data;
        all.extend(data.security_group_ids.iter().cloned());
        all.extend(data.network_interfaces.iter().flat_map(|it| it.groups.iter().cloned()));
    }
    let instances = it.instances.value().into_iter().flatten();
    let instances = instances.flat_map(|it| &it.value.security_groups);
    let endpoints = it.vpc_endpoints.value().into_iter().flatten();
    let endpoints = endpoints.flat_map(|it| &it.value.groups);
    let interfaces = it.control_plane_interfaces.value().into_iter().flatten();
    let interfaces = interfaces.flat_map(|it| &it.value.groups);
    all.extend(instances.chain(endpoints).chain(interfaces).map(|it| it.group_id.clone()));
    all
}
