//! What EC2 answers of the network under the nodes, all of one VPC.

use aws_sdk_ec2::types;
use aws_sdk_ec2::types::VpcAttributeName;
use diagnosis::facts::aws::ec2::{
    AclAssociation, AclEntry, Association, Attachment, CidrBlock, DhcpConfiguration, DhcpOptions,
    DhcpValue, GroupIdentifier, InterfaceAddress, InternetGateway, NatAddress, NatGateway,
    NetworkAcl, NetworkInterface, PortRange, PrefixListId, Range, RangeV6, Route, RouteTable, Rule,
    SecurityGroup, Subnet, UserGroup, Vpc, VpcEndpoint,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::document::values;
use super::ec2::{filter, groups, tags};
use super::{Answered, Aws, pages};
use crate::collect::account::action::Action;
use crate::collect::account::session::Refused;
use crate::collect::account::text::{time, word};

const PAGE: i32 = 500;

/// The most that EC2 gives of route tables in one page.
const TABLES: i32 = 100;

/// A list of the VPC in pages: the call, its list, and how one of it is read.
macro_rules! pages_of {
    ($self:ident, $action:ident, $call:ident, $list:ident, $read:expr, $filter:expr) => {
        pages_of!($self, $action, $call, $list, $read, $filter, PAGE)
    };
    ($self:ident, $action:ident, $call:ident, $list:ident, $read:expr, $filter:expr, $page:expr) => {
        pages::all(async |token| {
            let request = $self.ec2.$call().filters($filter.clone());
            let request = request.max_results($page).set_next_token(token).send();
            let page = $self.session.call(Action::$action, request).await?;
            let all = page.$list.unwrap_or_default().into_iter().map($read);
            Ok((all.collect::<Vec<_>>(), page.next_token))
        })
        .await
    };
}

impl Aws {
    pub(super) async fn subnets(&self, by: &str, of: &[&str]) -> Result<Vec<Subnet>, Refused> {
        let filter = filter(by, of);
        pages_of!(self, DescribeSubnets, describe_subnets, subnets, subnet, filter)
    }

    pub(super) async fn security_groups(
        &self,
        by: &str,
        of: &[&str],
    ) -> Result<Vec<SecurityGroup>, Refused> {
        let filter = filter(by, of);
        pages_of!(
            self,
            DescribeSecurityGroups,
            describe_security_groups,
            security_groups,
            security_group,
            filter
        )
    }

    /// All that is read of a VPC by one filter and needs nothing else.
    pub(super) async fn network(&self, vpc: &str) -> Vec<Answered> {
        let of = filter("vpc-id", &[vpc]);
        let attached = filter("attachment.vpc-id", &[vpc]);
        // `describe-nat-gateways` calls its filter otherwise.
        let nat = async {
            pages::all(async |token| {
                let request = self.ec2.describe_nat_gateways().filter(of.clone());
                let request = request.max_results(PAGE).set_next_token(token).send();
                let page = self.session.call(Action::DescribeNatGateways, request).await?;
                let all = page.nat_gateways.unwrap_or_default().into_iter().map(nat_gateway);
                Ok((all.collect::<Vec<_>>(), page.next_token))
            })
            .await
        };
        let tables = async {
            pages_of!(
                self,
                DescribeRouteTables,
                describe_route_tables,
                route_tables,
                route_table,
                of,
                TABLES
            )
        };
        let gateways = async {
            pages_of!(
                self,
                DescribeInternetGateways,
                describe_internet_gateways,
                internet_gateways,
                internet_gateway,
                attached
            )
        };
        let acls = async {
            pages_of!(self, DescribeNetworkAcls, describe_network_acls, network_acls, acl, of)
        };
        let endpoints = async {
            pages_of!(
                self,
                DescribeVpcEndpoints,
                describe_vpc_endpoints,
                vpc_endpoints,
                endpoint,
                of
            )
        };
        let (tables, nat, gateways, acls, endpoints, own, interfaces) = tokio::join!(
            Box::pin(tables),
            Box::pin(nat),
            Box::pin(gateways),
            Box::pin(acls),
            Box::pin(endpoints),
            Box::pin(self.vpc(vpc)),
            Box::pin(self.interfaces(vpc)),
        );
        let by = |what: &str, option: &str, filter: &str| {
            format!("aws ec2 {what} --{option} Name={filter},Values={}", word(vpc))
        };
        let of_vpc = |what: &str| by(what, "filters", "vpc-id");
        let mut all = vec![
            listed(
                "RouteTables",
                Action::DescribeRouteTables,
                of_vpc("describe-route-tables"),
                tables,
            ),
            listed(
                "NatGateways",
                Action::DescribeNatGateways,
                by("describe-nat-gateways", "filter", "vpc-id"),
                nat,
            ),
            listed(
                "InternetGateways",
                Action::DescribeInternetGateways,
                by("describe-internet-gateways", "filters", "attachment.vpc-id"),
                gateways,
            ),
            listed(
                "NetworkAcls",
                Action::DescribeNetworkAcls,
                of_vpc("describe-network-acls"),
                acls,
            ),
            listed(
                "VpcEndpoints",
                Action::DescribeVpcEndpoints,
                of_vpc("describe-vpc-endpoints"),
                endpoints,
            ),
            interfaces,
        ];
        all.extend(own);
        all
    }

    /// The VPC, its two attributes, and its DHCP options.
    async fn vpc(&self, id: &str) -> Vec<Answered> {
        let described = async {
            let request = self.ec2.describe_vpcs().vpc_ids(id).send();
            let answer = self.session.call(Action::DescribeVpcs, request).await?;
            Ok::<_, Refused>(
                answer.vpcs.unwrap_or_default().into_iter().map(vpc).collect::<Vec<_>>(),
            )
        };
        let (described, support, hostnames) = tokio::join!(
            described,
            self.attribute(id, VpcAttributeName::EnableDnsSupport),
            self.attribute(id, VpcAttributeName::EnableDnsHostnames),
        );
        let options = described.as_ref().ok().and_then(|it| it.first());
        let options = options.map(|it| it.dhcp_options_id.clone()).filter(|it| it != "default");
        let command = format!("aws ec2 describe-vpcs --vpc-ids {}", word(id));
        let mut all =
            vec![listed("Vpcs", Action::DescribeVpcs, command, described), support, hostnames];
        if let Some(options) = options.filter(|it| !it.is_empty()) {
            let request = self.ec2.describe_dhcp_options().dhcp_options_ids(&options).send();
            let answer = self.session.call(Action::DescribeDhcpOptions, request).await;
            let found = answer.map(|it| {
                let all = it.dhcp_options.unwrap_or_default().into_iter().map(dhcp_options);
                all.collect::<Vec<_>>()
            });
            let command =
                format!("aws ec2 describe-dhcp-options --dhcp-options-ids {}", word(&options));
            all.push(listed("DhcpOptions", Action::DescribeDhcpOptions, command, found));
        }
        all
    }

    async fn attribute(&self, id: &str, name: VpcAttributeName) -> Answered {
        let request = self.ec2.describe_vpc_attribute().vpc_id(id).attribute(name.clone()).send();
        let answer = self.session.call(Action::DescribeVpcAttribute, request).await;
        let found = answer.map(|it| {
            let mut document = json!({"VpcId": id});
            let mut put = |key: &str, it: Option<types::AttributeBooleanValue>| {
                if let Some(it) = it.and_then(|it| it.value) {
                    document[key] = json!({"Value": it});
                }
            };
            put("EnableDnsSupport", it.enable_dns_support);
            put("EnableDnsHostnames", it.enable_dns_hostnames);
            document
        });
        let name = name.as_str();
        let command =
            format!("aws ec2 describe-vpc-attribute --vpc-id {} --attribute {name}", word(id));
        let file = format!("describe-vpc-attribute-{name}");
        Answered::of(&file, Action::DescribeVpcAttribute, command, found)
    }

    /// Those of the control plane, by the words that EKS describes them with.
    async fn interfaces(&self, vpc: &str) -> Answered {
        let description = format!("Amazon EKS {}", self.cluster);
        let found = pages::all(async |token| {
            let request = self.ec2.describe_network_interfaces();
            let request = request.filters(filter("vpc-id", &[vpc]));
            let request = request.filters(filter("description", &[&description]));
            let request = request.max_results(PAGE).set_next_token(token).send();
            let page = self.session.call(Action::DescribeNetworkInterfaces, request).await?;
            let all = page.network_interfaces.unwrap_or_default().into_iter().map(interface);
            Ok((all.collect::<Vec<_>>(), page.next_token))
        })
        .await;
        let command = format!(
            "aws ec2 describe-network-interfaces --filters Name=vpc-id,Values={} \
             'Name=description,Values={description}'",
            word(vpc)
        );
        listed("NetworkInterfaces", Action::DescribeNetworkInterfaces, command, found)
    }
}

/// In a file that is named like the command.
pub(super) fn listed<T: Serialize>(
    key: &str,
    action: Action,
    command: String,
    found: Result<Vec<T>, Refused>,
) -> Answered {
    let file = command.split(' ').nth(2).unwrap_or_default().to_owned();
    let document = found.map(|it| Value::from_iter([(key.to_owned(), Value::from(values(&it)))]));
    Answered::of(&file, action, command, document)
}

fn subnet(it: types::Subnet) -> Subnet {
    Subnet {
        subnet_id: it.subnet_id.unwrap_or_default(),
        vpc_id: it.vpc_id.unwrap_or_default(),
        cidr_block: it.cidr_block.unwrap_or_default(),
        availability_zone: it.availability_zone.unwrap_or_default(),
        available_ip_address_count: it.available_ip_address_count.and_then(|it| it.try_into().ok()),
        map_public_ip_on_launch: it.map_public_ip_on_launch,
        state: it.state.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        tags: tags(it.tags),
    }
}

fn route_table(it: types::RouteTable) -> RouteTable {
    let associations = it.associations.unwrap_or_default().into_iter();
    RouteTable {
        route_table_id: it.route_table_id.unwrap_or_default(),
        vpc_id: it.vpc_id.unwrap_or_default(),
        associations: associations
            .map(|it| Association {
                main: it.main,
                subnet_id: it.subnet_id.unwrap_or_default(),
                gateway_id: it.gateway_id.unwrap_or_default(),
            })
            .collect(),
        routes: it.routes.unwrap_or_default().into_iter().map(route).collect(),
    }
}

fn route(it: types::Route) -> Route {
    Route {
        destination_cidr_block: it.destination_cidr_block.unwrap_or_default(),
        destination_ipv6_cidr_block: it.destination_ipv6_cidr_block.unwrap_or_default(),
        destination_prefix_list_id: it.destination_prefix_list_id.unwrap_or_default(),
        gateway_id: it.gateway_id.unwrap_or_default(),
        nat_gateway_id: it.nat_gateway_id.unwrap_or_default(),
        transit_gateway_id: it.transit_gateway_id.unwrap_or_default(),
        vpc_peering_connection_id: it.vpc_peering_connection_id.unwrap_or_default(),
        network_interface_id: it.network_interface_id.unwrap_or_default(),
        instance_id: it.instance_id.unwrap_or_default(),
        egress_only_internet_gateway_id: it.egress_only_internet_gateway_id.unwrap_or_default(),
        core_network_arn: it.core_network_arn.unwrap_or_default(),
        local_gateway_id: it.local_gateway_id.unwrap_or_default(),
        carrier_gateway_id: it.carrier_gateway_id.unwrap_or_default(),
        state: it.state.map(|it| it.as_str().to_owned()).unwrap_or_default(),
    }
}

fn nat_gateway(it: types::NatGateway) -> NatGateway {
    let addresses = it.nat_gateway_addresses.unwrap_or_default().into_iter();
    let kind = it.connectivity_type;
    NatGateway {
        nat_gateway_id: it.nat_gateway_id.unwrap_or_default(),
        subnet_id: it.subnet_id.unwrap_or_default(),
        vpc_id: it.vpc_id.unwrap_or_default(),
        state: it.state.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        failure_code: it.failure_code.unwrap_or_default(),
        failure_message: it.failure_message.unwrap_or_default(),
        connectivity_type: kind.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        create_time: it.create_time.as_ref().and_then(time),
        nat_gateway_addresses: addresses
            .map(|it| NatAddress {
                public_ip: it.public_ip.unwrap_or_default(),
                private_ip: it.private_ip.unwrap_or_default(),
            })
            .collect(),
    }
}

fn internet_gateway(it: types::InternetGateway) -> InternetGateway {
    let attachments = it.attachments.unwrap_or_default().into_iter();
    InternetGateway {
        internet_gateway_id: it.internet_gateway_id.unwrap_or_default(),
        attachments: attachments
            .map(|it| Attachment {
                vpc_id: it.vpc_id.unwrap_or_default(),
                state: it.state.map(|it| it.as_str().to_owned()).unwrap_or_default(),
            })
            .collect(),
    }
}

fn acl(it: types::NetworkAcl) -> NetworkAcl {
    let associations = it.associations.unwrap_or_default().into_iter();
    NetworkAcl {
        network_acl_id: it.network_acl_id.unwrap_or_default(),
        vpc_id: it.vpc_id.unwrap_or_default(),
        is_default: it.is_default,
        associations: associations
            .map(|it| AclAssociation { subnet_id: it.subnet_id.unwrap_or_default() })
            .collect(),
        entries: it.entries.unwrap_or_default().into_iter().map(acl_entry).collect(),
    }
}

fn acl_entry(it: types::NetworkAclEntry) -> AclEntry {
    AclEntry {
        rule_number: it.rule_number.unwrap_or_default(),
        protocol: it.protocol.unwrap_or_default(),
        rule_action: it.rule_action.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        egress: it.egress.unwrap_or_default(),
        cidr_block: it.cidr_block.unwrap_or_default(),
        ipv6_cidr_block: it.ipv6_cidr_block.unwrap_or_default(),
        port_range: it
            .port_range
            .and_then(|it| it.from.zip(it.to))
            .map(|(from, to)| PortRange { from, to }),
    }
}

fn security_group(it: types::SecurityGroup) -> SecurityGroup {
    let rules = |it: Option<Vec<types::IpPermission>>| {
        it.unwrap_or_default().into_iter().map(rule).collect()
    };
    SecurityGroup {
        group_id: it.group_id.unwrap_or_default(),
        group_name: it.group_name.unwrap_or_default(),
        vpc_id: it.vpc_id.unwrap_or_default(),
        ip_permissions: rules(it.ip_permissions),
        ip_permissions_egress: rules(it.ip_permissions_egress),
        tags: tags(it.tags),
    }
}

fn rule(it: types::IpPermission) -> Rule {
    let ranges = it.ip_ranges.unwrap_or_default().into_iter();
    let six = it.ipv6_ranges.unwrap_or_default().into_iter();
    let lists = it.prefix_list_ids.unwrap_or_default().into_iter();
    let pairs = it.user_id_group_pairs.unwrap_or_default().into_iter();
    Rule {
        ip_protocol: it.ip_protocol.unwrap_or_default(),
        from_port: it.from_port,
        to_port: it.to_port,
        ip_ranges: ranges.map(|it| Range { cidr_ip: it.cidr_ip.unwrap_or_default() }).collect(),
        ipv6_ranges: six
            .map(|it| RangeV6 { cidr_ipv6: it.cidr_ipv6.unwrap_or_default() })
            .collect(),
        prefix_list_ids: lists
            .map(|it| PrefixListId { prefix_list_id: it.prefix_list_id.unwrap_or_default() })
            .collect(),
        user_id_group_pairs: pairs
            .map(|it| UserGroup {
                group_id: it.group_id.unwrap_or_default(),
                user_id: it.user_id.unwrap_or_default(),
            })
            .collect(),
    }
}

fn endpoint(it: types::VpcEndpoint) -> VpcEndpoint {
    let kind = it.vpc_endpoint_type;
    let own = it.groups.unwrap_or_default().into_iter();
    VpcEndpoint {
        vpc_endpoint_id: it.vpc_endpoint_id.unwrap_or_default(),
        vpc_endpoint_type: kind.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        vpc_id: it.vpc_id.unwrap_or_default(),
        service_name: it.service_name.unwrap_or_default(),
        state: it.state.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        policy_document: it.policy_document.unwrap_or_default(),
        route_table_ids: it.route_table_ids.unwrap_or_default(),
        subnet_ids: it.subnet_ids.unwrap_or_default(),
        groups: own
            .map(|it| GroupIdentifier { group_id: it.group_id.unwrap_or_default() })
            .collect(),
        private_dns_enabled: it.private_dns_enabled,
        creation_timestamp: it.creation_timestamp.as_ref().and_then(time),
    }
}

fn interface(it: types::NetworkInterface) -> NetworkInterface {
    NetworkInterface {
        network_interface_id: it.network_interface_id.unwrap_or_default(),
        subnet_id: it.subnet_id.unwrap_or_default(),
        vpc_id: it.vpc_id.unwrap_or_default(),
        description: it.description.unwrap_or_default(),
        interface_type: it.interface_type.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        status: it.status.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        private_ip_address: it.private_ip_address.unwrap_or_default(),
        groups: groups(it.groups),
        association: it
            .association
            .map(|it| InterfaceAddress { public_ip: it.public_ip.unwrap_or_default() }),
    }
}

fn vpc(it: types::Vpc) -> Vpc {
    let blocks = it.cidr_block_association_set.unwrap_or_default().into_iter();
    Vpc {
        vpc_id: it.vpc_id.unwrap_or_default(),
        owner_id: it.owner_id.unwrap_or_default(),
        cidr_block: it.cidr_block.unwrap_or_default(),
        cidr_block_association_set: blocks
            .map(|it| CidrBlock { cidr_block: it.cidr_block.unwrap_or_default() })
            .collect(),
        dhcp_options_id: it.dhcp_options_id.unwrap_or_default(),
        // Attributes have documents of their own.
        enable_dns_support: None,
        enable_dns_hostnames: None,
        tags: tags(it.tags),
    }
}

fn dhcp_options(it: types::DhcpOptions) -> DhcpOptions {
    let all = it.dhcp_configurations.unwrap_or_default().into_iter();
    let values = |it: Option<Vec<types::AttributeValue>>| {
        let all = it.unwrap_or_default().into_iter();
        all.map(|it| DhcpValue { value: it.value.unwrap_or_default() }).collect()
    };
    DhcpOptions {
        dhcp_options_id: it.dhcp_options_id.unwrap_or_default(),
        dhcp_configurations: all
            .map(|it| DhcpConfiguration {
                key: it.key.unwrap_or_default(),
                values: values(it.values),
            })
            .collect(),
    }
}
