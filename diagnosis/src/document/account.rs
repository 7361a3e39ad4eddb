//! What the AWS CLI answered about a cluster and its nodes, into Facts: one for each group of nodes.
//!
//! What was asked live comes here in the same form, so that both lead to the same facts. A document
//! is known by its content. What nobody gave stays unseen, what may not be read is a failed look,
//! and a list that is cut says nothing about what it does not hold.

use std::fmt;

use crate::facts::aws::{autoscaling, cloudformation, cloudtrail, ec2, eks, iam};
use crate::facts::{
    Facts, Line, MappedRole, NodeClaim, NodeClass, NodePool, NotScaled, Observed, RegisteredNode,
    Reservation, Source, WaitingPod,
};

mod absent;
mod demand;
mod entries;
mod facts;
mod fragment;
mod groups;
mod kubernetes;
mod lines;
mod listing;
mod missing;
mod names;
mod network;
mod policies;
mod read;
mod role;
mod scaling;
mod template;
#[cfg(test)]
mod tests;
mod trail;
mod views;

use absent::Missed;
use listing::Listing;
pub use missing::Lacking;
pub(in crate::document) use names::is_known;
use policies::Policies;
pub use read::may_begin;
use role::RoleAnswer;
pub use template::{UserDataAnswer, without_user_data};

/// A group of nodes, by what the report's subject calls it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupId {
    /// `nodegroup`, `autoscaling-group`, `nodepool` or `cluster`.
    pub kind: &'static str,
    pub name: String,
}

impl fmt::Display for GroupId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.kind, self.name)
    }
}

/// SHA-256 in hex, which the core does not calculate.
#[derive(Clone, Copy)]
struct Digest(fn(&[u8]) -> String);

impl Default for Digest {
    fn default() -> Self {
        Self(|_| String::new())
    }
}

/// All answers that were given.
#[derive(Default)]
pub struct Answers {
    digest: Digest,
    /// When it was collected, where somebody said so.
    taken_at: Option<String>,
    /// The latest time that any answer tells of.
    latest: Option<String>,
    missed: Vec<Missed>,
    clusters: Listing<eks::Cluster>,
    cluster_names: Listing<String>,
    /// The certificate of a cluster's CA, by its fingerprint.
    authorities: Vec<(String, String)>,
    nodegroup_names: Listing<String>,
    nodegroups: Listing<eks::Nodegroup>,
    principals: Listing<String>,
    access_entries: Listing<eks::AccessEntry>,
    addon_names: Listing<String>,
    addons: Listing<eks::Addon>,
    insights: Listing<eks::Insight>,
    scaling_groups: Listing<autoscaling::AutoScalingGroup>,
    activities: Listing<autoscaling::Activity>,
    templates: Listing<ec2::LaunchTemplateVersion>,
    user_data: Vec<UserDataAnswer>,
    images: Listing<ec2::Image>,
    instances: Listing<ec2::Instance>,
    statuses: Listing<ec2::InstanceStatus>,
    /// Of an instance's console.
    consoles: Vec<(String, Vec<Line>, Vec<Facts>)>,
    profiles: Listing<iam::InstanceProfile>,
    roles: Vec<RoleAnswer>,
    policies: Policies,
    providers: Listing<String>,
    provider_details: Vec<(String, Vec<String>)>,
    vpcs: Listing<ec2::Vpc>,
    /// VPC, whether it is the names of hosts, the value, and where it says so.
    vpc_attributes: Vec<(String, bool, bool, Source)>,
    dhcp_options: Listing<ec2::DhcpOptions>,
    subnets: Listing<ec2::Subnet>,
    reservations: Listing<Reservation>,
    route_tables: Listing<ec2::RouteTable>,
    nat_gateways: Listing<ec2::NatGateway>,
    internet_gateways: Listing<ec2::InternetGateway>,
    network_acls: Listing<ec2::NetworkAcl>,
    security_groups: Listing<ec2::SecurityGroup>,
    vpc_endpoints: Listing<ec2::VpcEndpoint>,
    interfaces: Listing<ec2::NetworkInterface>,
    stacks: Listing<cloudformation::Stack>,
    stack_events: Listing<cloudformation::StackEvent>,
    refused_calls: Listing<cloudtrail::RefusedCall>,
    caller: Observed<String>,
    aws_auth: Observed<Vec<String>>,
    mapped_roles: Observed<Vec<MappedRole>>,
    node_pools: Listing<NodePool>,
    node_claims: Listing<NodeClaim>,
    node_classes: Listing<NodeClass>,
    waiting_pods: Listing<WaitingPod>,
    not_scaled: Listing<NotScaled>,
    nodes: Listing<RegisteredNode>,
}
