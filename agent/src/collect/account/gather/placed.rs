//! The subnets and security groups in which nodes and control plane are.

use std::collections::BTreeSet;

use diagnosis::facts::aws::autoscaling::AutoScalingGroup;
use diagnosis::facts::aws::ec2::{Instance, LaunchTemplateVersion, Subnet};
use diagnosis::facts::aws::eks::{Cluster, Nodegroup};

use super::{Answered, Aws, vpc};
use crate::collect::account::action::Action;

impl Aws {
    /// Subnets and security groups of the VPC, and those that are named and are not there.
    pub(super) async fn placed(
        &self,
        cluster: &Cluster,
        nodegroups: &[Nodegroup],
        groups: &[AutoScalingGroup],
        instances: &[Instance],
        templates: &[LaunchTemplateVersion],
    ) -> ([Answered; 2], Vec<Subnet>) {
        let config = &cluster.resources_vpc_config;
        let vpc = &*config.vpc_id;
        let zones = groups.iter().flat_map(|it| it.vpc_zone_identifier.split(','));
        let subnets = config.subnet_ids.iter().map(String::as_str).chain(zones);
        let subnets =
            subnets.chain(nodegroups.iter().flat_map(|it| it.subnets.iter().map(String::as_str)));
        let subnets = subnets.chain(instances.iter().map(|it| &*it.subnet_id));
        let subnets: BTreeSet<&str> = subnets.filter(|it| !it.is_empty()).collect();
        let of_templates = templates.iter().map(|it| &it.launch_template_data).flat_map(|it| {
            let interfaces = it.network_interfaces.iter().flat_map(|it| &it.groups);
            it.security_group_ids.iter().chain(interfaces).map(String::as_str)
        });
        let own = config.security_group_ids.iter().chain([&config.cluster_security_group_id]);
        let of_instances = instances.iter().flat_map(|it| &it.security_groups);
        let of_groups = own.map(String::as_str).chain(of_templates);
        let of_groups = of_groups.chain(of_instances.map(|it| &*it.group_id));
        let of_groups: BTreeSet<&str> = of_groups.filter(|it| !it.is_empty()).collect();
        let subnets = async {
            let mut found = self.subnets("vpc-id", &[vpc]).await?;
            let known: BTreeSet<_> = found.iter().map(|it| it.subnet_id.clone()).collect();
            let rest: Vec<&str> =
                subnets.iter().filter(|it| !known.contains(**it)).copied().collect();
            if !rest.is_empty() {
                found.extend(self.subnets("subnet-id", &rest).await?);
            }
            Ok(found)
        };
        let of_groups = async {
            let mut found = self.security_groups("vpc-id", &[vpc]).await?;
            let known: BTreeSet<_> = found.iter().map(|it| it.group_id.clone()).collect();
            let rest: Vec<&str> =
                of_groups.iter().filter(|it| !known.contains(**it)).copied().collect();
            if !rest.is_empty() {
                found.extend(self.security_groups("group-id", &rest).await?);
            }
            Ok(found)
        };
        let (subnets, of_groups) = tokio::join!(Box::pin(subnets), Box::pin(of_groups));
        let command = |what: &str| format!("aws ec2 {what} --filters Name=vpc-id,Values={vpc}");
        let of_groups_command = command("describe-security-groups");
        let known = subnets.as_ref().cloned().unwrap_or_default();
        let both = [
            vpc::listed("Subnets", Action::DescribeSubnets, command("describe-subnets"), subnets),
            vpc::listed(
                "SecurityGroups",
                Action::DescribeSecurityGroups,
                of_groups_command,
                of_groups,
            ),
        ];
        (both, known)
    }
}
