//! Calls that create nodes and were refused, as CloudTrail has them.

use serde_json::{Value, json};

use super::Answers;
use super::fragment::Part;
use super::groups::Own;
use super::names;
use crate::document::aws::trail;
use crate::document::redact::Clean;
use crate::document::stamp;
use crate::facts::aws::cloudtrail::RefusedCall;
use crate::facts::aws::{Presence, Resource, autoscaling, eks};
use crate::facts::{Group, Observed, Source};

/// Calls that only somebody makes who creates nodes.
const CREATING: [&str; 5] = [
    "CreateNodegroup",
    "CreateAutoScalingGroup",
    "RunInstances",
    "CreateFleet",
    "CreateLaunchTemplate",
];

/// What the codes of a refusal end with, each service in its own way.
const REFUSED: [&str; 3] = ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"];

/// Keys of a request that name what it is about.
const ABOUT: [&str; 12] = [
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

impl Answers {
    pub(super) fn of_trail(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        let events = trail::events(text.text, text.line.max(1), value).or_else(|| {
            let empty = value.get("Events").and_then(Value::as_array).is_some_and(Vec::is_empty);
            empty.then(Vec::new)
        })?;
        let read: Vec<_> =
            events.iter().filter_map(|(line, it)| refused(text, *line, it)).collect();
        // Of other calls the reader of logs tells.
        if read.is_empty() && !events.is_empty() {
            return None;
        }
        self.refused_calls.answers.push(text.line_of("Events"));
        let told = format!("{} refused calls of CloudTrail", read.len());
        for it in read {
            let key = format!("{:?} {} {}", it.event_time, it.event_name, it.said);
            self.refused_calls.add(key, it);
        }
        Some(told)
    }

    /// Those about this group, the latest first.
    pub(super) fn refused_of(
        &self,
        own: &Own<'_>,
        it: &Group,
    ) -> Observed<Vec<Resource<RefusedCall>>> {
        let cluster = self.cluster_name();
        let found = self.some(&self.refused_calls, "cloudtrail:LookupEvents", "", |call| {
            is_about(cluster, own, it, call)
        });
        match found {
            Observed::Seen { mut value, source } => {
                value.sort_by(|a, b| b.event_time.cmp(&a.event_time));
                Observed::seen(value, source)
            }
            other => other,
        }
    }
}

/// Anybody in the account may be refused an instance.
fn is_about(cluster: &str, own: &Own<'_>, it: &Group, call: &RefusedCall) -> bool {
    let has = |name: &str| {
        !name.is_empty() && (call.about.iter().any(|it| it == name) || names::has(&call.said, name))
    };
    let of_cluster = !cluster.is_empty()
        && (has(&format!("kubernetes.io/cluster/{cluster}"))
            || names::has(&call.said, &format!("cluster/{cluster}"))
            || names::has(&call.said, &format!("nodegroup/{cluster}")));
    if call.event_name == "CreateNodegroup" {
        let elsewhere = own.group.kind == "nodegroup" && !has(&own.group.name);
        return (of_cluster || has(cluster)) && !(elsewhere && names_a_group(own, call));
    }
    let template = it.scaling_group.value().and_then(Presence::present);
    let template = template.and_then(super::facts::list::specified);
    let nodegroup = it.nodegroup.value().and_then(Presence::present);
    let given: Option<&eks::LaunchTemplate> = nodegroup.and_then(|it| it.launch_template.as_ref());
    let given = given.map(|it| (&*it.id, &*it.name, &*it.version));
    let scaling: Option<&autoscaling::AutoScalingGroup> =
        it.scaling_group.value().and_then(Presence::present);
    let scaling = scaling.map_or("", |it| &it.auto_scaling_group_name);
    let of_template = template.or(given).is_some_and(|(id, name, _)| has(id) || has(name));
    of_cluster || of_template || has(scaling) || own.name.is_some_and(has)
}

/// Another one than this.
fn names_a_group(own: &Own<'_>, call: &RefusedCall) -> bool {
    call.about.iter().any(|it| own.has_group(it))
}

fn refused(part: Part<'_>, line: u32, text: &str) -> Option<Resource<RefusedCall>> {
    let event: Value = serde_json::from_str(text).ok()?;
    let word = |key: &str| event[key].as_str().unwrap_or_default();
    let (name, code) = (word("eventName"), word("errorCode"));
    let is = CREATING.contains(&name) && REFUSED.iter().any(|it| code.ends_with(it));
    if !is {
        return None;
    }
    let message = Clean::new(word("errorMessage")).into_text();
    let caller = event["userIdentity"]["arn"].as_str().unwrap_or_default();
    // What may be shown of it, each on a line of its own: the event is one line of text in another.
    let shown = json!({
        "eventTime": word("eventTime"),
        "eventName": name,
        "userIdentity": {"arn": caller},
        "errorCode": code,
        "errorMessage": message,
    });
    let mut about = Vec::new();
    names_in(&event["requestParameters"], &mut about);
    let source = Source {
        line: if part.line == 0 { 0 } else { line },
        text: serde_json::to_string_pretty(&shown).unwrap_or_default(),
        ..Part { text: "", ..part }.source()
    };
    let value = RefusedCall {
        event_name: name.to_owned(),
        event_time: stamp::of(word("eventTime")),
        caller: caller.to_owned(),
        said: format!("{code}: {message}"),
        about,
    };
    Some(Resource { value, source })
}

/// Names alone: a request may hold secrets.
fn names_in(value: &Value, about: &mut Vec<String>) {
    match value {
        Value::Object(all) => {
            for (key, it) in all {
                match it.as_str() {
                    Some(it) if ABOUT.contains(&key.as_str()) => about.push(it.to_owned()),
                    Some(_) => {}
                    None => {
                        // Tags of EKS are keys of an object.
                        if key.contains('/') {
                            about.push(key.clone());
                        }
                        names_in(it, about);
                    }
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|it| names_in(it, about)),
        _ => {}
    }
}
