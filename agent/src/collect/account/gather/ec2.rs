//! What EC2 answers of instances, and of the templates and images that they are made of.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{self, Filter};
use diagnosis::facts::aws::Tag;
use diagnosis::facts::aws::ec2::{
    GroupIdentifier, Image, Instance, InstanceState, InstanceStatus, LaunchTemplateData,
    LaunchTemplateVersion, MetadataOptions, ProfileSpecification, StateReason, StatusSummary,
    TemplateInterface,
};
use serde_json::json;

use super::document::values;
use super::{Answered, Aws, pages};
use crate::collect::account::action::Action;
use crate::collect::account::session::Refused;
use crate::collect::account::text::{time, word};

/// An instance takes some kilobytes.
const PAGE: i32 = 500;

/// An answer about statuses is short.
const STATUSES: i32 = 1000;

/// EC2 takes so many values of one filter.
const VALUES: usize = 200;

/// Of so many instances each is asked for by its id; of more, the region is read in pages.
const BY_ID: usize = 100;

pub(super) fn filter(name: &str, values: &[&str]) -> Filter {
    Filter::builder()
        .name(name)
        .set_values(Some(values.iter().map(ToString::to_string).collect()))
        .build()
}

impl Aws {
    /// By what EKS, Karpenter and people tag them with.
    pub(super) async fn instances(&self) -> Result<Vec<Instance>, Refused> {
        let owned = format!("kubernetes.io/cluster/{}", self.cluster);
        let filters = [
            filter("tag-key", &[&owned]),
            filter("tag:eks:cluster-name", &[&self.cluster]),
            filter("tag:eks:eks-cluster-name", &[&self.cluster]),
        ];
        let found = pages::together(filters.map(|it| self.instances_by(it))).await;
        let mut all = Vec::new();
        for it in found {
            all.extend(it?);
        }
        unique(&mut all);
        Ok(all)
    }

    /// Those that no tag of the cluster's told, as an Auto Scaling group can have them.
    pub(super) async fn instances_of(
        &self,
        name: &str,
        all: &[&str],
    ) -> Result<Vec<Instance>, Refused> {
        let questions = all.chunks(VALUES).map(|it| self.instances_by(filter(name, it)));
        let mut found = Vec::new();
        for it in pages::together(questions).await {
            found.extend(it?);
        }
        Ok(found)
    }

    async fn instances_by(&self, filter: Filter) -> Result<Vec<Instance>, Refused> {
        pages::all(async |token| {
            let request = self.ec2.describe_instances().filters(filter.clone());
            let request = request.max_results(PAGE).set_next_token(token).send();
            let page = self.session.call(Action::DescribeInstances, request).await?;
            let reservations = page.reservations.unwrap_or_default().into_iter();
            let all = reservations.flat_map(|it| it.instances.unwrap_or_default());
            Ok((all.map(instance).collect(), page.next_token))
        })
        .await
    }

    pub(super) fn instances_document(&self, found: Result<Vec<Instance>, Refused>) -> Answered {
        let command = format!(
            "aws ec2 describe-instances --filters Name=tag-key,Values=kubernetes.io/cluster/{}",
            word(&self.cluster)
        );
        let document = found.map(|it| json!({"Reservations": [{"Instances": values(&it)}]}));
        Answered::of("describe-instances", Action::DescribeInstances, command, document)
    }

    pub(super) async fn statuses(&self, ids: &[&str]) -> Answered {
        let few = ids.len() <= BY_ID;
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        let found = pages::all(async |token: Option<String>| {
            let request = self.ec2.describe_instance_status().set_next_token(token);
            let request = if few {
                request.set_instance_ids(Some(ids.iter().map(ToString::to_string).collect()))
            } else {
                request.max_results(STATUSES)
            };
            let page = self.session.call(Action::DescribeInstanceStatus, request.send()).await?;
            let all = page.instance_statuses.unwrap_or_default().into_iter().map(status);
            let own = all.filter(|it| few || known.contains(&*it.instance_id));
            Ok((own.collect::<Vec<_>>(), page.next_token))
        })
        .await;
        let document = found.map(|it| json!({"InstanceStatuses": values(&it)}));
        let command = "aws ec2 describe-instance-status".to_owned();
        let action = Action::DescribeInstanceStatus;
        Answered::of("describe-instance-status", action, command, document)
    }

    /// Also why one is not there: an image that is gone is asked for by its id.
    pub(super) async fn images(&self, ids: &[&str]) -> Vec<Answered> {
        let place = "aws ec2 describe-images --image-ids";
        let by = async |filter: Filter| {
            pages::all(async |token| {
                let request = self.ec2.describe_images().filters(filter.clone());
                let request = request.set_next_token(token).include_deprecated(true).send();
                let page = self.session.call(Action::DescribeImages, request).await?;
                let all = page.images.unwrap_or_default().into_iter().map(image);
                Ok((all.collect::<Vec<_>>(), page.next_token))
            })
            .await
        };
        let found = ids.chunks(VALUES).map(|it| by(filter("image-id", it)));
        let found: Result<Vec<Vec<Image>>, Refused> =
            pages::together(found).await.into_iter().collect();
        let found = found.map(|it| it.into_iter().flatten().collect::<Vec<_>>());
        let gone = match &found {
            Ok(found) => {
                let gone = ids.iter().filter(|id| found.iter().all(|it| it.image_id != **id));
                gone.take(super::MOST_GONE).copied().collect()
            }
            Err(_) => Vec::new(),
        };
        let questions = gone.into_iter().map(async |id| {
            let request = self.ec2.describe_images().image_ids(id).send();
            let answer = self.session.call(Action::DescribeImages, request).await;
            let command = format!("{place} {}", word(id));
            answer.err().map(|it| Answered::missed(Action::DescribeImages, command, it))
        });
        let gone = pages::together(questions).await;
        let document = found.map(|it| json!({"Images": values(&it)}));
        let command = format!("{place} {}", ids.join(" "));
        let all = Answered::of("describe-images", Action::DescribeImages, command, document);
        std::iter::once(all).chain(gone.into_iter().flatten()).collect()
    }
}

pub(super) fn unique(all: &mut Vec<Instance>) {
    all.sort_by(|a, b| a.instance_id.cmp(&b.instance_id));
    all.dedup_by(|a, b| a.instance_id == b.instance_id);
}

pub(super) fn tags(it: Option<Vec<types::Tag>>) -> Vec<Tag> {
    let all = it.unwrap_or_default().into_iter();
    all.map(|it| Tag { key: it.key.unwrap_or_default(), value: it.value.unwrap_or_default() })
        .collect()
}

pub(super) fn groups(it: Option<Vec<types::GroupIdentifier>>) -> Vec<GroupIdentifier> {
    let all = it.unwrap_or_default().into_iter();
    all.map(|it| GroupIdentifier { group_id: it.group_id.unwrap_or_default() }).collect()
}

fn instance(it: types::Instance) -> Instance {
    let state = it.state.and_then(|it| it.name);
    let reason = it.state_reason;
    let metadata = it.metadata_options;
    Instance {
        instance_id: it.instance_id.unwrap_or_default(),
        image_id: it.image_id.unwrap_or_default(),
        instance_type: it.instance_type.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        private_dns_name: it.private_dns_name.unwrap_or_default(),
        private_ip_address: it.private_ip_address.unwrap_or_default(),
        public_ip_address: it.public_ip_address.unwrap_or_default(),
        ipv6_address: it.ipv6_address.unwrap_or_default(),
        subnet_id: it.subnet_id.unwrap_or_default(),
        vpc_id: it.vpc_id.unwrap_or_default(),
        launch_time: it.launch_time.as_ref().and_then(time),
        state: InstanceState { name: state.map(|it| it.as_str().to_owned()).unwrap_or_default() },
        state_reason: reason.map_or_else(StateReason::default, |it| StateReason {
            code: it.code.unwrap_or_default(),
            message: it.message.unwrap_or_default(),
        }),
        state_transition_reason: it.state_transition_reason.unwrap_or_default(),
        iam_instance_profile: it.iam_instance_profile.map(|it| ProfileSpecification {
            arn: it.arn.unwrap_or_default(),
            id: it.id.unwrap_or_default(),
            name: String::new(),
        }),
        security_groups: groups(it.security_groups),
        metadata_options: metadata.map_or_else(MetadataOptions::default, |it| MetadataOptions {
            http_endpoint: it.http_endpoint.map(|it| it.as_str().to_owned()).unwrap_or_default(),
            http_tokens: it.http_tokens.map(|it| it.as_str().to_owned()).unwrap_or_default(),
            http_put_response_hop_limit: it.http_put_response_hop_limit,
        }),
        source_dest_check: it.source_dest_check,
        tags: tags(it.tags),
    }
}

fn status(it: types::InstanceStatus) -> InstanceStatus {
    let summary = |it: Option<types::InstanceStatusSummary>| {
        let status = it.and_then(|it| it.status);
        StatusSummary { status: status.map(|it| it.as_str().to_owned()).unwrap_or_default() }
    };
    InstanceStatus {
        instance_id: it.instance_id.unwrap_or_default(),
        instance_status: summary(it.instance_status),
        system_status: summary(it.system_status),
    }
}

fn image(it: types::Image) -> Image {
    Image {
        image_id: it.image_id.unwrap_or_default(),
        name: it.name.unwrap_or_default(),
        architecture: it.architecture.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        state: it.state.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        creation_date: it.creation_date,
        deprecation_time: it.deprecation_time,
    }
}

/// With its user data, which goes no further as text.
pub(super) fn template(
    it: types::LaunchTemplateVersion,
) -> (LaunchTemplateVersion, Option<String>) {
    let mut data = it.launch_template_data;
    let user_data = data.as_mut().and_then(|it| it.user_data.take());
    let version = LaunchTemplateVersion {
        launch_template_id: it.launch_template_id.unwrap_or_default(),
        launch_template_name: it.launch_template_name.unwrap_or_default(),
        version_number: it.version_number.unwrap_or_default(),
        default_version: it.default_version,
        create_time: it.create_time.as_ref().and_then(time),
        created_by: it.created_by.unwrap_or_default(),
        launch_template_data: data.map(template_data).unwrap_or_default(),
    };
    (version, user_data)
}

fn template_data(it: types::ResponseLaunchTemplateData) -> LaunchTemplateData {
    let metadata = it.metadata_options;
    let interfaces = it.network_interfaces.unwrap_or_default().into_iter();
    LaunchTemplateData {
        image_id: it.image_id.unwrap_or_default(),
        instance_type: it.instance_type.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        iam_instance_profile: it.iam_instance_profile.map(|it| ProfileSpecification {
            arn: it.arn.unwrap_or_default(),
            id: String::new(),
            name: it.name.unwrap_or_default(),
        }),
        security_group_ids: it.security_group_ids.unwrap_or_default(),
        network_interfaces: interfaces
            .map(|it| TemplateInterface {
                associate_public_ip_address: it.associate_public_ip_address,
                device_index: it.device_index,
                groups: it.groups.unwrap_or_default(),
                subnet_id: it.subnet_id.unwrap_or_default(),
            })
            .collect(),
        metadata_options: metadata.map_or_else(MetadataOptions::default, |it| MetadataOptions {
            http_endpoint: it.http_endpoint.map(|it| it.as_str().to_owned()).unwrap_or_default(),
            http_tokens: it.http_tokens.map(|it| it.as_str().to_owned()).unwrap_or_default(),
            http_put_response_hop_limit: it.http_put_response_hop_limit,
        }),
    }
}
