//! What AWS is made of: partitions, the hosts of the services that a node and a pod need, addresses
//! inside and outside of a VPC, ARNs. Data and pure functions.

mod address;
mod arn;
mod endpoint;
mod partition;

pub use address::{Class, class};
pub use arn::RoleArn;
pub use endpoint::{Endpoint, Place, Service, Variant};
pub use partition::{Partition, looks_like_region, partition_of_region};

/// The global STS host, which exists in the partition `aws` only.
pub const STS_GLOBAL: &str = "sts.amazonaws.com";

/// The audience that STS expects in every partition, China included.
pub const STS_AUDIENCE: &str = "sts.amazonaws.com";

/// As every SDK asks it that is told nothing else.
pub fn sts_regional(region: &str) -> String {
    Service::Sts.host(&Place::of_region(region), Variant::default())
}
