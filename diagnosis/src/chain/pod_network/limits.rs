//! How many interfaces and addresses an instance type carries.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html>.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    /// Interfaces on the default network card.
    pub(super) interfaces: u32,
    /// IPv4 addresses of each interface.
    pub(super) addresses: u32,
}

/// `(interfaces, addresses)` of each group of types.
const TABLE: &[(u32, u32, &str)] = &[(3, 6, "t3.medium"), (3, 10, "m5.large")];

impl Limit {
    /// As the VPC CNI counts: the primary address of each interface is the node's, and two pods
    /// use the host's network.
    pub(super) const fn pods(self) -> u32 {
        self.interfaces * (self.addresses - 1) + 2
    }
}

pub(super) fn of(instance_type: &str) -> Option<Limit> {
    let group = |types: &str| types.split_ascii_whitespace().any(|it| it == instance_type);
    let (interfaces, addresses, _) = TABLE.iter().find(|(.., types)| group(types))?;
    Some(Limit { interfaces: *interfaces, addresses: *addresses })
}
