//! The roles that nodes and aws-node act by.

use std::collections::BTreeSet;

use diagnosis::facts::aws::ec2::{Instance, LaunchTemplateVersion, ProfileSpecification};
use diagnosis::facts::aws::eks::{Cluster, Nodegroup};

use super::{Answered, Aws, pages};
use crate::collect::account::action::Action;
use crate::collect::account::session::Refused;
use crate::collect::account::text::role_name;

/// Node roles of one cluster; more are the sign of something else.
const MOST_ROLES: usize = 50;

/// Those of node roles come first.
const MOST_ENTRIES: usize = 100;

impl Aws {
    /// Node roles with their policies, the profiles that hold them, and their access entries.
    pub(super) async fn roles(
        &self,
        cluster: &Cluster,
        network_role: Option<&str>,
        nodegroups: &[Nodegroup],
        instances: &[Instance],
        templates: &[LaunchTemplateVersion],
        entries: &[String],
    ) -> Vec<Answered> {
        let profiles = profiles(instances, templates);
        let profiles: Vec<&str> = profiles.iter().map(String::as_str).collect();
        let (held, mut all) = self.instance_profiles(&profiles).await;
        let auto = [&cluster.compute_config.node_role_arn];
        let arns = nodegroups.iter().map(|it| &it.node_role).chain(&held).chain(auto);
        let mut names: BTreeSet<&str> = arns.filter_map(|it| role_name(it)).collect();
        // A role of the same name in another account is another one.
        let own = |arn: &&str| arn.split(':').nth(4) == cluster.arn.split(':').nth(4);
        names.extend(network_role.filter(own).and_then(role_name));
        let mut entries: Vec<&String> = entries.iter().collect();
        entries.sort_by_key(|it| !role_name(it).is_some_and(|it| names.contains(it)));
        let roles = names.iter().take(MOST_ROLES).map(|it| self.role(it));
        let entries = entries.into_iter().take(MOST_ENTRIES).map(|it| self.access_entry(it));
        let (roles, entries) = tokio::join!(pages::together(roles), pages::together(entries));
        for it in names.iter().skip(MOST_ROLES) {
            let why =
                Refused::because(format!("not asked: there are more than {MOST_ROLES} roles"));
            let command = format!("aws iam get-role --role-name {it}");
            all.push(Answered::missed(Action::GetRole, command, why));
        }
        all.extend(roles.into_iter().flatten().chain(entries));
        all
    }
}

fn profiles(instances: &[Instance], templates: &[LaunchTemplateVersion]) -> BTreeSet<String> {
    let of_templates =
        templates.iter().filter_map(|it| it.launch_template_data.iam_instance_profile.as_ref());
    let of_instances = instances.iter().filter_map(|it| it.iam_instance_profile.as_ref());
    let name = |it: &ProfileSpecification| {
        let of_arn = it.arn.rsplit('/').next().unwrap_or_default();
        if it.name.is_empty() { of_arn.to_owned() } else { it.name.clone() }
    };
    of_templates.chain(of_instances).map(name).filter(|it| !it.is_empty()).collect()
}
