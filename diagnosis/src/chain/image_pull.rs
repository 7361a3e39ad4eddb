//! From an image's name to its layers on the node.

use super::Chain;

mod ecr_api_endpoint;
mod layer;
mod layer_endpoint;
mod manifest;
mod platform;
mod registry_credentials;
mod registry_endpoint;

pub static CHAIN: Chain = Chain {
    id: "image-pull",
    title: "registry to node",
    links: &[
        &ecr_api_endpoint::LINK,
        &registry_endpoint::LINK,
        &layer_endpoint::LINK,
        &registry_credentials::LINK,
        &manifest::LINK,
        &platform::LINK,
        &layer::LINK,
    ],
};
