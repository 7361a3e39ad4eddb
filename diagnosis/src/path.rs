//! The way that a packet takes from a subnet of nodes, hop by hop, as the account describes it.
//!
//! Each path ends in one of three ways: it arrives, it stops at a hop whose own description says so,
//! or it stays open at something that the account's lists do not tell. What was not read and what
//! leaves the VPC for another network is open, never a stop; a stop further along decides all the
//! same, because every hop is needed. Nodes have an IPv4 address in every cluster, and services are
//! asked by it; to an endpoint with addresses of both families a client takes the way that answers.
//!
//! Sources: <https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html>,
//! <https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html>,
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html>,
//! <https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html>,
//! <https://docs.aws.amazon.com/eks/latest/best-practices/ipv6.html>,
//! <https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html>.

mod acl;
pub(crate) mod addresses;
mod cluster;
mod endpoint;
mod inside;
mod ipv6;
mod names;
mod network;
mod outside;
mod policy;
#[cfg(test)]
mod properties;
mod route;
mod security;
mod service;
mod start;
mod walk;

pub(crate) use addresses::{Family, Run, Share};
pub(crate) use cluster::{control_plane, kubelet, to_cluster};
pub(crate) use names::{is_of_vpc, servers};
pub(crate) use network::Network;
pub(crate) use outside::to_internet;
pub(crate) use service::{SERVICES, name, to_service};
pub(crate) use start::{Start, starts};
pub(crate) use walk::{Exit, Path, Stop, Stopped};
