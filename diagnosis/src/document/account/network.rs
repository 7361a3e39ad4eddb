//! What EC2 answers of a VPC.

use serde_json::Value;

use super::Answers;
use super::fragment::Part;
use super::read::{list, string};
use crate::facts::aws::ec2;

impl Answers {
    pub(super) fn of_network(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        self.of_vpc(text, value)
            .or_else(|| self.of_gateways(text, value))
            .or_else(|| self.of_walls(text, value))
    }

    fn of_vpc(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        let id = |it: &ec2::Vpc| it.vpc_id.clone();
        if let Some(count) = list(&mut self.vpcs, text, value, "Vpcs", id) {
            return Some(format!("{count} VPCs"));
        }
        for (key, hostnames) in [("EnableDnsSupport", false), ("EnableDnsHostnames", true)] {
            if let Some(set) = value[key]["Value"].as_bool() {
                let vpc = string(value, "VpcId");
                let what = format!("attribute {key} of {vpc}");
                self.vpc_attributes.push((vpc, hostnames, set, text.line_of(key)));
                return Some(what);
            }
        }
        let id = |it: &ec2::DhcpOptions| it.dhcp_options_id.clone();
        if let Some(count) = list(&mut self.dhcp_options, text, value, "DhcpOptions", id) {
            return Some(format!("{count} DHCP options"));
        }
        let id = |it: &ec2::Subnet| it.subnet_id.clone();
        if let Some(count) = list(&mut self.subnets, text, value, "Subnets", id) {
            return Some(format!("{count} subnets"));
        }
        self.reservation(text, value)
    }

    fn of_gateways(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        let id = |it: &ec2::RouteTable| it.route_table_id.clone();
        if let Some(count) = list(&mut self.route_tables, text, value, "RouteTables", id) {
            return Some(format!("{count} route tables"));
        }
        let id = |it: &ec2::NatGateway| it.nat_gateway_id.clone();
        if let Some(count) = list(&mut self.nat_gateways, text, value, "NatGateways", id) {
            return Some(format!("{count} NAT gateways"));
        }
        let id = |it: &ec2::InternetGateway| it.internet_gateway_id.clone();
        let count = list(&mut self.internet_gateways, text, value, "InternetGateways", id)?;
        Some(format!("{count} internet gateways"))
    }

    fn of_walls(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        let id = |it: &ec2::NetworkAcl| it.network_acl_id.clone();
        if let Some(count) = list(&mut self.network_acls, text, value, "NetworkAcls", id) {
            return Some(format!("{count} network ACLs"));
        }
        let id = |it: &ec2::SecurityGroup| it.group_id.clone();
        if let Some(count) = list(&mut self.security_groups, text, value, "SecurityGroups", id) {
            return Some(format!("{count} security groups"));
        }
        let id = |it: &ec2::VpcEndpoint| it.vpc_endpoint_id.clone();
        if let Some(count) = list(&mut self.vpc_endpoints, text, value, "VpcEndpoints", id) {
            return Some(format!("{count} VPC endpoints"));
        }
        let id = |it: &ec2::NetworkInterface| it.network_interface_id.clone();
        let count = list(&mut self.interfaces, text, value, "NetworkInterfaces", id)?;
        Some(format!("{count} network interfaces"))
    }
}
