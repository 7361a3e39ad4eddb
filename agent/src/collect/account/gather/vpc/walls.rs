//! What EC2 answers of what lets packets through: network ACLs and security groups.

use aws_sdk_ec2::types;
use diagnosis::facts::aws::ec2::{
    AclAssociation, AclEntry, NetworkAcl, PortRange, PrefixListId, Range, RangeV6, Rule,
    SecurityGroup, UserGroup,
};

use super::{Aws, PAGE};
use crate::collect::account::action::Action;
use crate::collect::account::gather::ec2::{filter, tags};
use crate::collect::account::gather::pages;
use crate::collect::account::session::Refused;

impl Aws {
    pub(in crate::collect::account::gather) async fn security_groups(
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
}

pub(super) fn acl(it: types::NetworkAcl) -> NetworkAcl {
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
