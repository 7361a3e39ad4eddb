//! ipamd: introspection in each of its shapes, metrics, and the greeting of its gRPC door.
//!
//! Source: aws/amazon-vpc-cni-k8s, `pkg/ipamd/introspect.go` and
//! `pkg/ipamd/datastore/data_store.go`, v1.6 to v1.23.

use serde_json::{Map, Value, json};

use crate::config::{Ipamd, Shape};
use crate::reply::Reply;
use crate::server::Asked;

/// An empty SETTINGS frame, with which every HTTP/2 server begins.
pub(crate) const GRPC_GREETING: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

const PATHS: [&str; 4] =
    ["/v1/enis", "/v1/eni-configs", "/v1/networkutils-env-settings", "/v1/ipamd-env-settings"];

pub(super) fn introspection(asked: &Asked<'_>) -> Reply {
    let body = match asked.path {
        "/v1/enis" => {
            let books = Reply::text(200, enis(asked.config.ipamd));
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
fn enis(Ipamd { interfaces, total, assigned, shape }: Ipamd) -> String {
    let (key, oldest) = match shape {
        Shape::Pools => ("ENIIPPools", true),
        _ => ("ENIs", false),
    };
    let mut left = assigned;
    let each = total / u16::from(interfaces.max(1));
    let mut enis = Map::new();
    for index in 0..interfaces {
        let id = format!("eni-0a1b2c3d4e5f607{index:02x}");
        let here = left.min(each);
        left -= here;
        let eni = if oldest {
            pool(&id, index, here, each)
        } else {
            let blank = shape == Shape::ByCardBlank;
            eni(&id, index, here, each, blank)
        };
        enis.insert(id, eni);
    }
    let enis = Value::Object(enis);
    let card = format!(r#"{{"TotalIPs":{total},"AssignedIPs":{assigned},"{key}":{enis}}}"#);
    match shape {
        Shape::Pools | Shape::Flat => card,
        Shape::ByCard | Shape::ByCardBlank => format!(r#"{{"0":{card}}}"#),
    }
}

fn pool(id: &str, index: u8, assigned: u16, total: u16) -> Value {
    let address = |at: u16| {
        let ip = format!("10.0.{}.{}", 64 + index, at + 1);
        (
            ip.clone(),
            json!({"Address": ip, "Assigned": at < assigned, "UnassignedTime": "0001-01-01T00:00:00Z"}),
        )
    };
    json!({
        "ID": id, "IsPrimary": index == 0, "DeviceNumber": index,
        "AssignedIPv4Addresses": assigned,
        "IPv4Addresses": (0..total).map(address).collect::<Map<_, _>>(),
    })
}

fn eni(id: &str, index: u8, assigned: u16, total: u16, blank: bool) -> Value {
    let cidr = |at: u16| {
        let ip = format!("10.0.{}.{}", 64 + index, at + 1);
        let mut addresses = Map::new();
        if at < assigned {
            addresses.insert(ip.clone(), address(&ip, at, blank));
        }
        let value = json!({
            "Cidr": {"IP": ip, "Mask": "/////w=="}, "IPAddresses": addresses,
            "IsPrefix": false, "AddressFamily": "",
        });
        (format!("{ip}/32"), value)
    };
    json!({
        "ID": id, "IsPrimary": index == 0, "IsTrunk": false, "IsEFA": false,
        "DeviceNumber": index, "IPv6Cidrs": {},
        "AvailableIPv4Cidrs": (0..total).map(cidr).collect::<Map<_, _>>(),
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
    Reply::text(
        200,
        format!(
            "# TYPE awscni_eni_allocated gauge\nawscni_eni_allocated {interfaces}\n\
             # TYPE awscni_eni_max gauge\nawscni_eni_max 3\n\
             # TYPE awscni_ip_max gauge\nawscni_ip_max 27\n\
             # TYPE awscni_total_ip_addresses gauge\nawscni_total_ip_addresses {total}\n\
             # TYPE awscni_assigned_ip_addresses gauge\nawscni_assigned_ip_addresses {assigned}\n"
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
            let books = read(enis(ipamd).as_bytes()).unwrap();
            assert_eq!((books.interfaces, books.total, books.assigned), (2, 18, 11), "{shape:?}");
        }
    }
}
