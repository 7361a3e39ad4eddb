//! instance to Ready node.

use super::Chain;

pub static CHAIN: Chain = Chain { id: "node-join", title: "instance to Ready node", links: &[] };
