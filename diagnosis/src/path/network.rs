//! The account's lists, each asked for one thing; a list that was not read, or that lacks it, says
//! which input would tell.

use super::addresses::{Addresses, Family};
use crate::aws::partition_of_region;
use crate::facts::{
    Facts, Group, Input, Missing, Observed, Source,
    aws::{
        Presence, Resource,
        ec2::{
            InternetGateway, NatGateway, NetworkAcl, RouteTable, SecurityGroup, Subnet, VpcEndpoint,
        },
        eks,
    },
    inputs::{
        CLUSTER_IDENTITY, INTERNET_GATEWAYS, NAT_GATEWAYS, NETWORK_ACLS, NODE_CHECK, ROUTE_TABLES,
        SECURITY_GROUPS, VPC_ENDPOINTS, VPC_SUBNETS,
    },
};

#[derive(Clone, Copy)]
pub(crate) struct Network<'a> {
    pub(crate) group: &'a Group,
    pub(crate) cluster: &'a eks::Cluster,
    /// Of the cluster.
    pub(crate) source: &'a Source,
    /// Of the packets.
    pub(super) family: Family,
}

type Found<'a, T> = Result<&'a Resource<T>, Missing>;

impl<'a> Network<'a> {
    pub(crate) fn of(facts: &'a Facts) -> Result<Self, Missing> {
        let group = &*facts.account.group;
        let (cluster, source) = group.cluster.need(&CLUSTER_IDENTITY)?;
        match cluster {
            Presence::Present(cluster) => Ok(Self { group, cluster, source, family: Family::V4 }),
            Presence::Absent => Err(CLUSTER_IDENTITY.missing("there is no such cluster")),
        }
    }

    /// The same, for packets of this family.
    pub(crate) fn over(self, family: Family) -> Self {
        Self { family, ..self }
    }

    /// Whether the cluster's endpoint has addresses of both families, as its name tells.
    pub(crate) fn is_dual_stack(&self) -> bool {
        let suffix = partition_of_region(self.region()).dual_stack;
        let host = self.cluster.endpoint.strip_suffix(suffix);
        host.is_some_and(|it| it.ends_with('.'))
    }

    /// Whether nodes go by IPv6 addresses, and pods have no others.
    pub(crate) fn is_of_ipv6(&self) -> bool {
        self.cluster.kubernetes_network_config.ip_family == "ipv6"
    }

    /// The subnet's own addresses, of this family.
    pub(super) fn addresses(&self, subnet: &str) -> Result<Addresses, Missing> {
        let it = &self.subnet(subnet)?.value;
        let (addresses, family) = match self.family {
            Family::V4 => (Addresses::of([&*it.cidr_block]), "IPv4"),
            Family::V6 => (Addresses::of(it.ipv6_blocks()), "IPv6"),
        };
        if addresses.is_empty() {
            return Err(
                VPC_SUBNETS.missing(format!("{subnet} has no {family} block that was read"))
            );
        }
        Ok(addresses)
    }

    pub(crate) fn region(&self) -> &'a str {
        self.cluster.arn.split(':').nth(3).unwrap_or_default()
    }

    pub(super) fn account(&self) -> &'a str {
        self.cluster.arn.split(':').nth(4).unwrap_or_default()
    }

    pub(crate) fn vpc(&self) -> &'a str {
        &self.cluster.resources_vpc_config.vpc_id
    }

    pub(crate) fn subnet(&self, id: &str) -> Found<'a, Subnet> {
        find(&self.group.subnets, &VPC_SUBNETS, |it| it.subnet_id == id, id)
    }

    /// The one that the subnet names, else the VPC's main one.
    pub(super) fn table(&self, subnet: &str) -> Found<'a, RouteTable> {
        let (tables, _) = self.group.route_tables.need(&ROUTE_TABLES)?;
        let own =
            |it: &&Resource<RouteTable>| it.associations.iter().any(|it| it.subnet_id == subnet);
        if let Some(it) = tables.iter().find(own) {
            return Ok(it);
        }
        // Which VPC it is in, only the subnet says; another VPC has another main table.
        let vpc = &self.subnet(subnet)?.vpc_id;
        let main = |it: &RouteTable| {
            it.vpc_id == *vpc && it.associations.iter().any(|it| it.main == Some(true))
        };
        let what = format!("the route table of {subnet}");
        find(&self.group.route_tables, &ROUTE_TABLES, main, &what)
    }

    pub(super) fn acl(&self, subnet: &str) -> Found<'a, NetworkAcl> {
        let of = |it: &NetworkAcl| it.associations.iter().any(|it| it.subnet_id == subnet);
        find(&self.group.network_acls, &NETWORK_ACLS, of, &format!("the network ACL of {subnet}"))
    }

    pub(crate) fn security_group(&self, id: &str) -> Found<'a, SecurityGroup> {
        find(&self.group.security_groups, &SECURITY_GROUPS, |it| it.group_id == id, id)
    }

    pub(super) fn nat(&self, id: &str) -> Found<'a, NatGateway> {
        find(&self.group.nat_gateways, &NAT_GATEWAYS, |it| it.nat_gateway_id == id, id)
    }

    pub(super) fn internet(&self, id: &str) -> Found<'a, InternetGateway> {
        let is = |it: &InternetGateway| it.internet_gateway_id == id;
        find(&self.group.internet_gateways, &INTERNET_GATEWAYS, is, id)
    }

    /// Those that stand for this service, in the cluster's VPC.
    pub(super) fn endpoints(
        &self,
        service: &str,
    ) -> Result<Vec<&'a Resource<VpcEndpoint>>, Missing> {
        let (all, _) = self.group.vpc_endpoints.need(&VPC_ENDPOINTS)?;
        let gone = ["deleting", "deleted", "failed", "rejected", "expired"];
        let of = |it: &&Resource<VpcEndpoint>| {
            it.service_name == service
                && (it.vpc_id.is_empty() || it.vpc_id == self.vpc())
                && !gone.contains(&&*it.state.to_ascii_lowercase())
        };
        let found: Vec<_> = all.iter().filter(of).collect();
        match self.group.vpc.value().map(|it| &*it.owner_id) {
            // Whoever shares a VPC does not see the endpoints of its owner.
            Some(owner) if found.is_empty() && !owner.is_empty() && owner != self.account() => {
                let why = format!("the VPC is shared: endpoints for {service} may be in {owner}");
                Err(NODE_CHECK.missing(why))
            }
            _ => Ok(found),
        }
    }
}

fn find<'a, T>(
    list: &'a Observed<Vec<Resource<T>>>,
    input: &'static Input,
    is: impl Fn(&T) -> bool,
    what: &str,
) -> Found<'a, T> {
    let (all, source) = list.need(input)?;
    let found = all.iter().find(|it| is(&it.value));
    found.ok_or_else(|| input.missing(format!("{} does not have {what}", source.place)))
}
