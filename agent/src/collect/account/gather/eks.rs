//! What EKS answers of the cluster, its node groups, access entries, add-ons and insights.

use std::collections::HashMap;

use aws_sdk_eks::types;
use diagnosis::facts::aws::eks::{
    AccessConfig, AccessEntry, Addon, Cluster, ComputeConfig, Health, Identity, Insight,
    InsightStatus, Issue, LaunchTemplate, Named, NetworkConfig, Nodegroup, NodegroupResources,
    Oidc, PREFIXES, ScalingConfig, VpcConfig,
};
use serde_json::json;

use super::document::{value, values};
use super::{Answered, Aws, pages};
use crate::collect::account::action::Action;
use crate::collect::account::session::Refused;
use crate::collect::account::text::{time, word};

/// The most that EKS gives in one page.
const PAGE: i32 = 100;

impl Aws {
    pub(super) async fn cluster(&self) -> Result<(Cluster, Answered), Refused> {
        let request = self.session.eks.describe_cluster().name(&self.cluster).send();
        let answer = self.session.call(Action::DescribeCluster, request).await?;
        let mut it = answer.cluster.ok_or_else(empty)?;
        // The node's own configuration repeats it.
        let authority = it.certificate_authority.take().and_then(|it| it.data);
        let cluster = cluster(it);
        let mut document = value(&cluster);
        if let (Some(data), Some(it)) = (authority, document.as_object_mut()) {
            it.insert("certificateAuthority".to_owned(), json!({"data": data}));
        }
        let command = format!("aws eks describe-cluster --name {}", word(&self.cluster));
        let document = json!({"cluster": document});
        Ok((
            cluster,
            Answered::seen("describe-cluster", Action::DescribeCluster, command, &document),
        ))
    }

    /// Of the region, for whoever mistook the name.
    pub(super) async fn clusters(&self) -> Result<Vec<String>, Refused> {
        pages::all(async |token| {
            let request = self.session.eks.list_clusters().max_results(PAGE).set_next_token(token);
            let page = self.session.call(Action::ListClusters, request.send()).await?;
            Ok((page.clusters.unwrap_or_default(), page.next_token))
        })
        .await
    }

    pub(super) async fn nodegroups(&self) -> (Vec<String>, Answered) {
        let names = pages::all(async |token| {
            let request = self.session.eks.list_nodegroups().cluster_name(&self.cluster);
            let request = request.max_results(PAGE).set_next_token(token).send();
            let page = self.session.call(Action::ListNodegroups, request).await?;
            Ok((page.nodegroups.unwrap_or_default(), page.next_token))
        })
        .await;
        self.names("nodegroups", "list-nodegroups", Action::ListNodegroups, names)
    }

    pub(super) async fn nodegroup(&self, name: &str) -> (Option<Nodegroup>, Answered) {
        let request = self.session.eks.describe_nodegroup().cluster_name(&self.cluster);
        let request = request.nodegroup_name(name).send();
        let answer = self.session.call(Action::DescribeNodegroup, request).await;
        let found = answer.and_then(|it| it.nodegroup.ok_or_else(empty)).map(nodegroup);
        let command =
            self.command("describe-nodegroup", &format!("--nodegroup-name {}", word(name)));
        let document = found.as_ref().map(|it| json!({"nodegroup": value(it)}));
        let file = format!("describe-nodegroup-{name}");
        let answered =
            Answered::of(&file, Action::DescribeNodegroup, command, document.map_err(Clone::clone));
        (found.ok(), answered)
    }

    pub(super) async fn access_entries(&self) -> (Vec<String>, Answered) {
        let arns = pages::all(async |token| {
            let request = self.session.eks.list_access_entries().cluster_name(&self.cluster);
            let request = request.max_results(PAGE).set_next_token(token).send();
            let page = self.session.call(Action::ListAccessEntries, request).await?;
            Ok((page.access_entries.unwrap_or_default(), page.next_token))
        })
        .await;
        self.names("accessEntries", "list-access-entries", Action::ListAccessEntries, arns)
    }

    pub(super) async fn access_entry(&self, arn: &str) -> Answered {
        let request = self.session.eks.describe_access_entry().cluster_name(&self.cluster);
        let answer =
            self.session.call(Action::DescribeAccessEntry, request.principal_arn(arn).send()).await;
        let found = answer.and_then(|it| it.access_entry.ok_or_else(empty)).map(access_entry);
        let found = found.map(|it| json!({"accessEntry": value(&it)}));
        let rest = format!("--principal-arn {}", word(arn));
        let command = self.command("describe-access-entry", &rest);
        let name = arn.rsplit([':', '/']).next().unwrap_or_default();
        let file = format!("describe-access-entry-{name}");
        Answered::of(&file, Action::DescribeAccessEntry, command, found)
    }

    pub(super) async fn addons(&self) -> (Vec<String>, Answered) {
        let names = pages::all(async |token| {
            let request = self.session.eks.list_addons().cluster_name(&self.cluster);
            let request = request.max_results(PAGE).set_next_token(token).send();
            let page = self.session.call(Action::ListAddons, request).await?;
            Ok((page.addons.unwrap_or_default(), page.next_token))
        })
        .await;
        self.names("addons", "list-addons", Action::ListAddons, names)
    }

    pub(super) async fn addon(&self, name: &str) -> (Option<Addon>, Answered) {
        let request = self.session.eks.describe_addon().cluster_name(&self.cluster);
        let request = request.addon_name(name).send();
        let answer = self.session.call(Action::DescribeAddon, request).await;
        let found = answer.and_then(|it| it.addon.ok_or_else(empty)).map(addon);
        let document = found.as_ref().map(|it| json!({"addon": value(it)}));
        let command = self.command("describe-addon", &format!("--addon-name {}", word(name)));
        let file = format!("describe-addon-{name}");
        let answered =
            Answered::of(&file, Action::DescribeAddon, command, document.map_err(Clone::clone));
        (found.ok(), answered)
    }

    pub(super) async fn insights(&self) -> Answered {
        let all = pages::all(async |token| {
            let request = self.session.eks.list_insights().cluster_name(&self.cluster);
            let request = request.max_results(PAGE).set_next_token(token).send();
            let page = self.session.call(Action::ListInsights, request).await?;
            Ok((page.insights.unwrap_or_default(), page.next_token))
        })
        .await;
        let all = all.map(|it| it.into_iter().map(insight).collect::<Vec<_>>());
        let document = all.map(|it| json!({"insights": values(&it)}));
        let command = self.command("list-insights", "");
        Answered::of("list-insights", Action::ListInsights, command, document)
    }

    fn command(&self, what: &str, rest: &str) -> String {
        let command = format!("aws eks {what} --cluster-name {} {rest}", word(&self.cluster));
        command.trim_end().to_owned()
    }

    fn names(
        &self,
        key: &str,
        what: &str,
        action: Action,
        names: Result<Vec<String>, Refused>,
    ) -> (Vec<String>, Answered) {
        let document = names.as_ref().map(|it| json!({key: it})).map_err(Clone::clone);
        let answered = Answered::of(what, action, self.command(what, ""), document);
        (names.unwrap_or_default(), answered)
    }
}

fn empty() -> Refused {
    Refused::because("an answer without what was asked for")
}

fn tags(it: Option<HashMap<String, String>>) -> std::collections::BTreeMap<String, String> {
    it.unwrap_or_default().into_iter().collect()
}

fn cluster(it: types::Cluster) -> Cluster {
    let network = it.kubernetes_network_config;
    let (four, six, family) = network.map_or_else(Default::default, |it| {
        let family = it.ip_family.map(|it| it.as_str().to_owned());
        (it.service_ipv4_cidr, it.service_ipv6_cidr, family)
    });
    let issuer = it.identity.and_then(|it| it.oidc).and_then(|it| it.issuer);
    let mode = it.access_config.and_then(|it| it.authentication_mode);
    let health = it.health.and_then(|it| it.issues).unwrap_or_default().into_iter();
    let compute = it.compute_config;
    Cluster {
        name: it.name.unwrap_or_default(),
        arn: it.arn.unwrap_or_default(),
        status: it.status.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        version: it.version.unwrap_or_default(),
        created_at: it.created_at.as_ref().and_then(time),
        role_arn: it.role_arn.unwrap_or_default(),
        endpoint: it.endpoint.unwrap_or_default(),
        resources_vpc_config: it.resources_vpc_config.map(vpc_config).unwrap_or_default(),
        kubernetes_network_config: NetworkConfig {
            service_ipv4_cidr: four.unwrap_or_default(),
            service_ipv6_cidr: six.unwrap_or_default(),
            ip_family: family.unwrap_or_default(),
        },
        identity: Identity { oidc: Oidc { issuer: issuer.unwrap_or_default() } },
        access_config: AccessConfig {
            authentication_mode: mode.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        },
        health: Health {
            issues: health
                .map(|it| {
                    issue(
                        it.code.as_ref().map(types::ClusterIssueCode::as_str),
                        it.message,
                        it.resource_ids,
                    )
                })
                .collect(),
        },
        compute_config: compute.map_or_else(ComputeConfig::default, |it| ComputeConfig {
            enabled: it.enabled,
            node_pools: it.node_pools.unwrap_or_default(),
            node_role_arn: it.node_role_arn.unwrap_or_default(),
        }),
        tags: tags(it.tags),
    }
}

fn vpc_config(it: types::VpcConfigResponse) -> VpcConfig {
    VpcConfig {
        subnet_ids: it.subnet_ids.unwrap_or_default(),
        security_group_ids: it.security_group_ids.unwrap_or_default(),
        cluster_security_group_id: it.cluster_security_group_id.unwrap_or_default(),
        vpc_id: it.vpc_id.unwrap_or_default(),
        endpoint_public_access: Some(it.endpoint_public_access),
        endpoint_private_access: Some(it.endpoint_private_access),
        public_access_cidrs: it.public_access_cidrs.unwrap_or_default(),
    }
}

fn issue(code: Option<&str>, message: Option<String>, ids: Option<Vec<String>>) -> Issue {
    Issue {
        code: code.unwrap_or_default().to_owned(),
        message: message.unwrap_or_default(),
        resource_ids: ids.unwrap_or_default(),
    }
}

fn nodegroup(it: types::Nodegroup) -> Nodegroup {
    let scaling = it.scaling_config;
    let groups = it.resources.and_then(|it| it.auto_scaling_groups).unwrap_or_default();
    let issues = it.health.and_then(|it| it.issues).unwrap_or_default().into_iter();
    Nodegroup {
        nodegroup_name: it.nodegroup_name.unwrap_or_default(),
        nodegroup_arn: it.nodegroup_arn.unwrap_or_default(),
        cluster_name: it.cluster_name.unwrap_or_default(),
        version: it.version.unwrap_or_default(),
        release_version: it.release_version.unwrap_or_default(),
        created_at: it.created_at.as_ref().and_then(time),
        modified_at: it.modified_at.as_ref().and_then(time),
        status: it.status.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        capacity_type: it.capacity_type.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        scaling_config: scaling.map_or_else(ScalingConfig::default, |it| ScalingConfig {
            min_size: it.min_size,
            max_size: it.max_size,
            desired_size: it.desired_size,
        }),
        instance_types: it.instance_types.unwrap_or_default(),
        subnets: it.subnets.unwrap_or_default(),
        ami_type: it.ami_type.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        node_role: it.node_role.unwrap_or_default(),
        resources: NodegroupResources {
            auto_scaling_groups: groups
                .into_iter()
                .map(|it| Named { name: it.name.unwrap_or_default() })
                .collect(),
        },
        health: Health {
            issues: issues
                .map(|it| {
                    issue(
                        it.code.as_ref().map(types::NodegroupIssueCode::as_str),
                        it.message,
                        it.resource_ids,
                    )
                })
                .collect(),
        },
        launch_template: it.launch_template.map(|it| LaunchTemplate {
            id: it.id.unwrap_or_default(),
            name: it.name.unwrap_or_default(),
            version: it.version.unwrap_or_default(),
        }),
        tags: tags(it.tags),
    }
}

fn access_entry(it: types::AccessEntry) -> AccessEntry {
    AccessEntry {
        principal_arn: it.principal_arn.unwrap_or_default(),
        kind: it.r#type,
        username: it.username,
        kubernetes_groups: it.kubernetes_groups.unwrap_or_default(),
        created_at: it.created_at.as_ref().and_then(time),
        modified_at: it.modified_at.as_ref().and_then(time),
    }
}

fn addon(it: types::Addon) -> Addon {
    let issues = it.health.and_then(|it| it.issues).unwrap_or_default().into_iter();
    let mut addon = Addon {
        addon_name: it.addon_name.unwrap_or_default(),
        addon_version: it.addon_version.unwrap_or_default(),
        status: it.status.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        health: Health {
            issues: issues
                .map(|it| {
                    issue(
                        it.code.as_ref().map(types::AddonIssueCode::as_str),
                        it.message,
                        it.resource_ids,
                    )
                })
                .collect(),
        },
        service_account_role_arn: it.service_account_role_arn.unwrap_or_default(),
        pod_identity_associations: it.pod_identity_associations.unwrap_or_default(),
        configuration_values: it.configuration_values.unwrap_or_default(),
    };
    // Of what somebody configured only this is read, and kept.
    let prefixes = addon.prefix_delegation();
    addon.configuration_values =
        prefixes.map(|it| json!({"env": {PREFIXES: it}}).to_string()).unwrap_or_default();
    addon
}

fn insight(it: types::InsightSummary) -> Insight {
    let status = it.insight_status;
    Insight {
        id: it.id.unwrap_or_default(),
        name: it.name.unwrap_or_default(),
        category: it.category.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        insight_status: status.map_or_else(InsightStatus::default, |it| InsightStatus {
            status: it.status.map(|it| it.as_str().to_owned()).unwrap_or_default(),
            reason: it.reason.unwrap_or_default(),
        }),
    }
}

/// Whether something of it is named as wrong, so that the next look may say why.
pub(super) fn suffers(it: &Nodegroup) -> bool {
    it.status != "ACTIVE" || !it.health.issues.is_empty()
}
