//! One group's Facts: of all answers those that its nodes need.

use std::collections::BTreeSet;

use super::groups::Own;
use super::{Answers, Digest, GroupId};
use crate::facts::aws::{Presence, Resource, autoscaling, ec2, eks};
use crate::facts::{
    Account, Cluster, ClusterIdentity, Facts, Group, NodeClass, Observed, OtherGroup, Size, Subject,
};

pub(super) mod list;
mod paths;
mod stacks;
mod uses;

impl Answers {
    /// `digest` is the SHA-256 in hex; without one, certificates are not compared.
    pub fn new(digest: fn(&[u8]) -> String) -> Self {
        Self { digest: Digest(digest), ..Self::default() }
    }

    /// Whether anything was taken that only a report about a group of nodes can use.
    pub fn any(&self) -> bool {
        self.nodegroup_names.is_given()
            || self.nodegroups.is_given()
            || self.access_entries.is_given()
            || self.scaling_groups.is_given()
            || self.activities.is_given()
            || self.instances.is_given()
            || self.stack_events.is_given()
            || self.node_claims.is_given()
            || self.node_pools.is_given()
    }

    /// What is known of one group; nothing that was not given.
    pub fn facts(&self, group: &GroupId) -> Facts {
        let own = self.own(group);
        let subject = Subject {
            kind: group.kind.to_owned(),
            namespace: String::new(),
            name: group.name.clone(),
        };
        let mut it = self.group(&own);
        self.paths(&mut it);
        let account = Account {
            cluster: self.identity(),
            access_entries: self.principal_list(),
            caller: self.caller.clone(),
            subnet_use: self.uses(&it),
            reservations: self.reserved(&it),
            ..Account::default()
        };
        let cluster = Cluster {
            aws_auth: self.mapped(&self.aws_auth),
            mapped_roles: self.mapped(&self.mapped_roles),
            node_pools: self.node_pools.values("kubernetes:NodePools", self),
            node_claims: self.node_claims.values("kubernetes:NodeClaims", self),
            node_classes: self.classes(),
            waiting_pods: self.list(&self.waiting_pods, "kubernetes:Pods", |_| true),
            not_scaled: self.list(&self.not_scaled, "kubernetes:Events", |_| true),
            nodes: if self.nodes.is_whole() {
                self.nodes.values("kubernetes:Nodes", self)
            } else {
                Observed::Skipped
            },
            ..Cluster::default()
        };
        let mut facts = Facts {
            subject,
            taken_at: self.taken_at.clone().or(self.latest.clone()).unwrap_or_default(),
            account: Account { group: Box::new(it), ..account },
            cluster,
            ..Facts::default()
        };
        self.network_role(&mut facts);
        self.lines(&own, &mut facts);
        self.blocks(&own, facts)
    }

    fn group(&self, own: &Own<'_>) -> Group {
        let group = own.group;
        let named = own.name;
        let instances = self.instances_of(own);
        let mut it = Group {
            compute: self.compute(group),
            cluster: self.cluster_fact(),
            nodegroup: self.nodegroup_fact(group),
            addons: self.addon_facts(),
            insights: self.list(&self.insights, "eks:ListInsights", |_: &eks::Insight| true),
            access_entries: self.entries(),
            scaling_group: self.scaling_group(group),
            instances,
            others: self.others(group),
            refused: self.refused(),
            ..Group::default()
        };
        it.activities = match named {
            Some(name) => self.some(
                &self.activities,
                "autoscaling:DescribeScalingActivities",
                name,
                |it: &autoscaling::Activity| it.auto_scaling_group_name == name,
            ),
            None => Observed::Skipped,
        };
        it.launch_template = self.template_of(&it);
        it.user_data = match it.launch_template.value().and_then(Presence::present) {
            Some(template) => self.user_data_of(template),
            None => Observed::Skipped,
        };
        it.image = self.image_of(&it);
        let ids: BTreeSet<&str> =
            it.instances.value().into_iter().flatten().map(|it| &*it.instance_id).collect();
        it.statuses = self.some(
            &self.statuses,
            "ec2:DescribeInstanceStatus",
            "",
            |it: &ec2::InstanceStatus| ids.contains(&*it.instance_id),
        );
        it.instance_profile = self.profile_of(&it);
        it.role = self.role_of(&it);
        it.stacks = self.stacks_of(group);
        it.stack_events = self.events_of(group, &it);
        it.refused_calls = self.refused_of(own, &it);
        it
    }

    fn cluster_fact(&self) -> Observed<Presence<eks::Cluster>> {
        if let Some(it) = self.cluster_answer() {
            return Observed::seen(Presence::Present(it.value.clone()), it.source.clone());
        }
        let name = self.cluster_name();
        if let Some(source) = self.absent("eks:DescribeCluster", name) {
            return Observed::seen(Presence::Absent, source);
        }
        self.failed("eks:DescribeCluster", name).unwrap_or_default()
    }

    fn nodegroup_fact(&self, group: &GroupId) -> Observed<Presence<eks::Nodegroup>> {
        match group.kind {
            "nodegroup" => {}
            // Its nodes may be of groups that nobody could list.
            "cluster" => return self.failed("eks:ListNodegroups", "").unwrap_or_default(),
            _ => return Observed::Skipped,
        }
        if let Some(it) = self.nodegroup(&group.name) {
            return Observed::seen(Presence::Present(it.value.clone()), it.source.clone());
        }
        if let Some(source) = self.absent("eks:DescribeNodegroup", &group.name) {
            return Observed::seen(Presence::Absent, source);
        }
        self.failed("eks:DescribeNodegroup", &group.name).unwrap_or_default()
    }

    /// With the fields that others compare with what a node was given.
    fn identity(&self) -> Observed<ClusterIdentity> {
        let Some(it) = self.cluster_answer() else {
            return self.failed("eks:DescribeCluster", self.cluster_name()).unwrap_or_default();
        };
        let (vpc, network) = (&it.resources_vpc_config, &it.kubernetes_network_config);
        let ranges = [&network.service_ipv4_cidr, &network.service_ipv6_cidr];
        let range = ranges.into_iter().find(|it| !it.is_empty()).cloned();
        let authority = self.authorities.iter().find(|(name, _)| *name == it.name);
        let identity = ClusterIdentity {
            name: it.name.clone(),
            arn: it.arn.clone(),
            issuer: it.identity.oidc.issuer.clone(),
            status: it.status.clone(),
            endpoint: it.endpoint.clone(),
            ca_sha256: authority.map(|(_, it)| it.clone()).unwrap_or_default(),
            version: it.version.clone(),
            service_cidr: range.unwrap_or_default(),
            vpc_id: vpc.vpc_id.clone(),
            cluster_security_group: vpc.cluster_security_group_id.clone(),
            endpoint_private: vpc.endpoint_private_access,
            endpoint_public: vpc.endpoint_public_access,
        };
        Observed::seen(identity, it.source.clone())
    }

    fn principal_list(&self) -> Observed<Vec<String>> {
        const ACTION: &str = "eks:ListAccessEntries";
        if let Some((why, source)) = &self.principals.cut {
            return Observed::failed(why, source.clone());
        }
        match self.principals.answers.first() {
            Some(source) => {
                let all = self.principals.names().map(str::to_owned).collect();
                Observed::seen(all, source.clone())
            }
            None => self.failed(ACTION, "").unwrap_or_default(),
        }
    }

    /// Those that were described, and of those that were only listed the principal.
    fn entries(&self) -> Observed<Vec<Resource<eks::AccessEntry>>> {
        let mut all = Vec::new();
        for name in &self.principals.all {
            all.push(match self.access_entries.find(|it| it.principal_arn == name.value) {
                Some(it) => it.clone(),
                None => Resource {
                    value: eks::AccessEntry {
                        principal_arn: name.value.clone(),
                        ..eks::AccessEntry::default()
                    },
                    source: name.source.clone(),
                },
            });
        }
        let listed = |arn: &str| self.principals.names().any(|it| it == arn);
        let others = self.access_entries.all.iter();
        all.extend(others.filter(|it| !listed(&it.principal_arn)).cloned());
        let source = self.principals.answers.first().or(all.first().map(|it| &it.source)).cloned();
        match source {
            Some(source) => Observed::seen(all, source),
            None => self
                .failed("eks:ListAccessEntries", "")
                .or_else(|| self.failed("eks:DescribeAccessEntry", ""))
                .unwrap_or_default(),
        }
    }

    fn instances_of(&self, own: &Own<'_>) -> Observed<Vec<Resource<ec2::Instance>>> {
        self.some(&self.instances, "ec2:DescribeInstances", "", |it| own.instance(it))
    }

    /// By the template's own image; of a managed group's image EKS tells the type alone.
    fn image_of(&self, it: &Group) -> Observed<Presence<ec2::Image>> {
        let template = it.launch_template.value().and_then(Presence::present);
        let wanted = template.map(|it| it.launch_template_data.image_id.clone());
        let running = it.instances.value().and_then(|it| it.first());
        let wanted = wanted
            .filter(|it| it.starts_with("ami-"))
            .or_else(|| running.map(|it| it.image_id.clone()))
            .unwrap_or_default();
        if wanted.is_empty() {
            return Observed::Skipped;
        }
        if let Some(it) = self.images.find(|it| it.image_id == wanted) {
            return Observed::seen(Presence::Present(it.value.clone()), it.source.clone());
        }
        if let Some(source) = self.absent("ec2:DescribeImages", &wanted) {
            return Observed::seen(Presence::Absent, source);
        }
        self.failed("ec2:DescribeImages", &wanted).unwrap_or_default()
    }

    /// Where its Auto Scaling group was not read, by what is wanted of it.
    fn is_full(&self, it: &eks::Nodegroup) -> bool {
        let scaling = it.resources.auto_scaling_groups.first();
        if let Some(it) = scaling.and_then(|it| self.scaling_group_named(&it.name)) {
            return Size::of(it).is_some_and(Size::is_full);
        }
        let config = &it.scaling_config;
        config.desired_size > Some(0) && config.desired_size >= config.max_size
    }

    /// Of either kind: a cluster mostly has one of them.
    fn classes(&self) -> Observed<Vec<Resource<NodeClass>>> {
        let found = self.node_classes.some(|_| true);
        let failed = || {
            let of = |it: &str| self.failed(it, "");
            of("kubernetes:EC2NodeClasses").or_else(|| of("kubernetes:NodeClasses"))
        };
        match found {
            Observed::Seen { value, source } if !value.is_empty() => Observed::seen(value, source),
            none => failed().unwrap_or(none),
        }
    }

    fn others(&self, group: &GroupId) -> Vec<OtherGroup> {
        let managed = self
            .nodegroups
            .all
            .iter()
            .filter(|it| group.kind != "nodegroup" || it.nodegroup_name != group.name);
        let managed = managed.map(|it| OtherGroup {
            name: it.nodegroup_name.clone(),
            role_arn: it.node_role.clone(),
            subnets: it.subnets.clone(),
            security_groups: Vec::new(),
            full: self.is_full(it),
            launch_template: it
                .launch_template
                .as_ref()
                .map(|it| it.id.clone())
                .unwrap_or_default(),
        });
        let this = |name: &str| group.kind == "autoscaling-group" && group.name == name;
        let scaled = self.scaling_groups.all.iter().filter(|it| self.is_own(it));
        let scaled = scaled.filter(|it| !this(&it.auto_scaling_group_name)).map(|it| {
            let subnets = it.vpc_zone_identifier.split(',').filter(|it| !it.is_empty());
            OtherGroup {
                name: it.auto_scaling_group_name.clone(),
                subnets: subnets.map(str::to_owned).collect(),
                launch_template: list::specified(&it.value)
                    .map(|it| it.0.to_owned())
                    .unwrap_or_default(),
                full: Size::of(it).is_some_and(Size::is_full),
                ..OtherGroup::default()
            }
        });
        managed.chain(scaled).collect()
    }
}
