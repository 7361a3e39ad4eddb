//! Who was refused a call that creates nodes, as CloudTrail knows it. Asked only where nothing else
//! tells whether anybody was.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudtrail::types::{Event, LookupAttribute, LookupAttributeKey};
use aws_smithy_types::DateTime;
use diagnosis::facts::aws::autoscaling::AutoScalingGroup;
use diagnosis::facts::aws::ec2::Instance;
use diagnosis::facts::aws::eks::Nodegroup;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use super::{Answered, Aws, Refused};
use crate::collect::account::action::Action;
use crate::collect::account::text::time;

/// What makes nodes, or makes what makes them.
const CALLS: [&str; 5] = [
    "CreateNodegroup",
    "CreateAutoScalingGroup",
    "RunInstances",
    "CreateFleet",
    "CreateLaunchTemplate",
];

/// Who creates nodes now looks for what was refused now.
const SINCE: Duration = Duration::from_hours(7 * 24);

/// The latest of each call; a page has fifty.
const PAGES: usize = 2;

/// CloudTrail answers two of these a second.
const APART: Duration = Duration::from_millis(550);

/// What is read of an event; the rest tells of the caller, and may hold what nobody else is to see.
const KEPT: [&str; 8] = [
    "awsRegion",
    "errorCode",
    "errorMessage",
    "eventName",
    "eventSource",
    "eventTime",
    "eventVersion",
    "requestParameters",
];

/// Keys of a request that name something.
const NAMED: [&str; 12] = [
    "autoScalingGroupName",
    "clusterName",
    "key",
    "launchTemplateId",
    "launchTemplateName",
    "name",
    "nodeRole",
    "nodegroupName",
    "resourceId",
    "tagKey",
    "value",
    "vPCZoneIdentifier",
];

/// Whether nothing was seen to be created, so that somebody may have been refused it.
pub(super) fn is_open(
    nodegroups: &[Nodegroup],
    groups: &[AutoScalingGroup],
    instances: &[Instance],
) -> bool {
    let empty = |it: &AutoScalingGroup| {
        it.desired_capacity.is_some_and(|it| it > 0) && it.instances.is_empty()
    };
    let running = instances.iter().any(|it| it.state.name == "running");
    let lacks = nodegroups.iter().any(|it| it.status != "ACTIVE" && !told(it));
    (nodegroups.is_empty() && groups.is_empty() && !running)
        || !running && (lacks || groups.iter().any(empty))
}

/// Whether its health says itself why.
fn told(it: &Nodegroup) -> bool {
    it.health.issues.iter().any(|it| it.message.contains("authorized"))
}

impl Aws {
    pub(super) async fn refused_calls(&self) -> Answered {
        let since = SystemTime::now().checked_sub(SINCE).map(DateTime::from);
        let mut next = Instant::now();
        let mut found: Result<Vec<Value>, Refused> = Ok(Vec::new());
        for name in CALLS {
            match self.refused_call(name, since, &mut next).await {
                Ok(more) => {
                    if let Ok(all) = &mut found {
                        all.extend(more);
                    }
                }
                Err(why) => {
                    found = Err(why);
                    break;
                }
            }
        }
        let document = found.map(|it| json!({"Events": it}));
        let command = "aws cloudtrail lookup-events --lookup-attributes \
                       AttributeKey=EventName,AttributeValue=CreateNodegroup"
            .to_owned();
        Answered::of("lookup-events", Action::LookupEvents, command, document)
    }

    async fn refused_call(
        &self,
        name: &str,
        since: Option<DateTime>,
        next: &mut Instant,
    ) -> Result<Vec<Value>, Refused> {
        let attribute = LookupAttribute::builder()
            .attribute_key(LookupAttributeKey::EventName)
            .attribute_value(name)
            .build()
            .map_err(|_| Refused::because("a look-up without a name"))?;
        let (mut all, mut token) = (Vec::new(), None);
        for _ in 0..PAGES {
            sleep_until(*next).await;
            *next = Instant::now() + APART;
            let request = self.cloudtrail.lookup_events().lookup_attributes(attribute.clone());
            let request = request.set_start_time(since).max_results(50).set_next_token(token);
            let page = self.session.call(Action::LookupEvents, request.send()).await?;
            all.extend(page.events.unwrap_or_default().iter().filter_map(event));
            token = page.next_token.filter(|it| !it.is_empty());
            if token.is_none() {
                break;
            }
        }
        Ok(all)
    }
}

/// Only of a call that failed.
fn event(it: &Event) -> Option<Value> {
    let mut inner: Value = serde_json::from_str(it.cloud_trail_event.as_deref()?).ok()?;
    if inner.get("errorCode").is_none_or(Value::is_null) {
        return None;
    }
    let caller = inner["userIdentity"]["arn"].take();
    let all = inner.as_object_mut()?;
    all.retain(|key, _| KEPT.contains(&key.as_str()));
    if let Some(it) = all.get_mut("requestParameters") {
        names(it);
    }
    all.insert("userIdentity".to_owned(), json!({"arn": caller}));
    Some(json!({
        "EventId": it.event_id,
        "EventName": it.event_name,
        "EventTime": it.event_time.as_ref().and_then(time),
        "EventSource": it.event_source,
        "CloudTrailEvent": inner.to_string(),
    }))
}

/// Leaves of a request the names of what it is about.
fn names(value: &mut Value) {
    match value {
        Value::Object(all) => {
            all.retain(|key, it| {
                !it.is_string() || NAMED.contains(&key.as_str()) || key.contains('/')
            });
            all.values_mut().for_each(names);
        }
        Value::Array(all) => all.iter_mut().for_each(names),
        _ => {}
    }
}
