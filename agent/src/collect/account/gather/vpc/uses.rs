//! Who has what of a subnet: its interfaces, and what is reserved in it. Only asked of subnets whose
//! counts leave open whether a whole block is free.

use diagnosis::facts::aws::ec2::{NetworkInterface, Subnet};
use serde_json::{Value, json};

use super::interfaces::interface;
use super::{Answered, Aws};
use crate::collect::account::action::Action;
use crate::collect::account::gather::document::values;
use crate::collect::account::gather::ec2::filter;
use crate::collect::account::gather::pages;
use crate::collect::account::session::Refused;
use crate::collect::account::text::word;

/// EC2 takes so many values of one filter.
const VALUES: usize = 200;

/// The most that EC2 gives at once.
const PAGE: i32 = 1000;

/// Of one list of subnets; a page takes a second or two.
const PAGES: usize = 20;

/// Each is a call of its own.
const RESERVED: usize = 20;

impl Aws {
    pub(in crate::collect::account::gather) async fn uses(
        &self,
        subnets: &[&Subnet],
    ) -> Vec<Answered> {
        let ids: Vec<&str> = subnets.iter().map(|it| &*it.subnet_id).collect();
        let interfaces = ids.chunks(VALUES).map(|it| self.interfaces_in(it));
        let reserved = ids.iter().take(RESERVED).map(|it| self.reserved_in(it));
        let (mut all, reserved) =
            tokio::join!(pages::together(interfaces), pages::together(reserved));
        all.extend(reserved);
        all.extend(ids.iter().skip(RESERVED).map(|id| {
            let why = format!("not asked: of more than {RESERVED} subnets it is a call each");
            let why = Refused::because(why);
            Answered::missed(Action::GetSubnetCidrReservations, reservations_of(id), why)
        }));
        all
    }

    async fn interfaces_in(&self, subnets: &[&str]) -> Answered {
        let found = pages::up_to(PAGES, async |token| {
            let request = self.ec2.describe_network_interfaces();
            let request = request.filters(filter("subnet-id", subnets));
            let request = request.max_results(PAGE).set_next_token(token).send();
            let page = self.session.call(Action::DescribeNetworkInterfaces, request).await?;
            let all = page.network_interfaces.unwrap_or_default().into_iter().map(interface);
            Ok((all.collect::<Vec<NetworkInterface>>(), page.next_token))
        })
        .await;
        let found = found.and_then(|(all, whole)| {
            if whole {
                return Ok(all);
            }
            let why = format!("cut: more than {PAGES} pages of interfaces are in the subnets");
            Err(Refused::because(why))
        });
        let command = format!(
            "aws ec2 describe-network-interfaces --filters Name=subnet-id,Values={}",
            subnets.join(",")
        );
        let document = found.map(|it| json!({"NetworkInterfaces": values(&it)}));
        // Beside the interfaces of the control plane.
        let file = "describe-network-interfaces-subnets";
        Answered::of(file, Action::DescribeNetworkInterfaces, command, document)
    }

    async fn reserved_in(&self, subnet: &str) -> Answered {
        let found = pages::all(async |token| {
            let request = self.ec2.get_subnet_cidr_reservations().subnet_id(subnet);
            let request = request.max_results(PAGE).set_next_token(token).send();
            let page = self.session.call(Action::GetSubnetCidrReservations, request).await?;
            let all = page.subnet_ipv4_cidr_reservations.unwrap_or_default().into_iter();
            let read = all.map(|it| {
                json!({
                    "SubnetId": it.subnet_id,
                    "Cidr": it.cidr,
                    "ReservationType": it.reservation_type.map(|it| it.as_str().to_owned()),
                })
            });
            Ok((read.collect::<Vec<Value>>(), page.next_token))
        })
        .await;
        let document = found.map(|it| json!({"SubnetIpv4CidrReservations": it}));
        let file = format!("get-subnet-cidr-reservations-{subnet}");
        Answered::of(&file, Action::GetSubnetCidrReservations, reservations_of(subnet), document)
    }
}

fn reservations_of(subnet: &str) -> String {
    format!("aws ec2 get-subnet-cidr-reservations --subnet-id {}", word(subnet))
}
