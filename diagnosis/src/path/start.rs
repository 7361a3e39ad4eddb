//! Where paths begin: the subnets of the group, and the security groups that its nodes get.

use super::{
    addresses::{Addresses, Family},
    network::Network,
    walk::Path,
};
use crate::facts::{
    Compute, Missing,
    aws::{
        Presence, Resource,
        ec2::{Instance, LaunchTemplateVersion},
    },
    inputs::{INSTANCES, LAUNCH_TEMPLATE, NODEGROUP, VPC_SUBNETS},
};

/// One subnet of the group, as a node in it sees the network.
pub(crate) struct Start<'a> {
    pub(crate) subnet: &'a str,
    family: Family,
    /// Whether its nodes have no IPv4 address at all.
    pub(super) native: bool,
    /// Any of them can be a node's.
    pub(crate) addresses: Result<Addresses, Missing>,
    pub(crate) groups: Result<Vec<&'a str>, Missing>,
    /// Whether its nodes have public addresses; of IPv6, whether they have any.
    pub(crate) public: Result<bool, Missing>,
}

pub(crate) fn starts<'a>(network: &Network<'a>) -> Result<Vec<Start<'a>>, Missing> {
    let subnets = network.group.own_subnets();
    if subnets.is_empty() {
        let managed = network.group.compute.value() == Some(&Compute::Managed);
        let input = if managed { &NODEGROUP } else { &INSTANCES };
        return Err(input.missing("which subnets the group's nodes are in was not read"));
    }
    let vpc = &network.cluster.resources_vpc_config.vpc_id;
    let stray = |id: &&&str| {
        let it = network.subnet(id);
        it.is_ok_and(|it| !vpc.is_empty() && !it.vpc_id.is_empty() && it.vpc_id != *vpc)
    };
    // No path within the VPC begins there.
    if let Some(it) = subnets.iter().find(stray) {
        return Err(VPC_SUBNETS.missing(format!("{it} is not in the cluster's VPC, {vpc}")));
    }
    Ok(subnets.into_iter().map(|it| Start::of(network, it)).collect())
}

impl<'a> Start<'a> {
    pub(crate) fn of(network: &Network<'a>, subnet: &'a str) -> Self {
        Self {
            subnet,
            family: network.family,
            native: network.subnet(subnet).is_ok_and(|it| it.ipv6_native == Some(true)),
            addresses: network.addresses(subnet),
            groups: groups(network, subnet),
            public: public(network, subnet),
        }
    }

    /// Of this family no packet of it goes anywhere.
    pub(super) fn lacks_family(&self) -> Option<Path<'a>> {
        let why = || VPC_SUBNETS.missing(format!("{} has IPv6 addresses alone", self.subnet));
        (self.native && self.family == Family::V4).then(|| Path::begun(self.subnet, why()))
    }

    /// As the first hop of a path.
    pub(super) fn hop(&self) -> String {
        match self.family {
            Family::V4 => self.subnet.to_owned(),
            Family::V6 => format!("{} by IPv6", self.subnet),
        }
    }
}

fn live(it: &Instance) -> bool {
    matches!(&*it.state.name, "running" | "pending")
}

/// The instances' own, the latest one's first; else what the next instance gets.
fn groups<'a>(network: &Network<'a>, subnet: &str) -> Result<Vec<&'a str>, Missing> {
    let group = network.group;
    let all = group.instances.value().into_iter().flatten();
    let mut all: Vec<&Resource<Instance>> =
        all.filter(|it| !it.security_groups.is_empty()).collect();
    all.sort_by_key(|it| (it.subnet_id == subnet, &it.launch_time));
    if let Some(it) = all.last() {
        return Ok(it.security_groups.iter().map(|it| &*it.group_id).collect());
    }
    let template = template(network);
    if let Some(it) = template {
        let data = &it.launch_template_data;
        let first = data.network_interfaces.iter().find(|it| it.device_index.unwrap_or(0) == 0);
        let own = first.map(|it| &it.groups).filter(|it| !it.is_empty());
        let own = own.unwrap_or(&data.security_group_ids);
        if !own.is_empty() {
            return Ok(own.iter().map(String::as_str).collect());
        }
    }
    let nodegroup = group.nodegroup.value().and_then(Presence::present);
    let plain = nodegroup.is_some_and(|it| it.launch_template.is_none()) || template.is_some();
    let own = &network.cluster.resources_vpc_config.cluster_security_group_id;
    // EKS gives the cluster's own to a managed group whose template names none.
    if nodegroup.is_some() && plain && !own.is_empty() {
        return Ok(vec![own]);
    }
    let input = if template.is_some() { &INSTANCES } else { &LAUNCH_TEMPLATE };
    Err(input.missing("which security groups the nodes get was not read"))
}

fn template<'a>(network: &Network<'a>) -> Option<&'a LaunchTemplateVersion> {
    network.group.launch_template.value().and_then(Presence::present)
}

/// As the nodes that run there have it; else as the template asks for it; else as the subnet gives it.
fn public(network: &Network, subnet: &str) -> Result<bool, Missing> {
    let six = network.family == Family::V6;
    let has =
        |it: &Instance| !if six { &it.ipv6_address } else { &it.public_ip_address }.is_empty();
    let all = network.group.instances.value().into_iter().flatten();
    let mut here = all.filter(|it| it.subnet_id == subnet && live(it)).peekable();
    if here.peek().is_some() {
        return Ok(here.all(|it| has(it)));
    }
    let given = network.subnet(subnet)?;
    let given = if six {
        given.assign_ipv6_address_on_creation
    } else {
        if let Some(asked) = asked(network)? {
            return Ok(asked);
        }
        given.map_public_ip_on_launch
    };
    given.ok_or_else(|| {
        let what = if six { "IPv6" } else { "public" };
        VPC_SUBNETS.missing(format!("whether {subnet} gives {what} addresses was not read"))
    })
}

/// Whether the template asks for public addresses. One that was not read may do so.
fn asked(network: &Network) -> Result<Option<bool>, Missing> {
    let nodegroup = network.group.nodegroup.value().and_then(Presence::present);
    let Some(template) = template(network) else {
        let none = nodegroup.is_some_and(|it| it.launch_template.is_none());
        let unread = || LAUNCH_TEMPLATE.missing("whether the template asks for public addresses");
        return if none { Ok(None) } else { Err(unread()) };
    };
    let mut interfaces = template.launch_template_data.network_interfaces.iter();
    let first = interfaces.find(|it| it.device_index.unwrap_or(0) == 0);
    Ok(first.and_then(|it| it.associate_public_ip_address))
}
