//! What Auto Scaling and CloudFormation answer.

use serde_json::Value;

use super::Answers;
use super::fragment::Part;
use super::read::list;
use crate::facts::aws::{autoscaling, cloudformation};

impl Answers {
    pub(super) fn of_scaling(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        let name = |it: &autoscaling::AutoScalingGroup| it.auto_scaling_group_name.clone();
        if let Some(count) = list(&mut self.scaling_groups, text, value, "AutoScalingGroups", name)
        {
            return Some(format!("{count} Auto Scaling groups"));
        }
        let id = |it: &autoscaling::Activity| it.activity_id.clone();
        if let Some(count) = list(&mut self.activities, text, value, "Activities", id) {
            return Some(format!("{count} scaling activities"));
        }
        let id = |it: &cloudformation::Stack| it.stack_id.clone();
        if let Some(count) = list(&mut self.stacks, text, value, "Stacks", id) {
            return Some(format!("{count} stacks"));
        }
        let id = |it: &cloudformation::StackEvent| it.event_id.clone();
        let count = list(&mut self.stack_events, text, value, "StackEvents", id)?;
        Some(format!("{count} stack events"))
    }
}
