//! Where paths begin: the subnets of the group, and the security groups that its nodes get.

use super::{addresses::Addresses, network::Network};
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
    /// Any of them can be a node's.
    pub(crate) addresses: Result<Addresses, Missing>,
    pub(crate) groups: Result<Vec<&'a str>, Missing>,
    /// Whether its nodes have public addresses.
    pub(crate) public: Result<bool, Missing>,
}

pub(crate) fn starts<'a>(network: &Network<'a>) -> Result<Vec<Start<'a>>, Missing> {
    let subnets = network.group.own_subnets();
    if subnets.is_empty() {
        let managed = network.group.compute.value() == Some(&Compute::Managed);
        let input = if managed { &NODEGROUP } else { &INSTANCES };
        return Err(input.missing("which subnets the group's nodes are in was not read"));
    }
    let start = |subnet| Start {
        subnet,
        addresses: addresses(network, subnet),
        groups: groups(network, subnet),
        public: public(network, subnet),
    };
    Ok(subnets.into_iter().map(start).collect())
}

fn addresses(network: &Network, subnet: &str) -> Result<Addresses, Missing> {
    let block = &network.subnet(subnet)?.cidr_block;
    let addresses = Addresses::of([&**block]);
    if addresses.is_empty() {
        return Err(VPC_SUBNETS.missing(format!("{subnet} has no IPv4 block that can be read")));
    }
    Ok(addresses)
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
    let all = network.group.instances.value().into_iter().flatten();
    let mut here = all.filter(|it| it.subnet_id == subnet && live(it)).peekable();
    if here.peek().is_some() {
        return Ok(here.all(|it| !it.public_ip_address.is_empty()));
    }
    let interfaces = template(network).map(|it| &it.launch_template_data.network_interfaces);
    let first = interfaces.and_then(|it| it.iter().find(|it| it.device_index.unwrap_or(0) == 0));
    if let Some(asked) = first.and_then(|it| it.associate_public_ip_address) {
        return Ok(asked);
    }
    let given = network.subnet(subnet)?.map_public_ip_on_launch;
    given.ok_or_else(|| {
        VPC_SUBNETS.missing(format!("whether {subnet} gives public addresses was not read"))
    })
}
