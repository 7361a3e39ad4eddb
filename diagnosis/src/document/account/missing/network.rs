//! What is not known of the VPC.

use super::{Commands, word};
use crate::document::account::Answers;
use crate::document::account::listing::Listing;
use crate::facts::Facts;
use crate::facts::aws::ec2::{NetworkInterface, Subnet};
use crate::facts::aws::{Presence, Resource};

impl Answers {
    pub(super) fn of_path(&self, facts: &Facts, commands: &mut Commands) {
        let group = &facts.account.group;
        let cluster = group.cluster.value().and_then(Presence::present);
        let cluster = cluster.map(|it| &*it.resources_vpc_config.vpc_id);
        let running = group.instances.value().and_then(|it| it.first()).map(|it| &*it.value.vpc_id);
        let known = group.vpc.value().map(|it| &*it.vpc_id);
        let Some(vpc) = known.or(cluster).or(running).filter(|it| !it.is_empty()) else { return };
        let vpc = word(vpc);
        if known.is_none() && !self.asked("ec2:DescribeVpcs") {
            commands.aws("ec2 describe-vpcs", &format!("--vpc-ids {vpc}"));
        }
        for (attribute, hostnames) in [("enableDnsSupport", false), ("enableDnsHostnames", true)] {
            let told = self.vpc_attributes.iter().any(|(_, it, ..)| *it == hostnames);
            if !told && !self.asked("ec2:DescribeVpcAttribute") {
                let arguments = format!("--vpc-id {vpc} --attribute {attribute}");
                commands.aws("ec2 describe-vpc-attribute", &arguments);
            }
        }
        let options = group.vpc.value().map(|it| &*it.dhcp_options_id);
        let options = options.filter(|it| it.starts_with("dopt-"));
        if let Some(it) = options.filter(|_| !self.dhcp_options.is_given()) {
            commands.aws("ec2 describe-dhcp-options", &format!("--dhcp-options-ids {}", word(it)));
        }
        let filters = format!("--filters Name=vpc-id,Values={vpc}");
        let filter = format!("--filter Name=vpc-id,Values={vpc}");
        let attached = format!("--filters Name=attachment.vpc-id,Values={vpc}");
        self.unless(&self.subnets, "DescribeSubnets", commands, "describe-subnets", &filters);
        let it = &self.route_tables;
        self.unless(it, "DescribeRouteTables", commands, "describe-route-tables", &filters);
        let it = &self.nat_gateways;
        self.unless(it, "DescribeNatGateways", commands, "describe-nat-gateways", &filter);
        let it = &self.internet_gateways;
        let command = "describe-internet-gateways";
        self.unless(it, "DescribeInternetGateways", commands, command, &attached);
        let it = &self.network_acls;
        self.unless(it, "DescribeNetworkAcls", commands, "describe-network-acls", &filters);
        let it = &self.security_groups;
        self.unless(it, "DescribeSecurityGroups", commands, "describe-security-groups", &filters);
        let it = &self.vpc_endpoints;
        self.unless(it, "DescribeVpcEndpoints", commands, "describe-vpc-endpoints", &filters);
        self.of_blocks(facts, commands);
        let name = self.cluster_name();
        if !name.is_empty() {
            let described = word(&format!("Name=description,Values=Amazon EKS {name}"));
            let arguments = format!("--filters {described}");
            let command = "describe-network-interfaces";
            self.unless(
                &self.interfaces,
                "DescribeNetworkInterfaces",
                commands,
                command,
                &arguments,
            );
        }
    }

    /// Of subnets whose counts leave open whether a whole block is free.
    fn of_blocks(&self, facts: &Facts, commands: &mut Commands) {
        let group = &facts.account.group;
        let addons = group.addons.value().into_iter().flatten();
        let mut addons = addons.filter(|it| it.addon_name == "vpc-cni");
        let prefixes = addons.find_map(|it| it.prefix_delegation());
        let own = group.own_subnets();
        let subnets = group.subnets.value().into_iter().flatten();
        let open =
            |it: &&Resource<Subnet>| own.contains(&&*it.subnet_id) && it.needs_interfaces(prefixes);
        let open: Vec<&str> = subnets.filter(open).map(|it| &*it.subnet_id).collect();
        let ours = format!("Amazon EKS {}", self.cluster_name());
        let has = |id: &str| {
            let other = |it: &NetworkInterface| it.subnet_id == id && it.description != ours;
            self.interfaces.find(other).is_some()
        };
        let unseen: Vec<&str> = open.iter().copied().filter(|it| !has(it)).collect();
        if !unseen.is_empty() && !self.asked("ec2:DescribeNetworkInterfaces") {
            let filters = format!("--filters Name=subnet-id,Values={}", unseen.join(","));
            commands.aws("ec2 describe-network-interfaces", &filters);
        }
        let told = facts.account.reservations.value().is_some();
        if !told && !self.asked("ec2:GetSubnetCidrReservations") {
            for it in open {
                let arguments = format!("--subnet-id {}", word(it));
                commands.aws("ec2 get-subnet-cidr-reservations", &arguments);
            }
        }
    }

    fn unless<T>(
        &self,
        listing: &Listing<T>,
        action: &str,
        commands: &mut Commands,
        command: &str,
        arguments: &str,
    ) {
        if !listing.is_whole() && !self.asked(&format!("ec2:{action}")) {
            commands.aws(&format!("ec2 {command}"), arguments);
        }
    }
}
