//! registry to node.

use super::Chain;

pub static CHAIN: Chain = Chain { id: "image-pull", title: "registry to node", links: &[] };
