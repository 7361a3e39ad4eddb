//! What EC2 answers of the network under the nodes, all of one VPC.

use aws_sdk_ec2::types::Filter;
use diagnosis::facts::aws::ec2::NatGateway;
use serde::Serialize;
use serde_json::Value;

use super::document::values;
use super::ec2::filter;
use super::{Answered, Aws, pages};
use crate::collect::account::action::Action;
use crate::collect::account::session::Refused;
use crate::collect::account::text::word;

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

mod addresses;
mod interfaces;
mod uses;
mod walls;
mod ways;

impl Aws {
    /// All that is read of a VPC by one filter and needs nothing else.
    pub(super) async fn network(&self, vpc: &str) -> Vec<Answered> {
        let of = filter("vpc-id", &[vpc]);
        let attached = filter("attachment.vpc-id", &[vpc]);
        let tables = async {
            pages_of!(
                self,
                DescribeRouteTables,
                describe_route_tables,
                route_tables,
                ways::route_table,
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
                ways::internet_gateway,
                attached
            )
        };
        let acls = async {
            pages_of!(
                self,
                DescribeNetworkAcls,
                describe_network_acls,
                network_acls,
                walls::acl,
                of
            )
        };
        let endpoints = async {
            pages_of!(
                self,
                DescribeVpcEndpoints,
                describe_vpc_endpoints,
                vpc_endpoints,
                interfaces::endpoint,
                of
            )
        };
        let (tables, nat, gateways, acls, endpoints, own, interfaces) = tokio::join!(
            Box::pin(tables),
            Box::pin(self.nat_gateways(&of)),
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

    /// `describe-nat-gateways` calls its filter otherwise.
    async fn nat_gateways(&self, of: &Filter) -> Result<Vec<NatGateway>, Refused> {
        pages::all(async |token| {
            let request = self.ec2.describe_nat_gateways().filter(of.clone());
            let request = request.max_results(PAGE).set_next_token(token).send();
            let page = self.session.call(Action::DescribeNatGateways, request).await?;
            let all = page.nat_gateways.unwrap_or_default().into_iter().map(ways::nat_gateway);
            Ok((all.collect::<Vec<_>>(), page.next_token))
        })
        .await
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
