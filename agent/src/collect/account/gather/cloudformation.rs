//! What CloudFormation answers of the stacks that made the cluster or its groups.

use std::collections::BTreeSet;

use aws_sdk_cloudformation::types;
use diagnosis::facts::aws::Tag;
use diagnosis::facts::aws::cloudformation::{Stack, StackEvent};
use serde_json::json;

use super::document::values;
use super::{Answered, Aws, pages};
use crate::collect::account::action::Action;
use crate::collect::account::text::{time, word};

/// Tags with which eksctl names the cluster of a stack.
const OF_CLUSTER: [&str; 2] =
    ["alpha.eksctl.io/cluster-name", "eksctl.cluster.k8s.io/v1alpha1/cluster-name"];

/// Of so many stacks the events are asked for, the failed ones first.
const STACKS: usize = 10;

/// The latest events of a stack; a page has a hundred.
const EVENTS: usize = 5;

impl Aws {
    /// Those of the region that made the cluster or something of it, by their tags or their names.
    pub(super) async fn stacks(&self) -> Result<Vec<Stack>, super::Refused> {
        pages::all(async |token| {
            let request = self.cloudformation.describe_stacks().set_next_token(token).send();
            let page = self.session.call(Action::DescribeStacks, request).await?;
            let all = page.stacks.unwrap_or_default().into_iter().map(stack);
            Ok((all.collect::<Vec<_>>(), page.next_token))
        })
        .await
    }

    /// With the failed events of each.
    pub(super) async fn failures(
        &self,
        found: Result<Vec<Stack>, super::Refused>,
        names: &BTreeSet<&str>,
    ) -> Vec<Answered> {
        let own = |it: &Stack| {
            let of = |tag: &Tag| OF_CLUSTER.contains(&&*tag.key) && tag.value == self.cluster;
            it.tags.iter().any(of) || names.contains(&*it.stack_name)
        };
        let mut found = found.map(|all| all.into_iter().filter(own).collect::<Vec<_>>());
        let mut questions = Vec::new();
        if let Ok(all) = &mut found {
            all.sort_by_key(|it| !failed(&it.stack_status));
            questions.extend(all.iter().take(STACKS).map(|it| self.events(&it.stack_name)));
        }
        let events = pages::together(questions).await;
        let document = found.map(|it| json!({"Stacks": values(&it)}));
        let command = "aws cloudformation describe-stacks".to_owned();
        let stacks = Answered::of("describe-stacks", Action::DescribeStacks, command, document);
        std::iter::once(stacks).chain(events).collect()
    }

    async fn events(&self, stack: &str) -> Answered {
        let found = pages::up_to(EVENTS, async |token| {
            let request = self.cloudformation.describe_stack_events().stack_name(stack);
            let request = request.set_next_token(token).send();
            let page = self.session.call(Action::DescribeStackEvents, request).await?;
            let all = page.stack_events.unwrap_or_default().into_iter().map(event);
            let all = all.filter(|it| failed(&it.resource_status));
            Ok((all.collect::<Vec<_>>(), page.next_token))
        })
        .await;
        let command =
            format!("aws cloudformation describe-stack-events --stack-name {}", word(stack));
        let file = format!("describe-stack-events-{stack}");
        let document = found.map(|(it, _)| json!({"StackEvents": values(&it)}));
        Answered::of(&file, Action::DescribeStackEvents, command, document)
    }
}

/// Of a stack or of a resource in one.
fn failed(status: &str) -> bool {
    status.contains("FAILED") || status.contains("ROLLBACK")
}

fn stack(it: types::Stack) -> Stack {
    Stack {
        stack_id: it.stack_id.unwrap_or_default(),
        stack_name: it.stack_name.unwrap_or_default(),
        creation_time: it.creation_time.as_ref().and_then(time),
        last_updated_time: it.last_updated_time.as_ref().and_then(time),
        stack_status: it.stack_status.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        stack_status_reason: it.stack_status_reason.unwrap_or_default(),
        tags: it
            .tags
            .unwrap_or_default()
            .into_iter()
            .map(|it| Tag { key: it.key.unwrap_or_default(), value: it.value.unwrap_or_default() })
            .collect(),
    }
}

fn event(it: types::StackEvent) -> StackEvent {
    StackEvent {
        event_id: it.event_id.unwrap_or_default(),
        stack_name: it.stack_name.unwrap_or_default(),
        logical_resource_id: it.logical_resource_id.unwrap_or_default(),
        physical_resource_id: it.physical_resource_id.unwrap_or_default(),
        resource_type: it.resource_type.unwrap_or_default(),
        timestamp: it.timestamp.as_ref().and_then(time),
        resource_status: it.resource_status.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        resource_status_reason: it.resource_status_reason.unwrap_or_default(),
    }
}
