//! What Auto Scaling answers of the groups of a cluster, and of what it did for them.

use std::collections::BTreeSet;

use aws_sdk_autoscaling::types::{self, Filter};
use diagnosis::facts::aws::Tag;
use diagnosis::facts::aws::autoscaling::{
    Activity, AutoScalingGroup, MixedInstancesPolicy, MixedTemplate, ScalingInstance,
    SuspendedProcess, TemplateSpecification,
};
use serde_json::json;

use super::document::values;
use super::{Answered, Aws, pages};
use crate::collect::account::action::Action;
use crate::collect::account::session::Refused;
use crate::collect::account::text::{time, word};

/// The most that Auto Scaling gives in one page.
const PAGE: i32 = 100;

/// Of so many groups it takes the names at once.
const NAMES: usize = 100;

/// Of a group with which something is wrong, so many pages; of another, the latest.
const ACTIVITIES: usize = 5;

impl Aws {
    /// Those with the cluster's tags, and those that its node groups name.
    pub(super) async fn scaling_groups(
        &self,
        named: &BTreeSet<&str>,
    ) -> (Vec<AutoScalingGroup>, Answered) {
        let keys =
            ["kubernetes.io/cluster/", "k8s.io/cluster/"].map(|it| format!("{it}{}", self.cluster));
        let by = |name: &str, values: &[String]| {
            Filter::builder().name(name).set_values(Some(values.to_vec())).build()
        };
        let tagged =
            [by("tag-key", &keys), by("tag:eks:cluster-name", std::slice::from_ref(&self.cluster))];
        let questions = tagged.map(|it| self.groups(vec![it], Vec::new()));
        let found = async {
            let mut all: Vec<AutoScalingGroup> = Vec::new();
            for it in pages::together(questions).await {
                all.extend(it?);
            }
            let known: BTreeSet<_> =
                all.iter().map(|it| it.auto_scaling_group_name.clone()).collect();
            let rest: Vec<_> =
                named.iter().filter(|it| !known.contains(**it)).map(ToString::to_string).collect();
            let rest = rest.chunks(NAMES).map(|it| self.groups(Vec::new(), it.to_vec()));
            for it in pages::together(rest).await {
                all.extend(it?);
            }
            all.sort_by(|a, b| a.auto_scaling_group_name.cmp(&b.auto_scaling_group_name));
            all.dedup_by(|a, b| a.auto_scaling_group_name == b.auto_scaling_group_name);
            Ok::<_, Refused>(all)
        };
        let found = found.await;
        let document = found.as_ref().map(|it| json!({"AutoScalingGroups": values(it)}));
        let command = format!(
            "aws autoscaling describe-auto-scaling-groups --filters Name=tag-key,Values={}",
            word(&keys[0])
        );
        let answered = Answered::of(
            "describe-auto-scaling-groups",
            Action::DescribeAutoScalingGroups,
            command,
            document.map_err(Clone::clone),
        );
        (found.unwrap_or_default(), answered)
    }

    async fn groups(
        &self,
        filters: Vec<Filter>,
        names: Vec<String>,
    ) -> Result<Vec<AutoScalingGroup>, Refused> {
        let some = |it: &Vec<_>| !it.is_empty();
        let names = Some(names).filter(|it| !it.is_empty());
        let filters = Some(filters).filter(some);
        pages::all(async |token| {
            let request = self.autoscaling.describe_auto_scaling_groups().max_records(PAGE);
            let request = request.set_filters(filters.clone()).set_next_token(token);
            let request = request.set_auto_scaling_group_names(names.clone()).send();
            let page = self.session.call(Action::DescribeAutoScalingGroups, request).await?;
            let all = page.auto_scaling_groups.unwrap_or_default().into_iter().map(group);
            Ok((all.collect(), page.next_token))
        })
        .await
    }

    pub(super) async fn activities(&self, group: &str, wrong: bool) -> Answered {
        let most = if wrong { ACTIVITIES } else { 1 };
        let found = pages::up_to(most, async |token| {
            let request = self.autoscaling.describe_scaling_activities().max_records(PAGE);
            let request = request.auto_scaling_group_name(group).set_next_token(token).send();
            let page = self.session.call(Action::DescribeScalingActivities, request).await?;
            let all = page.activities.unwrap_or_default().into_iter().map(activity);
            Ok((all.collect::<Vec<_>>(), page.next_token))
        })
        .await;
        let command = format!(
            "aws autoscaling describe-scaling-activities --auto-scaling-group-name {}",
            word(group)
        );
        let file = format!("describe-scaling-activities-{group}");
        let document = found.map(|(it, _)| json!({"Activities": values(&it)}));
        Answered::of(&file, Action::DescribeScalingActivities, command, document)
    }
}

/// Whether it has fewer instances in service than it should.
pub(super) fn suffers(it: &AutoScalingGroup) -> bool {
    let serves = it.instances.iter().filter(|it| it.lifecycle_state == "InService").count();
    i32::try_from(serves).unwrap_or(i32::MAX) < it.desired_capacity.unwrap_or_default()
        || !it.status.is_empty()
}

fn group(it: types::AutoScalingGroup) -> AutoScalingGroup {
    let instances = it.instances.unwrap_or_default().into_iter();
    let suspended = it.suspended_processes.unwrap_or_default().into_iter();
    let tags = it.tags.unwrap_or_default().into_iter();
    let mixed = it.mixed_instances_policy.and_then(|it| it.launch_template);
    AutoScalingGroup {
        auto_scaling_group_name: it.auto_scaling_group_name.unwrap_or_default(),
        min_size: it.min_size,
        max_size: it.max_size,
        desired_capacity: it.desired_capacity,
        instances: instances
            .map(|it| ScalingInstance {
                instance_id: it.instance_id.unwrap_or_default(),
                lifecycle_state: it
                    .lifecycle_state
                    .map(|it| it.as_str().to_owned())
                    .unwrap_or_default(),
                health_status: it.health_status.unwrap_or_default(),
            })
            .collect(),
        created_time: it.created_time.as_ref().and_then(time),
        suspended_processes: suspended
            .map(|it| SuspendedProcess {
                process_name: it.process_name.unwrap_or_default(),
                suspension_reason: it.suspension_reason.unwrap_or_default(),
            })
            .collect(),
        vpc_zone_identifier: it.vpc_zone_identifier.unwrap_or_default(),
        status: it.status.unwrap_or_default(),
        launch_template: it.launch_template.map(specification),
        mixed_instances_policy: mixed.map(|it| MixedInstancesPolicy {
            launch_template: MixedTemplate {
                launch_template_specification: it
                    .launch_template_specification
                    .map(specification)
                    .unwrap_or_default(),
            },
        }),
        launch_configuration_name: it.launch_configuration_name.unwrap_or_default(),
        tags: tags
            .map(|it| Tag { key: it.key.unwrap_or_default(), value: it.value.unwrap_or_default() })
            .collect(),
    }
}

fn specification(it: types::LaunchTemplateSpecification) -> TemplateSpecification {
    TemplateSpecification {
        launch_template_id: it.launch_template_id.unwrap_or_default(),
        launch_template_name: it.launch_template_name.unwrap_or_default(),
        version: it.version.unwrap_or_default(),
    }
}

fn activity(it: types::Activity) -> Activity {
    Activity {
        activity_id: it.activity_id.unwrap_or_default(),
        auto_scaling_group_name: it.auto_scaling_group_name.unwrap_or_default(),
        description: it.description.unwrap_or_default(),
        cause: it.cause.unwrap_or_default(),
        start_time: it.start_time.as_ref().and_then(time),
        end_time: it.end_time.as_ref().and_then(time),
        status_code: it.status_code.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        status_message: it.status_message.unwrap_or_default(),
    }
}
