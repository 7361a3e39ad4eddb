//! EKS Pod Identity: from the association to temporary credentials.

use super::Chain;

pub static CHAIN: Chain =
    Chain { id: "pod-identity", title: "Pod Identity association to role", links: &[] };
