//! addresses for pods.

use super::Chain;

pub static CHAIN: Chain = Chain { id: "pod-network", title: "addresses for pods", links: &[] };
