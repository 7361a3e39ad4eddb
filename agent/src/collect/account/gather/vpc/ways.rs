//! What EC2 answers of the ways out of a subnet: route tables, and the gateways that they lead to.

use aws_sdk_ec2::types;
use diagnosis::facts::aws::ec2::{
    Association, Attachment, InternetGateway, NatAddress, NatGateway, Route, RouteTable,
};

use crate::collect::account::text::time;

pub(super) fn route_table(it: types::RouteTable) -> RouteTable {
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

pub(super) fn nat_gateway(it: types::NatGateway) -> NatGateway {
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

pub(super) fn internet_gateway(it: types::InternetGateway) -> InternetGateway {
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
