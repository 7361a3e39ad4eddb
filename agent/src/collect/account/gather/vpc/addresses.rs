//! What EC2 answers of the VPC itself, its subnets and its names.

use aws_sdk_ec2::types;
use aws_sdk_ec2::types::VpcAttributeName;
use diagnosis::facts::aws::ec2::{
    BlockState, CidrBlock, DhcpConfiguration, DhcpOptions, DhcpValue, Ipv6Block, Subnet, Vpc,
};
use serde_json::json;

use super::{Answered, Aws, PAGE, listed};
use crate::collect::account::action::Action;
use crate::collect::account::gather::ec2::{filter, tags};
use crate::collect::account::gather::pages;
use crate::collect::account::session::Refused;
use crate::collect::account::text::word;

impl Aws {
    pub(in crate::collect::account::gather) async fn subnets(
        &self,
        by: &str,
        of: &[&str],
    ) -> Result<Vec<Subnet>, Refused> {
        let filter = filter(by, of);
        pages_of!(self, DescribeSubnets, describe_subnets, subnets, subnet, filter)
    }

    /// The VPC, its two attributes, and its DHCP options.
    pub(super) async fn vpc(&self, id: &str) -> Vec<Answered> {
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
}

fn subnet(it: types::Subnet) -> Subnet {
    let six = it.ipv6_cidr_block_association_set.unwrap_or_default().into_iter();
    Subnet {
        subnet_id: it.subnet_id.unwrap_or_default(),
        vpc_id: it.vpc_id.unwrap_or_default(),
        cidr_block: it.cidr_block.unwrap_or_default(),
        availability_zone: it.availability_zone.unwrap_or_default(),
        available_ip_address_count: it.available_ip_address_count.and_then(|it| it.try_into().ok()),
        map_public_ip_on_launch: it.map_public_ip_on_launch,
        ipv6_cidr_block_association_set: six
            .map(|it| Ipv6Block {
                ipv6_cidr_block: it.ipv6_cidr_block.unwrap_or_default(),
                ipv6_cidr_block_state: BlockState {
                    state: it
                        .ipv6_cidr_block_state
                        .and_then(|it| it.state)
                        .map(|it| it.as_str().to_owned())
                        .unwrap_or_default(),
                },
            })
            .collect(),
        assign_ipv6_address_on_creation: it.assign_ipv6_address_on_creation,
        ipv6_native: it.ipv6_native,
        enable_dns64: it.enable_dns64,
        state: it.state.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        tags: tags(it.tags),
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
