//! What is not known of a group's machines, and of who made them.

use std::collections::BTreeSet;

use super::{Commands, word};
use crate::document::account::Answers;
use crate::document::account::facts::list::specified;
use crate::facts::aws::Presence;
use crate::facts::{Compute, Facts, Observed, Size};

impl Answers {
    pub(super) fn of_nodes(&self, facts: &Facts, commands: &mut Commands) {
        let group = &facts.account.group;
        let auto = group.compute.value() == Some(&Compute::AutoMode);
        let nodegroup = group.nodegroup.value().and_then(Presence::present);
        let scaling = nodegroup.and_then(|it| it.resources.auto_scaling_groups.first());
        let scaling = scaling.map(|it| &*it.name).or_else(|| {
            let found = group.scaling_group.value().and_then(Presence::present);
            found.map(|it| &*it.auto_scaling_group_name)
        });
        if let Some(name) = scaling {
            if matches!(group.scaling_group, Observed::Skipped) {
                let arguments = format!("--auto-scaling-group-names {}", word(name));
                commands.aws("autoscaling describe-auto-scaling-groups", &arguments);
            }
            let of =
                |it: &crate::facts::aws::autoscaling::Activity| it.auto_scaling_group_name == name;
            if self.activities.find(of).is_none()
                && !self.asked("autoscaling:DescribeScalingActivities")
            {
                let arguments = format!("--auto-scaling-group-name {}", word(name));
                commands.aws("autoscaling describe-scaling-activities", &arguments);
            }
        }
        if let (Observed::Skipped, false) = (&group.instances, auto) {
            let cluster = self.cluster_name();
            let filter = word(&format!("Name=tag:kubernetes.io/cluster/{cluster},Values=owned"));
            if !cluster.is_empty() {
                commands.aws("ec2 describe-instances", &format!("--filters {filter}"));
            }
        }
        if auto {
            return;
        }
        of_template(facts, commands);
        let instances = group.instances.value().into_iter().flatten();
        let running: Vec<&str> = instances
            .clone()
            .filter(|it| it.state.name == "running")
            .map(|it| &*it.value.instance_id)
            .take(10)
            .collect();
        if !running.is_empty()
            && !self.statuses.is_given()
            && !self.asked("ec2:DescribeInstanceStatus")
        {
            let arguments = format!("--include-all-instances --instance-ids {}", running.join(" "));
            commands.aws("ec2 describe-instance-status", &arguments);
        }
        self.of_consoles(facts, commands);
    }

    /// Of instances that did not join, or are gone: EC2 keeps what they printed for about an hour.
    fn of_consoles(&self, facts: &Facts, commands: &mut Commands) {
        let group = &facts.account.group;
        let nodegroup = group.nodegroup.value().and_then(Presence::present);
        let issues = nodegroup.into_iter().flat_map(|it| &it.health.issues);
        let named = issues.flat_map(|it| &it.resource_ids).filter(|it| it.starts_with("i-"));
        let gone = group.instances.value().into_iter().flatten();
        let gone = gone.filter(|it| matches!(&*it.state.name, "terminated" | "shutting-down"));
        let mut ids = named.map(String::as_str).chain(gone.map(|it| &*it.value.instance_id));
        if let Some(id) = ids.find(|it| !self.consoles.iter().any(|(known, ..)| known == it)) {
            commands.aws("ec2 get-console-output", &format!("--latest --instance-id {}", word(id)));
        }
    }

    /// Stacks and Kubernetes' own objects.
    pub(super) fn of_makers(&self, groups: &[Facts], commands: &mut Commands) {
        if groups.is_empty() {
            return;
        }
        if !self.stacks.is_given() && !self.asked("cloudformation:DescribeStacks") {
            commands.aws("cloudformation describe-stacks", "");
        }
        let known: BTreeSet<&str> =
            self.stack_events.all.iter().map(|it| &*it.value.stack_name).collect();
        let own =
            groups.iter().flat_map(|it| it.account.group.stacks.value().into_iter().flatten());
        for it in own {
            let failed = it.stack_status.contains("FAILED") || it.stack_status.contains("ROLLBACK");
            if failed && !known.contains(&*it.stack_name) {
                let arguments = format!("--stack-name {}", word(&it.stack_name));
                commands.aws("cloudformation describe-stack-events", &arguments);
            }
        }
        let mode = self.cluster_answer().map(|it| &*it.value.access_config.authentication_mode);
        if mode.is_some_and(|it| it != "API") && self.aws_auth.value().is_none() {
            commands.kubectl("-n kube-system get configmap aws-auth -o yaml");
        }
        let pools = groups.iter().any(|it| it.subject.kind == "nodepool");
        if pools && (!self.node_pools.is_given() || !self.node_claims.is_given()) {
            commands.kubectl("get nodepools,nodeclaims -o yaml");
        }
        if pools && !self.node_classes.is_given() && !self.asked("kubernetes:EC2NodeClasses") {
            commands.kubectl("get ec2nodeclasses -o json");
        }
        let full = |it: &Facts| it.account.group.size().is_some_and(Size::is_full);
        if groups.iter().any(full) && !self.not_scaled.is_given() {
            commands.kubectl("get pods -A --field-selector status.phase=Pending -o json");
            commands.kubectl("get events -A --field-selector reason=NotTriggerScaleUp -o json");
        }
        let calls = self.refused_calls.is_given() || self.asked("cloudtrail:LookupEvents");
        if !calls && groups.iter().all(made_nothing) {
            let by = "--lookup-attributes AttributeKey=EventName,AttributeValue=CreateNodegroup";
            commands.aws("cloudtrail lookup-events", by);
        }
        if !self.nodes.is_whole() {
            commands.kubectl("get nodes -o yaml");
        }
    }
}

/// No node runs, and no node group was finished: somebody may have been refused it.
fn made_nothing(facts: &Facts) -> bool {
    let group = &facts.account.group;
    let nodegroup = group.nodegroup.value().and_then(Presence::present);
    let running =
        group.instances.value().into_iter().flatten().any(|it| it.state.name == "running");
    let known = group.instances.value().is_some() || nodegroup.is_some();
    known && !running && nodegroup.is_none_or(|it| it.status != "ACTIVE")
}

fn of_template(facts: &Facts, commands: &mut Commands) {
    let group = &facts.account.group;
    let scaling = group.scaling_group.value().and_then(Presence::present);
    let nodegroup = group.nodegroup.value().and_then(Presence::present);
    let given = nodegroup.and_then(|it| it.launch_template.as_ref());
    let specified =
        scaling.and_then(specified).or(given.map(|it| (&*it.id, &*it.name, &*it.version)));
    if let (Observed::Skipped, Some((id, name, version))) = (&group.launch_template, specified) {
        let (option, it) = if id.is_empty() { ("name", name) } else { ("id", id) };
        let version = if version.is_empty() { "$Default" } else { version };
        let arguments =
            format!("--launch-template-{option} {} --versions {}", word(it), word(version));
        commands.aws("ec2 describe-launch-template-versions", &arguments);
    }
    let template = group.launch_template.value().and_then(Presence::present);
    let image = template.map(|it| &*it.launch_template_data.image_id);
    if let (Observed::Skipped, Some(it)) = (&group.image, image.filter(|it| it.starts_with("ami-")))
    {
        commands.aws("ec2 describe-images", &format!("--image-ids {}", word(it)));
    }
}
