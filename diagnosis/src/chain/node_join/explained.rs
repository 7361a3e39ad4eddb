//! What a node sees of that which the account has wrong: the account's link is the cause, and what
//! the node saw is told with it.

use super::{
    bootstrap, cluster_endpoint, control_plane_network, ec2_endpoint, endpoint_access,
    path_to_cluster, path_to_services, registration, sts_from_node, vpc_dns,
};
use crate::{
    chain::{Fault, Link, image_pull},
    pattern::Names,
};

/// Nothing came back.
const SILENT: &[&str] = &[
    "connect-timed-out",
    "unreachable",
    "group-closed",
    "public-address-silent",
    "private-access-off",
    "without-cluster-security-group",
    "another-vpc",
    "endpoint-closed",
    "no-way-out",
    "gateway-endpoint-missing",
];

/// A name led nowhere, or where it should not.
const NAMELESS: &[&str] = &["name-not-found", "name-unanswered", "private-name-hidden"];

/// Whether the second says no more than that something before it is broken, as the first is.
pub(crate) fn summed_up(cause: &Link, link: &Link, fault: &Fault) -> bool {
    let is = |a: &Link, b: &'static Link| std::ptr::eq(a, b);
    if is(link, &bootstrap::LINK) && fault.id == bootstrap::NEVER_JOINED.id {
        return !is(cause, &bootstrap::LINK);
    }
    let of_account = super::OF_ACCOUNT.iter().any(|it| is(cause, it));
    of_account && is(link, &registration::LINK) && fault.id == registration::NOT_REGISTERED.id
}

/// Whether a node on which the second breaks in this way sees no more than the first, which is broken
/// and names these.
pub(crate) fn explained(cause: &Link, names: &Names, link: &Link, fault: &Fault) -> bool {
    let is = |a: &Link, b: &'static Link| std::ptr::eq(a, b);
    let any = |all: &[&'static Link], it: &Link| all.iter().any(|of| is(it, of));
    let of = |all: &[&str]| all.contains(&fault.id);
    if any(&[&path_to_cluster::LINK, &endpoint_access::LINK, &control_plane_network::LINK], cause) {
        return is(link, &cluster_endpoint::LINK) && of(SILENT);
    }
    let asked = [&cluster_endpoint::LINK, &sts_from_node::LINK, &ec2_endpoint::LINK];
    if is(cause, &vpc_dns::LINK) {
        return (any(&asked, link) || image_pull::service(link).is_some()) && of(NAMELESS);
    }
    if is(cause, &path_to_services::LINK) {
        let services = names.get("service").map(String::as_str).unwrap_or_default();
        let has = |name: &str| services.split(", ").any(|it| it == name);
        let ec2 = is(link, &ec2_endpoint::LINK) && of(SILENT)
            || is(link, &bootstrap::LINK) && fault.id == bootstrap::EC2_UNANSWERED.id;
        return ec2 && has("EC2") || image_pull::service(link).is_some_and(has) && of(SILENT);
    }
    false
}
