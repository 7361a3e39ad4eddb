//! `eks:DescribeCluster` of the name that this node was given. A role may be without the right to
//! ask; that is an answer, too.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use diagnosis::aws::{Place, Service, Variant};
use diagnosis::facts::{Answer, ClusterIdentity, Source};
use reach::{Net, Request};
use serde::Deserialize;
use tokio::time::Instant;

use crate::collect::ask::{Found, Missed};
use crate::collect::cluster_api::Target;
use crate::collect::fingerprint;
use crate::collect::signed::{self, Credentials, Scope};

#[derive(Deserialize)]
struct Document {
    cluster: Cluster,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Cluster {
    name: String,
    arn: String,
    status: String,
    endpoint: String,
    version: String,
    certificate_authority: Authority,
    identity: Identity,
    kubernetes_network_config: Network,
    resources_vpc_config: Vpc,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Authority {
    data: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Identity {
    oidc: Oidc,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Oidc {
    issuer: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Network {
    service_ipv4_cidr: String,
    service_ipv6_cidr: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Vpc {
    #[serde(rename = "vpcId")]
    id: String,
    cluster_security_group_id: String,
    endpoint_private_access: Option<bool>,
    endpoint_public_access: Option<bool>,
}

/// What was answered, and, where it was a success, with what.
pub(super) async fn look(
    net: &Net,
    credentials: &Credentials,
    region: &str,
    target: &Target,
    deadline: Instant,
) -> (Found<Answer>, Found<ClusterIdentity>) {
    let Some(name) = target.cluster.as_deref().filter(|it| is_cluster_name(it)) else {
        let why = || Missed::new("eks:DescribeCluster", "the kubeconfig names no cluster");
        return (Err(why()), Err(why()));
    };
    let region = target.region.as_deref().unwrap_or(region);
    let place = format!("eks:DescribeCluster {name} in {region}");
    let host = Service::Eks.host(&Place::of_region(region), Variant::default());
    let scope = Scope { service: "eks", region };
    let request = Request::get(&format!("https://{host}/clusters/{name}"));
    let said = match request {
        Ok(request) => signed::call(net, &place, credentials, scope, request, deadline).await,
        Err(error) => Err(Missed::new(&place, error.to_string())),
    };
    let mut said = match said {
        Ok(said) => said,
        Err(missed) => {
            let again = Missed::new(&place, &*missed.why);
            return (Err(missed), Err(again));
        }
    };
    name.clone_into(&mut said.answer.detail);
    let text = said.text();
    let source = |text: String| Source::new(&*place, reach::now(), text);
    if !said.answer.accepted() {
        return (Ok((said.answer, source(text.clone()))), Err(Missed::new(&place, text)));
    }
    let cluster = read(&said.body).ok_or_else(|| Missed::new(&place, "an answer of another shape"));
    let cluster = cluster.map(|it| {
        let text = shown(&it);
        (it, source(text))
    });
    (Ok((said.answer, source(text))), cluster)
}

fn read(body: &[u8]) -> Option<ClusterIdentity> {
    let Document { cluster: it } = serde_json::from_slice(body).ok()?;
    let pem = STANDARD.decode(it.certificate_authority.data.trim()).unwrap_or_default();
    let Network { service_ipv4_cidr, service_ipv6_cidr } = it.kubernetes_network_config;
    let v4 = !service_ipv4_cidr.is_empty();
    Some(ClusterIdentity {
        name: it.name,
        arn: it.arn,
        issuer: it.identity.oidc.issuer,
        status: it.status,
        endpoint: it.endpoint,
        ca_sha256: str::from_utf8(&pem).ok().and_then(fingerprint).unwrap_or_default(),
        version: it.version,
        service_cidr: if v4 { service_ipv4_cidr } else { service_ipv6_cidr },
        vpc_id: it.resources_vpc_config.id,
        cluster_security_group: it.resources_vpc_config.cluster_security_group_id,
        endpoint_private: it.resources_vpc_config.endpoint_private_access,
        endpoint_public: it.resources_vpc_config.endpoint_public_access,
    })
}

/// The fields that are quoted, a line for each that is there.
fn shown(it: &ClusterIdentity) -> String {
    let private = it.endpoint_private.map(|it| it.to_string()).unwrap_or_default();
    let fields = [
        ("name", &it.name),
        ("status", &it.status),
        ("endpoint", &it.endpoint),
        ("certificateAuthority sha256", &it.ca_sha256),
        ("version", &it.version),
        ("vpcId", &it.vpc_id),
        ("clusterSecurityGroupId", &it.cluster_security_group),
        ("endpointPrivateAccess", &private),
    ];
    let said = fields.iter().filter(|(_, value)| !value.is_empty());
    said.map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
}

/// EKS' own rule. The name becomes part of a path.
fn is_cluster_name(name: &str) -> bool {
    let allowed = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'_';
    (1..=100).contains(&name.len()) && name.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_node_needs_of_a_cluster_is_read() {
        let body = br#"{"cluster":{"name":"prod","status":"ACTIVE","endpoint":"https://x",
            "certificateAuthority":{"data":"not base64"},"health":{"issues":[]},
            "kubernetesNetworkConfig":{"serviceIpv6Cidr":"fd00::/108"},
            "resourcesVpcConfig":{"vpcId":"vpc-1","endpointPrivateAccess":true}}}"#;
        let it = read(body).unwrap();
        assert_eq!((&*it.name, &*it.ca_sha256, &*it.service_cidr), ("prod", "", "fd00::/108"));
        assert_eq!((it.endpoint_private, it.endpoint_public), (Some(true), None));
        assert!(shown(&it).starts_with("name: prod\nstatus: ACTIVE\nendpoint: https://x\n"));
        assert!(read(b"<html>").is_none() && read(b"{}").is_none());
    }

    #[test]
    fn a_name_cannot_leave_its_path() {
        assert!(is_cluster_name("prod-1_a"));
        for bad in ["", "a/b", "..", "a?b", "a b"] {
            assert!(!is_cluster_name(bad), "{bad}");
        }
    }
}
