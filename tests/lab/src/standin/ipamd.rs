//! ipamd: introspection in each of its shapes, metrics, and the greeting of its gRPC door.
//!
//! Source: aws/amazon-vpc-cni-k8s, `pkg/ipamd/introspect.go` and
//! `pkg/ipamd/datastore/data_store.go`, v1.6 to v1.23.

use serde_json::{Map, Value, json};

use super::imds::id;
use crate::config::network::{Owner, View};
use crate::config::{Config, Ipamd, Shape};
use crate::reply::Reply;
use crate::server::Asked;

/// An empty SETTINGS frame, with which every HTTP/2 server begins.
pub(crate) const GRPC_GREETING: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

const PATHS: [&str; 4] =
    ["/v1/enis", "/v1/eni-configs", "/v1/networkutils-env-settings", "/v1/ipamd-env-settings"];

pub(super) fn introspection(asked: &Asked<'_>) -> Reply {
    let body = match asked.path {
        "/v1/enis" => {
            let books = Reply::text(200, enis(asked.config));
            return books.with("content-type", "application/json");
        }
        "/v1/eni-configs" => return Reply::text(404, ""),
        "/v1/networkutils-env-settings" => json!({
            "AWS_VPC_CNI_NODE_PORT_SUPPORT": true, "AWS_VPC_ENI_MTU": 9001,
            "AWS_VPC_K8S_CNI_EXTERNALSNAT": false, "AWS_VPC_K8S_CNI_VETHPREFIX": "eni",
        }),
        "/v1/ipamd-env-settings" => json!({
            "WARM_IP_TARGET": 0, "WARM_ENI_TARGET": 1, "ENABLE_SUBNET_DISCOVERY": true,
            "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": false,
        }),
        _ => json!({"AvailableCommands": PATHS}),
    };
    Reply::json(200, &body)
}

/// In ipamd's own order, which a JSON object of serde would not keep.
fn enis(config: &Config) -> String {
    let Ipamd { interfaces, total, assigned, shape } = config.ipamd;
    let (key, oldest) = match shape {
        Shape::Pools => ("ENIIPPools", true),
        _ => ("ENIs", false),
    };
    let mut left = assigned;
    let mut enis = Map::new();
    for index in 0..interfaces {
        let owner = config.network.owner(index);
        // What it is told to leave alone, and what it does not know, is not in its books.
        if matches!(owner, Owner::Unmanaged | Owner::Foreign) {
            continue;
        }
        let all = config.addresses(View::Ipamd, index).split_off(1);
        let here = left.min(u16::try_from(all.len()).unwrap_or(u16::MAX));
        left -= here;
        let eni = if oldest {
            pool(index, here, &all)
        } else {
            let blank = shape == Shape::ByCardBlank;
            eni(index, owner, here, &all, &config.prefixes(index), blank)
        };
        enis.insert(id(index), eni);
    }
    let enis = Value::Object(enis);
    let card = format!(r#"{{"TotalIPs":{total},"AssignedIPs":{assigned},"{key}":{enis}}}"#);
    match shape {
        Shape::Pools | Shape::Flat => card,
        Shape::ByCard | Shape::ByCardBlank => format!(r#"{{"0":{card}}}"#),
    }
}

fn pool(index: u8, assigned: u16, all: &[String]) -> Value {
    let address = |(ip, at): (&String, u16)| {
        (
            ip.clone(),
            json!({"Address": ip, "Assigned": at < assigned, "UnassignedTime": "0001-01-01T00:00:00Z"}),
        )
    };
    json!({
        "ID": id(index), "IsPrimary": index == 0, "DeviceNumber": index,
        "AssignedIPv4Addresses": assigned,
        "IPv4Addresses": all.iter().zip(0..).map(address).collect::<Map<_, _>>(),
    })
}

fn eni(
    index: u8,
    owner: Owner,
    assigned: u16,
    all: &[String],
    prefixes: &[String],
    blank: bool,
) -> Value {
    let single = |(ip, at): (&String, u16)| {
        let mut addresses = Map::new();
        if at < assigned {
            addresses.insert(ip.clone(), address(ip, at, blank));
        }
        let value = json!({
            "Cidr": {"IP": ip, "Mask": "/////w=="}, "IPAddresses": addresses,
            "IsPrefix": false, "AddressFamily": "",
        });
        (format!("{ip}/32"), value)
    };
    let prefix = |it: &String| {
        let (ip, _) = it.split_once('/').unwrap_or((it, ""));
        let cidr = json!({"IP": ip, "Mask": "////8A=="});
        (
            it.clone(),
            json!({"Cidr": cidr, "IPAddresses": {}, "IsPrefix": true, "AddressFamily": ""}),
        )
    };
    let cidrs = all.iter().zip(0..).map(single).chain(prefixes.iter().map(prefix));
    json!({
        "ID": id(index), "IsPrimary": index == 0,
        "IsTrunk": owner == Owner::Trunk, "IsEFA": owner == Owner::Efa,
        "DeviceNumber": index, "IPv6Cidrs": {},
        "AvailableIPv4Cidrs": cidrs.collect::<Map<_, _>>(),
    })
}

fn address(ip: &str, at: u16, blank: bool) -> Value {
    let (container, interface) =
        if blank { (String::new(), "") } else { (format!("{at:064x}"), "eth0") };
    json!({
        "Address": ip, "AssignedTime": "2026-03-01T10:00:00Z",
        "UnassignedTime": "0001-01-01T00:00:00Z",
        "IPAMKey": {"networkName": "aws-cni", "containerID": container, "ifName": interface},
        "IPAMMetadata": {"k8sPodNamespace": "prod", "k8sPodName": format!("pod-{at}")},
    })
}

pub(super) fn metrics(asked: &Asked<'_>) -> Reply {
    if asked.path != "/metrics" {
        return Reply::text(404, "404 page not found\n");
    }
    let Ipamd { interfaces, total, assigned, .. } = asked.config.ipamd;
    let refusals = asked.config.network.refusals.iter();
    let refusals = refusals.map(|(call, code)| {
        format!("awscni_aws_api_error_count{{api=\"{call}\",error=\"{code}\"}} 7\n")
    });
    let refusals: String = refusals.collect();
    Reply::text(
        200,
        format!(
            "# TYPE awscni_eni_allocated gauge\nawscni_eni_allocated {interfaces}\n\
             # TYPE awscni_eni_max gauge\nawscni_eni_max 3\n\
             # TYPE awscni_ip_max gauge\nawscni_ip_max 27\n\
             # TYPE awscni_total_ip_addresses gauge\nawscni_total_ip_addresses {total}\n\
             # TYPE awscni_assigned_ip_addresses gauge\nawscni_assigned_ip_addresses {assigned}\n\
             # TYPE awscni_aws_api_error_count counter\n{refusals}"
        ),
    )
}

#[cfg(test)]
mod tests {
    use diagnosis::document::ipamd::enis as read;

    use super::*;

    #[test]
    fn every_shape_is_read_back_as_the_same_books() {
        for shape in [Shape::Pools, Shape::Flat, Shape::ByCard, Shape::ByCardBlank] {
            let ipamd = Ipamd { interfaces: 2, total: 18, assigned: 11, shape };
            let config = Config { ipamd, ..Config::default() };
            let books = read(enis(&config).as_bytes()).unwrap();
            let named: usize = books.by_interface.iter().map(|it| it.addresses.len()).sum();
            assert_eq!(named, 18, "{shape:?}");
            assert_eq!((books.interfaces, books.total, books.assigned), (2, 18, 11), "{shape:?}");
        }
    }
}
