//! From a booted instance to a Ready node.

use super::{Chain, Fault, ladder};
use crate::pattern::Names;

mod access;
mod bootstrap;
mod clock;
mod cluster_config;
mod cluster_endpoint;
mod credential_expiry;
mod ec2_endpoint;
mod imds;
mod instance_profile;
mod joined;
mod kubelet;
mod lease;
mod node_ready;
mod node_role;
mod registration;
mod sts_from_node;
mod taints;

/// Whether a client that says this fault at this host sees nothing but the broken link.
pub(crate) fn seen_as(own: &Fault, fault: &Fault, names: &Names) -> bool {
    let ec2 = names.get("host").is_some_and(|it| it.starts_with("ec2."));
    let timed_out = std::ptr::eq(fault, &raw const ladder::CONNECT_TIMED_OUT);
    ec2 && timed_out && std::ptr::eq(own, &raw const bootstrap::EC2_UNANSWERED)
}

/// The links that the metadata service's documents about profile and role decide by themselves.
pub(crate) const OF_IDENTITY: [&str; 2] = ["instance-profile", "node-role"];

pub static CHAIN: Chain = Chain {
    id: "node-join",
    title: "instance to Ready node",
    links: &[
        &imds::LINK,
        &instance_profile::LINK,
        &node_role::LINK,
        &credential_expiry::LINK,
        &clock::LINK,
        &bootstrap::LINK,
        &cluster_config::LINK,
        &cluster_endpoint::LINK,
        &sts_from_node::LINK,
        &ec2_endpoint::LINK,
        &kubelet::LINK,
        &access::LINK,
        &registration::LINK,
        &node_ready::LINK,
        &taints::LINK,
        &lease::LINK,
    ],
};
