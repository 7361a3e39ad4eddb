//! From a booted instance to a Ready node.

use super::{Chain, Fault, Link, Way, ladder};
use crate::{
    facts::{Ended, Facts},
    pattern::Names,
};

mod access;
mod bootstrap;
mod clock;
mod cluster;
mod cluster_config;
mod cluster_endpoint;
mod control_plane_network;
mod creator;
mod credential_expiry;
mod ec2_endpoint;
mod endpoint_access;
mod explained;
mod imds;
mod instance;
mod instance_profile;
mod joined;
mod kubelet;
mod kubelet_config;
mod kubelet_port;
mod launch_template;
mod lease;
mod node_group;
mod node_policies;
mod node_ready;
mod node_role;
mod of_account;
mod path_to_cluster;
mod path_to_services;
mod proxy;
mod registration;
mod runtime;
mod scaling;
mod serving_certificate;
mod sts_from_node;
mod taints;
mod unit;
mod user_data;
mod vpc_dns;
mod way;

/// Whether a client that says this fault at this host sees nothing but the broken link.
pub(crate) fn seen_as(own: &Fault, fault: &Fault, names: &Names) -> bool {
    let ec2 = names.get("host").is_some_and(|it| it.starts_with("ec2."));
    let timed_out = std::ptr::eq(fault, &raw const ladder::CONNECT_TIMED_OUT);
    ec2 && timed_out && std::ptr::eq(own, &raw const bootstrap::EC2_UNANSWERED)
}

pub(crate) use explained::{explained, summed_up};

/// The links that the metadata service's documents about profile and role decide by themselves.
pub(crate) const OF_IDENTITY: [&str; 2] = ["instance-profile", "node-role"];

/// The links that only the account can tell of. Where nobody asked it, nobody needs to see them.
pub(crate) static OF_ACCOUNT: &[&Link] = &[
    &creator::LINK,
    &cluster::LINK,
    &endpoint_access::LINK,
    &control_plane_network::LINK,
    &node_group::LINK,
    &scaling::LINK,
    &launch_template::LINK,
    &instance::LINK,
    &node_policies::LINK,
    &vpc_dns::LINK,
    &path_to_cluster::LINK,
    &path_to_services::LINK,
    &kubelet_port::LINK,
];

/// What holds as long as a node is Ready, because its kubelet uses it at all times.
pub(crate) static LASTING: &[&Link] = &[
    &imds::LINK,
    &instance_profile::LINK,
    &node_role::LINK,
    &user_data::LINK,
    &vpc_dns::LINK,
    &cluster_config::LINK,
    &access::LINK,
];

/// And what holds so in the subnets in which there is a Ready node.
pub(crate) static LASTING_BY_SUBNET: &[&Link] = &[&endpoint_access::LINK, &path_to_cluster::LINK];

/// What systemd says of nodeadm names no cause, nor does it that there is no Node object, or that a
/// node group waited for it in vain.
pub(crate) fn sums_up(fault: &'static Fault) -> bool {
    let is = |it: *const Fault| std::ptr::eq(fault, it);
    is(&raw const bootstrap::NODEADM_FAILED)
        || is(&raw const registration::NOT_REGISTERED)
        || waited(fault)
}

/// EC2 words every refusal alike: here nodeadm says which call of its own was refused, and whoever
/// creates nodes, which call of theirs.
pub(crate) fn refused(text: &str, could_be: &mut Vec<Way>, names: &mut Names) {
    creator::heard(text, could_be, names);
    let its_own = ["nodeadm", "operation error EC2: DescribeInstances", "UnauthorizedOperation"];
    if its_own.iter().all(|it| text.contains(it)) {
        *could_be = vec![Way(&bootstrap::LINK, &bootstrap::EC2_DENIED)];
    }
}

/// That a node group waited in vain: whatever else is broken is why, wherever in the chain it stands.
pub(crate) fn waited(fault: &'static Fault) -> bool {
    std::ptr::eq(fault, &raw const bootstrap::NEVER_JOINED)
}

fn kubelet_answers(facts: &Facts) -> bool {
    facts.node.kubelet.value().is_some_and(|it| it.ended == Ended::Answered(200))
}

pub static CHAIN: Chain = Chain {
    id: "node-join",
    title: "instance to Ready node",
    links: &[
        &creator::LINK,
        &cluster::LINK,
        &endpoint_access::LINK,
        &control_plane_network::LINK,
        &node_group::LINK,
        &scaling::LINK,
        &launch_template::LINK,
        &instance::LINK,
        &imds::LINK,
        &instance_profile::LINK,
        &node_role::LINK,
        &node_policies::LINK,
        &credential_expiry::LINK,
        &clock::LINK,
        &user_data::LINK,
        &proxy::LINK,
        &bootstrap::LINK,
        &vpc_dns::LINK,
        &path_to_cluster::LINK,
        &path_to_services::LINK,
        &cluster_config::LINK,
        &cluster_endpoint::LINK,
        &sts_from_node::LINK,
        &ec2_endpoint::LINK,
        &runtime::LINK,
        &kubelet_config::LINK,
        &kubelet::LINK,
        &access::LINK,
        &registration::LINK,
        &node_ready::LINK,
        &taints::LINK,
        &lease::LINK,
        &serving_certificate::LINK,
        &kubelet_port::LINK,
    ],
};
