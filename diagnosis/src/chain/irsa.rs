//! ServiceAccount to role.

use super::Chain;

pub static CHAIN: Chain = Chain { id: "irsa", title: "ServiceAccount to role", links: &[] };
