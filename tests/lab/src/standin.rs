//! What each stand-in says when nothing is wrong with it: one file for each.

use crate::reply::Reply;
use crate::server::Asked;
use crate::sigv4::hex;
use crate::world::Standin;

mod cluster;
mod ec2;
mod ecr_api;
mod eks;
mod iam;
mod imds;
mod ipamd;
mod kubelet;
mod layer_host;
mod pod_identity;
mod registry;
mod sts;

pub(crate) use cluster::{Events, Pods};
pub(crate) use imds::mac;
pub(crate) use ipamd::GRPC_GREETING;

pub(crate) fn answer(standin: Standin, asked: &Asked<'_>) -> Reply {
    match standin {
        Standin::Imds | Standin::ImdsV6 => imds::answer(asked),
        Standin::StsRegional | Standin::StsGlobal => sts::answer(asked),
        Standin::EcrApi => ecr_api::answer(asked),
        Standin::Registry => registry::answer(asked),
        Standin::LayerHost => layer_host::answer(asked),
        Standin::Iam => iam::answer(asked),
        Standin::Eks => eks::answer(asked),
        Standin::EksAuth => ec2::eks_auth(),
        Standin::Ec2 => ec2::answer(asked),
        Standin::Cluster => cluster::answer(asked),
        Standin::Kubelet => kubelet::answer(asked),
        Standin::Introspection => ipamd::introspection(asked),
        Standin::IpamdMetrics => ipamd::metrics(asked),
        Standin::PodIdentity | Standin::PodIdentityV6 => pod_identity::answer(asked),
        Standin::IpamdGrpc => Reply::text(404, ""),
    }
}

/// Seconds since 1970 as the AWS documents write them.
pub(crate) fn rfc3339(seconds: i64) -> String {
    let since = std::time::Duration::from_secs(seconds.try_into().unwrap_or(0));
    humantime::format_rfc3339_seconds(std::time::UNIX_EPOCH + since).to_string()
}

/// As registries name content.
fn digest(content: &str) -> String {
    let hash = ring::digest::digest(&ring::digest::SHA256, content.as_bytes());
    format!("sha256:{}", hex(hash.as_ref()))
}
