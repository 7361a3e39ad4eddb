//! From a booted instance to a Ready node.

use super::Chain;

mod access;
mod bootstrap;
mod cluster_endpoint;
mod credential_expiry;
mod imds;
mod instance_profile;
mod kubelet;
mod node_ready;
mod node_role;
mod registration;

pub static CHAIN: Chain = Chain {
    id: "node-join",
    title: "instance to Ready node",
    links: &[
        &imds::LINK,
        &instance_profile::LINK,
        &node_role::LINK,
        &credential_expiry::LINK,
        &bootstrap::LINK,
        &cluster_endpoint::LINK,
        &kubelet::LINK,
        &access::LINK,
        &registration::LINK,
        &node_ready::LINK,
    ],
};
