//! What the account says of one group of nodes, and of everything that its nodes need to join.

use serde::{Deserialize, Serialize};

use super::aws::{Presence, Resource, autoscaling, cloudformation, cloudtrail, ec2, eks, iam};
use super::observed::lacking;
use super::{Observed, RoleObject, UserData};

/// A managed node group, a self-managed Auto Scaling group, a NodePool of Karpenter, or Auto Mode's.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Group {
    /// Which kind of group it is; the report's subject names it.
    pub compute: Observed<Compute>,
    pub cluster: Observed<Presence<eks::Cluster>>,
    /// Of a managed one.
    pub nodegroup: Observed<Presence<eks::Nodegroup>>,
    pub addons: Observed<Vec<Resource<eks::Addon>>>,
    pub insights: Observed<Vec<Resource<eks::Insight>>>,
    /// Described ones, as far as they were described; that the list of principals is whole,
    /// [`Account::access_entries`](super::Account::access_entries) says.
    pub access_entries: Observed<Vec<Resource<eks::AccessEntry>>>,
    pub scaling_group: Observed<Presence<autoscaling::AutoScalingGroup>>,
    /// The latest first, of this group.
    pub activities: Observed<Vec<Resource<autoscaling::Activity>>>,
    /// The version that new instances are made of.
    pub launch_template: Observed<Presence<ec2::LaunchTemplateVersion>>,
    /// What is read of the launch template's user data.
    pub user_data: Observed<UserData>,
    /// The image that new instances are made of.
    pub image: Observed<Presence<ec2::Image>>,
    /// Of this group, those that are gone included, as long as EC2 knows them.
    pub instances: Observed<Vec<Resource<ec2::Instance>>>,
    pub statuses: Observed<Vec<Resource<ec2::InstanceStatus>>>,
    pub instance_profile: Observed<Presence<iam::InstanceProfile>>,
    /// The node role. A policy whose text is empty is known by its name only.
    pub role: Observed<RoleObject>,
    pub vpc: Observed<ec2::Vpc>,
    pub dhcp_options: Observed<ec2::DhcpOptions>,
    /// Of the VPC, like all that follow.
    pub subnets: Observed<Vec<Resource<ec2::Subnet>>>,
    pub route_tables: Observed<Vec<Resource<ec2::RouteTable>>>,
    pub nat_gateways: Observed<Vec<Resource<ec2::NatGateway>>>,
    pub internet_gateways: Observed<Vec<Resource<ec2::InternetGateway>>>,
    pub network_acls: Observed<Vec<Resource<ec2::NetworkAcl>>>,
    pub security_groups: Observed<Vec<Resource<ec2::SecurityGroup>>>,
    pub vpc_endpoints: Observed<Vec<Resource<ec2::VpcEndpoint>>>,
    /// Those of the control plane.
    pub control_plane_interfaces: Observed<Vec<Resource<ec2::NetworkInterface>>>,
    /// Those that made the cluster or the group.
    pub stacks: Observed<Vec<Resource<cloudformation::Stack>>>,
    /// Failed ones, the first failure first.
    pub stack_events: Observed<Vec<Resource<cloudformation::StackEvent>>>,
    /// Calls that create nodes and were refused, the latest first.
    pub refused_calls: Observed<Vec<Resource<cloudtrail::RefusedCall>>>,
    /// The other groups of the cluster: who else may be affected.
    pub others: Vec<OtherGroup>,
    /// Calls that brought nothing, each with why.
    pub refused: Vec<Refused>,
}

/// As policies spell the action.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Refused {
    pub action: String,
    pub why: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compute {
    /// A managed node group.
    #[default]
    Managed,
    /// An Auto Scaling group that EKS does not manage.
    SelfManaged,
    /// A NodePool of Karpenter.
    Karpenter,
    /// A NodePool of EKS Auto Mode: AWS owns instances, role mapping and bootstrap.
    AutoMode,
}

/// Of a group that something scales.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub wanted: i32,
    pub in_service: i32,
    pub most: i32,
}

impl Size {
    /// Of an Auto Scaling group.
    pub fn of(it: &autoscaling::AutoScalingGroup) -> Option<Self> {
        let serving = it.instances.iter().filter(|it| it.lifecycle_state == "InService");
        let in_service = i32::try_from(serving.count()).ok()?;
        Some(Self { wanted: it.desired_capacity?, in_service, most: it.max_size? })
    }

    /// It has all that it wants, and may want no more.
    pub fn is_full(self) -> bool {
        self.wanted > 0 && self.wanted >= self.most && self.in_service >= self.wanted
    }
}

/// What another group shares with this one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OtherGroup {
    pub name: String,
    pub role_arn: String,
    pub subnets: Vec<String>,
    pub security_groups: Vec<String>,
    pub launch_template: String,
    /// It has as many nodes as it may.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub full: bool,
}

impl Group {
    /// How many nodes are wanted, how many are in service, and how many it may have, where all of that
    /// is known.
    pub fn size(&self) -> Option<Size> {
        if let Some(it) = self.scaling_group.value().and_then(Presence::present) {
            return Size::of(it);
        }
        let it = &self.nodegroup.value().and_then(Presence::present)?.scaling_config;
        let running = self.instances.value()?.iter().filter(|it| it.state.name == "running");
        let in_service = i32::try_from(running.count()).ok()?;
        Some(Size { wanted: it.desired_size?, in_service, most: it.max_size? })
    }

    /// The subnets in which the group launches its nodes, whoever says so.
    pub fn own_subnets(&self) -> Vec<&str> {
        let nodegroup = self.nodegroup.value().and_then(Presence::present);
        let scaling = self.scaling_group.value().and_then(Presence::present);
        let instances = self.instances.value().into_iter().flatten();
        let mut all: Vec<&str> = nodegroup
            .into_iter()
            .flat_map(|it| it.subnets.iter().map(String::as_str))
            .chain(scaling.into_iter().flat_map(|it| it.vpc_zone_identifier.split(',')))
            .chain(instances.map(|it| &*it.subnet_id))
            .filter(|it| !it.is_empty())
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Why a call brought nothing that only adds to a thing.
    pub fn why_not(&self, action: &str) -> Option<String> {
        let it = self.refused.iter().find(|it| it.action == action)?;
        Some(lacking(&it.why).unwrap_or_else(|| format!("{action}: {}", it.why)))
    }

    pub(super) fn or(self, b: Self) -> Self {
        Self {
            compute: self.compute.or(b.compute),
            cluster: self.cluster.or(b.cluster),
            nodegroup: self.nodegroup.or(b.nodegroup),
            addons: self.addons.or(b.addons),
            insights: self.insights.or(b.insights),
            access_entries: self.access_entries.or(b.access_entries),
            scaling_group: self.scaling_group.or(b.scaling_group),
            activities: self.activities.or(b.activities),
            launch_template: self.launch_template.or(b.launch_template),
            user_data: self.user_data.or(b.user_data),
            image: self.image.or(b.image),
            instances: self.instances.or(b.instances),
            statuses: self.statuses.or(b.statuses),
            instance_profile: self.instance_profile.or(b.instance_profile),
            role: self.role.or(b.role),
            vpc: self.vpc.or(b.vpc),
            dhcp_options: self.dhcp_options.or(b.dhcp_options),
            subnets: self.subnets.or(b.subnets),
            route_tables: self.route_tables.or(b.route_tables),
            nat_gateways: self.nat_gateways.or(b.nat_gateways),
            internet_gateways: self.internet_gateways.or(b.internet_gateways),
            network_acls: self.network_acls.or(b.network_acls),
            security_groups: self.security_groups.or(b.security_groups),
            vpc_endpoints: self.vpc_endpoints.or(b.vpc_endpoints),
            control_plane_interfaces: self.control_plane_interfaces.or(b.control_plane_interfaces),
            stacks: self.stacks.or(b.stacks),
            stack_events: self.stack_events.or(b.stack_events),
            refused_calls: self.refused_calls.or(b.refused_calls),
            others: if self.others.is_empty() { b.others } else { self.others },
            refused: if self.refused.is_empty() { b.refused } else { self.refused },
        }
    }
}
