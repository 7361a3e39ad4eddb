//! What EC2 answers of interfaces in the VPC: of the control plane, and of endpoints.

use aws_sdk_ec2::types;
use diagnosis::facts::aws::ec2::{
    GroupIdentifier, InterfaceAddress, Ipv4Prefix, Ipv6Address, NetworkInterface, PrivateAddress,
    VpcEndpoint,
};

use super::{Answered, Aws, PAGE, listed};
use crate::collect::account::action::Action;
use crate::collect::account::gather::ec2::{filter, groups};
use crate::collect::account::gather::pages;
use crate::collect::account::text::{time, word};

impl Aws {
    /// Those of the control plane, by the words that EKS describes them with.
    pub(super) async fn interfaces(&self, vpc: &str) -> Answered {
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

pub(super) fn endpoint(it: types::VpcEndpoint) -> VpcEndpoint {
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

pub(super) fn interface(it: types::NetworkInterface) -> NetworkInterface {
    let addresses = it.private_ip_addresses.unwrap_or_default().into_iter();
    let prefixes = it.ipv4_prefixes.unwrap_or_default().into_iter();
    let six = it.ipv6_addresses.unwrap_or_default().into_iter();
    NetworkInterface {
        network_interface_id: it.network_interface_id.unwrap_or_default(),
        subnet_id: it.subnet_id.unwrap_or_default(),
        vpc_id: it.vpc_id.unwrap_or_default(),
        description: it.description.unwrap_or_default(),
        interface_type: it.interface_type.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        status: it.status.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        private_ip_address: it.private_ip_address.unwrap_or_default(),
        private_ip_addresses: addresses
            .map(|it| PrivateAddress {
                private_ip_address: it.private_ip_address.unwrap_or_default(),
            })
            .collect(),
        ipv4_prefixes: prefixes
            .map(|it| Ipv4Prefix { ipv4_prefix: it.ipv4_prefix.unwrap_or_default() })
            .collect(),
        ipv6_addresses: six
            .map(|it| Ipv6Address { ipv6_address: it.ipv6_address.unwrap_or_default() })
            .collect(),
        groups: groups(it.groups),
        association: it
            .association
            .map(|it| InterfaceAddress { public_ip: it.public_ip.unwrap_or_default() }),
    }
}
